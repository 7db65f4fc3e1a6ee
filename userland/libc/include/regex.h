/* <regex.h>: basic and extended regular expressions (POSIX.1-2024 XBD 9). */
#pragma once

#include <bits/types.h>

typedef ssize_t regoff_t;

typedef struct {
    size_t re_nsub;
    void *__program;
} regex_t;

typedef struct {
    regoff_t rm_so;
    regoff_t rm_eo;
} regmatch_t;

#define REG_EXTENDED 0x1
#define REG_ICASE 0x2
#define REG_NEWLINE 0x4
#define REG_NOSUB 0x8

#define REG_NOTBOL 0x1
#define REG_NOTEOL 0x2

#define REG_NOMATCH 1
#define REG_BADPAT 2
#define REG_ECOLLATE 3
#define REG_ECTYPE 4
#define REG_EESCAPE 5
#define REG_ESUBREG 6
#define REG_EBRACK 7
#define REG_EPAREN 8
#define REG_EBRACE 9
#define REG_BADBR 10
#define REG_ERANGE 11
#define REG_ESPACE 12
#define REG_BADRPT 13

int regcomp(regex_t *restrict preg, const char *restrict pattern, int flags);
int regexec(const regex_t *restrict preg, const char *restrict string, size_t count,
            regmatch_t match[restrict], int flags);
size_t regerror(int code, const regex_t *restrict preg, char *restrict text, size_t size);
void regfree(regex_t *preg);
