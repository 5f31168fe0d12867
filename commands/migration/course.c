/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/course.h"

#include <string.h>

enum {
    MOST_SAMPLES = 32768,
    WINDOW_US = 3 * G_USEC_PER_SEC, /* for rates */
    DISKS_WINDOW_US = 8 * G_USEC_PER_SEC,
    DISKS_SHORTEST_US = 3 * G_USEC_PER_SEC,
    SHORTEST_US = G_USEC_PER_SEC / 4, /* less tells nothing of a rate */
    SETTLED_US = G_USEC_PER_SEC / 5,
    PASS_SEEN_US = G_USEC_PER_SEC / 2, /* a look later than that does not tell how it began */
};

struct MigrationCourse {
    GPtrArray *samples; /* of CourseSample */
    GPtrArray *events;  /* of CourseEvent */
    GArray *passes;     /* of CoursePass */
    double percent[2];  /* the highest so far: of the disks, of the memory; -1: none */
    gint64 moved;       /* when what was sent last changed */
};

static void sample_free(gpointer data)
{
    CourseSample *sample = data;

    migration_status_free(sample->status);
    g_free(sample);
}

static void event_free(gpointer data)
{
    CourseEvent *event = data;

    g_free(event->name);
    json_object_put(event->data);
    g_free(event);
}

MigrationCourse *course_new(void)
{
    MigrationCourse *course = g_new0(MigrationCourse, 1);

    course->samples = g_ptr_array_new_with_free_func(sample_free);
    course->events = g_ptr_array_new_with_free_func(event_free);
    course->passes = g_array_new(FALSE, TRUE, sizeof(CoursePass));
    course->percent[0] = course->percent[1] = -1;
    return course;
}

void course_free(MigrationCourse *course)
{
    if (course) {
        g_ptr_array_unref(course->samples);
        g_ptr_array_unref(course->events);
        g_array_unref(course->passes);
        g_free(course);
    }
}

guint course_length(const MigrationCourse *course)
{
    return course->samples->len;
}

const CourseSample *course_sample(const MigrationCourse *course, guint index)
{
    return course->samples->pdata[index];
}

const CourseSample *course_last(const MigrationCourse *course)
{
    return course->samples->len ? course->samples->pdata[course->samples->len - 1] : NULL;
}

const GPtrArray *course_events(const MigrationCourse *course)
{
    return course->events;
}

const GArray *course_passes(const MigrationCourse *course)
{
    return course->passes;
}

/* --- adding --- */

static gboolean is_over(const MigrationStatus *status)
{
    return migration_state_is_over(migration_status_state(status));
}

/* Whether the figure in @field became less. */
static gboolean fell(const MigrationStatus *before, const MigrationStatus *after,
                     MigrationField field)
{
    return migration_status_has(before, field) && migration_status_has(after, field) &&
           migration_status_number(after, field) < migration_status_number(before, field);
}

gboolean course_goes_on(const MigrationCourse *course, const MigrationStatus *status)
{
    const CourseSample *last = course_last(course);
    MigrationState state = migration_status_state(status);

    if (!last || migration_status_state(last->status) == MIGRATION_NONE) {
        return TRUE;
    }
    if (is_over(last->status)) {
        return state == migration_status_state(last->status) &&
               migration_status_number(status, FIELD_TOTAL_TIME_MS) ==
                   migration_status_number(last->status, FIELD_TOTAL_TIME_MS);
    }
    return state != MIGRATION_NONE &&
           (is_over(status) || !fell(last->status, status, FIELD_TOTAL_TIME_MS));
}

static guint64 sent(const MigrationStatus *status)
{
    return migration_status_number(status, FIELD_RAM_TRANSFERRED_BYTES) +
           migration_status_number(status, FIELD_DISK_TRANSFERRED_BYTES);
}

/* When pass @number began, by its event; 0: not told. QEMU's event is sent right after the dirty
 * pages were counted (QEMU: ram.c, migration_bitmap_sync). */
static gint64 told_beginning(const MigrationCourse *course, guint64 number)
{
    for (guint i = course->events->len; i > 0; i--) {
        const CourseEvent *event = course->events->pdata[i - 1];

        if (!event->destination && strcmp(event->name, "MIGRATION_PASS") == 0 &&
            json_object_get_uint64(json_get(event->data, "pass")) == number) {
            return event->time;
        }
    }
    return 0;
}

/* The working set as QEMU's own prediction has it: the time that sending it takes (QEMU:
 * migration.c, from what was dirty at the last count). 0: not known. */
