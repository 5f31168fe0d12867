/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw migration: QEMU's own, driven through the monitor of its source. libvirt does not know of
 * it. Errors are QEMU's, in QMP's words. */
#pragma once

#include "commands/migration/limits.h"
#include "commands/migration/status.h"
#include "commands/migration/waiting.h"
#include "shell/monitor.h"

/* The migration's figures now (query-migrate). The caller owns them. */
MigrationStatus *raw_query(Monitor *monitor, GError **error);

/* FALSE for a URI that would hurt QEMU: exec: under libvirt's sandbox, and a malformed rdma:. */
gboolean raw_check_uri(const char *uri, GError **error);

/* How a migration is started; all FALSE: the guest's memory, to a destination that waits. */
typedef struct {
    gboolean resume; /* go on with a paused post-copy migration */
    gboolean blk;    /* with QEMU's own block migration (to 9.0): all of the disks */
    gboolean inc;    /* or their top layers */
} RawStart;

/* Starts to migrate to @uri (QMP migrate; "detach" is never sent, and what is FALSE in @how is not
 * either). raw_check_uri() comes first, and a guest that would end its QEMU when it is migrated is
 * refused. */
gboolean raw_start(Monitor *monitor, const char *uri, const RawStart *how, GError **error);

/* Lets a QEMU that was started with -incoming defer listen at @uri, and gives the address that it
 * listens at, as migrate takes it, in *@address (free with g_free()): a port of 0 has become a real
 * one. */
gboolean raw_listen(Monitor *monitor, const char *uri, char **address, GError **error);

/* The same for a destination whose post-copy has lost its link (QMP migrate-recover, QEMU 3.0). */
gboolean raw_listen_again(Monitor *monitor, const char *uri, char **address, GError **error);

/* Where a QEMU listens already (4.0 and later tell), or NULL. Free with g_free(). */
char *raw_listening_at(Monitor *monitor);

/* FALSE, in QEMU's words, for a migration in post-copy: the guest is in two halves. */
gboolean raw_check_cancellable(const MigrationStatus *status, GError **error);

/* Cancels. QMP, not HMP: that would throw a refusal away (QEMU: migration-hmp-cmds.c). Refused in
 * post-copy: QEMU 10.0 and later refuse it themselves, an earlier one loses the guest. @was_running
 * tells whether there was anything to cancel; it ends as cancelled, or with return-path on QEMU 7.2
 * now and then as failed (the socket is shut before the status changes; seen). */
gboolean raw_cancel(Monitor *monitor, gboolean *was_running, GError **error);

/* What the parameters tell of @limits (2.8 and later; before, nothing is known of them). The rest
 * of
 * @limits stays. */
gboolean raw_limits(Monitor *monitor, MigrationLimits *limits, GError **error);

/* What the capabilities tell of @limits; they cannot change while a migration runs. */
gboolean raw_capabilities(Monitor *monitor, MigrationLimits *limits, GError **error);

/* Sets the return-path capability on when it is off and @uri has a way back: without it "completed"
 * means only that the bytes were sent to somebody. Not for file:, fd: and exec:. */
gboolean raw_want_return_path(Monitor *monitor, const char *uri, GError **error);

/* Sets one migration capability. */
gboolean raw_set_capability(Monitor *monitor, const char *name, gboolean state, GError **error);

/* Sets one limit by the command that this QEMU has: migrate-set-parameters, or before 2.8
 * migrate_set_speed and migrate_set_downtime. */
gboolean raw_set_bandwidth(Monitor *monitor, guint64 bytes_per_second, GError **error);
gboolean raw_set_downtime(Monitor *monitor, guint64 milliseconds, GError **error);

/* XBZRLE's cache, by the parameter that QEMU has since 2.11 or the command that it had up to 5.2.
 */
gboolean raw_set_cache_size(Monitor *monitor, guint64 bytes, GError **error);
gboolean raw_cache_size(Monitor *monitor, guint64 *bytes, GError **error);

/* migration_wait() for it. */
MigrationStatus *raw_wait(Monitor *monitor, const MigrationWait *wait, GError **error);

/* Whether @status is an end; sets @error when it is not a good one ("migration failed: ..."). */
gboolean raw_check_completed(const MigrationStatus *status, const char *guest, GError **error);
