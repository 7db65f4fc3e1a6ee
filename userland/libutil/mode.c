/*
 * mode.c: chmod's mode operand.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html (EXTENDED DESCRIPTION)
 */
#include <string.h>
#include <sys/stat.h>

#include "mode.h"

enum { WHO_ALL = S_IRWXU | S_IRWXG | S_IRWXO | S_ISUID | S_ISGID | S_ISVTX };

static mode_t who_mask(const char **text)
{
    mode_t who = 0;
    for (;; (*text)++) {
        switch (**text) {
        case 'u':
            who |= S_IRWXU | S_ISUID;
            break;
        case 'g':
            who |= S_IRWXG | S_ISGID;
            break;
        case 'o':
            who |= S_IRWXO;
            break;
        case 'a':
            who |= WHO_ALL;
            break;
        default:
            return who;
        }
    }
}

/* One class's three bits, copied into all three classes. */
static mode_t spread(mode_t bits)
{
    bits &= 7;
    return bits << 6 | bits << 3 | bits;
}

/* The permissions after + - =, spread over all classes; X looks at the mode built so far. */
static mode_t permissions(const char **text, mode_t mode)
{
    mode_t bits = 0;
    if (strchr("ugo", **text) != NULL && **text != '\0') {
        char from = *(*text)++;
        return spread(from == 'u' ? mode >> 6 : from == 'g' ? mode >> 3 : mode);
    }
    for (;; (*text)++) {
        switch (**text) {
        case 'r':
            bits |= spread(4);
            break;
        case 'w':
            bits |= spread(2);
            break;
        case 'x':
            bits |= spread(1);
            break;
        case 'X':
            if (S_ISDIR(mode) || (mode & spread(1)) != 0)
                bits |= spread(1);
            break;
        case 's':
            bits |= S_ISUID | S_ISGID;
            break;
        case 't':
            bits |= S_ISVTX;
            break;
        default:
            return bits;
        }
    }
}

static bool apply_clause(const char **text, mode_t mask, mode_t *mode)
{
    mode_t who = who_mask(text);
    /* Without `who` the file creation mask holds back its bits, and only those. */
    mode_t affected = who != 0 ? who : WHO_ALL & ~mask;
    if (who == WHO_ALL || who == 0)
        affected |= S_ISVTX;
    if (**text == '\0' || strchr("+-=", **text) == NULL)
        return false;
    while (**text != '\0' && strchr("+-=", **text) != NULL) {
        char action = *(*text)++;
        mode_t bits = permissions(text, *mode) & affected;
        /* A directory keeps its set-ID bits under `=`, as the other implementations do. */
        mode_t clear = who != 0 ? who : WHO_ALL;
        if (S_ISDIR(*mode))
            clear &= (mode_t) ~(S_ISUID | S_ISGID);
        if (action == '=')
            *mode &= ~clear;
        *mode = action == '-' ? *mode & ~bits : *mode | bits;
    }
    return true;
}

static bool apply_octal(const char *text, mode_t old, mode_t *result)
{
    mode_t bits = 0;
    for (; *text >= '0' && *text <= '7'; text++) {
        bits = bits * 8 + (mode_t)(*text - '0');
        if (bits > 07777)
            return false;
    }
    *result = (old & (mode_t)~07777) | bits;
    return *text == '\0';
}

bool mode_apply(const char *text, mode_t old, mode_t mask, mode_t *result)
{
    if (*text >= '0' && *text <= '7')
        return apply_octal(text, old, result);
    mode_t mode = old;
    do {
        if (!apply_clause(&text, mask, &mode))
            return false;
    } while (*text++ == ',');
    *result = mode;
    return text[-1] == '\0';
}

static char type_letter(mode_t mode)
{
    return S_ISDIR(mode)    ? 'd'
           : S_ISLNK(mode)  ? 'l'
           : S_ISCHR(mode)  ? 'c'
           : S_ISBLK(mode)  ? 'b'
           : S_ISFIFO(mode) ? 'p'
           : S_ISSOCK(mode) ? 's'
                            : '-';
}

void mode_text(mode_t mode, char text[11])
{
    text[0] = type_letter(mode);
    for (int i = 0; i < 9; i++)
        text[1 + i] = (mode & (0400u >> i)) != 0 ? "rwx"[i % 3] : '-';
    if ((mode & S_ISUID) != 0)
        text[3] = text[3] == 'x' ? 's' : 'S';
    if ((mode & S_ISGID) != 0)
        text[6] = text[6] == 'x' ? 's' : 'S';
    if ((mode & S_ISVTX) != 0)
        text[9] = text[9] == 'x' ? 't' : 'T';
    text[10] = '\0';
}
