/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/advice.h"

#include <math.h>

static const double MARGIN = 1.25;
static const double DOWNTIME_MAX_S = 2000; /* QEMU: migration/options.c */
static const double LINK_IS_LIMITED = 0.7; /* a rate of that share: the limit is what slows */

/* @seconds rounded up to two digits, as migrate_set_downtime takes it. */
static char *downtime_text(double seconds)
{
    double unit = pow(10, floor(log10(seconds)) - 1);
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup(g_ascii_formatd(text, sizeof(text), "%.4g", ceil(seconds / unit) * unit));
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

    if (downtime_s <= DOWNTIME_MAX_S) {
        g_autofree char *value = downtime_text(downtime_s);
        g_autofree char *line = g_strconcat("migrate_set_downtime ", value, NULL);

        g_strv_builder_add(lines, line);
    }
    if (limit_s > 0 && limit_slows(throughput, limits)) {
        g_autofree char *line =
            g_strdup_printf("migrate_set_speed %.0fm", ceil(set / limit_s / (1 << 20)));

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
        g_autofree char *line =
            g_strdup_printf("migrate_set_speed %.0fm", ceil((double)written * 2 / (1 << 20)));

        g_strv_builder_add(lines, line);
    }
    return g_strv_builder_end(lines);
}
