/* stdin */
#include "stream.h"

static FILE in = STREAM_OVER(0, STREAM_READ);
FILE *const stdin = &in;
