/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the loader enters: segments and a stack of our own, then guest_main(). Multiboot 0.6.96
 * promises flat 32-bit protected mode, but neither a usable GDT nor a stack (section 3.2). And the
 * interrupt handlers, which C does not have. */

        .set MAGIC, 0x1badb002
        .set FLAGS, 0x2                 /* tell us how much memory there is */

        .section .multiboot, "a"
        .balign 4
        .long MAGIC, FLAGS, -(MAGIC + FLAGS)

        .text
        .globl _start
_start:
        cli
        cld
        lgdt gdt_pointer
        ljmp $8, $1f
1:      mov $16, %cx
        mov %cx, %ds
        mov %cx, %es
        mov %cx, %ss
        mov $stack_top, %esp
        push %ebx                       /* the multiboot information */
        push %eax                       /* the loader's magic number */
        call guest_main
2:      hlt
        jmp 2b

        .globl on_tick
on_tick:
        push %eax
        mov $0x20, %al                  /* to the 8259: end of interrupt */
        out %al, $0x20
        pop %eax
        .globl on_nothing
on_nothing:
        iret

        .section .rodata
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff        /* 8: code, 4 GiB from 0 */
        .quad 0x00cf92000000ffff        /* 16: data, the same */
gdt_pointer:
        .word gdt_pointer - gdt - 1
        .long gdt

        .bss
        .balign 16
        .skip 8192
stack_top:

        .section .note.GNU-stack, "", @progbits
