/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the guest's parts need of the machine: ports, a division, and QEMU's TLB. */
#pragma once

#include <stdint.h>

#define PAGE 4096u
#define PAGE_KIB (PAGE / 1024u)
#define PIT_HZ 1193182u
#define BACKLOG_COUNTS (PIT_HZ / 10) /* what is made up for after a time without a CPU */

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t inw(uint16_t port)
{
    uint16_t value;

    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* @value / @by, and what is left. The compiler's own would need libgcc. The quotient must fit. */
static inline uint32_t divide(uint64_t value, uint32_t by, uint32_t *rest)
{
    uint32_t quotient;

    __asm__("divl %4"
            : "=a"(quotient), "=d"(*rest)
            : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "rm"(by)
            : "cc");
    return quotient;
}

/* Makes QEMU's own TLB be forgotten. Without KVM and before QEMU 9.0, a write by way of an entry
 * that is there already escapes the migration (qemu-devel,
 * 20240219061731.232570-1-npiggin@gmail.com): of 70 migrations by QEMU 7.2, 8 lost what was written
 * last to the variables and the stack. */
static inline void tlb_flush(void)
{
    const uint32_t global_pages = 1u << 7;
    uint32_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4; mov %1, %%cr4"
                     :
                     : "r"(cr4 ^ global_pages), "r"(cr4)
                     : "memory");
}
