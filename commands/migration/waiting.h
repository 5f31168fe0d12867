/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting until a migration has got somewhere: ended by QEMU's events, not by polling. */
#pragma once

#include "commands/migration/status.h"
#include "shell/monitor.h"

/* What to wait for. */
typedef struct {
    gboolean (*reached)(const MigrationStatus *status,
                        gconstpointer data);                    /* the end of the wait */
    void (*seen)(const MigrationStatus *status, gpointer data); /* at each look; may be NULL */
    gconstpointer reached_data;
    gpointer seen_data;
    double seconds;  /* at most; 0: look once; negative: without a limit */
    gint64 begun;    /* when they began, monotonic; 0: now */
    gboolean lively; /* somebody watches: look three times a second */
} MigrationWait;

/* The condition that the migration is over, or that there is none. @data is not looked at. */
gboolean migration_has_ended(const MigrationStatus *status, gconstpointer data);

/* How to look. */
typedef struct {
    MigrationStatus *(*query)(gpointer data, GError **error);
    gpointer data;
    /* Set, and the guest's bell rung, when there is something to look at that no event tells; reset
     * by the wait before it looks. Under the bell's lock. May be NULL. */
    gboolean *news;
} MigrationLook;

/* The seconds that are left of @wait, whose beginning is set; negative: without a limit. */
double migration_wait_left(const MigrationWait *wait);

/* Waits until @wait's condition holds and gives the status for which it did. The guest behind
 * @monitor is listened to first and looked at then, so nothing is missed; what makes it look again
 * are QEMU's events. A guest that is gone is looked at once more: it may have gone because its
 * migration is completed. @error: HMPSH_ERROR_TIMEOUT, _INTERRUPTED, _LOST. */
MigrationStatus *migration_wait(Monitor *monitor, const MigrationLook *look,
                                const MigrationWait *wait, GError **error);
