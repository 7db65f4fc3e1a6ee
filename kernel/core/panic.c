/*
 * Epitaphs. The serial port is taken back from whoever drives it; nothing is allocated, and a
 * panic within a panic only stops the machine.
 */
#include "core/panic.h"

#include <stdarg.h>
#include <stdbool.h>
#include <arch/cpu.h>

#include "core/env.h"
#include "dev/serial.h"
#include "lib/fmt.h"
#include "lib/symbols.h"

#define EXIT_PANIC 0x7F
#define BACKTRACE_MAX 16u

static void put(char c, void *context)
{
    (void)context;
    serial_put(c);
}

void say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fmt_write(put, NULL, format, args);
    va_end(args);
}

static void say_address(uint64_t pc)
{
    uint64_t offset;
    const char *name = symbol_find(pc, &offset);

    if (name)
        say("  %016lx %s+0x%lx\n", pc, name, offset);
    else
        say("  %016lx\n", pc);
}

static void say_env(const struct env *env)
{
    if (object_dead(&env->object)) {
        say("env: none\n");
        return;
    }
    say("env: frame %lx state %u label %lx pc %lx sp %lx\n", env_frame_number(env), env->state,
        env->label, env->regs.pc, env->regs.sp);
    say("call: number %lu arguments %lx %lx %lx %lx %lx %lx\n", env->regs.status,
        env->regs.message[0], env->regs.message[1], env->regs.message[2], env->regs.message[3],
        env->regs.message[4], env->regs.message[5]);
}

static void begin(void)
{
    static bool dying;

    if (dying)
        cpu_stop(EXIT_PANIC);
    dying = true;
    serial_init();
    say("\nkernel panic: ");
}

static _Noreturn void end(uint64_t fp)
{
    uint64_t pcs[BACKTRACE_MAX];
    unsigned count = cpu_backtrace(fp, pcs, BACKTRACE_MAX);

    say_env(current);
    say("back trace:\n");
    for (unsigned i = 0; i < count; i++)
        say_address(pcs[i]);
    cpu_stop(EXIT_PANIC);
}

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    begin();
    va_start(args, format);
    fmt_write(put, NULL, format, args);
    va_end(args);
    say("\n");
    end((uintptr_t)__builtin_frame_address(0));
}

_Noreturn void panic_trap(const struct frame *frame, const char *what)
{
    begin();
    say("%s: vector %lu error %lx address %lx\n", what, frame->vector, frame->error,
        cpu_fault_address());
    say_address(frame->pc);
    trap_print(frame);
    end(frame_pointer(frame));
}
