/*
 * Entries of the two envs, x86_64: of the domain (rdi = its info page) and of the server.
 */
    .globl _start
_start:
    xor %ebp, %ebp
    call tiny_main
    ud2

    .globl server_start
server_start:
    xor %ebp, %ebp
    call serve
    ud2

    .section .note.GNU-stack, "", @progbits
