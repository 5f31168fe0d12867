/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw migration of a guest with its disks: QEMU's own block migration fails with the disks that
 * libvirt makes and is gone since 9.1, so the disks are mirrored (mirror.h) and the memory follows.
 * A thread with connections of its own drives it, whatever the prompt does:
 *
 *   copying      the mirrors catch up with the guest
 *   memory       QEMU's migration, up to `pre-switchover`, where the guest stands still
 *   switch-over  the mirrors copy what is left and end, the migration goes on, the destination ends
 *                its NBD server and runs the guest
 *
 * Until it goes on, everything can be undone: the source then runs on with its own disks, and of
 * jobs, nodes and exports nothing is left on either side. */
#pragma once

#include <libvirt/libvirt.h>

#include "commands/migration/storage/mirror.h"
#include "commands/migration/raw.h"
#include "shell/session.h"

typedef struct StorageMigration StorageMigration;

typedef struct {
    gboolean incremental;    /* only the top layer of disks with a backing file */
    gboolean write_blocking; /* from the beginning the guest's writes wait for the destination */
    gboolean one_host;
    gboolean keeper; /* somebody else could reach both guests, should this process be killed */
    MirrorAddress address; /* where the destination shall serve its disks; taken over */
} StorageSetup;

/* Whether libvirt let @domain, which waits for a migration, run its guest by itself at the end (no
 * START_PAUSED). */
gboolean storage_starts_itself(virDomainPtr domain);

/* Looks at the disks of both guests and plans; changes nothing. HMPSH_ERROR_FAILED tells which disk
 * cannot be copied, or what is left of another migration. */
StorageMigration *storage_new(Guest *source, Guest *destination, StorageSetup *setup,
                              GError **error);

/* What is copied where: of StorageDisk. Borrowed. */
const GPtrArray *storage_plan(const StorageMigration *self);

/* Lets the destination serve its disks. Before it listens for the migration, where that can be: to
 * one that listens, QEMU 10 does not take a capability. On failure nothing is left. */
gboolean storage_serve(StorageMigration *self, GError **error);

/* Begins to mirror, and drives the migration to @uri from now on. On failure nothing is left. */
gboolean storage_start(StorageMigration *self, const char *uri, GError **error);

/* Undoes storage_serve(), instead of storage_start(). */
void storage_abandon(StorageMigration *self);

/* Waits for its thread, so that it should be over. NULL is fine. */
void storage_free(StorageMigration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorageMigration, storage_free)

/* Whether it is the migration of @guest. */
gboolean storage_is_of(const StorageMigration *self, const Guest *guest);

/* The same for the guest with @uuid at @uri (NULL: the default connection). Any thread. */
gboolean storage_is_at(const StorageMigration *self, const char *uuid, const char *uri);

/* Whether @guest is its destination. */
gboolean storage_goes_to(const StorageMigration *self, const Guest *guest);

/* The source's name. Borrowed. */
const char *storage_guest(const StorageMigration *self);

gboolean storage_is_over(StorageMigration *self);

/* The figures now; never blocks. `active` while disks or memory are copied, `device` in the
 * switch-over, and its end when all is done, the destination's part too. "disk" tells of the
 * mirrors, "total-time" counts from the beginning. */
MigrationStatus *storage_status(StorageMigration *self);

/* raw_wait() for this migration. HMPSH_ERROR_LOST when it failed because its source is gone. */
MigrationStatus *storage_wait(StorageMigration *self, const MigrationWait *wait, GError **error);

/* Whether this was called before: somebody was warned that leaving cancels it. */
gboolean storage_was_warned_of(StorageMigration *self);

/* Asks for its end. FALSE when it is over, or too late: the switch-over has been let go. */
gboolean storage_cancel(StorageMigration *self);

/* The guest's owner had set pause-before-switchover, and it stands there: lets it go on. FALSE when
 * it does not stand there. */
gboolean storage_continue(StorageMigration *self);
