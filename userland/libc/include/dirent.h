/* <dirent.h>: reading directories. */
#pragma once

#include <bits/types.h>

struct dirent {
    ino_t d_ino;
    off_t d_off;             /* where the entry after this one begins */
    unsigned short d_reclen; /* of this record, padding included */
    unsigned char d_type;
    char d_name[256]; /* NUL-terminated; records of __getdents are cut behind it */
};

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12

typedef struct __dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir);
int closedir(DIR *dir);
int dirfd(DIR *dir);
void rewinddir(DIR *dir);
void seekdir(DIR *dir, long where);
long telldir(DIR *dir);
int alphasort(const struct dirent **a, const struct dirent **b);
int scandir(const char *path, struct dirent ***names, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **));
