/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/recording/recorder.h"

#include <glib/gi18n.h>

#include "commands/migration/recording/recorder_internal.h"
#include "shell/error.h"
#include "shell/passthrough.h"
#include "shell/reach.h"

static const double STOPS_WITHIN_S = 2;

/* --- both sides --- */

/* The thread has something to look at. */
static void on_news(gpointer recorder)
{
    Recorder *self = recorder;

    g_atomic_int_inc(&self->news);
    bell_lock(self->bell);
    bell_ring(self->bell);
    bell_unlock(self->bell);
}

/* On the main thread. */
static void on_event(const MonitorEvent *event G_GNUC_UNUSED, gpointer recorder)
{
    on_news(recorder);
}

Monitor *recorder_open(Recorder *self, RecorderSide *side, const char *uuid, GError **error)
{
    virDomainPtr domain = connection_find(side->connection, uuid ? uuid : side->name, error);
    Monitor *monitor;

    if (!domain) {
        return NULL;
    }
    monitor = passthrough_open(side->connection, side->connection, domain, self->bell);
    monitor_on_event(monitor, on_event, self);
    if (!monitor_listen(monitor, error)) {
        g_clear_pointer(&monitor, monitor_close);
    }
    return monitor;
}

static gboolean reach_side(Recorder *self, RecorderSide *side, Guest *guest, GError **error)
{
    side->name = g_strdup(guest->name);
    side->connection = reach_open(guest->session, guest->uri, "recorder", error);
    if (side->connection) {
        side->monitor = recorder_open(self, side, guest->uuid, error);
    }
    return side->monitor != NULL;
}

/* The source is what is recorded: a peer that is gone only leaves its events out, or is there under
 * its name alone. */
static gboolean reach_peer(Recorder *self, Guest *guest, GError **error)
{
    RecorderSide *peer = &self->peer;
    g_autoptr(GError) why = NULL;

    if (reach_side(self, peer, guest, &why)) {
        return TRUE;
    }
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    if (peer->connection) {
        g_clear_error(&why);
        peer->monitor = recorder_open(self, peer, NULL, &why);
    }
    if (!peer->monitor) {
        self->absence = g_strdup_printf(
            peer->connection ? _("the events of '%s' will be missing until it is there: %s")
                             : _("the events of '%s' will be missing: %s"),
            peer->name, why->message);
    }
    return TRUE;
}

static void close_side(RecorderSide *side)
{
    g_clear_pointer(&side->monitor, monitor_close);
    g_clear_pointer(&side->connection, connection_unref);
    g_free(side->name);
}

void recorder_unref(Recorder *self)
{
    if (!g_atomic_ref_count_dec(&self->references)) {
        return;
    }
    close_side(&self->source);
    close_side(&self->peer);
    job_view_free(self->view);
    observer_free(self->observer);
    recording_close(self->writer);
    course_free(self->course);
    bell_free(self->bell);
    g_mutex_clear(&self->monitors);
    g_free(self->uri);
    g_free(self->path);
    g_free(self->absence);
    g_free(self);
}

static gboolean call_about_source(gpointer recorder, DomainCall *call, GError **error)
{
    Recorder *self = recorder;

    return domain_call_at(self->source.connection, self->uuid, call, error);
}

/* --- as others see it --- */

static gboolean create(Recorder *self, GError **error)
{
    RecordingHead head = {
        .guest = self->source.name,
        .peer = self->peer.name,
        .begun = g_get_real_time(),
        .origin = g_get_monotonic_time(),
    };

    self->writer = recording_create(self->path, &head, error);
    if (self->writer) {
        self->figures.bytes = recording_size(self->writer);
    }
    return self->writer != NULL;
}

/* A migration with disks that was over before the recording begins is none of its own. */
static void skip_disks(Recorder *self)
{
    guint number;
    g_autoptr(MigrationStatus) disks = job_view_disks(self->view, 0, &number);

    if (disks && migration_state_is_over(migration_status_state(disks))) {
        self->disks_done = number;
    }
}

