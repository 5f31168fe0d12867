/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration as QEMU would do it, in figures alone: pre-copy over one connection.
 *
 * QEMU sends in slices of a tenth of a second, in each at once what the limit allows for it, then
 * rests (migration.c: migration_rate_limit(), BUFFER_DELAY). At a slice's end it reckons what may
 * be left: the slice's throughput by the downtime limit. Once less than that is left, the pages
 * that the guest wrote to since the last time are added (a pass begins); when it is less even then,
 * the guest is stopped and the rest is sent without a limit (migration_iteration_run(),
 * migration_completion(); ram.c: ram_save_pending(), from 8.0 ram_state_pending_exact()). */
#pragma once

#include "commands/migration/limits.h"
#include "commands/migration/prediction/dirty_curve.h"

enum { MEMORY_PARTS = 32 };

/* One that takes longer, in seconds, is given up: more than eleven days. */
#define SIMULATION_LONGEST_S 1e6

/* What a simulation is made of. */
typedef struct {
    guint64 memory;              /* bytes of RAM */
    double filled[MEMORY_PARTS]; /* the share of each part, by address, that is not all zeros: a
                                  * page of zeros is sent as 9 bytes */
    DirtyCurve dirty;
    guint64 link;  /* what can be sent at most, bytes per second */
    guint64 fresh; /* the same of pages that the destination does not have yet */
    MigrationLimits limits;
} SimulationBasis;

/* What it comes to. */
typedef struct {
    gboolean ends;      /* else the figures are those when it was given up, be it for its length */
    guint passes;       /* as dirty-sync-count has it: with the one when the guest stands still */
    double seconds;     /* of the whole */
    double downtime;    /* seconds */
    double bytes;       /* sent */
    double working_set; /* bytes that were dirty at a pass boundary, of the last passes the most */
    double throughput;  /* bytes per second, before the guest was stopped */
    guint throttle;     /* percent that the guest is slowed by in the end (auto-converge) */
} Simulation;

/* @writing multiplies what the guest writes to, at any time and in all: 1, or to see what a little
 * more or less would do. */
Simulation simulation_run(const SimulationBasis *basis, double writing);

/* The bytes of @basis that are not all zeros. */
double simulation_filled(const SimulationBasis *basis);
