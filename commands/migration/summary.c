/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/summary.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "shell/layout.h"
#include "shell/values.h"

enum {
    LINK_BYTES = 16 << 20, /* fewer tell nothing of a speed */
    DEVICES_MS = 3,        /* of the downtime, in which nothing of the memory is sent */
};

/* The newest look that has @field: the end of a failed or cancelled migration tells no figures
 * (QEMU: migration.c, fill_source_migration_info). NULL: none has. */
static const MigrationStatus *newest_with(const MigrationCourse *course, MigrationField field)
{
    for (guint i = course_length(course); i > 0; i--) {
        const MigrationStatus *status = course_sample(course, i - 1)->status;

        if (migration_status_has(status, field)) {
            return status;
        }
    }
    return NULL;
}

static guint64 newest_number(const MigrationCourse *course, MigrationField field)
{
    const MigrationStatus *status = newest_with(course, field);

    return status ? migration_status_number(status, field) : 0;
}

static gint64 as_time(guint64 ms)
{
    return (gint64)MIN(ms, G_MAXINT64);
}

static gint64 newest_time(const MigrationCourse *course, MigrationField field)
{
    return newest_with(course, field) ? as_time(newest_number(course, field)) : -1;
}

/* From the first look to the end; -1 when the first look came after it. */
static gint64 real_time(const MigrationCourse *course)
{
    const CourseSample *first = course_length(course) ? course_sample(course, 0) : NULL;

    if (!first || migration_state_is_over(migration_status_state(first->status))) {
        return -1;
    }
    return (course_last(course)->time - first->time + 500) / 1000;
}

static guint64 throughput(const MigrationSummary *summary, const MigrationStatus *end)
{
    guint64 average =
        end && summary->result == MIGRATION_COMPLETED ? migration_status_throughput(end) : 0;

    if (average == 0 && summary->total_ms > 0) {
        average = (guint64)((double)summary->transferred * 1000 / (double)summary->total_ms);
    }
    return average;
}

static const char *kind_of(const MigrationCourse *course, gboolean disks)
{
    const MigrationStatus *status = newest_with(course, FIELD_DRIVER);

    if (status && g_str_equal(migration_status_text(status, FIELD_DRIVER), "managed")) {
        return "managed";
    }
    return disks ? "disks" : "raw";
}

/* How fast the guest's last pages went; 0 where they were too few to tell. */
static guint64 link_speed(const MigrationCourse *course, gint64 downtime_ms)
{
    guint64 bytes = newest_number(course, FIELD_RAM_DOWNTIME_BYTES);

    return bytes >= LINK_BYTES && downtime_ms > DEVICES_MS
               ? bytes * 1000 / (guint64)(downtime_ms - DEVICES_MS)
               : 0;
}

/* Whether somebody changed a limit meanwhile. */
static gboolean limits_changed(const MigrationCourse *course)
{
    guint count = course_length(course);

    for (guint i = 1; i < count; i++) {
        const MigrationLimits *before = &course_sample(course, i - 1)->limits;
        const MigrationLimits *limits = &course_sample(course, i)->limits;

        if ((before->known_bandwidth && limits->known_bandwidth &&
             before->bandwidth != limits->bandwidth) ||
            (before->known_downtime && limits->known_downtime &&
             before->downtime_ms != limits->downtime_ms)) {
            return TRUE;
        }
    }
    return FALSE;
}

MigrationSummary *summary_new(const MigrationCourse *course, const char *guest)
{
    MigrationSummary *self = g_new0(MigrationSummary, 1);
    const CourseSample *last = course_last(course);
    const MigrationStatus *end = last ? last->status : NULL;
    gint64 blackout = course_blackout(course);

    self->guest = g_strdup(guest);
    self->result = end ? migration_status_state(end) : MIGRATION_NONE;
    self->error = end ? g_strdup(migration_status_text(end, FIELD_ERROR_DESC)) : NULL;
    self->real_ms = real_time(course);
    self->total_ms = newest_time(course, FIELD_TOTAL_TIME_MS);
    self->setup_ms = newest_time(course, FIELD_SETUP_TIME_MS);
    self->downtime_ms = end && migration_status_has(end, FIELD_DOWNTIME_MS)
                            ? as_time(migration_status_number(end, FIELD_DOWNTIME_MS))
                            : -1;
    self->blackout_ms = blackout < 0 ? -1 : (blackout + 500) / 1000;
    self->silence_ms = -1;
    self->passes = newest_number(course, FIELD_RAM_DIRTY_SYNC_COUNT);
    self->throttled = course_throttled(course);
    self->transferred = newest_number(course, FIELD_RAM_TRANSFERRED_BYTES);
    self->disks = newest_number(course, FIELD_DISK_TRANSFERRED_BYTES);
    self->kind = kind_of(course, self->disks > 0);
    self->normal = newest_number(course, FIELD_RAM_NORMAL_PAGES);
    self->duplicate = newest_number(course, FIELD_RAM_DUPLICATE_PAGES);
    self->throughput = throughput(self, end);
    self->limits_changed = limits_changed(course);
    self->link = link_speed(course, self->downtime_ms);
    if (last && last->limits.known_bandwidth && last->limits.bandwidth == 0 &&
        self->result == MIGRATION_COMPLETED && !self->limits_changed) {
        self->fresh = self->throughput;
        self->link = self->link > self->fresh ? self->link : 0; /* of pages sent the first time */
    }
    return self;
}

