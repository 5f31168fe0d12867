/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/dirty_sample.h"

#include <glib/gi18n.h>
#include <math.h>

#include "commands/migration/release.h"
#include "shell/error.h"

static const double GIB = 1 << 30;
static const double MIB = 1 << 20;
static const double PATIENCE_S = 10; /* beyond the time that was asked for */
enum {
    MOST_PAGES = 65536,
    PAGES_MIN = 128, /* for each GiB (QEMU: dirtyrate.h) */
    PAGES_MAX = 16384,
    POLL_US = 20 * 1000,
};

static gboolean has_milliseconds(guint release)
{
    return release != 0 && release_has(release, "8.2", NULL);
}

double dirty_sample_shortest(guint release)
{
    return has_milliseconds(release) ? 0.2 : 1;
}

/* D by the rate, which is in whole MiB/s and cut off: half of one is missing on average. */
static double bytes_of(double rate, double seconds)
{
    return rate > 0 ? (rate + 0.5) * MIB * seconds : 0;
}

/* Waits until QEMU measures no more. What it then tells, or NULL. With @begun it has been told to
 * measure: its thread may not have begun. */
static Json *wait_for_rest(Monitor *monitor, Bell *bell, gboolean begun, double seconds,
                           GError **error)
{
    gint64 end = bell_end(seconds);

    for (;;) {
        Json *reply = monitor_qmp(monitor, "query-dirty-rate", NULL, error);
        const char *status = json_get_string(reply, "status");
        gint64 now = g_get_monotonic_time();

        if (!reply || g_strcmp0(status, "measured") == 0 ||
            (!begun && g_strcmp0(status, "unstarted") == 0)) {
            return reply;
        }
        json_object_put(reply);
        if (now > end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("QEMU has been measuring the dirty rate for more than %.0f s"), seconds);
            return NULL;
        }
        if (!bell_sleep(bell, now + POLL_US, error)) {
            return NULL;
        }
    }
}

gboolean dirty_sample_begin(Monitor *monitor, Bell *bell, guint release, double seconds,
                            guint64 memory, GError **error)
{
    gboolean ms = has_milliseconds(release);
    double pages = CLAMP(MOST_PAGES / ((double)memory / GIB), PAGES_MIN, PAGES_MAX);
    g_autoptr(Json) before = wait_for_rest(monitor, bell, FALSE, PATIENCE_S, error);
    g_autoptr(Json) reply = NULL;

    if (!before) {
        return FALSE;
    }
    reply = monitor_qmp(
        monitor, "calc-dirty-rate",
        json_dict("calc-time", json_object_new_int64((gint64)round(ms ? seconds * 1000 : seconds)),
                  "calc-time-unit", ms ? json_object_new_string("millisecond") : NULL,
                  "sample-pages", json_object_new_int64((gint64)pages), NULL),
        error);

    return reply != NULL;
}

gboolean dirty_sample_end(Monitor *monitor, Bell *bell, double seconds, DirtyCurve *curve,
                          GError **error)
{
    g_autoptr(Json) reply = wait_for_rest(monitor, bell, TRUE, seconds + PATIENCE_S, error);
    double rate = json_object_get_double(json_get(reply, "dirty-rate"));

    if (reply) {
        dirty_curve_add(curve, seconds, bytes_of(rate, seconds), FALSE);
    }
    return reply != NULL;
}