Recorder *recorder_start(Guest *guest, Guest *peer, const char *path, RecorderEnded ended,
                         gpointer data, GError **error)
{
    Recorder *self = NULL;

    if (!recording_check_path(path, error)) {
        return NULL;
    }
    self = g_new0(Recorder, 1);
    g_atomic_ref_count_init(&self->references);
    self->bell = bell_new();
    g_mutex_init(&self->monitors);
    g_queue_init(&self->pending);
    self->path = g_strdup(path);
    self->uri = g_strdup(guest->uri);
    g_strlcpy(self->uuid, guest->uuid, sizeof(self->uuid));
    self->observer = observer_new(call_about_source, self);
    self->view = job_view_new(guest, on_news, self);
    skip_disks(self);
    self->course = course_new();
    self->on_end = ended;
    self->on_end_data = data;
    if (!reach_side(self, &self->source, guest, error) ||
        (peer && !reach_peer(self, peer, error)) || !create(self, error)) {
        recorder_unref(self);
        return NULL;
    }
    self->figures.running = TRUE;
    g_atomic_ref_count_inc(&self->references);
    self->thread = g_thread_new("recorder", recorder_run, self);
    return self;
}

void recorder_stop(Recorder *recorder)
{
    gint64 end = bell_end(STOPS_WITHIN_S);

    bell_lock(recorder->bell);
    recorder->stop = TRUE;
    bell_ring(recorder->bell);
    while (!recorder->over && !recorder->abandoned && bell_wait(recorder->bell, end)) {
        /* rung for something else */
    }
    recorder->abandoned = !recorder->over;
    recorder->figures.running = FALSE;
    bell_unlock(recorder->bell);
}

/* A thread that nobody waits for any more is in a call to QEMU, and does not look at events. */
void recorder_deafen(Recorder *recorder)
{
    RecorderSide *sides[] = {&recorder->source, &recorder->peer};

    g_mutex_lock(&recorder->monitors);
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        if (sides[i]->monitor) {
            monitor_deafen(sides[i]->monitor);
        }
    }
    g_mutex_unlock(&recorder->monitors);
}

void recorder_free(Recorder *recorder)
{
    if (!recorder) {
        return;
    }
    recorder_stop(recorder);
    if (recorder->abandoned) {
        g_thread_unref(recorder->thread);
    } else {
        g_thread_join(recorder->thread);
    }
    recorder_unref(recorder);
}

void recorder_figures(Recorder *recorder, RecorderFigures *figures)
{
    bell_lock(recorder->bell);
    *figures = recorder->figures;
    bell_unlock(recorder->bell);
}

const char *recorder_path(const Recorder *recorder)
{
    return recorder->path;
}

const char *recorder_guest(const Recorder *recorder)
{
    return recorder->source.name;
}

const char *recorder_absence(const Recorder *recorder)
{
    return recorder->absence;
}

gboolean recorder_is_of(const Recorder *recorder, const Guest *guest)
{
    return g_str_equal(recorder->uuid, guest->uuid) && g_strcmp0(recorder->uri, guest->uri) == 0;
}

MigrationCourse *recorder_course(Recorder *recorder)
{
    MigrationCourse *copy = course_new();
    const GPtrArray *events;

    bell_lock(recorder->bell);
    events = course_events(recorder->course);
    for (guint i = 0; i < events->len; i++) { /* before the looks: passes are told by them */
        CourseEvent event = *(const CourseEvent *)events->pdata[i];
        g_autoptr(Json) data = NULL;

        if (event.data) { /* json-c's reference counts are not safe between threads */
            json_object_deep_copy(event.data, &data, NULL);
        }
        event.data = data;
        course_add_event(copy, &event);
    }
    for (guint i = 0; i < course_length(recorder->course); i++) {
        const CourseSample *sample = course_sample(recorder->course, i);

        course_add(copy, sample->status, &sample->limits, sample->time);
    }
    bell_unlock(recorder->bell);
    return copy;
}
