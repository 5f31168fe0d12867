/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/recording/plot_data.h"

static const double MIB = 1 << 20;

double plot_data_seconds(const MigrationCourse *course, gint64 time)
{
    return (double)(time - course_sample(course, 0)->time) / G_USEC_PER_SEC;
}

static void add_figure(GString *out, gboolean known, double figure)
{
    if (known) {
        g_string_append_printf(out, " %.3f", figure);
    } else {
        g_string_append(out, " NaN");
    }
}

gboolean plot_data_has_disks(const MigrationStatus *status)
{
    return migration_status_number(status, FIELD_DISK_TOTAL_BYTES) > 0;
}

static void add_left(GString *out, const CourseSample *sample)
{
    const MigrationStatus *status = sample->status;
    gboolean completed = migration_status_state(status) == MIGRATION_COMPLETED;
    guint64 left = migration_status_number(status, FIELD_RAM_REMAINING_BYTES);
    guint64 threshold = 0;
    gboolean known = sample->limits.known_downtime &&
                     migration_status_threshold(status, sample->limits.downtime_ms, &threshold);

    add_figure(out, completed || migration_status_has_remaining(status),
               completed ? 0 : (double)left / MIB);
    add_figure(out, known, (double)threshold / MIB);
}

static void add_rates(GString *out, const CourseSample *sample)
{
    const MigrationStatus *status = sample->status;
    gboolean runs = migration_state_is_running(migration_status_state(status));
    double throughput = (double)migration_status_throughput(status);
    double dirty = (double)migration_status_number(status, FIELD_RAM_DIRTY_PAGES_PER_SECOND) *
                   (double)migration_status_number(status, FIELD_RAM_PAGE_SIZE_BYTES);

    add_figure(out, runs && throughput > 0, throughput / MIB);
    add_figure(out, runs && dirty > 0, dirty / MIB);
    add_figure(out, sample->limits.bandwidth > 0, (double)sample->limits.bandwidth / MIB);
}

static void add_downtimes(GString *out, const CourseSample *sample)
{
    const MigrationStatus *status = sample->status;
    gboolean precopy = migration_state_is_precopy(migration_status_state(status));
    guint64 expected = migration_status_number(status, FIELD_EXPECTED_DOWNTIME_MS);
    /* when the second pass begins it still is only the limit */
    gboolean computed = migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT) > 2 ||
                        expected != sample->limits.downtime_ms;
    gboolean means_something =
        precopy && expected && computed && !migration_status_in_first_pass(status);

    add_figure(out, sample->limits.known_downtime, (double)sample->limits.downtime_ms);
    add_figure(out, means_something, (double)expected);
}

static void add_disks(GString *out, const MigrationStatus *status)
{
    gboolean known = plot_data_has_disks(status);

    add_figure(out, known,
               (double)migration_status_number(status, FIELD_DISK_REMAINING_BYTES) / MIB);
    add_figure(out, known,
               (double)migration_status_number(status, FIELD_DISK_TRANSFERRED_BYTES) / MIB);
}

void plot_data_add(const MigrationCourse *course, GString *out)
{
    const GArray *passes = course_passes(course);

    g_string_append(out, "$looks << END\n");
    for (guint i = 0; i < course_length(course); i++) {
        const CourseSample *sample = course_sample(course, i);

        g_string_append_printf(out, "%.3f", plot_data_seconds(course, sample->time));
        add_left(out, sample);
        add_rates(out, sample);
        add_downtimes(out, sample);
        add_disks(out, sample->status);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "END\n$passes << END\n");
    for (guint i = 0; i < passes->len; i++) {
        const CoursePass *pass = &g_array_index(passes, CoursePass, i);

        g_string_append_printf(out, "%.3f", plot_data_seconds(course, pass->time));
        add_figure(out, pass->known, (double)pass->working_set / MIB);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "END\n");
}
