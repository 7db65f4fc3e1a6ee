/* <string.h>: memory and strings. */
#pragma once

#include <bits/types.h>

void *memccpy(void *restrict to, const void *restrict from, int c, size_t size);
void *memchr(const void *memory, int c, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmem(const void *memory, size_t size, const void *part, size_t part_size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *memory, int c, size_t size);

char *stpcpy(char *restrict to, const char *restrict from);
char *stpncpy(char *restrict to, const char *restrict from, size_t size);
char *strcat(char *restrict to, const char *restrict from);
char *strchr(const char *text, int c);
int strcmp(const char *a, const char *b);
int strcoll(const char *a, const char *b);
char *strcpy(char *restrict to, const char *restrict from);
size_t strcspn(const char *text, const char *set);
char *strdup(const char *text);
char *strerror(int number);
int strerror_r(int number, char *text, size_t size);
size_t strlcat(char *restrict to, const char *restrict from, size_t size);
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
size_t strlen(const char *text);
char *strncat(char *restrict to, const char *restrict from, size_t count);
int strncmp(const char *a, const char *b, size_t count);
char *strncpy(char *restrict to, const char *restrict from, size_t size);
char *strndup(const char *text, size_t count);
size_t strnlen(const char *text, size_t max);
char *strpbrk(const char *text, const char *set);
char *strrchr(const char *text, int c);
char *strsignal(int signal);
size_t strspn(const char *text, const char *set);
char *strstr(const char *text, const char *part);
char *strtok(char *restrict text, const char *restrict separators);
char *strtok_r(char *restrict text, const char *restrict separators, char **restrict state);
size_t strxfrm(char *restrict to, const char *restrict from, size_t size);
