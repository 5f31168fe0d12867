/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/track.h"

#include "shell/guest.h"

static const char KEY[] = "migration-track";
static const char ENDS[] = "migration-ends";
static const char TYPED[] = "migration-typed";
static const char PREDICTED[] = "migration-predicted";
static const gint64 BEFORE_US = G_USEC_PER_SEC; /* the first events come before the first look */

/* What one guest's QEMU has told so far. */
typedef struct {
    guint64 incarnation;
    guint64 serial;
} Place;

typedef struct {
    MigrationCourse *course;
    gint64 begun;           /* events from before are another migration's */
    gboolean ended;         /* and its end is kept */
    Place places[2];        /* the guest's, its peer's */
    Prediction *prediction; /* made before it began; or NULL */
} Track;

static void track_free(gpointer data)
{
    Track *track = data;

    course_free(track->course);
    prediction_free(track->prediction);
    g_free(track);
}

/* Notes go with the QEMU that they are about. */
static Track *track_of(Guest *guest)
{
    Track *track = g_datalist_get_data(&guest->notes, KEY);

    if (!track) {
        track = g_new0(Track, 1);
        track->course = course_new();
        g_datalist_set_data_full(&guest->notes, KEY, track, track_free);
    }
    return track;
}

MigrationCourse *track_course(Guest *guest)
{
    return track_of(guest)->course;
}

const GPtrArray *track_ends(Session *session)
{
    GPtrArray *ends = g_datalist_get_data(&session->notes, ENDS);

    if (!ends) {
        ends = g_ptr_array_new_with_free_func((GDestroyNotify)summary_free);
        g_datalist_set_data_full(&session->notes, ENDS, ends, (GDestroyNotify)g_ptr_array_unref);
    }
    return ends;
}

/* Adds what @guest's QEMU has told since the last look. */
static void take_events(Track *track, Guest *guest, gboolean destination)
{
    Place *place = &track->places[destination];
    MonitorEvent *event;

    if (place->incarnation != guest->incarnation) {
        *place = (Place){guest->incarnation, 0};
    }
    while ((event = monitor_next_event(guest->monitor, &place->serial))) {
        CourseEvent copy = {event->received, event->stamp, destination, event->name, event->data};

        if (event->received >= track->begun) {
            course_add_event(track->course, &copy);
        }
        monitor_event_free(event);
    }
}

/* The other guest of the session, which @guest's migrations go to. */
static Guest *other_guest(Guest *guest)
{
    Session *session = guest->session;

    return guest == session->current ? session->peer
           : guest == session->peer  ? session->current
                                     : NULL;
}

static void begin_anew(Track *track)
{
    course_free(track->course);
    track->course = course_new();
    track->ended = FALSE;
    g_clear_pointer(&track->prediction, prediction_free);
}

void track_begin(Guest *guest, const char *typed)
{
    g_datalist_set_data_full(&guest->notes, TYPED, g_strdup(typed), g_free);
}

void track_predict(Guest *guest, const PredictionBasis *basis)
{
    g_datalist_set_data_full(&guest->notes, PREDICTED, g_memdup2(basis, sizeof(*basis)), g_free);
}

/* What was predicted of the migration that begins, anew with the limits that it begins with. */
static void take_prediction(Track *track, Guest *guest, const MigrationStatus *status,
                            const MigrationLimits *limits)
{
    PredictionBasis *basis = g_datalist_get_data(&guest->notes, PREDICTED);
    MigrationLimits *used = basis ? &basis->simulation.limits : NULL;

    if (!basis) {
        return;
    }
    if (limits->known_bandwidth) {
        used->known_bandwidth = TRUE;
        used->bandwidth = limits->bandwidth;
    }
    if (limits->known_downtime) {
        used->known_downtime = TRUE;
        used->downtime_ms = limits->downtime_ms;
    }
    if (!migration_state_is_over(migration_status_state(status))) {
        used->throttles = limits->throttles; /* not asked for at its end */
        used->postcopy = limits->postcopy;
    }
    track->prediction = prediction_new(basis);
    g_datalist_set_data(&guest->notes, PREDICTED, NULL);
}

/* Its disks are not predicted. */
static void tell_prediction(const Prediction *prediction, MigrationSummary *summary)
{
    summary->predicted = prediction && summary->disks == 0;
    if (summary->predicted) {
        summary->predicted_end = prediction->result.ends;
        summary->predicted_may = (prediction->close & CLOSE_EARLY) != 0;
        summary->predicted_passes = prediction->result.passes;
        summary->predicted_total_ms = prediction_total_ms(prediction);
        summary->predicted_downtime_ms = prediction_downtime_ms(prediction);
    }
}

static void keep_end(Track *track, Guest *guest, const MigrationStatus *status)
{
    GPtrArray *ends = (GPtrArray *)track_ends(guest->session);
    MigrationSummary *summary = summary_new(track->course, guest->name);

    if (!migration_status_is_foreign(status)) {
        summary->typed = g_strdup(g_datalist_get_data(&guest->notes, TYPED));
        g_datalist_set_data(&guest->notes, TYPED, NULL);
    }
    tell_prediction(track->prediction, summary);
    track->ended = TRUE;
    g_ptr_array_add(ends, summary);
}

void track_look(Guest *guest, const MigrationStatus *status, const MigrationLimits *limits)
{
    Track *track = track_of(guest);
    Guest *other = other_guest(guest);
    MigrationState state = migration_status_state(status);
    gint64 now = g_get_monotonic_time();

    if (!course_goes_on(track->course, status)) {
        begin_anew(track);
    }
    if (state == MIGRATION_NONE) {
        return;
    }
    if (course_length(track->course) == 0) {
        guest_recognise(guest); /* a course goes on when the connection was lost */
        track->begun =
            now - (gint64)migration_status_number(status, FIELD_TOTAL_TIME_MS) * 1000 - BEFORE_US;
        take_prediction(track, guest, status, limits);
    }
    take_events(track, guest, FALSE);
    if (other) {
        take_events(track, other, TRUE);
    }
    course_add(track->course, status, limits, now);
    /* the source's end, not that of the same migration as the destination tells it */
    if (migration_state_is_over(state) && !track->ended && !migration_status_is_arrival(status)) {
        keep_end(track, guest, status);
    }
}
