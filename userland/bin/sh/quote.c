/* Quoting of values for output that can be read back (set, export -p, alias, trap, set -x). */
#include <ctype.h>
#include <string.h>

#include "quote.h"

void quote_append(struct buf *out, const char *value)
{
    buf_char(out, '\'');
    for (; *value; value++) {
        if (*value == '\'')
            buf_text(out, "'\\''");
        else
            buf_char(out, *value);
    }
    buf_char(out, '\'');
}

static bool is_plain(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        if (!isalnum((unsigned char)*s) && !strchr("_-+./,:@%=^", *s))
            return false;
    }
    return true;
}

void quote_append_short(struct buf *out, const char *value)
{
    if (is_plain(value))
        buf_text(out, value);
    else
        quote_append(out, value);
}
