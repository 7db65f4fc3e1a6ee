/* The state of LC_CTYPE, apart from setlocale, which most programs never call. */
#include <stdlib.h>
#include "locale_impl.h"

int __locale_utf8;

size_t __mb_cur_max(void)
{
    return __locale_utf8 ? 4 : 1;
}
