/*
 * The processor: protection features, segments, the system-call entry, env switches.
 *
 * RSP0 of the TSS always is the end of the current env's frame; the fault stack (IST1) serves
 * double faults, NMI and machine checks, which end in a panic.
 */
#include <arch/cpu.h>
#include <arch/mmu.h>

#include "arch/x86_64/registers.h"
#include <machine/offsets.h>
#include "core/env.h"
#include "core/panic.h"

/* AMD64 APM vol. 2, figure 12-8. */
struct tss {
    uint32_t zero0;
    uint64_t rsp[3];
    uint64_t zero1;
    uint64_t ist[7];
    uint64_t zero2;
    uint16_t zero3;
    uint16_t io_map;
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "hardware layout");

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

#define EXIT_PORT 0xF4 /* QEMU: -device isa-debug-exit,iobase=0xf4,iosize=4 */

extern char syscall_entry[];
extern char kernel_stack_top[];
extern char fault_stack_top[];
_Noreturn void return_to_user(void);

const char cpu_name[] = "x86_64";

struct tss cpu_tss; /* entry.S sets RSP0 when a gate switches */

static uint64_t gdt[7] = {
    0,
    0x00209A0000000000, /* kernel code: present, long */
    0x0000920000000000, /* kernel data */
    0x0000F20000000000, /* user data */
    0x0020FA0000000000, /* user code */
};

static void load_segments(void)
{
    struct descriptor_pointer pointer = {sizeof(gdt) - 1, (uintptr_t)gdt};
    uint64_t base = (uintptr_t)&cpu_tss;

    cpu_tss.rsp[0] = (uintptr_t)kernel_stack_top;
    cpu_tss.ist[0] = (uintptr_t)fault_stack_top;
    cpu_tss.io_map = sizeof(cpu_tss); /* beyond the limit: no port is open to user mode */
    gdt[SELECTOR_TSS / 8] =
        (sizeof(cpu_tss) - 1) | (base & 0xFFFFFF) << 16 | 0x89ull << 40 | (base >> 24 & 0xFF) << 56;
    gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\tmovl %2, %%eax\n\t"
                     "movl %%eax, %%ss\n\t"
                     "movl %3, %%eax\n\t"
                     "movl %%eax, %%ds\n\t"
                     "movl %%eax, %%es\n\t"
                     "movl %%eax, %%fs\n\t"
                     "movl %%eax, %%gs\n\t"
                     "ltr %w4"
                     :
                     : "m"(pointer), "i"(SELECTOR_KERNEL_CODE), "i"(SELECTOR_KERNEL_DATA),
                       "i"(SELECTOR_USER_DATA), "r"(SELECTOR_TSS)
                     : "rax", "memory");
}

static void protect(void)
{
    uint32_t leaves = read_cpuid(0, 0).eax;
    struct cpuid features = leaves >= 7 ? read_cpuid(7, 0) : (struct cpuid){0};
    /* What else the firmware had switched on goes: with OSXSAVE, say, envs would share registers
     * that we do not save. */
    uint64_t cr4 = (read_cr4() & (CR4_PAE | CR4_MCE)) | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;

    if (features.ebx & 1u << 7)
        cr4 |= CR4_SMEP;
    if (features.ebx & 1u << 20)
        cr4 |= CR4_SMAP;
    if (features.ecx & 1u << 2)
        cr4 |= CR4_UMIP;
    write_cr4(cr4);
    write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_WP | CR0_MP | CR0_NE);
}

void cpu_init(void)
{
    load_segments();
    protect();
    write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE | EFER_NXE);
    /* SYSCALL loads cs from bits 32..47 and ss from the next descriptor; SYSRET loads cs from
     * bits 48..63 plus 16 and ss from plus 8. */
    write_msr(MSR_STAR,
              (uint64_t)(SELECTOR_KERNEL_DATA | 3) << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    write_msr(MSR_LSTAR, (uintptr_t)syscall_entry);
    write_msr(MSR_SFMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC);
}

void cpu_idle(void)
{
    __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

_Noreturn void cpu_stop(uint8_t status)
{
    cpu_port_write(EXIT_PORT, 4, status);
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

void cpu_env_init(struct env *env)
{
    uint32_t mxcsr = 0x1F80;
    uint16_t fcw = 0x037F;

    /* FXSAVE image (AMD64 APM vol. 2, 11.4.4): control word at 0, MXCSR at 24. */
    __builtin_memcpy(env->fpu, &fcw, sizeof(fcw));
    __builtin_memcpy(env->fpu + 24, &mxcsr, sizeof(mxcsr));
    env->regs.cs = SELECTOR_USER_CODE;
    env->regs.ss = SELECTOR_USER_DATA;
    env->regs.flags = RFLAGS_IF | 2;
}

_Noreturn void cpu_enter_user(void)
{
    return_to_user();
}

uint32_t cpu_port_read(uint16_t port, unsigned width)
{
    uint32_t value = 0;

    if (width == 1)
        __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
    else if (width == 2)
        __asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
    else
        __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
    return width == 1 ? value & 0xFF : width == 2 ? value & 0xFFFF : value;
}

void cpu_port_write(uint16_t port, unsigned width, uint32_t value)
{
    if (width == 1)
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
    else if (width == 2)
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
    else
        __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
}

uint64_t cpu_fault_address(void)
{
    return read_cr2();
}

unsigned cpu_backtrace(uint64_t fp, uint64_t *pcs, unsigned max)
{
    unsigned count = 0;
    uint64_t floor = fp;

    while (count < max && fp >= floor && fp >= KERNEL_BASE && fp % 8 == 0 &&
           fp < (uintptr_t)fault_stack_top - 16) {
        const uint64_t *frame = (const uint64_t *)fp;

        floor = fp + 16;
        pcs[count++] = frame[1];
        fp = frame[0];
    }
    return count;
}
