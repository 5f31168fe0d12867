/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a migration came to: its course in figures. */
#pragma once

#include "commands/migration/course.h"

/* Times are in milliseconds; what is not known is -1, a count or an amount 0. */
typedef struct {
    char *guest;
    const char *kind; /* "raw", with its disks "disks"; "managed"; static */
    char *typed;      /* what was typed behind `migrate` here; NULL: somebody else began it */
    MigrationState result;
    char *error;     /* why it failed, or NULL */
    gint64 real_ms;  /* from the first look to the end, here */
    gint64 total_ms; /* QEMU's */
    gint64 setup_ms;
    gint64 downtime_ms;  /* QEMU's */
    gint64 blackout_ms;  /* from STOP at the source to RESUME at the destination */
    gint64 silence_ms;   /* in the lab: for how long the guest's heartbeat was silent */
    gboolean two_clocks; /* blackout_ms is by the clocks of two hosts; said by the caller */
    gboolean settled;    /* what comes after the end has been waited for; the caller's */
    guint64 passes;
    guint64 throttled;         /* percent, at most: by how much auto-converge slowed the guest */
    guint64 transferred;       /* bytes of memory */
    guint64 disks;             /* bytes of disks */
    guint64 throughput;        /* bytes per second, on average */
    guint64 normal, duplicate; /* pages */
    guint64 link;       /* bytes per second while the guest stood still, and no limit slowed it */
    guint64 fresh;      /* bytes per second on average without a limit of the speed */
    gboolean predicted; /* as below; the caller's (track.h) */
    gboolean predicted_end;  /* that it ends by itself */
    gboolean predicted_may;  /* that this was left open */
    gboolean limits_changed; /* since its first look */
    gint64 predicted_total_ms, predicted_downtime_ms;
    guint predicted_passes;
} MigrationSummary;

/* The summary of @course, which is over, of a migration of @guest; figures that its end does not
 * tell (QEMU tells none of a failed or cancelled one) are those of the newest look that has them.
 * Never NULL. */
MigrationSummary *summary_new(const MigrationCourse *course, const char *guest);
void summary_free(MigrationSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigrationSummary, summary_free)

/* The summary in a few lines for a reader, appended to @out; only what is known:
 *     completed in 4.8 s (setup 1 ms), 3 passes, 101 MiB at 56 MiB/s
 *     downtime 161 ms by QEMU, 163 ms from STOP to RESUME
 *     disks 315 MiB
 *     predicted: 3 passes, 4.6 s, downtime 150 ms (total 1.0 times as long,
 *         downtime 1.1 times as long) */
void summary_print(const MigrationSummary *summary, GString *out);
