/* tree.h: copying and removing file hierarchies, for cp, mv and rm. */
#pragma once

#include <stdbool.h>

struct copy_rules {
    bool recursive;
    bool force;       /* unlink a destination that cannot be opened */
    bool interactive; /* ask before overwriting */
    bool preserve;    /* owner, mode and times */
    char follow;      /* 'P' no symbolic link, 'H' operands, 'L' all */
};

/* Copies one file or hierarchy to the path `to`; false after diagnostics. */
bool tree_copy(const char *from, const char *to, const struct copy_rules *rules);

struct remove_rules {
    bool recursive;
    bool directories; /* remove empty directories too, as rmdir() does */
    bool force;       /* no questions, no word about what isn't there */
    bool interactive; /* ask about everything */
    bool verbose;     /* name each removed file on standard output */
};

bool tree_remove(const char *path, const struct remove_rules *rules);

/* The names in a directory without `.` and `..`, ended by NULL; NULL with errno. */
char **directory_names(const char *path);
void directory_names_free(char **names);
/* Calls visit for the path of each entry; false after a diagnostic or if one call was false. */
bool directory_each(const char *path, bool (*visit)(const char *inner, const void *context),
                    const void *context);
