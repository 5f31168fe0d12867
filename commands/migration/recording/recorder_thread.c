/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/recording/recorder_internal.h"
#include "shell/error.h"

enum {
    LOOK_US = G_USEC_PER_SEC / 3,
    FLOOD_US = 50 * 1000,          /* between two looks for passes */
    FOLLOW_US = 20 * 1000,         /* for newer figures of a migration with disks */
    LIMITS_US = G_USEC_PER_SEC,    /* somebody may change them meanwhile */
    ALIVE_US = 2 * G_USEC_PER_SEC, /* no event tells that libvirtd is gone */
    RESUME_US = G_USEC_PER_SEC / 2,
};

/* --- ending --- */

static gboolean has_stop(Recorder *self)
{
    gboolean stop;

    bell_lock(self->bell);
    stop = self->stop;
    bell_unlock(self->bell);
    return stop;
}

static gboolean is_abandoned(Recorder *self)
{
    gboolean abandoned;

    bell_lock(self->bell);
    abandoned = self->abandoned;
    bell_unlock(self->bell);
    return abandoned;
}

/* Ends the recording because of @why, which is told, unless it ends anyway. */
static void fail(Recorder *self, const char *why)
{
    gboolean told;

    bell_lock(self->bell);
    told = !self->stop && !self->failed;
    self->figures.running = FALSE;
    bell_unlock(self->bell);
    self->failed = TRUE;
    if (told && self->on_end) {
        g_autofree char *text = g_strdup_printf(_("the recording of '%s' in '%s' ends: %s"),
                                                self->source.name, self->path, why);

        self->on_end(text, self->on_end_data);
    }
}

/* --- writing --- */

static void write_entry(Recorder *self, const RecordingEntry *entry)
{
    g_autoptr(GError) why = NULL;
    gboolean fine;

    if (self->failed || is_abandoned(self)) {
        return;
    }
    fine = entry->event ? recording_write_event(self->writer, entry->event, &why)
                        : recording_write_sample(self->writer, entry->sample, &why);
    if (!fine) {
        fail(self, why->message);
        return;
    }
    bell_lock(self->bell);
    *(entry->event ? &self->figures.events : &self->figures.looks) += 1;
    self->figures.bytes = recording_size(self->writer);
    recording_follow(&self->course, entry);
    bell_unlock(self->bell);
}

static void write_event(Recorder *self, CourseEvent *event)
{
    RecordingEntry entry = {.time = event->time, .event = event};

    write_entry(self, &entry);
    g_free(event->name);
    json_object_put(event->data);
    g_free(event);
}

/* Writes the events up to @time. */
static void write_events(Recorder *self, gint64 time)
{
    CourseEvent *event;

    while ((event = g_queue_peek_head(&self->pending)) && event->time <= time) {
        write_event(self, g_queue_pop_head(&self->pending));
    }
}

static void write_look(Recorder *self, MigrationStatus *status, gint64 time)
{
    CourseSample sample = {time, status, self->limits};

    write_entry(self, &(RecordingEntry){.time = time, .sample = &sample});
}

/* --- events --- */

static void look_by(Recorder *self, gint64 time)
{
    self->next_look = MIN(self->next_look, time);
}

/* Makes @monitor (taken over; may be NULL) the peer's, unless nobody waits for this thread any
 * more: it might be heard instead of another recorder's. */
static void set_peer(Recorder *self, Monitor *monitor)
{
    Monitor *unwanted = monitor;

    g_mutex_lock(&self->monitors);
    if (!is_abandoned(self)) {
        unwanted = self->peer.monitor;
        self->peer.monitor = monitor;
        self->peer.serial = 0;
    }
    g_mutex_unlock(&self->monitors);
    if (unwanted) {
        monitor_close(unwanted);
    }
}

/* A destination that was lost may be there again, started anew for another migration. */
static void find_peer_again(Recorder *self)
{
    RecorderSide *peer = &self->peer;
    g_autofree char *lost = peer->monitor ? monitor_lost(peer->monitor) : NULL;

    if (!peer->connection || is_abandoned(self)) {
        return;
    }
    if (lost) {
        set_peer(self, NULL);
    }
    if (!peer->monitor) {
        set_peer(self, recorder_open(self, peer, NULL, NULL));
    }
}

