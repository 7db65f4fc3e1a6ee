/*
 * Upcalls, fork and the way back from both.
 *
 * The kernel stores the interrupted registers in the area (exo/upcall.h), at a fixed address here,
 * and enters libos_upcall_entry with the frame's index in rdi, on the upcall stack. To go back,
 * what iret would need is put below the interrupted stack's red zone:
 *
 *      rsp - 136  rip       ret $128 takes it and comes out at rsp
 *      rsp - 144  rflags
 *      rsp - 152  rdi
 *      rsp - 160  rax
 *
 * so that after the last register is loaded nothing is read from the frame: from then on the next
 * upcall may overwrite it.
 */
#define AREA 0x3FFFD000         /* POSIX_AREA_VADDR: depth, then pending */
#define FRAMES 256              /* offset of the frames; 256 bytes each */
#define SYS_ENV_YIELD 42

#define F_RIP 24
#define F_RSP 32
#define F_RFLAGS 40
#define F_RAX 48
#define F_RBX 56
#define F_RCX 64
#define F_RDX 72
#define F_RSI 80
#define F_RDI 88
#define F_RBP 96
#define F_R8 104

    .text
/* Loads all registers from the frame in rdi; rsp is where rflags lie. */
.macro LOAD_FRAME
    mov F_RSP(%rdi), %rax
    mov F_RIP(%rdi), %rbx
    mov %rbx, -136(%rax)
    mov F_RFLAGS(%rdi), %rbx
    mov %rbx, -144(%rax)
    mov F_RDI(%rdi), %rbx
    mov %rbx, -152(%rax)
    mov F_RAX(%rdi), %rbx
    mov %rbx, -160(%rax)
    mov F_RBX(%rdi), %rbx
    mov F_RCX(%rdi), %rcx
    mov F_RDX(%rdi), %rdx
    mov F_RSI(%rdi), %rsi
    mov F_RBP(%rdi), %rbp
    mov F_R8(%rdi), %r8
    mov F_R8+8(%rdi), %r9
    mov F_R8+16(%rdi), %r10
    mov F_R8+24(%rdi), %r11
    mov F_R8+32(%rdi), %r12
    mov F_R8+40(%rdi), %r13
    mov F_R8+48(%rdi), %r14
    mov F_R8+56(%rdi), %r15
    lea -144(%rax), %rsp
    mov -8(%rsp), %rdi
    mov -16(%rsp), %rax
.endm

    .globl libos_upcall_entry
libos_upcall_entry:
    cld
    mov %edi, %ebx
    shl $8, %ebx
    add $AREA+FRAMES, %ebx      /* the frame; rbx is kept over calls */
    sub $512, %rsp              /* the area for fxsave, 16-byte aligned as rsp is */
    fxsave (%rsp)
    mov %rbx, %rdi
    mov %rsp, %rsi
    call libos_upcall
    fxrstor (%rsp)
    mov %rbx, %rdi
    LOAD_FRAME
    decl AREA
    cmpl $0, AREA+4             /* something came meanwhile: have it now, if we are outermost */
    jne 1f
    popfq
    ret $128
1:  cmpl $0, AREA
    jne 2f
    push %rax
    push %rcx
    push %rdi
    push %r11
    mov $SYS_ENV_YIELD, %eax
    mov $1, %edi
    syscall
    pop %r11
    pop %rdi
    pop %rcx
    pop %rax
2:  popfq
    ret $128

/*
 * A signal handler's call, entered as if by the interrupted code: rsp at a struct signal_frame,
 * which signal/deliver.c made; rdi signal, rsi its siginfo_t, rdx 0, rax the handler.
 */
    .globl libos_signal_entry
libos_signal_entry:
    cld
    mov %rsp, %rbx
    call *%rax
    mov %rbx, %rdi
    mov %rbx, %rsp
    call libos_signal_return    /* the mask again; gives the frame of registers */
    fxrstor 256(%rax)
    mov %rax, %rdi
    LOAD_FRAME
    popfq
    ret $128

/*
 * int64_t libos_fork_raw(slot, call): the server starts the child at 1f with this stack, and with
 * nothing in its registers.
 */
    .globl libos_fork_raw
libos_fork_raw:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    lea 1f(%rip), %rdx          /* m1 pc, m2 sp, m3 upcall entry, m4 argument */
    mov %rsp, %r10
    lea libos_upcall_entry(%rip), %r8
    xor %r9d, %r9d
    xor %ebx, %ebx              /* nothing goes along */
    xor %r12d, %r12d
    mov $49, %eax               /* gate_call */
    syscall
    test %rax, %rax
    jnz 2f
    mov %rsi, %rax              /* the result */
    jmp 2f
1:  xor %eax, %eax
2:  pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

    .section .note.GNU-stack, "", @progbits
