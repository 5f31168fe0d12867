/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `info migrate` for a person at a terminal. A figure is shown only where it means something:
 * - a bar and a percentage in the first pass only, where they cannot run backwards;
 * - an expected downtime and a dirty rate after the first pass only: before, QEMU gives the
 * downtime limit for the one and 0 for the other;
 * - a throughput while passes are sent, and at the end as the average. */
#pragma once

#include "commands/migration/forecast.h"

/* All 0: no colour, lines of any length, no limit known, nothing to be expected. */
typedef struct {
    gboolean colour;               /* ANSI SGR sequences may be used */
    int width;                     /* columns, 0: unlimited; less than 40 is taken for 40 */
    const MigrationLimits *limits; /* or NULL */
    const Forecast *forecast;      /* or NULL */
    const MigrationCourse *course; /* or NULL: its working sets, pass by pass */
    gboolean ascii;                /* no other characters */
} MigrationPretty;

/* Appends @status to @out, as lines of at most the width. */
void migration_pretty(const MigrationStatus *status, const MigrationPretty *options, GString *out);
