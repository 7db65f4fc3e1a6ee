/* <unistd.h>: processes, descriptors and the tree of files. */
#pragma once

#include <bits/types.h>
#include <bits/seek.h>
#include <stdint.h>

#define _POSIX_VERSION 202405L
#define _POSIX2_VERSION 202405L
#define _POSIX_JOB_CONTROL 1
#define _POSIX_NO_TRUNC 1
#define _POSIX_REGEXP 1
#define _POSIX_SAVED_IDS 1
#define _POSIX_SHELL 1
#define _POSIX_VDISABLE '\0'

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

#define _SC_ARG_MAX 0
#define _SC_CHILD_MAX 1
#define _SC_CLK_TCK 2
#define _SC_NGROUPS_MAX 3
#define _SC_OPEN_MAX 4
#define _SC_PAGESIZE 5
#define _SC_PAGE_SIZE _SC_PAGESIZE
#define _SC_VERSION 6
#define _SC_LINE_MAX 7
#define _SC_HOST_NAME_MAX 8
#define _SC_LOGIN_NAME_MAX 9
#define _SC_SYMLOOP_MAX 10
#define _SC_NPROCESSORS_ONLN 11

#define _PC_LINK_MAX 0
#define _PC_MAX_CANON 1
#define _PC_MAX_INPUT 2
#define _PC_NAME_MAX 3
#define _PC_PATH_MAX 4
#define _PC_PIPE_BUF 5
#define _PC_NO_TRUNC 6
#define _PC_CHOWN_RESTRICTED 7
#define _PC_VDISABLE 8
#define _PC_SYMLINK_MAX 9

#define _CS_PATH 0

/* libOS */
extern char **environ;
int access(const char *path, int mode);
unsigned alarm(unsigned seconds);
int chdir(const char *path);
int chown(const char *path, uid_t uid, gid_t gid);
int close(int fd);
int dup(int fd);
int dup2(int fd, int to);
_Noreturn void _exit(int status);
int execve(const char *path, char *const argv[], char *const envp[]);
int faccessat(int dir, const char *path, int mode, int flags);
int fchdir(int fd);
int fchown(int fd, uid_t uid, gid_t gid);
int fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags);
pid_t fork(void);
int fsync(int fd);
int ftruncate(int fd, off_t size);
char *getcwd(char *buffer, size_t size);
gid_t getegid(void);
uid_t geteuid(void);
gid_t getgid(void);
int getgroups(int count, gid_t groups[]);
pid_t getpgid(pid_t pid);
pid_t getpid(void);
pid_t getppid(void);
pid_t getsid(pid_t pid);
uid_t getuid(void);
int link(const char *from, const char *to);
int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags);
off_t lseek(int fd, off_t offset, int origin);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
ssize_t pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset);
ssize_t read(int fd, void *buffer, size_t size);
ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size);
ssize_t readlinkat(int dir, const char *restrict path, char *restrict buffer, size_t size);
int rmdir(const char *path);
int setgid(gid_t gid);
int setpgid(pid_t pid, pid_t group);
pid_t setsid(void);
int setuid(uid_t uid);
int symlink(const char *target, const char *path);
int symlinkat(const char *target, int dir, const char *path);
void sync(void);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
int truncate(const char *path, off_t size);
char *ttyname(int fd);
int unlink(const char *path);
int unlinkat(int dir, const char *path, int flags);
ssize_t write(int fd, const void *buffer, size_t size);

extern char *optarg;
extern int opterr;
extern int optind;
extern int optopt;
int getopt(int argc, char *const argv[], const char *options);

size_t confstr(int name, char *buffer, size_t size);
int execl(const char *path, const char *arg0, ...);
int execle(const char *path, const char *arg0, ...);
int execlp(const char *file, const char *arg0, ...);
int execv(const char *path, char *const argv[]);
int execvp(const char *file, char *const argv[]);
int gethostname(char *name, size_t size);
pid_t getpgrp(void);
int isatty(int fd);
int lchown(const char *path, uid_t uid, gid_t gid);
int pause(void);
long pathconf(const char *path, int name);
long fpathconf(int fd, int name);
unsigned sleep(unsigned seconds);
void swab(const void *restrict from, void *restrict to, ssize_t size);
long sysconf(int name);
