/* <stdio.h>: buffered streams and formatting. */
#pragma once

#include <stdarg.h>
#include <bits/types.h>
#include <bits/seek.h>

typedef struct __file FILE;
typedef off_t fpos_t;

#define EOF (-1)
#define BUFSIZ 4096
#define FILENAME_MAX 4096
#define FOPEN_MAX 256
#define L_tmpnam 32
#define TMP_MAX 238328
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

extern FILE *const __stdin;
extern FILE *const __stdout;
extern FILE *const __stderr;
#define stdin __stdin
#define stdout __stdout
#define stderr __stderr

/* libOS */
int rename(const char *from, const char *to);
int renameat(int from_dir, const char *from, int to_dir, const char *to);

FILE *fdopen(int fd, const char *mode);
FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream);
FILE *open_memstream(char **text, size_t *size);
FILE *popen(const char *command, const char *mode);
FILE *tmpfile(void);
int fclose(FILE *stream);
int fflush(FILE *stream);
int pclose(FILE *stream);
int remove(const char *path);
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size);
void setbuf(FILE *restrict stream, char *restrict buffer);

void clearerr(FILE *stream);
int feof(FILE *stream);
int ferror(FILE *stream);
int fileno(FILE *stream);
int fgetpos(FILE *restrict stream, fpos_t *restrict position);
int fsetpos(FILE *stream, const fpos_t *position);
int fseek(FILE *stream, long offset, int origin);
int fseeko(FILE *stream, off_t offset, int origin);
long ftell(FILE *stream);
off_t ftello(FILE *stream);
void rewind(FILE *stream);

size_t fread(void *restrict data, size_t size, size_t count, FILE *restrict stream);
size_t fwrite(const void *restrict data, size_t size, size_t count, FILE *restrict stream);
int fgetc(FILE *stream);
int getc(FILE *stream);
int getchar(void);
int getc_unlocked(FILE *stream);
int getchar_unlocked(void);
int ungetc(int c, FILE *stream);
char *fgets(char *restrict line, int size, FILE *restrict stream);
ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict stream);
ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream);
int fputc(int c, FILE *stream);
int putc(int c, FILE *stream);
int putchar(int c);
int putc_unlocked(int c, FILE *stream);
int putchar_unlocked(int c);
int fputs(const char *restrict text, FILE *restrict stream);
int puts(const char *text);
void perror(const char *message);

#define __PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))
#define __SCANF(format, first) __attribute__((__format__(__scanf__, format, first)))

int asprintf(char **restrict text, const char *restrict format, ...) __PRINTF(2, 3);
int dprintf(int fd, const char *restrict format, ...) __PRINTF(2, 3);
int fprintf(FILE *restrict stream, const char *restrict format, ...) __PRINTF(2, 3);
int printf(const char *restrict format, ...) __PRINTF(1, 2);
int snprintf(char *restrict text, size_t size, const char *restrict format, ...) __PRINTF(3, 4);
int sprintf(char *restrict text, const char *restrict format, ...) __PRINTF(2, 3);
int vasprintf(char **restrict text, const char *restrict format, va_list arguments) __PRINTF(2, 0);
int vdprintf(int fd, const char *restrict format, va_list arguments) __PRINTF(2, 0);
int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments) __PRINTF(2, 0);
int vprintf(const char *restrict format, va_list arguments) __PRINTF(1, 0);
int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments)
    __PRINTF(3, 0);
int vsprintf(char *restrict text, const char *restrict format, va_list arguments) __PRINTF(2, 0);

int fscanf(FILE *restrict stream, const char *restrict format, ...) __SCANF(2, 3);
int scanf(const char *restrict format, ...) __SCANF(1, 2);
int sscanf(const char *restrict text, const char *restrict format, ...) __SCANF(2, 3);
int vfscanf(FILE *restrict stream, const char *restrict format, va_list arguments) __SCANF(2, 0);
int vscanf(const char *restrict format, va_list arguments) __SCANF(1, 0);
int vsscanf(const char *restrict text, const char *restrict format, va_list arguments)
    __SCANF(2, 0);
