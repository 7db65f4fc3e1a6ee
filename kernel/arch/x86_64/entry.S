/*
 * All ways into the kernel, x86_64: from a loader, by system call, by exception and interrupt.
 *
 * The kernel runs with interrupts off on one stack; only cpu_idle waits with them on. Registers
 * of user mode go straight into the current env's frame, which `current` points at: the system
 * call entry stores them there, and for traps the TSS's RSP0 is the end of the frame.
 */
#include <machine/offsets.h>

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)

/* ---- PVH: 32-bit protected mode, ebx = hvm_start_info (Xen docs/misc/pvh.pandoc) ---------- */

    .section .note.Xen, "a", @note
    .align 4
    .long 4, 4, 18              /* name size, description size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long PHYS(pvh_entry)

    .section .text.pvh, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    cld
    mov %ebx, %ebp

    /* Identity for the first 4 GiB and the image at KERNEL_BASE, in pages of 2 MiB. */
    mov $PHYS(pvh_directories), %edi
    mov $0x83, %eax
    xor %ecx, %ecx
1:  mov %eax, (%edi,%ecx,8)
    movl $0, 4(%edi,%ecx,8)
    add $0x200000, %eax
    inc %ecx
    cmp $2048, %ecx
    jb 1b
    mov $PHYS(pvh_directories) + 3, %eax
    mov %eax, PHYS(pvh_low)
    mov %eax, PHYS(pvh_high) + 510 * 8
    add $0x1000, %eax
    mov %eax, PHYS(pvh_low) + 8
    add $0x1000, %eax
    mov %eax, PHYS(pvh_low) + 16
    add $0x1000, %eax
    mov %eax, PHYS(pvh_low) + 24
    movl $PHYS(pvh_low) + 3, PHYS(pvh_top)
    movl $PHYS(pvh_high) + 3, PHYS(pvh_top) + 511 * 8

    mov %cr4, %eax
    or $0x20, %eax              /* PAE */
    mov %eax, %cr4
    mov $PHYS(pvh_top), %eax
    mov %eax, %cr3
    mov $0xC0000080, %ecx       /* EFER */
    rdmsr
    or $0x900, %eax             /* LME, NXE */
    wrmsr
    mov %cr0, %eax
    or $0x80000001, %eax        /* PG, PE */
    mov %eax, %cr0
    lgdt PHYS(pvh_gdt_pointer)
    ljmp $8, $PHYS(pvh_long)

    .code64
pvh_long:
    mov $kernel_stack_top, %rsp
    mov %ebp, %edi
    xor %ebp, %ebp
    mov $pvh_boot_info, %rax
    call *%rax                  /* leaves the identity addresses behind */
    mov %rax, %rdi
    mov $kernel_entry, %rax
    jmp *%rax

    .align 8
pvh_gdt:
    .quad 0, 0x00209A0000000000
pvh_gdt_pointer:
    .short 15
    .long PHYS(pvh_gdt)

    .section .bss.pvh, "aw", @nobits
    .align 4096
pvh_top:
    .skip 4096
pvh_low:
    .skip 4096
pvh_high:
    .skip 4096
pvh_directories:
    .skip 4 * 4096

/* ---- 64-bit entry: rdi = physical address of struct boot_info ----------------------------- */

    .text
    .globl kernel_entry
kernel_entry:
    cli
    cld
    mov $kernel_stack_top, %rsp
    xor %ebp, %ebp
    call kernel_main
    ud2

/* ---- system calls ------------------------------------------------------------------------- */

    .globl syscall_entry
    .align 64
syscall_entry:
    mov %rsp, user_sp(%rip)
    mov current(%rip), %rsp
    cmp $SYS_gate_call, %rax
    je gate_call
    cmp $SYS_gate_wait, %rax
    je gate_wait
    test %rax, %rax
    jz cap_check
