/* rand, random: Vigna's splitmix64, whose upper 31 bits are returned. */
#include <stdlib.h>
#include <stdint.h>

static uint64_t state = 1;

void srandom(unsigned seed)
{
    state = seed;
}

void srand(unsigned seed)
{
    srandom(seed);
}

long random(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return (long)((z ^ z >> 31) >> 33);
}

int rand(void)
{
    return (int)random();
}
