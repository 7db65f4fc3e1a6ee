/* stdout */
#include "stream.h"

static FILE out = STREAM_OVER(1, STREAM_WRITE);
FILE *const stdout = &out;
