/* The files behind <pwd.h> and <grp.h>. */
#pragma once

#include <stdio.h>

struct database {
    const char *path;
    FILE *file;
    char *line; /* holds the fields until the next call */
    size_t size;
};

/* The next line with exactly count fields, cut up; lines with more or fewer are passed over. */
int __database_next(struct database *base, char **fields, int count);
void __database_rewind(struct database *base);
/* A decimal user or group number. */
int __database_id(const char *text, unsigned *id);