void summary_free(MigrationSummary *summary)
{
    if (summary) {
        g_free(summary->guest);
        g_free(summary->error);
        g_free(summary->typed);
        g_free(summary);
    }
}

/* --- for a reader --- */

/* Appends @phrase with the time for its "%s", unless that is not known; a comma where a line has
 * begun. */
static void add_time(GString *line, gint64 ms, const char *phrase)
{
    g_autofree char *time = duration_format(ms);
    g_auto(GStrv) parts = g_strsplit(phrase, "%s", -1);
    g_autofree char *text = g_strjoinv(time, parts);

    if (ms >= 0) {
        g_string_append_printf(line, "%s%s", line->len ? _(", ") : "", text);
    }
}

static void put_end(const MigrationSummary *summary, GString *out)
{
    gboolean completed = summary->result == MIGRATION_COMPLETED;
    gint64 time = summary->total_ms >= 0 ? summary->total_ms : summary->real_ms;
    g_autofree char *took = duration_format(time);
    g_autofree char *setup = duration_format(summary->setup_ms);
    g_autofree char *sent = size_format(summary->transferred);
    g_autofree char *rate = rate_format(summary->throughput);

    if (time >= 0) {
        g_string_append_printf(out, completed ? _("%s in %s") : _("%s after %s"),
                               migration_state_name(summary->result), took);
    } else {
        g_string_append(out, migration_state_name(summary->result));
    }
    if (summary->setup_ms >= 0) {
        g_string_append_printf(out, _(" (setup %s)"), setup);
    }
    if (summary->passes) {
        g_string_append(out, _(", "));
        g_string_append_printf(out,
                               ngettext("%" PRIu64 " pass", "%" PRIu64 " passes", summary->passes),
                               summary->passes);
    }
    if (summary->transferred) {
        g_string_append(out, _(", "));
        if (summary->throughput) {
            g_string_append_printf(out, _("%s at %s"), sent, rate);
        } else {
            g_string_append(out, sent);
        }
    }
    g_string_append_c(out, '\n');
}

static void put_standstill(const MigrationSummary *summary, GString *out)
{
    g_autoptr(GString) line = g_string_new(NULL);

    add_time(line, summary->downtime_ms, _("downtime %s by QEMU"));
    add_time(line, summary->blackout_ms,
             summary->two_clocks ? _("%s from STOP to RESUME (by two hosts' clocks)")
                                 : _("%s from STOP to RESUME"));
    add_time(line, summary->silence_ms, _("%s of silence as the guest's heartbeat has it"));
    if (line->len) {
        g_string_append_printf(out, "%s\n", line->str);
    }
}

/* How often @predicted goes into @took; 0: it has no meaning. */
static double factor_of(gint64 took, gint64 predicted)
{
    return took > 0 && predicted > 0 ? (double)took / (double)predicted : 0;
}

/* " (total 1.1 times as long, downtime 0.9 times as long)", or less of it. Free with g_free(). */
static char *factors_text(const MigrationSummary *summary)
{
    double total = factor_of(summary->total_ms, summary->predicted_total_ms);
    double downtime = factor_of(summary->downtime_ms, summary->predicted_downtime_ms);

    if (summary->result != MIGRATION_COMPLETED || (total <= 0 && downtime <= 0)) {
        return g_strdup("");
    }
    if (total <= 0 || downtime <= 0) {
        return g_strdup_printf(total > 0 ? _(" (total %.1f times as long)")
                                         : _(" (downtime %.1f times as long)"),
                               total > 0 ? total : downtime);
    }
    return g_strdup_printf(_(" (total %.1f times as long, downtime %.1f times as long)"), total,
                           downtime);
}

static void put_prediction(const MigrationSummary *summary, GString *out)
{
    g_autofree char *total = duration_format(summary->predicted_total_ms);
    g_autofree char *downtime = duration_format(summary->predicted_downtime_ms);
    g_autofree char *factors = factors_text(summary);
    const char *changed = summary->limits_changed ? _("; limits were changed meanwhile") : "";

    if (!summary->predicted) {
        return;
    }
    if (!summary->predicted_end) {
        g_string_append_printf(out, "%s%s\n",
                               summary->predicted_may ? _("predicted: it may not converge")
                                                      : _("predicted: it will not converge"),
                               changed);
        return;
    }
    g_string_append_printf(out, _("predicted: %u passes, %s, downtime %s"),
                           summary->predicted_passes, total, downtime);
    g_string_append_printf(out, "%s%s\n", factors, changed);
}

void summary_print(const MigrationSummary *summary, GString *out)
{
    g_autofree char *why = summary->error ? layout_clean(summary->error) : NULL;
    g_autofree char *disks = size_format(summary->disks);

    put_end(summary, out);
    if (why) {
        g_string_append_printf(out, "%s\n", why);
    }
    put_standstill(summary, out);
    if (summary->throttled) {
        g_string_append_printf(out, _("the guest was slowed by up to %" PRIu64 " %%\n"),
                               summary->throttled);
    }
    if (summary->disks) {
        g_string_append_printf(out, _("disks %s\n"), disks);
    }
    put_prediction(summary, out);
}
