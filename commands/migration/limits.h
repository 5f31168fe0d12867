/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What decides how a migration goes, beside the guest: parameters and capabilities at its source.
 */
#pragma once

#include <glib.h>

/* All 0: nothing is known. */
typedef struct {
    gboolean known_bandwidth;
    guint64 bandwidth; /* max-bandwidth, bytes per second; 0 is without a limit */
    gboolean known_downtime;
    guint64 downtime_ms; /* downtime-limit */
    gboolean postcopy;   /* the capability postcopy-ram is on */
    gboolean throttles;  /* auto-converge or dirty-limit is on */
} MigrationLimits;
