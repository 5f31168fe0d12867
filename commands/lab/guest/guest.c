/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's guest: a 32-bit multiboot program for QEMU's -kernel, with no firmware tables and no
 * library. It exists to be migrated: it makes memory dirty at a known rate, writes to its disk if
 * it has one (disk.h), and a heartbeat on its serial port (serial.h) tells for how long it stood
 * still. It needs a PC's 8259, 8254 (with channel 2's gate at port 0x61) and 16550, a TSC, and more
 * than 16 MiB of memory.
 *
 * At its start it fills FILL_BYTES from SPAN_BASE up with content that is neither zero nor the same
 * in two pages, so that a first pass has something to send. Until it is told otherwise it writes
 * nothing afterwards.
 *
 * All state is in memory and in the machine, so a migrated guest goes on where it was. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk.h"
#include "machine.h"
#include "serial.h"

#define MIB (1024u * 1024u)
#define FILL_BYTES (100u * MIB)
#define SPAN_BASE (16u * MIB)

#define TICK_COUNTS (PIT_HZ / 200) /* between two wake-ups */
#define SLICE_PAGES 1024u          /* written between two looks at the clock and the serial port */

enum { PIC1 = 0x20, PIC2 = 0xa0, PIT = 0x40, SYSTEM_CONTROL = 0x61 };
enum { VECTOR_NMI = 2, VECTOR_TICK = 0x20, VECTOR_SPURIOUS = 0x27, VECTORS = 0x28 };

typedef struct {
    uint32_t flags;
    uint32_t mem_lower; /* KiB from 0 */
    uint32_t mem_upper; /* KiB from 1 MiB; both valid with bit 0 of flags */
} MultibootInfo;

typedef struct {
    uint64_t tsc;
    uint16_t pit;
} Moment;

typedef struct {
    uint16_t offset_low, selector, type, offset_high;
} __attribute__((packed)) Gate;

typedef struct {
    uint16_t limit;
    const void *base;
} __attribute__((packed)) GatePointer;

static Gate gates[VECTORS];

static Moment last_moment;
static uint64_t tsc_per_wrap; /* in the time of 65536 PIT counts */

static uint32_t pages_there; /* from SPAN_BASE up */
static uint32_t rate_kib, span_kib;
static uint32_t next_page, stamp;
static uint32_t credit_rest; /* of a page, in 1 / (PAGE_KIB * PIT_HZ) */
static uint32_t pages_due;

/* start.S calls the first, and has the others: interrupt handlers. */
void guest_main(uint32_t magic, const MultibootInfo *info);
void on_tick(void);
void on_nothing(void);

/* guest.ld: the pages of all variables and of the stack. */
extern volatile char data_start[], data_end[];