/* A migration of QEMU's begins. While one with disks is not seen to its end yet, that is its
 * memory's, or one that follows on its heels. */
static void heed_setup(Recorder *self)
{
    gboolean ending =
        self->disks_state == MIGRATION_CANCELLING || self->disks_state == MIGRATION_FAILING;

    if (self->disks != self->disks_done) {
        self->disks_followed = self->disks_followed || self->disks_moving || ending;
        self->disks_moving = TRUE;
    }
    self->over_written = FALSE;
    find_peer_again(self);
}

/* What an event of the source means for the looks. */
static void heed(Recorder *self, const CourseEvent *event)
{
    const char *status = json_get_string(event->data, "status");

    if (strcmp(event->name, "MIGRATION_PASS") == 0) {
        look_by(self, self->last_look + FLOOD_US);
    } else if (strcmp(event->name, "MIGRATION") == 0) {
        self->announced = TRUE;
        look_by(self, 0);
        if (g_strcmp0(status, migration_state_name(MIGRATION_SETUP)) == 0) {
            heed_setup(self);
        }
    }
}

static gint by_time(gconstpointer a, gconstpointer b, gpointer data G_GNUC_UNUSED)
{
    const CourseEvent *one = a;
    const CourseEvent *other = b;

    return (one->time > other->time) - (one->time < other->time);
}

static void take_events(Recorder *self, RecorderSide *side)
{
    gboolean destination = side == &self->peer;
    MonitorEvent *event;

    while (side->monitor && (event = monitor_next_event(side->monitor, &side->serial))) {
        CourseEvent *copy = g_new0(CourseEvent, 1);

        *copy = (CourseEvent){event->received, event->stamp, destination,
                              g_steal_pointer(&event->name), g_steal_pointer(&event->data)};
        g_queue_insert_sorted(&self->pending, copy, by_time, NULL);
        monitor_event_free(event);
        if (!destination) {
            heed(self, copy);
        }
        if (strcmp(copy->name, destination ? "RESUME" : "STOP") == 0) {
            *(destination ? &self->resumed : &self->stopped) = copy->stamp;
        }
    }
}

/* --- looks --- */

/* @first: of a migration; @last: it is over. */
static void ask_limits(Recorder *self, gboolean first, gboolean last)
{
    gint64 now = g_get_monotonic_time();
    g_autofree char *lost = monitor_lost(self->source.monitor);

    if (lost) { /* what was known last holds */
        return;
    }
    if (first) { /* they cannot change while it runs */
        raw_capabilities(self->source.monitor, &self->limits, NULL);
    }
    if (first || last || now - self->limits_time >= LIMITS_US) {
        raw_limits(self->source.monitor, &self->limits, NULL);
        self->limits_time = now;
    }
}

/* The look at @status, which was taken at @time, is to be written. */
static void note_look(Recorder *self, MigrationStatus *status, gint64 time)
{
    gboolean over = migration_state_is_over(migration_status_state(status));

    write_look(self, status, time);
    self->over_written = over;
    self->ended = over ? time : 0;
}

/* What has come up to @time is to be written before the look. */
static void take_all_events(Recorder *self, gint64 time)
{
    take_events(self, &self->source);
    take_events(self, &self->peer);
    write_events(self, time);
}

/* Whether @status, of a migration with disks, is to be written now: where it has got on to another
 * state or pass, and otherwise newer figures 3 times a second, or @soon. */
static gboolean is_news(const Recorder *self, const MigrationStatus *status, gint64 time,
                        gboolean soon)
{
    return migration_status_state(status) != self->disks_state ||
           migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT) != self->disks_pass ||
           (migration_status_number(status, FIELD_TOTAL_TIME_MS) != self->disks_time &&
            (soon || time - self->last_look >= LOOK_US));
}

/* Looks at this session's migration with disks, if there is one that has not been seen to its end.
 * Its own thread asks QEMU, and its figures are the only ones: what QEMU says of the memory at the
 * same time would be newer than that thread's next. */