full_entry:
    mov %rcx, FRAME_RIP(%rsp)
    mov user_sp(%rip), %rcx
    mov %r11, FRAME_RFLAGS(%rsp)
    mov %rcx, FRAME_RSP(%rsp)
    mov %rdi, FRAME_MESSAGE(%rsp)
    mov %rsi, FRAME_MESSAGE+8(%rsp)
    mov %rdx, FRAME_MESSAGE+16(%rsp)
    mov %r10, FRAME_MESSAGE+24(%rsp)
    mov %r8, FRAME_MESSAGE+32(%rsp)
    mov %r9, FRAME_MESSAGE+40(%rsp)
    mov %rax, FRAME_STATUS(%rsp)
    mov %rbx, FRAME_RBX(%rsp)
    mov %r12, FRAME_R12(%rsp)
    mov %rbp, FRAME_RBP(%rsp)
    mov %r13, FRAME_R13(%rsp)
    mov %r14, FRAME_R14(%rsp)
    mov %r15, FRAME_R15(%rsp)
    movl $256, FRAME_VECTOR(%rsp)
    mov %rsp, %rbx
    mov $kernel_stack_top, %rsp
    xor %ebp, %ebp

    cmp $128, %rax
    jae unknown_call
    shl $CALL_SHIFT, %eax
    mov syscall_table+CALL_GAS(%rax), %rcx
    test %rcx, %rcx
    jz unknown_call
    sub %rcx, ENV_GAS_LEFT(%rbx)
    jb no_gas

    /* Capability: slot edi of the table, type and rights in one comparison. */
    mov ENV_SLOT_LIMIT(%rbx), %ecx
    cmp %rcx, %rdi
    jae bad_slot
    mov %edi, %ecx
    shr $7, %ecx
    and $127, %edi
    shl $5, %edi
    add ENV_TABLES(%rbx,%rcx,8), %rdi
    mov (%rdi), %ecx
    and syscall_table+CALL_MASK(%rax), %ecx
    cmp syscall_table+CALL_EXPECT(%rax), %ecx
    jne bad_cap
    mov %r10, %rcx
    call *syscall_table+CALL_HANDLER(%rax)

    /* rax = status, rbx = the env that called. */
call_done:
    cmp current(%rip), %rbx
    jne return_to_user
    cmpb $0, ENV_ATTENTION(%rbx)
    jne call_attention
    mov FRAME_RIP(%rbx), %rcx
    mov FRAME_RFLAGS(%rbx), %r11
    mov FRAME_MESSAGE(%rbx), %rdi
    mov FRAME_MESSAGE+8(%rbx), %rsi
    mov FRAME_MESSAGE+16(%rbx), %rdx
    mov FRAME_MESSAGE+24(%rbx), %r10
    mov FRAME_MESSAGE+32(%rbx), %r8
    mov FRAME_MESSAGE+40(%rbx), %r9
    mov FRAME_RBP(%rbx), %rbp
    mov FRAME_RSP(%rbx), %rsp
    mov FRAME_RBX(%rbx), %rbx
    sysretq

call_attention:
    mov %rax, FRAME_STATUS(%rbx)
    jmp return_to_user

bad_slot:
    mov $-2, %rax               /* EXO_BAD_SLOT */
    jmp refused
bad_cap:
    mov $-2, %rax
    mov (%rdi), %ecx
    test %cl, %cl
    jz refused
    mov $-4, %rax               /* EXO_BAD_RIGHTS */
    mov $-3, %rdx               /* EXO_BAD_TYPE, where the type is what differs */
    mov FRAME_STATUS(%rbx), %edi
    shl $CALL_SHIFT, %edi
    xor syscall_table+CALL_EXPECT(%rdi), %ecx
    test %cl, syscall_table+CALL_MASK(%rdi)
    cmovnz %rdx, %rax
refused:
    mov %rax, %rdi
    call syscall_refused
    jmp call_done
unknown_call:
    call syscall_unknown
    jmp call_done
