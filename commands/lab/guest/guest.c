/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's guest: a 32-bit multiboot program for QEMU's -kernel, with no disk, no firmware tables
 * and no library. It exists to be migrated: it makes memory dirty at a known rate, and a heartbeat
 * on its serial port tells for how long it stood still. It needs a PC's 8259, 8254 (with channel
 * 2's gate at port 0x61) and 16550, a TSC, and more than 16 MiB of memory.
 *
 * At its start it fills FILL_BYTES from SPAN_BASE up with content that is neither zero nor the same
 * in two pages, so that a first pass has something to send. Until it is told otherwise it writes
 * nothing afterwards.
 *
 * COM1, 115200 8N1, lines that end in a newline. Out, every 20 ms:
 *
 *     NUMBER RATE SPAN SUM
 *
 * NUMBER counts the beats from 1. RATE (KiB/s) and SPAN (KiB) are the memory being dirtied,
 * decimal. SUM, four hexadecimal digits, is the BSD checksum (as sum(1) has it) of all that
 * precedes it in the line, the blank included: a serial port may lose characters. In:
 *
 *     dirty RATE SPAN
 *
 * From then on a word in each of RATE / 4 pages a second is changed, round and round the SPAN from
 * SPAN_BASE up; a span beyond the memory there is becomes what there is, a rate or a span of less
 * than a page ends the writing. The next beat shows what was taken. A line that is not an order is
 * ignored.
 *
 * All state is in memory and in the machine, so a migrated guest goes on where it was. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB (1024u * 1024u)
#define FILL_BYTES (100u * MIB)
#define SPAN_BASE (16u * MIB)
#define PAGE 4096u
#define PAGE_KIB (PAGE / 1024u)

#define PIT_HZ 1193182u
#define TICK_COUNTS (PIT_HZ / 200)   /* between two wake-ups */
#define BEAT_COUNTS (PIT_HZ / 50)    /* between two beats */
#define BACKLOG_COUNTS (PIT_HZ / 10) /* what is made up for after a time without a CPU */
#define SLICE_PAGES 1024u /* written between two looks at the clock and the serial port */

enum { PIC1 = 0x20, PIC2 = 0xa0, PIT = 0x40, SYSTEM_CONTROL = 0x61, COM1 = 0x3f8 };
enum { COM1_LCR = COM1 + 3, COM1_MCR = COM1 + 4, COM1_LSR = COM1 + 5, COM1_FCR = COM1 + 2 };
enum { LSR_DATA = 0x01, LSR_EMPTY = 0x20, COM1_FIFO = 16 };
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

static char beat[64];
static uint32_t beat_length, beat_sent, beat_number, beat_counts;

static char order[40];
static uint32_t order_length; /* sizeof(order): overlong, to be ignored up to its end */

/* start.S calls the first, and has the others: interrupt handlers. */
void guest_main(uint32_t magic, const MultibootInfo *info);
void on_tick(void);
void on_nothing(void);

/* guest.ld: the pages of all variables and of the stack. */
extern volatile char data_start[], data_end[];