static guint64 predicted_working_set(const MigrationStatus *status)
{
    double ms = (double)migration_status_number(status, FIELD_EXPECTED_DOWNTIME_MS);
    double bytes = ms * (double)migration_status_throughput(status) / 1000;
    double total = (double)migration_status_number(status, FIELD_RAM_TOTAL_BYTES);

    return migration_status_number(status, FIELD_RAM_DIRTY_PAGES_PER_SECOND)
               ? (guint64)MIN(bytes, total)
               : 0;
}

/* How much was dirty when the pass that @sample is the first look at began. */
static void find_working_set(const MigrationCourse *course, const CourseSample *sample,
                             CoursePass *pass)
{
    guint64 left = migration_status_number(sample->status, FIELD_RAM_REMAINING_BYTES);
    guint64 total = migration_status_number(sample->status, FIELD_RAM_TOTAL_BYTES);
    gint64 begun = told_beginning(course, pass->number);
    gint64 late = sample->time - begun;
    double since;

    if (pass->number <= 1) {
        pass->working_set = total;
        pass->known = total > 0;
        return;
    }
    if (begun && late >= 0 && late <= PASS_SEEN_US) {
        since = (double)migration_status_throughput(sample->status) * (double)late / G_USEC_PER_SEC;
        pass->time = begun;
        pass->working_set = (guint64)MIN((double)left + since, (double)MAX(total, left));
        pass->known = TRUE;
        pass->settled = late >= SETTLED_US;
        return;
    }
    pass->working_set = predicted_working_set(sample->status);
    pass->known = pass->settled = pass->working_set > 0;
}

/* A first look comes when some of the pass has been sent already: QEMU sends what it may in a tenth
 * of a second as fast as it can. Its own prediction, which comes after that, is exact; one that is
 * of the pass before is not near enough. */
static void refine(CoursePass *pass, const CourseSample *sample)
{
    guint64 predicted = predicted_working_set(sample->status);
    guint64 burst = migration_status_throughput(sample->status) / 8;

    if (!pass->known) {
        pass->working_set = predicted;
        pass->known = pass->settled = predicted > 0;
    } else if (predicted > pass->working_set &&
               predicted - pass->working_set <= burst + pass->working_set / 20) {
        pass->working_set = predicted;
    }
    pass->settled = pass->settled || sample->time - pass->time >= SETTLED_US;
}

static void note_pass(MigrationCourse *course, const CourseSample *sample)
{
    guint64 number = migration_status_number(sample->status, FIELD_RAM_DIRTY_SYNC_COUNT);
    CoursePass *last = course->passes->len
                           ? &g_array_index(course->passes, CoursePass, course->passes->len - 1)
                           : NULL;
    CoursePass pass = {.number = number, .time = sample->time};

    if (number == 0 || !migration_state_is_running(migration_status_state(sample->status)) ||
        migration_state_is_postcopy(migration_status_state(sample->status))) {
        return;
    }
    if (!last || number > last->number) {
        find_working_set(course, sample, &pass);
        g_array_append_val(course->passes, pass);
    } else if (number > 1) {
        refine(last, sample);
    }
}

static void note_percent(MigrationCourse *course, const MigrationStatus *status)
{
    double percent;

    if (migration_status_copies_disks(status, &percent)) {
        course->percent[0] = MAX(course->percent[0], percent);
    } else if (migration_status_first_pass_percent(status, &percent)) {
        course->percent[1] = MAX(course->percent[1], percent);
    }
}

/* Every second sample of a very long migration is given up. */
static void thin_out(MigrationCourse *course)
{
    for (guint i = course->samples->len - 1; i > 1; i -= 2) {
        g_ptr_array_remove_index(course->samples, i - 1);
        if (i < 3) {
            break;
        }
    }
}

void course_add(MigrationCourse *course, const MigrationStatus *status,
                const MigrationLimits *limits, gint64 time)
{
    const CourseSample *last = course_last(course);
    CourseSample *sample;

    if (last && is_over(last->status)) {
        return;
    }
    if (course->samples->len >= MOST_SAMPLES) {
        thin_out(course);
        last = course_last(course);
    }
    sample = g_new0(CourseSample, 1);
    time = CLAMP(time, 0, G_MAXINT64 / 2);
    sample->time = last ? MAX(time, last->time) : time;
    sample->status = migration_status_copy(status);
    sample->limits = *limits;
    if (!last || sent(last->status) != sent(status)) {
        course->moved = sample->time;
    }
    g_ptr_array_add(course->samples, sample);
    note_pass(course, sample);
    note_percent(course, status);
}

void course_add_event(MigrationCourse *course, const CourseEvent *event)
{
    CourseEvent *copy = g_new(CourseEvent, 1);

    *copy = *event;
    copy->name = g_strdup(event->name);
    copy->data = json_object_get(event->data);
    g_ptr_array_add(course->events, copy);
}

