/* Built-in utilities: the table, and what they share. */
#pragma once

#include <stdbool.h>

struct builtin {
    const char *name;
    int (*run)(int argc, char **argv);
    bool special;            /* XCU 2.15 */
    bool keeps_redirections; /* exec */
};

const struct builtin *builtin_find(const char *name);

/* Set by an error that must end the shell if the built-in is a special one. */
extern bool builtin_failed;

/* Warns, notes the failure and returns status 2. */
int builtin_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Options, one letter after the other; a letter followed by ":" takes an argument. */
struct option_loop {
    char **argv;
    int next;   /* index of the argument in hand, at last of the first operand */
    int offset; /* of the next letter in it */
    char *argument;
};

/* The next letter; 0 at the end; '?' after a message. */
int next_option(struct option_loop *loop, const char *letters);

/* A non-negative number, or -1. */
int parse_number(const char *text);

/* One per utility, in the file of its kind. */
int builtin_alias(int argc, char **argv);
int builtin_bg(int argc, char **argv);
int builtin_break(int argc, char **argv);
int builtin_cd(int argc, char **argv);
int builtin_colon(int argc, char **argv);
int builtin_command(int argc, char **argv);
int builtin_dot(int argc, char **argv);
int builtin_echo(int argc, char **argv);
int builtin_eval(int argc, char **argv);
int builtin_exec(int argc, char **argv);
int builtin_exit(int argc, char **argv);
int builtin_export(int argc, char **argv);
int builtin_false(int argc, char **argv);
int builtin_fg(int argc, char **argv);
int builtin_getopts(int argc, char **argv);
int builtin_hash(int argc, char **argv);
int builtin_jobs(int argc, char **argv);
int builtin_kill(int argc, char **argv);
int builtin_printf(int argc, char **argv);
int builtin_pwd(int argc, char **argv);
int builtin_read(int argc, char **argv);
int builtin_return(int argc, char **argv);
int builtin_set(int argc, char **argv);
int builtin_shift(int argc, char **argv);
int builtin_test(int argc, char **argv);
int builtin_times(int argc, char **argv);
int builtin_trap(int argc, char **argv);
int builtin_type(int argc, char **argv);
int builtin_umask(int argc, char **argv);
int builtin_unalias(int argc, char **argv);
int builtin_unset(int argc, char **argv);
int builtin_wait(int argc, char **argv);
