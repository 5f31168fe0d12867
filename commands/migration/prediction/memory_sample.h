/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a guest's memory is not all zeros, and how much of it changes within a moment: by
 * some hundred pages, read through the monitor (HMP xp). */
#pragma once

#include "commands/migration/prediction/simulation.h"
#include "shell/monitor.h"

/* A range of guest-physical addresses that memory is behind. */
typedef struct {
    guint64 first;
    guint64 size; /* bytes */
} MemoryRange;

/* The memory that the processors see, by the reply to HMP's `info mtree -f` (2.10 and later; QEMU:
 * system/memory.c, mtree_print_flatview()): the types ram and rom, but none of a device's own
 * (ramd). The caller owns the array of MemoryRange; empty when there is none in @text. */
GArray *memory_ranges_parse(const char *text);

/* Whether all that HMP's `xp /NNNgx` (@text) tells is 0; FALSE in *@read when it tells nothing, as
 * of an address without memory. */
gboolean memory_is_zero(const char *text, gboolean *read);

typedef struct {
    guint64 memory; /* bytes */
    guint pages;    /* so many were read */
    double filled[MEMORY_PARTS];
    double seconds; /* between the two looks at a page; 0: there was no time for the second */
    double changed; /* the share of the pages that differed in them */
} MemorySample;

/* What @sample tells of the memory, as a simulation takes it. */
void memory_sample_put(const MemorySample *sample, SimulationBasis *basis);

/* Looks at @monitor's guest twice, for a second at most. HMPSH_ERROR_INTERRUPTED after Ctrl-C,
 * _FAILED when there is no memory to be seen. */
gboolean memory_sample(Monitor *monitor, MemorySample *sample, GError **error);
