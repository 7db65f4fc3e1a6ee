/* regerror */
#include <regex.h>
#include <string.h>

size_t regerror(int code, const regex_t *restrict preg, char *restrict text, size_t size)
{
    static const char *const texts[] = {
        [0] = "No error",
        [REG_NOMATCH] = "No match",
        [REG_BADPAT] = "Invalid regular expression",
        [REG_ECOLLATE] = "Invalid collation element",
        [REG_ECTYPE] = "Invalid character class name",
        [REG_EESCAPE] = "Trailing backslash",
        [REG_ESUBREG] = "Invalid back-reference",
        [REG_EBRACK] = "Unmatched [",
        [REG_EPAREN] = "Unmatched parenthesis",
        [REG_EBRACE] = "Unmatched brace",
        [REG_BADBR] = "Invalid contents of braces",
        [REG_ERANGE] = "Invalid range",
        [REG_ESPACE] = "Pattern needs too much memory",
        [REG_BADRPT] = "Nothing to repeat",
    };
    (void)preg;
    const char *found = "Unknown error";
    if (code >= 0 && (size_t)code < sizeof texts / sizeof texts[0])
        found = texts[code];
    if (size > 0)
        strlcpy(text, found, size);
    return strlen(found) + 1;
}