static void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint64_t rdtsc(void)
{
    uint64_t value;

    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

/* @value / @by, and what is left. The compiler's own would need libgcc. The quotient must fit. */
static uint32_t divide(uint64_t value, uint32_t by, uint32_t *rest)
{
    uint32_t quotient;

    __asm__("divl %4"
            : "=a"(quotient), "=d"(*rest)
            : "a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "rm"(by)
            : "cc");
    return quotient;
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

/* Makes QEMU's own TLB be forgotten. Without KVM and before QEMU 9.0, a write by way of an entry
 * that is there already escapes the migration (qemu-devel,
 * 20240219061731.232570-1-npiggin@gmail.com): of 70 migrations by QEMU 7.2, 8 lost what was written
 * last to the variables and the stack. */
static void tlb_flush(void)
{
    const uint32_t global_pages = 1u << 7;
    uint32_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4; mov %1, %%cr4"
                     :
                     : "r"(cr4 ^ global_pages), "r"(cr4)
                     : "memory");
}

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

/* --- The serial port: polled, and never waited for --- */

static void serial_start(void)
{
    outb(COM1 + 1, 0);    /* no interrupts */
    outb(COM1_LCR, 0x80); /* the divisor: 115200 */
    outb(COM1, 1);
    outb(COM1 + 1, 0);
    outb(COM1_LCR, 0x03); /* 8N1 */
    outb(COM1_FCR, 0x07); /* FIFOs on and empty */
    outb(COM1_MCR, 0x03);
}

static void beat_put(char c)
{
    beat[beat_length++] = c;
}

static void beat_put_number(uint32_t value)
{
    char digits[10];
    uint32_t count = 0;

    do {
        digits[count++] = '0' + value % 10;
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        beat_put(digits[--count]);
    }
    beat_put(' ');
}

/* A beat whose predecessor is still on its way (nobody reads) counts, but is not sent. */
static void beat_make(void)
{
    uint16_t sum = 0;

    beat_number++;
    if (beat_sent < beat_length) {
        return;
    }
    beat_length = beat_sent = 0;
    beat_put_number(beat_number);
    beat_put_number(rate_kib);
    beat_put_number(span_kib);
    for (uint32_t i = 0; i < beat_length; i++) {
        sum = (uint16_t)((sum >> 1 | sum << 15) + (uint8_t)beat[i]);
    }
    for (int shift = 12; shift >= 0; shift -= 4) {
        beat_put("0123456789abcdef"[sum >> shift & 0xf]);
    }
    beat_put('\n');
}

static void beat_send(uint32_t counts)
{
    beat_counts += counts;
    if (beat_counts >= BEAT_COUNTS) {
        beat_counts = beat_counts < 2 * BEAT_COUNTS ? beat_counts - BEAT_COUNTS : 0;
        beat_make();
    }
    while (beat_sent < beat_length && inb(COM1_LSR) & LSR_EMPTY) {
        for (int i = 0; i < COM1_FIFO && beat_sent < beat_length; i++) {
            outb(COM1, (uint8_t)beat[beat_sent++]);
        }
    }
}

/* Takes blanks and a decimal number off *@text, up to @end; what is too large becomes the largest.
 * False if there is none. */
static bool take_number(const char **text, const char *end, uint32_t *value)
{
    const char *at = *text;
    const char *digits;

    while (at < end && *at == ' ') {
        at++;
    }
    *value = 0;
    for (digits = at; at < end && *at >= '0' && *at <= '9'; at++) {
        const uint32_t digit = (uint32_t)(*at - '0');

        *value = *value > (UINT32_MAX - digit) / 10 ? UINT32_MAX : *value * 10 + digit;
    }
    if (at == digits || digits == *text) {
        return false;
    }
    *text = at;
    return true;
}

static void order_obey(void)
{
    static const char verb[] = {'d', 'i', 'r', 't', 'y'};
    const char *at = order;
    const char *end = order + order_length;
    uint32_t rate, span;

    for (size_t i = 0; i < sizeof(verb); i++) {
        if (at == end || *at++ != verb[i]) {
            return;
        }
    }
    if (take_number(&at, end, &rate) && take_number(&at, end, &span) && at == end) {
        dirty_set(rate, span);
    }
}

static void orders_take(void)
{
    for (int i = 0; i < 2 * COM1_FIFO && inb(COM1_LSR) & LSR_DATA; i++) {
        const char c = (char)inb(COM1);

        if (c == '\n' || c == '\r') {
            if (order_length < sizeof(order)) {
                order_obey();
            }
            order_length = 0;
        } else if (order_length < sizeof(order)) {
            order[order_length++] = c; /* full: as overlong as one that is longer */
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
    for (;;) {
        uint32_t counts;

        tlb_flush();
        counts = counts_elapsed();
        orders_take();
        beat_send(counts);
        dirty(counts);
        if (pages_due == 0) {
            wait_for_tick();
        }
    }
}
