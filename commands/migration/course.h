/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of one migration: every look at it and every event, in order. Forecast, summary,
 * recordings and pictures are made from it. It knows no guest and no clock: the same course comes
 * of a migration that is watched and of one that was recorded. Times are microseconds of any
 * monotonic clock, the same for a whole course. */
#pragma once

#include "commands/migration/limits.h"
#include "commands/migration/status.h"

typedef struct MigrationCourse MigrationCourse;

/* One look. */
typedef struct {
    gint64 time;
    MigrationStatus *status;
    MigrationLimits limits;
} CourseSample;

/* An event of QEMU. */
typedef struct {
    gint64 time;
    gint64 stamp;         /* QEMU's own clock: microseconds since 1970; 0: not known */
    gboolean destination; /* the peer's, not the source's */
    char *name;           /* "MIGRATION_PASS", "STOP" */
    Json *data;           /* or NULL */
} CourseEvent;

/* The beginning of a pass over the dirty pages; pass 1 is the first one over all memory. */
typedef struct {
    guint64 number; /* QEMU's dirty-sync-count */
    gint64 time;
    gboolean known;      /* it was looked at as it began */
    gboolean settled;    /* and later: of the first look's W up to a tenth of a second is missing */
    guint64 working_set; /* bytes that were dirty then: what the pass has to send */
} CoursePass;

MigrationCourse *course_new(void);
void course_free(MigrationCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigrationCourse, course_free)

/* Whether @status can be a later look at this migration: FALSE when it is another one's (it runs,
 * and this one is over; or its time goes backwards). An empty course takes any. */
gboolean course_goes_on(const MigrationCourse *course, const MigrationStatus *status);

/* Adds a look (copied). A second look at the end is not added; a time before the last one's is
 * taken for the last one's. */
void course_add(MigrationCourse *course, const MigrationStatus *status,
                const MigrationLimits *limits, gint64 time);

/* Adds an event (copied; @data is borrowed). */
void course_add_event(MigrationCourse *course, const CourseEvent *event);

guint course_length(const MigrationCourse *course);

/* Look @index, 0 to length - 1. Borrowed. */
const CourseSample *course_sample(const MigrationCourse *course, guint index);

/* The newest look, or NULL. Borrowed until the next is added. */
const CourseSample *course_last(const MigrationCourse *course);

/* The events: of CourseEvent, in order. Borrowed. */
const GPtrArray *course_events(const MigrationCourse *course);

/* The passes: of CoursePass, in order. Borrowed. */
const GArray *course_passes(const MigrationCourse *course);

/* By how much auto-converge has slowed the guest down, in percent, at most; 0: not at all. */
guint64 course_throttled(const MigrationCourse *course);

/* For how long nothing at all has been sent, of memory or disks, up to the newest look. */
gint64 course_stuck_for(const MigrationCourse *course);

/* How fast memory is sent, in bytes per second, over the last seconds; 0: not known. */
guint64 course_throughput(const MigrationCourse *course);

/* How fast what is left of the first pass becomes less, in bytes per second; 0: not known. Pages of
 * zeros make it faster than the throughput. */
guint64 course_progress_rate(const MigrationCourse *course);

/* While disks are copied: how fast what is left of them becomes less (0: it does not), and how fast
 * the guest writes to them. FALSE when too little was seen: they are copied in bursts. */
gboolean course_disk_rates(const MigrationCourse *course, guint64 *progress, guint64 *written);

/* The percentage of what is being sent for the first time: memory, or before it the disks; within
 * each it never falls. FALSE when nothing is. */
gboolean course_percent(const MigrationCourse *course, double *percent);

/* How long the guest stood still, in microseconds, by the events of both sides: from the source's
 * STOP to the destination's RESUME, each by its own QEMU's clock. -1 when it cannot be told. */
gint64 course_blackout(const MigrationCourse *course);
