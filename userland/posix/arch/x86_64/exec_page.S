/*
 * The page that stays mapped over exec (POSIX_EXEC_VADDR): the call that replaces the program
 * cannot return into the program that it replaced. Called as a C function with a pointer to the
 * six argument registers of gate_call in rdi; returns the result where exec failed.
 */
    .section .rodata
    .globl exec_page_code, exec_page_end
    .hidden exec_page_code, exec_page_end
exec_page_code:
    push %rbx
    push %r12
    mov %rdi, %rax
    mov 8(%rax), %rsi
    mov 16(%rax), %rdx
    mov 24(%rax), %r10
    mov 32(%rax), %r8
    mov 40(%rax), %r9
    mov (%rax), %rdi
    mov 48(%rax), %rax      /* the number of gate_call */
    xor %ebx, %ebx
    xor %r12d, %r12d
    syscall
    test %rax, %rax
    js 2f
    mov %rsi, %rax          /* results: rdi flags, rsi result, rdx pc, r10 sp */
    test %rax, %rax
    js 2f
    mov %r10, %rsp
    xor %ebp, %ebp
    jmp *%rdx
2:  pop %r12
    pop %rbx
    ret
exec_page_end:
    .section .note.GNU-stack, "", @progbits