no_gas:
    add %rcx, ENV_GAS_LEFT(%rbx)
    call gas_empty
    jmp call_done

/*
 * cap_check where it succeeds, without saving anything: rdi slot, rsi type (0: any), rdx rights.
 * rax and rsp are the scratch registers; rsp holds the env, then the table. What fails goes the
 * common way to core/cap.c.
 */
cap_check:
    subq $1, ENV_GAS_LEFT(%rsp)
    jb cap_check_gas
    mov ENV_SLOT_LIMIT(%rsp), %eax
    cmp %rax, %rdi
    jae cap_check_gas
    mov %edi, %eax
    shr $7, %eax
    mov ENV_TABLES(%rsp,%rax,8), %rsp
    mov %edi, %eax
    and $127, %eax
    shl $5, %eax
    mov (%rsp,%rax), %eax
    test %al, %al
    jz cap_check_slow
    test %rsi, %rsi
    jz 1f
    cmp $0xFF, %rsi
    ja cap_check_slow
    cmp %sil, %al
    jne cap_check_slow
1:  shr $16, %eax
    not %rax
    test %rdx, %rax
    jnz cap_check_slow
    xor %eax, %eax
    mov user_sp(%rip), %rsp
    sysretq
cap_check_slow:
    mov current(%rip), %rsp
cap_check_gas:
    addq $1, ENV_GAS_LEFT(%rsp)
    xor %eax, %eax
    jmp full_entry

/*
 * Gates, when nothing stands in the way: the server waits, labels are equal, nothing goes along,
 * nobody else waits, no upcall is due. The message stays in its registers. rsp holds the env that
 * calls, r13 the one that goes on; whatever is not this simple goes to core/gate.c as if nothing
 * had happened.
 */
    .macro SAVE_PRESERVED
    mov %rcx, FRAME_RIP(%rsp)
    mov user_sp(%rip), %rcx
    mov %r11, FRAME_RFLAGS(%rsp)
    mov %rcx, FRAME_RSP(%rsp)
    mov %rbx, FRAME_RBX(%rsp)
    mov %r12, FRAME_R12(%rsp)
    mov %rbp, FRAME_RBP(%rsp)
    mov %r13, FRAME_R13(%rsp)
    mov %r14, FRAME_R14(%rsp)
    mov %r15, FRAME_R15(%rsp)
    movl $256, FRAME_VECTOR(%rsp)
    .endm

    /* rcx = capability in slot rdi, rbx = its word; goes to \slow where type or right are wrong. */
    .macro LOOK_UP type, right, slow
    mov ENV_SLOT_LIMIT(%rsp), %ecx
    cmp %rcx, %rdi
    jae \slow
    mov %edi, %ecx
    mov %edi, %ebx
    shr $7, %ecx
    and $127, %ebx
    mov ENV_TABLES(%rsp,%rcx,8), %rcx
    shl $5, %ebx
    add %rbx, %rcx
    mov (%rcx), %rbx
    mov %ebx, %eax
    and $(0xFF | \right << 16), %eax
    cmp $(\type | \right << 16), %eax
    jne \slow
    .endm

gate_call:
    SAVE_PRESERVED
    or %r12, %rbx
    jnz gate_call_slow
    LOOK_UP CAP_GATE_TYPE, CALL_RIGHT, gate_call_slow
    mov 8(%rcx), %r13
    cmpl $ENV_SERVING_WORD, ENV_ATTENTION(%r13)
    jne gate_call_slow
    mov ENV_LABEL_AT(%rsp), %rax
    cmp ENV_LABEL_AT(%r13), %rax
    jne gate_call_slow
    subq $8, ENV_GAS_LEFT(%rsp)
    jb gate_call_gas
    movb $STATE_CALLING, ENV_STATE_AT(%rsp)
    mov %r13, ENV_CALLEE(%rsp)
    mov %rsp, ENV_CALLER(%r13)
    movb $STATE_RUNNABLE, ENV_STATE_AT(%r13)
    shr $32, %rbx
    mov %rbx, %rdi              /* badge, no flags */
    jmp gate_switch

