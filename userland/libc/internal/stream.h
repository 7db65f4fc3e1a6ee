/*
 * What a FILE is. A stream is at rest, reading or writing:
 *
 *   reading   read_at .. read_end      bytes fetched, not yet taken
 *   writing   base .. write_at         bytes given, not yet written; write_end: as far as putc may
 *                                      go by itself (base, where each byte needs a closer look)
 *   at rest   all four are NULL, so the inline paths of getc and putc always fail
 *
 * Before base lies room for UNGET bytes pushed back. Buffers come at the first read or write, which
 * also puts the stream on the list that fflush(NULL) and exit go through.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#define UNGET 8

#define STREAM_READ 0x1
#define STREAM_WRITE 0x2
#define STREAM_APPEND 0x4
#define STREAM_EOF 0x8
#define STREAM_ERROR 0x10
#define STREAM_LINE 0x20    /* line buffered */
#define STREAM_NONE 0x40    /* not buffered */
#define STREAM_DECIDED 0x80 /* setvbuf has spoken: do not ask whether it is a terminal */
#define STREAM_OWN 0x100    /* the buffer is from malloc */
#define STREAM_LISTED 0x200
#define STREAM_FREE 0x400 /* the FILE itself is from malloc */

struct __file {
    unsigned char *read_at;
    unsigned char *read_end;
    unsigned char *write_at;
    unsigned char *write_end;
    unsigned char *base;
    size_t size;
    unsigned flags;
    int fd;
    pid_t child; /* of popen */
    ssize_t (*read)(FILE *stream, void *data, size_t size);
    ssize_t (*write)(FILE *stream, const void *data, size_t size);
    off_t (*seek)(FILE *stream, off_t offset, int origin);
    int (*close)(FILE *stream);
    void *cookie; /* of memory streams */
    FILE *next;
    FILE *last;
    unsigned char little[UNGET + 8]; /* the buffer of an unbuffered stream */
};

/* Operations of streams over a descriptor. */
ssize_t __stream_fd_read(FILE *stream, void *data, size_t size);
ssize_t __stream_fd_write(FILE *stream, const void *data, size_t size);
off_t __stream_fd_seek(FILE *stream, off_t offset, int origin);
int __stream_fd_close(FILE *stream);

#define STREAM_OVER(number, how)                                                                   \
    {                                                                                              \
        .fd = (number), .flags = (how), .read = __stream_fd_read, .write = __stream_fd_write,      \
        .seek = __stream_fd_seek, .close = __stream_fd_close                                       \
    }

/* Enter reading or writing; 0, or EOF with errno and the error flag set. */
int __stream_to_read(FILE *stream);
int __stream_to_write(FILE *stream);
/* To rest: what is unwritten is written, what is unread is given back to a descriptor that seeks.
 */
int __stream_rest(FILE *stream);
/* Writes base .. write_at. */
int __stream_drain(FILE *stream);
/* The slow ways of getc and putc. */
int __stream_underflow(FILE *stream);
int __stream_overflow(FILE *stream, int c);
/* rest() of all listed streams, by exit. Weak, so that exit alone does not draw in the streams. */
void __stream_exit(void) __attribute__((__weak__));
/* Takes the stream off the list, frees its buffer, and itself if it is from malloc. */
void __stream_discard(FILE *stream);
/* Flags of open() for a mode string, -1 if it is none; *how gets the stream's flags. */
int __stream_mode(const char *mode, unsigned *how);
/* A stream in fresh memory, or NULL. */
FILE *__stream_new(int fd, unsigned how);
