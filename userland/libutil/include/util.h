/*
 * util.h: what every utility shares.
 *
 * A utility starts with util_start(), reads its options with getopt(), reports with warn() and
 * die(), and leaves through `return util_end(status)`, which catches a failed write to standard
 * output. Diagnostics are `name: message` or `name: message: reason of errno`, on standard error.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Takes the name from argv[0], the synopsis for usage() (its lines separated by \n) and the exit
 * status of a utility that failed, which POSIX sets at 1 or 2.
 */
void util_start(char *const argv[], const char *synopsis, int failure);
/* Flushes standard output; `status`, or the failure status if anything could not be written. */
int util_end(int status);

_Noreturn void usage(void);
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void diex(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory or death. xrealloc grows to count * size bytes and refuses an overflow. */
__attribute__((returns_nonnull)) void *xmalloc(size_t size);
__attribute__((returns_nonnull)) void *xrealloc(void *old, size_t count, size_t size);
__attribute__((returns_nonnull)) char *xstrdup(const char *text);
/* Adds one item to a growing array of `count` items: the array, perhaps moved, with room for it. */
__attribute__((returns_nonnull)) void *xgrow(void *array, size_t count, size_t size);

/* A whole decimal number, no sign, at most `max`. */
bool parse_number(const char *text, uintmax_t max, uintmax_t *value);

/* The operands, or where there are none, the one operand "-". */
char **input_names(char **operands);
/* An operand as a stream: "-" is standard input. NULL after a diagnostic. */
FILE *input_open(const char *name);
/* Closes it; false after a diagnostic if a read had failed. */
bool input_close(FILE *file, const char *name);
/* Writes all bytes, however often write() stops early; false with errno. */
bool write_all(int fd, const void *bytes, size_t size);

/* `directory/name` in fresh memory, with one slash between. */
char *path_join(const char *directory, const char *name);
/* `directory/name` with the last component of the path for the name: what cp, ln and mv write to.
 */
char *path_into(const char *directory, const char *path);
bool is_directory(const char *path);
/* Where the last component of the path begins; trailing slashes stay with it. */
const char *path_last(const char *path);
/* Reads a whole symbolic link into fresh memory; NULL with errno. */
char *read_link(const char *path);
/* Asks on standard error, reads a line of standard input: does it begin with y or Y? */
bool ask(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The escape that follows a backslash at *text: \\ \a \b \f \n \r \t \v and one to three octal
 * digits. Moves *text behind it. -1, and *text unmoved, for any other character.
 */
int escape(const char **text);
/*
 * Replaces the escapes of echo and of printf's %b (octal ones as \0 and up to three digits) in
 * place; *stopped says that \c ended the text. The new length: NUL may be among the bytes.
 */
size_t escape_all(char *text, bool *stopped);