gate_call_gas:
    addq $8, ENV_GAS_LEFT(%rsp)
gate_call_slow:
    mov $SYS_gate_call, %eax
    jmp gate_slow

gate_wait:
    SAVE_PRESERVED
    or %r12, %rbx
    jnz gate_wait_slow
    LOOK_UP CAP_ENV_TYPE, CONTROL_RIGHT, gate_wait_slow
    cmp %rsp, 8(%rcx)
    jne gate_wait_slow
    mov ENV_CALLER(%rsp), %r13
    test %r13, %r13
    jz gate_wait_slow
    lea ENV_QUEUE(%rsp), %rax
    cmp %rax, ENV_QUEUE(%rsp)
    jne gate_wait_slow
    cmpq $0, ENV_PENDING_AT(%rsp)
    jne gate_wait_slow
    cmpb $0, ENV_ATTENTION(%rsp)
    jne gate_wait_slow
    cmpb $0, ENV_ATTENTION(%r13)
    jne gate_wait_slow
    subq $8, ENV_GAS_LEFT(%rsp)
    jb gate_wait_gas
    xor %edi, %edi              /* no flags */
    mov %rdi, ENV_CALLER(%rsp)
    mov %rdi, ENV_CALLEE(%r13)
    movb $STATE_RUNNABLE, ENV_STATE_AT(%r13)
    movb $STATE_SERVING, ENV_STATE_AT(%rsp)

gate_switch:
    fxsave64 ENV_FPU(%rsp)
    fxrstor64 ENV_FPU(%r13)
    mov %r13, run_loaded(%rip)
    mov %r13, current(%rip)
    lea FRAME_SIZE(%r13), %rax
    mov %rax, cpu_tss+4(%rip)   /* RSP0 */
    mov ENV_ASPACE(%r13), %rax
    cmp ENV_ASPACE(%rsp), %rax
    je 1f
    mov %rax, run_loaded_aspace(%rip)
    mov $PHYSMAP, %rcx
    sub %rcx, %rax
    mov %rax, %cr3
    /* Always: whoever loads a segment register changes FS.base without our knowing. */
1:  mov ENV_THREAD_AT(%r13), %rax
    mov %rdx, %r14
    mov %rax, %rdx
    shr $32, %rdx
    mov $0xC0000100, %ecx       /* FS.base */
    wrmsr
    mov %r14, %rdx
    xor %eax, %eax
    mov FRAME_RIP(%r13), %rcx
    mov FRAME_RFLAGS(%r13), %r11
    mov FRAME_RBX(%r13), %rbx
    mov FRAME_R12(%r13), %r12
    mov FRAME_RBP(%r13), %rbp
    mov FRAME_R14(%r13), %r14
    mov FRAME_R15(%r13), %r15
    mov FRAME_RSP(%r13), %rsp
    mov FRAME_R13(%r13), %r13
    sysretq

gate_wait_gas:
    addq $8, ENV_GAS_LEFT(%rsp)
gate_wait_slow:
    mov $SYS_gate_wait, %eax
gate_slow:
    mov FRAME_RIP(%rsp), %rcx
    mov FRAME_RBX(%rsp), %rbx
    mov FRAME_R13(%rsp), %r13
    jmp full_entry

/* ---- back to user mode with all registers of `current` ------------------------------------ */

    .globl return_to_user
return_to_user:
    mov $kernel_stack_top, %rsp
    mov current(%rip), %rbx
    cmpb $0, ENV_ATTENTION(%rbx)
    je 1f
    call env_attend
    mov current(%rip), %rbx