static gboolean follow_disks(Recorder *self, gboolean soon)
{
    guint number = 0;
    g_autoptr(MigrationStatus) status = job_view_disks(self->view, self->disks_done, &number);
    gint64 time = g_get_monotonic_time();
    gboolean first = number != self->disks;
    gboolean over;

    if (!status) {
        return FALSE;
    }
    over = migration_state_is_over(migration_status_state(status));
    if (first) {
        self->disks = number;
        self->disks_moving = self->disks_followed = FALSE;
        self->disks_state = MIGRATION_NONE;
        find_peer_again(self);
    }
    if (first || is_news(self, status, time, soon)) {
        ask_limits(self, first, over);
        take_all_events(self, time);
        note_look(self, status, time);
        self->disks_state = migration_status_state(status);
        self->disks_pass = migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT);
        self->disks_time = migration_status_number(status, FIELD_TOTAL_TIME_MS);
        self->last_look = time;
    }
    self->running = !over;
    self->announced = over && self->disks_followed;
    self->next_look = !over ? time + FOLLOW_US : self->announced ? 0 : G_MAXINT64;
    if (over) {
        self->disks_done = number;
        self->over_written = !self->disks_followed;
    }
    return TRUE;
}

static void look(Recorder *self)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(MigrationStatus) status = observer_look(self->observer, self->source.monitor, &why);
    gint64 time = g_get_monotonic_time();
    MigrationState state;
    gboolean over, runs;

    self->last_look = time;
    self->next_look = self->running ? time + LOOK_US : G_MAXINT64;
    if (!status) {
        if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
            fail(self, why->message);
        }
        return;
    }
    migration_status_set_text(status, FIELD_BEGUN_BY, NULL); /* not known to an onlooker */
    state = migration_status_state(status);
    over = migration_state_is_over(state);
    runs = migration_state_is_running(state);
    if (runs || self->running || self->announced) {
        ask_limits(self, runs && !self->running, over);
    }
    take_all_events(self, time);
    if (runs || ((self->running || self->announced) && !(over && self->over_written))) {
        note_look(self, status, time);
    }
    self->running = runs;
    self->announced = FALSE;
    if (runs) {
        look_by(self, time + LOOK_US);
    }
}

/* --- the thread --- */

static void check_there(Recorder *self)
{
    g_autofree char *lost = monitor_lost(self->source.monitor);

    if (lost && (self->running || self->announced)) { /* perhaps it has moved */
        look(self);
    }
    if (lost) {
        fail(self, lost);
    } else if (virConnectIsAlive(connection_handle(self->source.connection)) != 1) {
        fail(self, _("the connection to libvirt is lost"));
    }
}

/* Whether all has come that was on its way when the end was asked for. */
static gboolean is_settled(Recorder *self)
{
    gboolean resumes = self->ended && self->peer.monitor && self->stopped > self->resumed;

    return !resumes || g_get_monotonic_time() >= self->ended + RESUME_US;
}

/* Waits until an event came after @news was read, until the end is asked for, or for the next look.
 */
static void wait_for_news(Recorder *self, int news, gboolean stopping)
{
    gint64 end = MIN(self->next_look, g_get_monotonic_time() + ALIVE_US);

    if (stopping) {
        end = MIN(end, self->ended + RESUME_US);
    }
    bell_lock(self->bell);
    while (g_atomic_int_get(&self->news) == news && self->stop == stopping &&
           bell_wait(self->bell, end)) {
        /* rung for something else */
    }
    bell_unlock(self->bell);
}

static void drive(Recorder *self)
{
    gboolean last = FALSE; /* the last look was made */

    while (!self->failed) {
        int news = g_atomic_int_get(&self->news);
        gboolean stop = has_stop(self);
        gboolean disks = follow_disks(self, stop && !last);

        take_events(self, &self->source);
        take_events(self, &self->peer);
        check_there(self);
        if (stop && !last && self->running) {
            look_by(self, 0);
        }
        if (!self->failed && !disks && g_get_monotonic_time() >= self->next_look) {
            look(self);
        }
        write_events(self, G_MAXINT64);
        last = stop;
        if (stop && is_settled(self)) {
            return;
        }
        if (!self->failed) {
            wait_for_news(self, news, stop);
        }
    }
}

gpointer recorder_run(gpointer recorder)
{
    Recorder *self = recorder;

    drive(self);
    write_events(self, G_MAXINT64);
    bell_lock(self->bell);
    self->over = TRUE;
    self->figures.running = FALSE;
    bell_ring(self->bell);
    bell_unlock(self->bell);
    recorder_unref(self);
    return NULL;
}
