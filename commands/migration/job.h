/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest's migration, whoever drives it: QEMU alone (raw.h), or this process with the guest's
 * disks (storage.h). What commands look at, wait for and cancel. */
#pragma once

#include "commands/migration/raw.h"
#include "commands/migration/storage/storage.h"

/* The migration with disks that @guest is in, or was in last; NULL when there is none. Borrowed. */
StorageMigration *job_storage(Guest *guest);

/* The one of this session that is under way, whichever guest's; NULL when there is none. Borrowed.
 */
StorageMigration *job_storage_under_way(Session *session);

/* Makes @storage (taken over) the guest's migration; NULL: QEMU's own is. None of this session may
 * be under way. */
void job_set_storage(Session *session, StorageMigration *storage);

/* raw_query() and raw_wait(), for either; each look is added to the migration's course (track.h).
 * @limits gets what is known of them now. */
MigrationStatus *job_query(Guest *guest, MigrationLimits *limits, GError **error);
MigrationStatus *job_wait(Guest *guest, const MigrationWait *wait, GError **error);

/* raw_check_completed(); a migration with disks may be completed and its guest not run all the
 * same. */
gboolean job_check_completed(const MigrationStatus *status, const char *guest, GError **error);

/* raw_cancel(), for either; what another shell left of a migration with disks is removed on this
 * guest and on @peer (may be NULL), and *@tidied tells whether there was any. */
gboolean job_cancel(Guest *guest, Guest *peer, gboolean *was_running, gboolean *tidied,
                    GError **error);

/* After the guest's max-bandwidth has changed: disks that are being copied keep to it too. */
gboolean job_set_bandwidth(Guest *guest, guint64 bytes_per_second, GError **error);

/* A look at a guest's migrations with disks from another thread; the session's thread makes it.
 * @changed is called there when one begins, and must not look. */
typedef struct JobView JobView;

JobView *job_view_new(Guest *guest, void (*changed)(gpointer data), gpointer data);
void job_view_free(JobView *view);

/* The figures of the guest's first one after number @after (0: any) that is still known, be it over
 * or not, and its number; NULL when there is none. QEMU is not asked. The caller owns them. */
MigrationStatus *job_view_disks(JobView *view, guint after, guint *number);