/* --- what it tells --- */

guint64 course_throttled(const MigrationCourse *course)
{
    guint64 most = 0;

    for (guint i = 0; i < course_length(course); i++) {
        const MigrationStatus *status = course_sample(course, i)->status;

        most = MAX(most, migration_status_number(status, FIELD_CPU_THROTTLE_PERCENT));
    }
    return most;
}

gint64 course_stuck_for(const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);

    return last ? last->time - course->moved : 0;
}

/* The oldest look of the last @longest microseconds for which @same holds, with the newest; NULL
 * when they are nearer than @shortest. */
static const CourseSample *window(const MigrationCourse *course, gint64 shortest, gint64 longest,
                                  gboolean (*same)(const MigrationStatus *status,
                                                   const MigrationStatus *newest))
{
    const CourseSample *last = course_last(course);
    const CourseSample *oldest = NULL;

    for (guint i = course->samples->len; last && i > 0; i--) {
        const CourseSample *sample = course->samples->pdata[i - 1];

        if (last->time - sample->time > longest || !same(sample->status, last->status)) {
            break;
        }
        oldest = sample;
    }
    return oldest && last->time - oldest->time >= shortest ? oldest : NULL;
}

static gboolean sends_memory(const MigrationStatus *status,
                             const MigrationStatus *newest G_GNUC_UNUSED)
{
    return migration_status_number(status, FIELD_RAM_TRANSFERRED_BYTES) > 0;
}

static guint64 per_second(guint64 bytes, gint64 us)
{
    return (guint64)((double)bytes * G_USEC_PER_SEC / (double)us);
}

guint64 course_throughput(const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);
    const CourseSample *from = window(course, SHORTEST_US, WINDOW_US, sends_memory);
    guint64 before, after;

    if (!from) {
        return last ? migration_status_throughput(last->status) : 0;
    }
    before = migration_status_number(from->status, FIELD_RAM_TRANSFERRED_BYTES);
    after = migration_status_number(last->status, FIELD_RAM_TRANSFERRED_BYTES);
    return after > before ? per_second(after - before, last->time - from->time) : 0;
}

static gboolean in_first_pass(const MigrationStatus *status,
                              const MigrationStatus *newest G_GNUC_UNUSED)
{
    return migration_status_in_first_pass(status) && !migration_status_copies_disks(status, NULL);
}

static gboolean copies_disks(const MigrationStatus *status,
                             const MigrationStatus *newest G_GNUC_UNUSED)
{
    return migration_status_copies_disks(status, NULL);
}

/* By how much the figure in @field is less, or more, than it was at @from. */
static guint64 decrease(const CourseSample *from, const CourseSample *to, MigrationField field)
{
    guint64 before = migration_status_number(from->status, field);
    guint64 after = migration_status_number(to->status, field);

    return before > after ? before - after : 0;
}

guint64 course_progress_rate(const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);
    const CourseSample *from = window(course, SHORTEST_US, WINDOW_US, in_first_pass);

    return from ? per_second(decrease(from, last, FIELD_RAM_REMAINING_BYTES),
                             last->time - from->time)
                : 0;
}

gboolean course_disk_rates(const MigrationCourse *course, guint64 *progress, guint64 *written)
{
    const CourseSample *last = course_last(course);
    const CourseSample *from = window(course, DISKS_SHORTEST_US, DISKS_WINDOW_US, copies_disks);

    if (!from) {
        return FALSE;
    }
    *progress =
        per_second(decrease(from, last, FIELD_DISK_REMAINING_BYTES), last->time - from->time);
    *written = per_second(decrease(last, from, FIELD_DISK_TOTAL_BYTES), last->time - from->time);
    return TRUE;
}

gboolean course_percent(const MigrationCourse *course, double *percent)
{
    const CourseSample *last = course_last(course);
    double now;

    if (last && migration_status_copies_disks(last->status, &now)) {
        *percent = course->percent[0];
        return TRUE;
    }
    if (last && migration_status_first_pass_percent(last->status, &now)) {
        *percent = course->percent[1];
        return TRUE;
    }
    return FALSE;
}

gint64 course_blackout(const MigrationCourse *course)
{
    gint64 stop = 0;

    for (guint i = 0; i < course->events->len; i++) {
        const CourseEvent *event = course->events->pdata[i];

        if (!event->destination && strcmp(event->name, "STOP") == 0) {
            stop = event->stamp;
        }
    }
    for (guint i = 0; stop && i < course->events->len; i++) { /* which may have come before it */
        const CourseEvent *event = course->events->pdata[i];

        if (event->destination && strcmp(event->name, "RESUME") == 0 && event->stamp >= stop) {
            return event->stamp - stop;
        }
    }
    return -1;
}
