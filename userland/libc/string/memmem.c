/*
 * memmem, strstr: Crochemore and Perrin's two-way search ("Two-way string-matching", JACM 38(3),
 * 1991): linear time, no memory. The needle is cut at its critical factorization; the right part is
 * compared forwards, then the left part backwards.
 */
#include <string.h>

/* Start of the maximal suffix under < (or, reversed, >), and its period. */
static size_t maximal_suffix(const unsigned char *needle, size_t size, int reversed, size_t *period)
{
    size_t suffix = 0, candidate = 1, k = 0;
    *period = 1;
    while (candidate + k < size) {
        unsigned char a = needle[candidate + k], b = needle[suffix + k];
        if (a == b) {
            if (++k == *period) {
                candidate += *period;
                k = 0;
            }
        } else if (reversed ? a > b : a < b) {
            candidate += k + 1;
            k = 0;
            *period = candidate - suffix;
        } else {
            suffix = candidate++;
            k = 0;
            *period = 1;
        }
    }
    return suffix;
}

/* The needle's left part has the right part's period: what matched there need not be compared
 * again. */
static const unsigned char *search_periodic(const unsigned char *hay, size_t hay_size,
                                            const unsigned char *needle, size_t size, size_t cut,
                                            size_t period)
{
    size_t known = 0;
    for (size_t at = 0; at + size <= hay_size;) {
        size_t i = cut > known ? cut : known;
        while (i < size && needle[i] == hay[at + i])
            i++;
        if (i < size) {
            at += i - cut + 1;
            known = 0;
            continue;
        }
        i = cut;
        while (i > known && needle[i - 1] == hay[at + i - 1])
            i--;
        if (i <= known)
            return hay + at;
        at += period;
        known = size - period;
    }
    return NULL;
}

static const unsigned char *search_plain(const unsigned char *hay, size_t hay_size,
                                         const unsigned char *needle, size_t size, size_t cut)
{
    size_t step = (cut > size - cut ? cut : size - cut) + 1;
    for (size_t at = 0; at + size <= hay_size;) {
        size_t i = cut;
        while (i < size && needle[i] == hay[at + i])
            i++;
        if (i < size) {
            at += i - cut + 1;
            continue;
        }
        i = cut;
        while (i > 0 && needle[i - 1] == hay[at + i - 1])
            i--;
        if (i == 0)
            return hay + at;
        at += step;
    }
    return NULL;
}

void *memmem(const void *memory, size_t size, const void *part, size_t part_size)
{
    const unsigned char *hay = memory, *needle = part;
    if (part_size == 0)
        return (void *)memory;
    const unsigned char *first = memchr(hay, needle[0], size);
    if (first == NULL || part_size == 1)
        return (void *)first;
    size -= (size_t)(first - hay);
    size_t period, other_period;
    size_t cut = maximal_suffix(needle, part_size, 0, &period);
    size_t other = maximal_suffix(needle, part_size, 1, &other_period);
    if (other > cut) {
        cut = other;
        period = other_period;
    }
    if (cut + period <= part_size && memcmp(needle, needle + period, cut) == 0)
        return (void *)search_periodic(first, size, needle, part_size, cut, period);
    return (void *)search_plain(first, size, needle, part_size, cut);
}
