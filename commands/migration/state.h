/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a migration is, in QEMU's words. */
#pragma once

#include <glib.h>

/* QAPI: MigrationStatus. Only three of them are an end; one that is not known here is a migration
 * that still runs. */
typedef enum {
    MIGRATION_NONE, /* none on this side so far */
    MIGRATION_SETUP,
    MIGRATION_ACTIVE,                 /* pre-copy: passes over the dirty pages */
    MIGRATION_PRE_SWITCHOVER,         /* 2.11; guest stopped, waits for migrate_continue */
    MIGRATION_DEVICE,                 /* 2.11; guest stopped, device state is sent */
    MIGRATION_WAIT_UNPLUG,            /* 4.2 */
    MIGRATION_POSTCOPY_DEVICE,        /* 10.2 */
    MIGRATION_POSTCOPY_ACTIVE,        /* guest runs at the destination */
    MIGRATION_POSTCOPY_PAUSED,        /* 3.0; link lost, waits for migrate -r */
    MIGRATION_POSTCOPY_RECOVER_SETUP, /* 9.1 */
    MIGRATION_POSTCOPY_RECOVER,       /* 3.0 */
    MIGRATION_COLO,                   /* 2.8 */
    MIGRATION_CANCELLING,
    MIGRATION_FAILING, /* 11.0 */
    MIGRATION_CANCELLED,
    MIGRATION_COMPLETED,
    MIGRATION_FAILED,
    MIGRATION_UNKNOWN, /* a word of a newer QEMU */
} MigrationState;

/* The state that QEMU calls @name ("postcopy-active"; in query-migrate and in the MIGRATION event),
 * MIGRATION_NONE for NULL. */
MigrationState migration_state_from_name(const char *name);

/* QEMU's word; "unknown" for MIGRATION_UNKNOWN. Static. */
const char *migration_state_name(MigrationState state);

/* Completed, failed or cancelled. */
gboolean migration_state_is_over(MigrationState state);

/* Begun and not over: QEMU refuses another one. An unknown state counts as running. */
gboolean migration_state_is_running(MigrationState state);

/* What to tell of a migration that QEMU has ended as @state while somebody finishes it still:
 * device, cancelling or failing. */
MigrationState migration_state_finishing(MigrationState state);

/* Passes over memory while the guest runs: active, and an unknown state. */
gboolean migration_state_is_precopy(MigrationState state);

/* The guest has left the source. */
gboolean migration_state_is_postcopy(MigrationState state);
