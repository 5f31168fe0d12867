/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest's migration, whoever drives it: QEMU alone (raw.h), this process with the guest's disks
 * (storage.h), or libvirt (observer.h), let by this shell (managed.h) or by somebody else. What
 * commands look at, wait for, change and cancel. */
#pragma once

#include "commands/migration/job_list.h"
#include "commands/migration/observer.h"
#include "commands/migration/raw.h"

/* The current guest, for a command that looks at its migration: also one that is gone because that
 * was completed. Else as session_guest_waiting(), with 0 @seconds session_guest(). */
Guest *job_guest(Session *session, double seconds, GError **error);

/* The figures now, and migration_wait(), for any; each look is added to the migration's course
 * (track.h). @limits gets what is known of them now. */
MigrationStatus *job_query(Guest *guest, MigrationLimits *limits, GError **error);
MigrationStatus *job_wait(Guest *guest, const MigrationWait *wait, GError **error);

/* That this shell is about to begin a raw migration, or did not after all (observer_expect()). */
void job_expect_raw(Guest *guest, gboolean begins);

/* managed_start(): the guest's migration from now on. Borrowed. */
ManagedMigration *job_start_managed(Guest *guest, const char *uri, ManagedCall *call,
                                    GError **error);

/* Whether libvirt drives the guest's migration, which goes on. */
gboolean job_is_managed(Guest *guest);

/* Whether another migration of @guest may be begun: sets @error when one is under way, be it
 * somebody else's that libvirt manages. QEMU refuses the others itself. */
gboolean job_check_free(Guest *guest, GError **error);

/* raw_check_completed(); a migration with disks may be completed and its guest not run all the
 * same. */
gboolean job_check_completed(const MigrationStatus *status, const char *guest, GError **error);

/* raw_cancel(), for any; what another shell left of a migration with disks is removed on this
 * guest and on @peer (may be NULL), and *@tidied tells whether there was any. */
gboolean job_cancel(Guest *guest, Guest *peer, gboolean *was_running, gboolean *tidied,
                    GError **error);

/* The most that is sent per second, and that the guest may stand still: of the migration that goes
 * on, whoever drives it, and of its disks too; or of the next one. */
gboolean job_set_bandwidth(Guest *guest, guint64 bytes_per_second, GError **error);
gboolean job_set_downtime(Guest *guest, guint64 milliseconds, GError **error);
