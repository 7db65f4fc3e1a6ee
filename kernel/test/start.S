/*
 * Entries of the test root: the program's own, that of envs that it starts, and the upcall entry.
 */
    .globl _start
_start:
    xor %ebp, %ebp
    call test_main
    ud2

/* rdi = function, rsi = its argument; the function does not return. */
    .globl env_entry
env_entry:
    xor %ebp, %ebp
    mov %rdi, %rax
    mov %rsi, %rdi
    call *%rax
    ud2

/*
 * rdi = index of the upcall frame in the area at ROOT_AREA_VADDR. After upcall_seen the registers
 * go from the frame to the interrupted stack, below its red zone, before depth is taken down: from
 * then on the frame may be written again.
 */
    .globl upcall_entry
upcall_entry:
    push %rdi
    sub $8, %rsp
    call upcall_seen
    add $8, %rsp
    pop %rdi
    mov $0x7FFFFFFFD000, %rbx
    shl $8, %rdi
    lea 256(%rbx,%rdi), %rsi
    mov 32(%rsi), %rdi          /* rsp */
    sub $136, %rdi
    mov 24(%rsi), %rax          /* rip: for `ret $128` */
    mov %rax, (%rdi)
    mov $16, %ecx               /* rflags .. r15, in the order of the frame */
1:  mov 32(%rsi,%rcx,8), %rax
    mov %rax, -136(%rdi,%rcx,8)
    dec %ecx
    jnz 1b
    lea -128(%rdi), %rsp
    decl (%rbx)
    popfq
    pop %rax
    pop %rbx
    pop %rcx
    pop %rdx
    pop %rsi
    mov 8(%rsp), %rbp
    mov 16(%rsp), %r8
    mov 24(%rsp), %r9
    mov 32(%rsp), %r10
    mov 40(%rsp), %r11
    mov 48(%rsp), %r12
    mov 56(%rsp), %r13
    mov 64(%rsp), %r14
    mov 72(%rsp), %r15
    mov (%rsp), %rdi
    lea 80(%rsp), %rsp
    ret $128

/*
 * The least that a handler can do: all registers but rdi, rcx, r11, rsp and those that it uses are
 * still the interrupted ones. Goes back behind a three-byte instruction; uses rsi, rbx.
 */
    .globl upcall_skip
upcall_skip:
    mov $0x7FFFFFFFD000, %rbx
    shl $8, %rdi
    lea 256(%rbx,%rdi), %rsi
    mov 24(%rsi), %rdi
    add $3, %rdi
    mov 32(%rsi), %rsp
    push %rdi
    decl (%rbx)
    mov 56(%rsi), %rbx
    mov 64(%rsi), %rcx
    mov 128(%rsi), %r11
    mov 88(%rsi), %rdi
    mov 80(%rsi), %rsi
    ret

    .section .note.GNU-stack, "", @progbits
