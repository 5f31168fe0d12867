/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/advice.h"

#include <math.h>

static const double MARGIN = 1.25;
static const double LINK_IS_LIMITED = 0.7; /* a rate of that share: the limit is what slows */

char *advice_downtime(double seconds)
{
    double unit = pow(10, floor(log10(seconds)) - 1);
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof(text), "%.4g", ceil(seconds / unit) * unit);
    return g_strconcat("migrate_set_downtime ", text, NULL);
}

char *advice_speed(double bytes_per_second)
{
    return g_strdup_printf("migrate_set_speed %.0fm", ceil(bytes_per_second / (1 << 20)));
}

static gboolean limit_slows(guint64 rate, const MigrationLimits *limits)
{
    return limits->bandwidth && (double)rate > LINK_IS_LIMITED * (double)limits->bandwidth;
}

char **migration_advice(guint64 working_set, guint64 throughput, const MigrationLimits *limits)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    double set = (double)working_set * MARGIN;
    double downtime_s = set / (double)throughput;
    double limit_s = (double)limits->downtime_ms / 1000;

    if (downtime_s <= ADVICE_DOWNTIME_MAX_S) {
        g_autofree char *line = advice_downtime(downtime_s);

        g_strv_builder_add(lines, line);
    }
    if (limit_s > 0 && limit_slows(throughput, limits)) {
        g_autofree char *line = advice_speed(set / limit_s);

        g_strv_builder_add(lines, line);
    }
    if (limits->postcopy) {
        g_strv_builder_add(lines, "migrate_start_postcopy");
    }
    return g_strv_builder_end(lines);
}

char **migration_disk_advice(guint64 written, const MigrationLimits *limits)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();

    if (limit_slows(written, limits)) {
        g_autofree char *line = advice_speed((double)written * 2);

        g_strv_builder_add(lines, line);
    }
    return g_strv_builder_end(lines);
}
