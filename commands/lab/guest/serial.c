/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serial port is polled, and never waited for. */
#include "serial.h"

#include <stdbool.h>
#include <stddef.h>

#include "disk.h"
#include "machine.h"

#define BEAT_COUNTS (PIT_HZ / 50) /* between two beats */
#define DISK_BEATS 10u            /* between two lines about the disk */

enum {
    COM1 = 0x3f8,
    COM1_LCR = COM1 + 3,
    COM1_MCR = COM1 + 4,
    COM1_LSR = COM1 + 5,
    COM1_FCR = COM1 + 2
};
enum { LSR_DATA = 0x01, LSR_EMPTY = 0x20, COM1_FIFO = 16 };

static char beat[192]; /* a beat, and perhaps a line about the disk */
static uint32_t beat_length, beat_sent, beat_number, beat_counts;
static DiskState disk_told;

static char order[40];
static uint32_t order_length; /* sizeof(order): overlong, to be ignored up to its end */

void serial_start(void)
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

/* Ends the line that began at @begin. */
static void beat_put_sum(uint32_t begin)
{
    uint16_t sum = 0;

    for (uint32_t i = begin; i < beat_length; i++) {
        sum = (uint16_t)((sum >> 1 | sum << 15) + (uint8_t)beat[i]);
    }
    for (int shift = 12; shift >= 0; shift -= 4) {
        beat_put("0123456789abcdef"[sum >> shift & 0xf]);
    }
    beat_put('\n');
}

static bool disk_has_news(const DiskState *now)
{
    return beat_number % DISK_BEATS == 0 || now->size != disk_told.size ||
           now->rate != disk_told.rate || now->span != disk_told.span ||
           now->checks != disk_told.checks || now->checking != disk_told.checking;
}

static void beat_put_disk(void)
{
    const DiskState *now = disk_state();
    const uint32_t *number = &now->size;
    const uint32_t begin = beat_length;

    if (now->size == 0 || !disk_has_news(now)) {
        return;
    }
    disk_told = *now;
    for (const char *c = "disk "; *c; c++) {
        beat_put(*c);
    }
    for (size_t i = 0; i < sizeof(*now) / sizeof(*number); i++) {
        beat_put_number(number[i]);
    }
    beat_put_sum(begin);
}

/* A beat whose predecessor is still on its way (nobody reads) counts, but is not sent. */
static void beat_make(uint32_t rate, uint32_t span)
{
    beat_number++;
    if (beat_sent < beat_length) {
        return;
    }
    beat_length = beat_sent = 0;
    beat_put_number(beat_number);
    beat_put_number(rate);
    beat_put_number(span);
    beat_put_sum(0);
    beat_put_disk();
}

void serial_beat(uint32_t counts, uint32_t rate, uint32_t span)
{
    beat_counts += counts;
    if (beat_counts >= BEAT_COUNTS) {
        beat_counts = beat_counts < 2 * BEAT_COUNTS ? beat_counts - BEAT_COUNTS : 0;
        beat_make(rate, span);
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

/* Takes @verb off *@text, up to @end. */
static bool take_verb(const char **text, const char *end, const char *verb)
{
    const char *at = *text;

    while (*verb) {
        if (at == end || *at++ != *verb++) {
            return false;
        }
    }
    *text = at;
    return true;
}

static void order_obey(Dirty *dirty)
{
    const char *at = order;
    const char *end = order + order_length;
    const bool write = take_verb(&at, end, "write");
    uint32_t rate, span;

    if (write || take_verb(&at, end, "dirty")) {
        if (take_number(&at, end, &rate) && take_number(&at, end, &span) && at == end) {
            (write ? disk_write : dirty)(rate, span);
        }
    } else if (take_verb(&at, end, "check") && at == end) {
        disk_check();
    }
}

void serial_take_orders(Dirty *dirty)
{
    for (int i = 0; i < 2 * COM1_FIFO && inb(COM1_LSR) & LSR_DATA; i++) {
        const char c = (char)inb(COM1);

        if (c == '\n' || c == '\r') {
            if (order_length < sizeof(order)) {
                order_obey(dirty);
            }
            order_length = 0;
        } else if (order_length < sizeof(order)) {
            order[order_length++] = c; /* full: as overlong as one that is longer */
        }
    }
}
