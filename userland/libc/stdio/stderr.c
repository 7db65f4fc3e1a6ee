/* stderr, never buffered. */
#include "stream.h"

static FILE error = STREAM_OVER(2, STREAM_WRITE | STREAM_NONE | STREAM_DECIDED);
FILE *const stderr = &error;
