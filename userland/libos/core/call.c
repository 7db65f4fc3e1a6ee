/* Calls to the server, and sleeping between them. See libos.h. */
#include "libos.h"

#include <string.h>

static volatile uint32_t busy;

void libos_enter(void)
{
    busy++;
}

void libos_leave(void)
{
    busy--;
    if (busy == 0 && (LIBOS_CONTROL->pending & ~LIBOS_CONTROL->blocked))
        libos_signals_take();
}

bool libos_is_busy(void)
{
    return busy != 0;
}

int64_t libos_call(uint64_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                   struct libos_answer *answer)
{
    struct exo_gate_call reply;
    status_t status = exo_gate_call(SLOT_SERVER, call, a, b, c, d, 0, 0, &reply);
    if (status < 0)
        return -EIO;
    if (answer)
        *answer = (struct libos_answer){(int64_t)reply.m0, {reply.m1, reply.m2}};
    return (int64_t)reply.m0;
}

int64_t libos_result(int64_t result)
{
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

int64_t libos_simple(uint64_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return libos_result(libos_call(call, a, b, c, d, NULL));
}

uint32_t libos_put_path(const char *path, uint32_t offset)
{
    size_t size = strlen(path) + 1;
    if (size > POSIX_PATH_MAX || size > POSIX_WINDOW_SIZE - offset)
        return 0;
    memcpy(LIBOS_WINDOW + offset, path, size);
    return offset + (uint32_t)size;
}

int64_t libos_path_call(uint64_t call, const char *path, uint64_t a, uint64_t b, uint64_t c,
                        uint64_t d)
{
    libos_enter();
    int64_t result = -ENAMETOOLONG;
    if (*path == '\0') /* means the descriptor itself, to the server */
        result = -ENOENT;
    else if (libos_put_path(path, 0))
        result = libos_call(call, a, b, c, d, NULL);
    libos_leave();
    return libos_result(result);
}

int64_t libos_paths_call(uint64_t call, const char *first, const char *second, uint64_t a,
                         uint64_t b, uint64_t c)
{
    libos_enter();
    int64_t result = -ENAMETOOLONG;
    uint32_t next = libos_put_path(first, 0);
    if (next && libos_put_path(second, next))
        result = libos_call(call, a, b, c, 0, NULL);
    libos_leave();
    return libos_result(result);
}

struct libos_moment libos_now(void)
{
    return (struct libos_moment){libos_handled, libos_interrupted};
}

uint64_t libos_clock(void)
{
    uint64_t now = 0;
    exo_time_now(SLOT_SELF, &now);
    return now;
}

enum libos_woken libos_sleep(struct libos_moment moment, uint64_t deadline)
{
    uint64_t bits;
    uint64_t alarm = libos_alarm_deadline();
    /* A handler that runs before we sleep leaves POSIX_NOTIFY_WAKE, so no wake-up is lost. */
    status_t status =
        exo_env_wait(SLOT_SELF, POSIX_NOTIFY_WAKE, alarm < deadline ? alarm : deadline, &bits);
    if (status == EXO_TIMEOUT && alarm < deadline) {
        libos_enter();
        libos_alarm_check();
        libos_leave();
        status = EXO_OK;
    }
    if (libos_interrupted != moment.interrupted)
        return LIBOS_INTERRUPTED;
    return status == EXO_TIMEOUT ? LIBOS_TIMEOUT : LIBOS_AGAIN;
}