1:  mov %rbx, %rsp
    mov FRAME_MESSAGE(%rsp), %rdi
    mov FRAME_MESSAGE+8(%rsp), %rsi
    mov FRAME_MESSAGE+16(%rsp), %rdx
    mov FRAME_MESSAGE+24(%rsp), %r10
    mov FRAME_MESSAGE+32(%rsp), %r8
    mov FRAME_MESSAGE+40(%rsp), %r9
    mov FRAME_STATUS(%rsp), %rax
    mov FRAME_RBX(%rsp), %rbx
    mov FRAME_R12(%rsp), %r12
    mov FRAME_RBP(%rsp), %rbp
    mov FRAME_R13(%rsp), %r13
    mov FRAME_R14(%rsp), %r14
    mov FRAME_R15(%rsp), %r15
    cmpl $256, FRAME_VECTOR(%rsp)
    jne 2f
    mov FRAME_RIP(%rsp), %rcx
    mov FRAME_RFLAGS(%rsp), %r11
    mov FRAME_RSP(%rsp), %rsp
    sysretq
2:  mov FRAME_RCX(%rsp), %rcx
    mov FRAME_R11(%rsp), %r11
    lea FRAME_RIP(%rsp), %rsp
    iretq

/* ---- exceptions and interrupts ------------------------------------------------------------ */

    /* 256 entries of 16 bytes: vectors 8, 10-14, 17, 21, 29, 30 push an error code themselves. */
    .globl trap_entries
    .align 16
trap_entries:
    vector = 0
    .rept 256
    .align 16
    .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30)
    .else
    push $0
    .endif
    push $vector
    jmp trap_entry
    vector = vector + 1
    .endr

trap_entry:
    sub $FRAME_VECTOR, %rsp
    mov %rdi, FRAME_MESSAGE(%rsp)
    mov %rsi, FRAME_MESSAGE+8(%rsp)
    mov %rdx, FRAME_MESSAGE+16(%rsp)
    mov %r10, FRAME_MESSAGE+24(%rsp)
    mov %r8, FRAME_MESSAGE+32(%rsp)
    mov %r9, FRAME_MESSAGE+40(%rsp)
    mov %rax, FRAME_STATUS(%rsp)
    mov %rbx, FRAME_RBX(%rsp)
    mov %r12, FRAME_R12(%rsp)
    mov %rcx, FRAME_RCX(%rsp)
    mov %r11, FRAME_R11(%rsp)
    mov %rbp, FRAME_RBP(%rsp)
    mov %r13, FRAME_R13(%rsp)
    mov %r14, FRAME_R14(%rsp)
    mov %r15, FRAME_R15(%rsp)
    cld
    mov %rsp, %rdi
    testb $3, FRAME_CS(%rsp)
    jz trap_in_kernel
    testl $RFLAGS_AC, FRAME_RFLAGS(%rsp)
    jnz trap_alignment_check
trap_from_user:
    mov $kernel_stack_top, %rsp
    xor %ebp, %ebp
    call trap_user
    jmp return_to_user

    /* User mode had AC set, which would switch SMAP off for us. */
trap_alignment_check:
    pushfq
    andl $~RFLAGS_AC, (%rsp)
    popfq
    jmp trap_from_user

    /* An interrupt that ends cpu_idle, or a bug: then trap_kernel does not come back. */
trap_in_kernel:
    call trap_kernel
    mov FRAME_MESSAGE(%rsp), %rdi
    mov FRAME_MESSAGE+8(%rsp), %rsi
    mov FRAME_MESSAGE+16(%rsp), %rdx
    mov FRAME_MESSAGE+24(%rsp), %r10
    mov FRAME_MESSAGE+32(%rsp), %r8
    mov FRAME_MESSAGE+40(%rsp), %r9
    mov FRAME_STATUS(%rsp), %rax
    mov FRAME_RCX(%rsp), %rcx
    mov FRAME_R11(%rsp), %r11
    add $FRAME_RIP, %rsp
    iretq

    .section .bss
    .align 8
user_sp:
    .skip 8

    .section .note.GNU-stack, "", @progbits
