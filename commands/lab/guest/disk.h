/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's disk: the master of the PIIX3's first IDE channel, by bus-master DMA. It is written
 * to at a rate, on order only, and what was written can be read back and compared.
 *
 * It counts in blocks of 4 KiB. Each sector that is written tells its own number and a generation,
 * which differs from one write to the next; a table in memory has the last generation of every
 * block, of the first DISK_MOST_KIB at most. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DISK_MOST_KIB (256u * 1024u)

/* In the order in which the guest tells them; sizes in KiB. */
typedef struct {
    uint32_t size; /* 0: there is no disk */
    uint32_t rate, span;
    uint32_t written; /* blocks, since the start */
    uint32_t errors;  /* transfers that failed */
    uint32_t checks;  /* that came to their end */
    uint32_t checked; /* blocks that the check looked at, which runs or was the last */
    uint32_t bad;     /* of these: not as they were written, or not to be read */
    uint32_t checking;
} DiskState;

/* Looks for the disk. Where there is none, nothing that follows does anything. */
void disk_start(void);

/* From now on @rate KiB/s are written, round and round the first @span KiB, cut to what there is
 * and what the table has room for; less than a block of either ends it. */
void disk_write(uint32_t rate, uint32_t span);

/* Begins to compare all that was written; from its beginning if it does so already. Meanwhile
 * nothing is written. */
void disk_check(void);

/* Goes on, @counts of the PIT later, and never waits. True when there is more to do at once. */
bool disk_work(uint32_t counts);

const DiskState *disk_state(void);
