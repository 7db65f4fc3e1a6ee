/*
 * Program entry. The upcall entry comes first: the first write to a page of data is a fault that
 * it must serve. POSIX_NOTIFY_SIGNAL is 2, SLOT_SELF 1; ENV_UPCALL_ENTRY 4, ENV_UPCALL_MASK 5.
 */
#define SYS_ENV_SET 33
    .text
    .globl _start
_start:
    mov $SYS_ENV_SET, %eax
    mov $1, %edi
    mov $4, %esi
    lea libos_upcall_entry(%rip), %rdx
    syscall
    mov $SYS_ENV_SET, %eax
    mov $1, %edi
    mov $5, %esi
    mov $2, %edx
    syscall
    xor %ebp, %ebp
    mov %rsp, %rdi
    and $-16, %rsp
    call libos_start
    ud2

    .section .note.GNU-stack, "", @progbits
