/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would end a migration that does not end by itself. */
#pragma once

#include "commands/migration/limits.h"

#define ADVICE_DOWNTIME_MAX_S 2000 /* QEMU: migration/options.c */

/* The command line that sets the downtime limit to @seconds (more than 0), rounded up to two
 * digits; or the speed, in whole MiB/s. Free with g_free(). */
char *advice_downtime(double seconds);
char *advice_speed(double bytes_per_second);

/* The command lines of which each would do: a downtime in which the @working_set (bytes) can be
 * sent at @throughput (bytes per second, not 0); a speed at which that takes no longer than the
 * downtime limit, where the limit of the speed is what slows it; post-copy, where it is allowed.
 * With a quarter more than it takes, since working set and throughput vary. Free with g_strfreev().
 */
char **migration_advice(guint64 working_set, guint64 throughput, const MigrationLimits *limits);

/* The same for disks that the guest writes to at @written bytes per second while they are copied:
 * twice that speed, where the limit of the speed is what slows the copying. Free with g_strfreev().
 */
char **migration_disk_advice(guint64 written, const MigrationLimits *limits);
