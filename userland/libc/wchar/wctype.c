/*
 * Classes of wide characters. ASCII is as in <ctype.h>. Beyond it, C.UTF-8 here knows only control
 * characters and that the rest can be printed; there are no letters and no cases.
 */
#include <wctype.h>
#include <ctype.h>
#include <string.h>

static int ascii(wint_t c)
{
    return c < 0x80;
}

/* Characters that print: not the C1 controls, the separators, surrogates and non-characters. */
static int graphic(wint_t c)
{
    return c > 0xa0 && c < 0x110000 && (c & ~0x7ffU) != 0xd800 && (c & 0xfffe) != 0xfffe &&
           c != 0x2028 && c != 0x2029;
}

int iswalnum(wint_t c)
{
    return ascii(c) && isalnum((int)c);
}

int iswalpha(wint_t c)
{
    return ascii(c) && isalpha((int)c);
}

int iswblank(wint_t c)
{
    return c == ' ' || c == '\t';
}

int iswcntrl(wint_t c)
{
    return c < 32 || (c >= 127 && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

int iswdigit(wint_t c)
{
    return ascii(c) && isdigit((int)c);
}

int iswgraph(wint_t c)
{
    return ascii(c) ? isgraph((int)c) : graphic(c);
}

int iswlower(wint_t c)
{
    return ascii(c) && islower((int)c);
}

int iswprint(wint_t c)
{
    return c == ' ' || iswgraph(c);
}

int iswpunct(wint_t c)
{
    return iswgraph(c) && !iswalnum(c);
}

int iswspace(wint_t c)
{
    return ascii(c) && isspace((int)c);
}

int iswupper(wint_t c)
{
    return ascii(c) && isupper((int)c);
}

int iswxdigit(wint_t c)
{
    return ascii(c) && isxdigit((int)c);
}

wint_t towlower(wint_t c)
{
    return ascii(c) ? (wint_t)tolower((int)c) : c;
}

wint_t towupper(wint_t c)
{
    return ascii(c) ? (wint_t)toupper((int)c) : c;
}

static const struct {
    const char *name;
    int (*in)(wint_t c);
} classes[] = {
    {"alnum", iswalnum}, {"alpha", iswalpha}, {"blank", iswblank}, {"cntrl", iswcntrl},
    {"digit", iswdigit}, {"graph", iswgraph}, {"lower", iswlower}, {"print", iswprint},
    {"punct", iswpunct}, {"space", iswspace}, {"upper", iswupper}, {"xdigit", iswxdigit},
};
#define CLASSES (sizeof classes / sizeof classes[0])

wctype_t wctype(const char *name)
{
    for (size_t i = 0; i < CLASSES; i++)
        if (strcmp(name, classes[i].name) == 0)
            return i + 1;
    return 0;
}

int iswctype(wint_t c, wctype_t class)
{
    return class >= 1 && class <= CLASSES && classes[class - 1].in(c);
}
