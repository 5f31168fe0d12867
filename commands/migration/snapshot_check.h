/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the way of a snapshot command, found out before anything is begun, and why QEMU
 * refused one. QEMU looks late: loadvm stops the guest before it asks whether the snapshot is there
 * and leaves it stopped; savevm deletes the snapshot that it replaces before it finds that it
 * cannot save (QEMU: migration/savevm.c; all of it seen with 7.2 and 10.0). */
#pragma once

#include "commands/migration/snapshot.h"
#include "commands/migration/status.h"

typedef enum { SNAPSHOT_SAVE, SNAPSHOT_LOAD, SNAPSHOT_DELETE } SnapshotVerb;

/* A guest as a snapshot command finds it. */
typedef struct {
    SnapshotList *list;
    char *run_state; /* QAPI: RunState */
    MigrationState migration;
    char *capability; /* one that is on and that snapshots do not bear; NULL: none */
} SnapshotGuest;

/* Looks at it: query-status, query-migrate, query-migrate-capabilities and query-block. The caller
 * owns the result. */
SnapshotGuest *snapshot_guest_query(Monitor *monitor, GError **error);

/* The same from these replies; @capabilities may be NULL (before QEMU 1.2). */
SnapshotGuest *snapshot_guest_from_qmp(Json *status, Json *migration, Json *capabilities,
                                       Json *block);

void snapshot_guest_free(SnapshotGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SnapshotGuest, snapshot_guest_free)

/* FALSE when @verb with @tag (NULL: none) would fail or do harm. Where QEMU has a message of its
 * own it is the error's first line; what to do about it is in the second. HMPSH_ERROR_FAILED. */
gboolean snapshot_check(const SnapshotGuest *guest, SnapshotVerb verb, const char *tag,
                        GError **error);

/* What is to be said below QEMU's @message on a @verb that failed, with @guest as it is now; NULL
 * when nothing is. Free with g_free(). */
char *snapshot_explain(const SnapshotGuest *guest, SnapshotVerb verb, const char *message);
