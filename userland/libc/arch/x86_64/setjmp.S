/*
 * setjmp and longjmp. __registers of jmp_buf: rbx rbp r12 r13 r14 r15 rsp rip, all that a function
 * must keep (System V ABI x86-64 3.2.1), as they are once setjmp has returned.
 */
    .macro SAVE
    mov %rbx, 0(%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    lea 8(%rsp), %rax
    mov %rax, 48(%rdi)
    mov (%rsp), %rax
    mov %rax, 56(%rdi)
    .endm

    .section .text.setjmp, "ax", @progbits
    .globl setjmp
    .type setjmp, @function
setjmp:
    SAVE
    xor %eax, %eax
    ret
    .size setjmp, . - setjmp

    .section .text.sigsetjmp, "ax", @progbits
    .globl sigsetjmp
    .type sigsetjmp, @function
sigsetjmp:
    SAVE
    jmp __sigsetjmp_mask
    .size sigsetjmp, . - sigsetjmp

    .section .text.longjmp, "ax", @progbits
    .globl longjmp
    .type longjmp, @function
longjmp:
    mov %esi, %eax
    test %eax, %eax
    jnz 1f
    inc %eax
1:  mov 0(%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    jmp *56(%rdi)
    .size longjmp, . - longjmp

    .section .note.GNU-stack, "", @progbits
