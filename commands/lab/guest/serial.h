/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the guest says and is told.
 *
 * COM1, 115200 8N1, lines that end in a newline. Out, every 20 ms:
 *
 *     NUMBER RATE SPAN SUM
 *
 * NUMBER counts the beats from 1. RATE (KiB/s) and SPAN (KiB) are the memory being dirtied,
 * decimal. SUM, four hexadecimal digits, is the BSD checksum (as sum(1) has it) of all that
 * precedes it in the line, the blank included: a serial port may lose characters. A guest with a
 * disk adds behind the first beat, every 10th, and each one before which they changed
 *
 *     disk SIZE RATE SPAN WRITTEN ERRORS CHECKS CHECKED BAD CHECKING SUM
 *
 * (disk.h says what they are). In:
 *
 *     dirty RATE SPAN
 *
 * From then on a word in each of RATE / 4 pages a second is changed, round and round the SPAN from
 * 16 MiB up; a span beyond the memory there is becomes what there is, a rate or a span of less than
 * a page ends the writing. The next beat shows what was taken.
 *
 *     write RATE SPAN
 *     check
 *
 * do what disk_write() and disk_check() say. A line that is not an order is ignored. */
#pragma once

#include <stdint.h>

void serial_start(void);

/* Sends a beat when it is time for one, or goes on with it: @counts of the PIT have passed, and
 * @rate and @span are what it tells of the memory. */
void serial_beat(uint32_t counts, uint32_t rate, uint32_t span);

/* Obeys the orders that have come; @dirty is called with the rate and the span of `dirty`. */
typedef void Dirty(uint32_t rate, uint32_t span);
void serial_take_orders(Dirty *dirty);
