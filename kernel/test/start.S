/*
 * Entry of the test root, and the entries of the envs that it starts: rdi is their argument.
 */
    .globl _start
_start:
    xor %ebp, %ebp
    call test_main
    ud2

    .section .note.GNU-stack, "", @progbits
