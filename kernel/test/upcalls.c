/*
 * Upcalls of the test root itself: page fault, exception, notification.
 */
#include "tests.h"

#define RW (PROT_READ_PAGE | PROT_WRITE_PAGE)

static uint64_t frame;

static void map_missing(struct upcall_frame *f)
{
    if (f->kind == UPCALL_PAGE_FAULT)
        map_here(frame, f->address & ~(uint64_t)(PAGE - 1), RW);
}

static void skip_two(struct upcall_frame *f)
{
    f->rip += 2;
}

static void test_page_fault(void)
{
    volatile uint64_t *page = (volatile uint64_t *)SCRATCH_VADDR;

    frame = take_frames(1);
    upcall_action = map_missing;
    page[3] = 99;
    check_equal((int64_t)last_upcall.kind, UPCALL_PAGE_FAULT, "a page fault is an upcall");
    check_equal((int64_t)last_upcall.address, SCRATCH_VADDR + 24, "its address");
    check_equal((int64_t)last_upcall.code, 2, "its code: write, not present");
    check_equal((int64_t)page[3], 99, "the access is done again");
    exo_aspace_unmap(SLOT_ASPACE, SCRATCH_VADDR, 1);
}

static void test_exception(void)
{
    uint64_t before = upcall_count;

    upcall_action = skip_two;
    __asm__ volatile("ud2");
    check_equal((int64_t)last_upcall.kind, UPCALL_EXCEPTION, "an undefined instruction is one");
    check_equal((int64_t)last_upcall.code, 6, "its vector");
    __asm__ volatile("cli\n\tnop"); /* #GP: one byte, then one more is skipped */
    check_equal((int64_t)last_upcall.code, 13, "cli is not for user mode");
    check_equal((int64_t)(upcall_count - before), 2, "each came once");
}

static void test_registers(void)
{
    uint64_t sum;

    upcall_action = skip_two;
    __asm__ volatile("mov $1, %%rbx\n\tmov $2, %%r12\n\tmov $4, %%rsi\n\tmov $8, %%r11\n\t"
                     "mov $16, %%rcx\n\tmov $32, %%r9\n\tmov $64, %%rdx\n\t"
                     "ud2\n\t"
                     "mov %%rbx, %0\n\tadd %%r12, %0\n\tadd %%rsi, %0\n\tadd %%r11, %0\n\t"
                     "add %%rcx, %0\n\tadd %%r9, %0\n\tadd %%rdx, %0"
                     : "=a"(sum)
                     :
                     : "rbx", "r12", "rsi", "r11", "rcx", "r9", "rdx");
    check_equal((int64_t)sum, 127, "registers are what they were");
}

static void test_notification(void)
{
    uint64_t bits;

    upcall_action = 0;
    exo_env_set(SLOT_SELF, ENV_UPCALL_MASK, 0x100);
    exo_env_notify(SLOT_SELF, 0x101);
    check_equal((int64_t)last_upcall.kind, UPCALL_NOTIFY, "a notification is one");
    check_equal((int64_t)last_upcall.code, 0x100, "with the bits of the mask");
    check_equal(exo_env_wait(SLOT_SELF, ~0ull, 0, &bits), EXO_OK, "the other bits");
    check_equal((int64_t)bits, 1, "stay for env_wait");
    exo_env_set(SLOT_SELF, ENV_UPCALL_MASK, 0);
}

static void test_unknown(void)
{
    uint64_t rax = 126;

    __asm__ volatile("syscall" : "+a"(rax) : "D"(1) : "rcx", "r11", "memory");
    check_equal((int64_t)last_upcall.kind, UPCALL_SYSCALL, "an unknown call is one");
    check_equal((int64_t)last_upcall.code, 126, "with its number");
}

void test_upcalls(void)
{
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, (uintptr_t)upcall_entry);
    test_page_fault();
    test_exception();
    test_registers();
    test_notification();
    test_unknown();
    exo_env_set(SLOT_SELF, ENV_UPCALL_ENTRY, 0);
}