static uint64_t rdtsc(void)
{
    uint64_t value;

    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

/* --- Time --- */

/* The PIT is the clock: its rate is the same on every host. Channel 2 wraps every 55 ms, which the
 * TSC tells; half a wrap's tolerance bears a TSC that runs at another rate after a migration. Both
 * must be of one moment, hence once more if the host took the CPU away in between. */
static Moment moment_now(void)
{
    Moment now = {0, 0};

    for (int tries = 0; tries < 4; tries++) {
        now.tsc = rdtsc();
        outb(PIT + 3, 0x80); /* latch channel 2 */
        now.pit = inb(PIT + 2);
        now.pit |= inb(PIT + 2) << 8;
        if (rdtsc() - now.tsc < 1u << 24) {
            break;
        }
    }
    return now;
}

/* PIT counts since the last call, at most BACKLOG_COUNTS: a guest that stood still, or whose TSC
 * jumped, does not make up for it with a burst. */
static uint32_t counts_elapsed(void)
{
    const Moment now = moment_now();
    const uint64_t tsc = now.tsc - last_moment.tsc;
    uint32_t counts = (uint16_t)(last_moment.pit - now.pit);
    uint64_t expected = (tsc_per_wrap * counts) >> 16;

    while (counts < BACKLOG_COUNTS && tsc > expected + tsc_per_wrap / 2) {
        counts += 1u << 16;
        expected += tsc_per_wrap;
    }
    last_moment = now;
    return counts < BACKLOG_COUNTS ? counts : BACKLOG_COUNTS;
}

static void clock_start(void)
{
    Moment start, now;

    outb(SYSTEM_CONTROL, (inb(SYSTEM_CONTROL) & ~2) | 1); /* channel 2 counts, the speaker is off */
    outb(PIT + 3, 0xb4); /* channel 2: a count of 16 bits, over and over, from 65536 */
    outb(PIT + 2, 0);
    outb(PIT + 2, 0);
    outb(PIT + 3, 0x34); /* channel 0: the same, from TICK_COUNTS */
    outb(PIT, TICK_COUNTS & 0xff);
    outb(PIT, TICK_COUNTS >> 8);

    start = moment_now();
    do {
        now = moment_now();
    } while ((uint16_t)(start.pit - now.pit) < 1u << 15);
    tsc_per_wrap = (now.tsc - start.tsc) * 2;
    last_moment = now;
}

/* --- Interrupts: closed but for the HLT, which the tick ends --- */

static void gate_set(int vector, void (*handler)(void))
{
    const uint32_t offset = (uint32_t)handler;

    gates[vector] = (Gate){offset & 0xffff, 8, 0x8e00, offset >> 16};
}

static void interrupts_start(void)
{
    static const uint8_t words[] = {VECTOR_TICK, 1 << 2, 1}; /* ICW2 to ICW4 */
    const GatePointer pointer = {sizeof(gates) - 1, gates};

    gate_set(VECTOR_NMI, on_nothing);
    gate_set(VECTOR_TICK, on_tick);
    gate_set(VECTOR_SPURIOUS, on_nothing);
    __asm__ volatile("lidt %0" : : "m"(pointer), "m"(gates));

    outb(PIC1, 0x11);
    for (size_t i = 0; i < sizeof(words); i++) {
        outb(PIC1 + 1, words[i]);
    }
    outb(PIC1 + 1, 0xfe); /* only the tick */
    outb(PIC2 + 1, 0xff);
}

/* --- Memory --- */

/* So that what was written in this turn is seen, whatever the migration did meanwhile. */
static void variables_touch(void)
{
    tlb_flush();
    for (volatile char *page = data_start; page < data_end; page += PAGE) {
        *page = *page;
    }
}

static void wait_for_tick(void)
{
    variables_touch();
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

static volatile uint32_t *page_at(uint32_t index)
{
    return (volatile uint32_t *)(SPAN_BASE + index * PAGE); // NOLINT: it is where it is
}

static uint32_t pages_above_base(uint32_t mem_upper)
{
    const uint32_t from = SPAN_BASE / 1024, most = 2 * MIB; /* KiB; well below the PCI hole */
    const uint32_t top = (mem_upper < most ? mem_upper : most) + 1024;

    return top > from ? (top - from) / PAGE_KIB : 0;
}

static void fill(void)
{
    uint32_t pages = FILL_BYTES / PAGE, value = 1;

    if (pages > pages_there) {
        pages = pages_there;
    }
    for (uint32_t page = 0; page < pages; page++) {
        volatile uint32_t *word = page_at(page);

        for (uint32_t i = 0; i < PAGE / sizeof(*word); i++) { /* xorshift32, which is never zero */
            value ^= value << 13;
            value ^= value >> 17;
            value ^= value << 5;
            word[i] = value;
        }
    }
}

static void dirty_set(uint32_t rate, uint32_t span)
{
    if (span / PAGE_KIB > pages_there) {
        span = pages_there * PAGE_KIB;
    }
    if (rate < PAGE_KIB || span < PAGE_KIB) {
        rate = span = 0;
    }
    rate_kib = rate;
    span_kib = span;
    next_page = credit_rest = pages_due = 0;
}

/* Writes what @counts more make due, or a slice of it; pages_due is what is left. */
static void dirty(uint32_t counts)
{
    uint32_t rest, most, slice;

    if (rate_kib == 0) {
        return;
    }
    pages_due += divide((uint64_t)rate_kib * counts + credit_rest, PAGE_KIB * PIT_HZ, &credit_rest);
    most = divide((uint64_t)rate_kib * BACKLOG_COUNTS, PAGE_KIB * PIT_HZ, &rest) + 1;
    if (pages_due > most) {
        pages_due = most; /* faster than this machine can: the rest is lost, not owed */
    }
    slice = pages_due < SLICE_PAGES ? pages_due : SLICE_PAGES;
    pages_due -= slice;
    while (slice-- > 0) {
        *page_at(next_page) = ++stamp;
        if (++next_page >= span_kib / PAGE_KIB) {
            next_page = 0;
        }
    }
}

void guest_main(uint32_t magic, const MultibootInfo *info)
{
    if (magic == 0x2badb002 && info->flags & 1) {
        pages_there = pages_above_base(info->mem_upper);
    }
    fill();
    serial_start();
    interrupts_start();
    clock_start();
    disk_start();
    for (;;) {
        bool busy;
        uint32_t counts;

        tlb_flush();
        counts = counts_elapsed();
        serial_take_orders(dirty_set);
        serial_beat(counts, rate_kib, span_kib);
        dirty(counts);
        busy = disk_work(counts);
        if (pages_due == 0 && !busy) {
            wait_for_tick();
        }
    }
}
