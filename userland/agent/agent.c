/*
 * agent: runs commands for the host over the second serial port. Started by init with the port as
 * standard input and output. The frames are in docs/reference/agent.md:
 *
 *      type (1 byte)  length (4 bytes, little endian)  payload
 *      from the host: C command, P ping, Q power off
 *      to the host:   H hello, O and E output, X exit status
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <libos/power.h>

enum {
    HEAD = 5,
    PAYLOAD = 4096,      /* of the frames that we send */
    COMMAND_MAX = 65536, /* of those that we take */
    VERSION = 1,
    LOOK_AGAIN = 50, /* milliseconds: a command may end without closing its output */
    STATUS_NO_SHELL = 127,
    SIGNAL_BASE = 128,
};

static void write_all(const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t done = write(STDOUT_FILENO, at, size);
        if (done < 0 && errno != EINTR)
            exit(1); /* the line is gone: init starts us anew */
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
}

static void read_all(void *buffer, size_t size)
{
    for (char *at = buffer; size > 0;) {
        ssize_t done = read(STDIN_FILENO, at, size);
        if (done == 0 || (done < 0 && errno != EINTR))
            exit(1);
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
}

static void send_frame(char type, const void *payload, uint32_t size)
{
    static unsigned char frame[HEAD + PAYLOAD];
    frame[0] = (unsigned char)type;
    for (int i = 0; i < 4; i++)
        frame[1 + i] = (unsigned char)(size >> (8 * i));
    memcpy(frame + HEAD, payload, size);
    write_all(frame, HEAD + size);
}

static void hello(void)
{
    unsigned char version = VERSION;
    send_frame('H', &version, sizeof(version));
}

/* Bytes as they are, one at a time as they come. */
static void make_raw(void)
{
    struct termios termios;
    if (tcgetattr(STDIN_FILENO, &termios) < 0)
        return;
    termios.c_iflag = 0;
    termios.c_oflag = 0;
    termios.c_lflag = 0;
    termios.c_cc[VMIN] = 1;
    termios.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &termios);
}

static _Noreturn void become_shell(const char *command, int output, int error)
{
    setsid(); /* the port is ours, not the command's terminal */
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(error, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(STATUS_NO_SHELL);
}

/* Hands on what there is; false at the end of the file. */
static bool forward(int fd, char type)
{
    static char buffer[PAYLOAD];
    ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size > 0)
        send_frame(type, buffer, (uint32_t)size);
    return size > 0 || (size < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Output goes on until both pipes end, or the shell has and they are empty. */
static int attend(pid_t pid, struct pollfd pipes[2])
{
    static const char types[] = {'O', 'E'};
    int status = 0;
    bool ended = false;
    while (pipes[0].fd >= 0 || pipes[1].fd >= 0) {
        int ready = poll(pipes, 2, ended ? 0 : LOOK_AGAIN);
        for (int i = 0; ready > 0 && i < 2; i++)
            if (pipes[i].fd >= 0 && pipes[i].revents && !forward(pipes[i].fd, types[i]))
                pipes[i].fd = -1;
        if (ended && ready <= 0)
            return status;
        if (!ended)
            ended = waitpid(pid, &status, WNOHANG) == pid;
    }
    if (!ended)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    return status;
}

static void send_status(int status)
{
    uint32_t code =
        (uint32_t)(WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_BASE + WTERMSIG(status));
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(code >> (8 * i));
    send_frame('X', bytes, sizeof(bytes));
}

static void run(const char *command)
{
    int output[2];
    int error[2];
    if (pipe2(output, O_CLOEXEC) < 0 || pipe2(error, O_CLOEXEC) < 0)
        exit(1);
    pid_t pid = fork();
    if (pid == 0)
        become_shell(command, output[1], error[1]);
    close(output[1]);
    close(error[1]);
    int status = STATUS_NO_SHELL << 8;
    struct pollfd pipes[2] = {{.fd = output[0], .events = POLLIN},
                              {.fd = error[0], .events = POLLIN}};
    if (pid > 0)
        status = attend(pid, pipes);
    close(output[0]);
    close(error[0]);
    send_status(status);
}

/* A frame of the host's; what is too long, or of no known type, ends us. */
static void serve_frame(void)
{
    static char payload[COMMAND_MAX + 1];
    unsigned char head[HEAD];
    read_all(head, sizeof(head));
    uint32_t size = 0;
    for (int i = 0; i < 4; i++)
        size |= (uint32_t)head[1 + i] << (8 * i);
    if (size > COMMAND_MAX)
        exit(1);
    read_all(payload, size);
    payload[size] = '\0';
    switch (head[0]) {
    case 'C':
        run(payload);
        break;
    case 'P':
        hello();
        break;
    case 'Q':
        libos_power_off(size > 0 ? (unsigned char)payload[0] : 0);
        break;
    default:
        exit(1);
    }
}

int main(void)
{
    make_raw();
    hello();
    for (;;)
        serve_frame();
}
