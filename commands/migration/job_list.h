/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migrations that this process drives or has libvirt do, of all guests of a session: one with
 * disks (storage.h) and any number that libvirt manages (managed.h). */
#pragma once

#include "commands/migration/managed/managed.h"
#include "commands/migration/storage/storage.h"

/* The migration with disks that @guest is in, or was in last; NULL when there is none. Borrowed. */
StorageMigration *job_storage(Guest *guest);

/* The one of this session that is under way, whichever guest's; NULL when there is none. Borrowed.
 */
StorageMigration *job_storage_under_way(Session *session);

/* Makes @storage (taken over) the guest's migration; NULL: QEMU's own is. None of this session's
 * with disks, and none of this guest, may be under way. */
void job_set_storage(Guest *guest, StorageMigration *storage);

/* The newest one of @guest that this shell lets libvirt do; NULL when there is none. Borrowed. */
ManagedMigration *job_managed(Guest *guest);

/* Adds one (taken over); an earlier one of the guest must be over. */
void job_add_managed(Guest *guest, ManagedMigration *managed);

/* Those that are under way and end with this process: of ManagedMigration, owned by the caller. Any
 * thread. */
GPtrArray *job_managed_needing_shell(Session *session);

/* A look at a guest's migrations with disks from another thread; the session's thread makes it.
 * @changed (may be NULL) is called there when one begins, and must not look. */
typedef struct JobView JobView;

JobView *job_view_new(Guest *guest, void (*changed)(gpointer data), gpointer data);
void job_view_free(JobView *view);

/* The figures of the guest's first one after number @after (0: any) that is still known, be it over
 * or not, and its number; NULL when there is none. QEMU is not asked. The caller owns them. */
MigrationStatus *job_view_disks(JobView *view, guint after, guint *number);

/* Asks for the end of the guest's migration with disks. HMPSH_ERROR_FAILED when it is too late. */
gboolean job_view_cancel(JobView *view, GError **error);
