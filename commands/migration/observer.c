/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/observer.h"

#include <string.h>

#include "commands/migration/domain_job.h"
#include "commands/migration/job_stats.h"
#include "commands/migration/raw.h"
#include "shell/error.h"

enum { END_TRIES = 50, END_US = 5 * 1000 };

struct MigrationObserver {
    ObserverCall call;
    gpointer data;
    guint64 serial;           /* events were read up to here */
    MigrationDriver expected; /* this shell begins one, of which QEMU has not told yet */
    gint64 expected_until;    /* ... before this time */
    guint heard;              /* migrations that QEMU has begun */
    gboolean ours;            /* this shell has begun the newest one */
    MigrationDriver driver;   /* the newest one's; DRIVER_NONE: not known */
    gboolean ran;             /* QEMU alone drove one that ran at the look before */
    gboolean job;             /* libvirt's job goes on */
    gboolean begun;           /* and QEMU has begun its part of it */
    Json *completed;          /* what libvirt said at its end; or NULL */
};

MigrationObserver *observer_new(ObserverCall call, gpointer data)
{
    MigrationObserver *self = g_new0(MigrationObserver, 1);

    self->call = call;
    self->data = data;
    return self;
}

void observer_free(MigrationObserver *self)
{
    if (self) {
        json_object_put(self->completed);
        g_free(self);
    }
}

guint observer_heard(const MigrationObserver *self)
{
    return self->heard;
}

gboolean observer_sees_job(const MigrationObserver *self)
{
    return self->job;
}

/* Another migration begins, at @time. */
static void begin_anew(MigrationObserver *self, gint64 time)
{
    if (time > self->expected_until) {
        self->expected = DRIVER_NONE;
    }
    self->heard++;
    self->ours = self->expected != DRIVER_NONE;
    self->driver = self->expected;
    self->expected = DRIVER_NONE;
    self->begun = TRUE;
    g_clear_pointer(&self->completed, json_object_put);
}

static void read_events(MigrationObserver *self, Monitor *monitor)
{
    MonitorEvent *event;

    while ((event = monitor_next_event(monitor, &self->serial))) {
        if (strcmp(event->name, "MIGRATION") == 0 &&
            g_strcmp0(json_get_string(event->data, "status"), "setup") == 0) {
            begin_anew(self, event->received);
        } else if (strcmp(event->name, "libvirt:job-completed") == 0 &&
                   job_stats_went_out(event->data)) {
            json_object_put(self->completed);
            self->completed = g_steal_pointer(&event->data);
            self->driver = DRIVER_MANAGED;
        }
        monitor_event_free(event);
    }
}

void observer_expect(MigrationObserver *self, Monitor *monitor, MigrationDriver driver)
{
    read_events(self, monitor);
    self->expected = driver;
    self->expected_until = G_MAXINT64;
}

void observer_expect_until(MigrationObserver *self, gint64 time)
{
    self->expected_until = time;
}

/* Looks whether libvirt has a job; *@stats (may be NULL) are the caller's then. What is known of it
 * stays when libvirt does not answer. TRUE when it did. */
static gboolean look_at_job(MigrationObserver *self, Json **stats)
{
    DomainCall call = domain_job_stats(FALSE);

    if (!self->call(self->data, &call, NULL)) {
        return FALSE;
    }
    *stats = call.json;
    self->job = job_stats_go_out(call.json);
    return TRUE;
}

/* The last job that was completed, when libvirt still knows. The caller owns it. */
static Json *ask_completed(MigrationObserver *self)
{
    DomainCall call = domain_job_stats(TRUE);

    return self->call(self->data, &call, NULL) ? call.json : NULL;
}

/* Whether libvirt knows that the guest, which is gone, was migrated: of a persistent one it does.
 * Its last job alone may be of an earlier life. */
static gboolean has_moved(MigrationObserver *self, Monitor *monitor)
{
    DomainCall call = domain_job_was_migrated();

    return monitor_has_moved(monitor) ||
           (self->call(self->data, &call, NULL) && call.number == TRUE);
}

static MigrationStatus *describe(const MigrationObserver *self, MigrationStatus *status)
{
    gboolean ours = self->ours || (self->expected == DRIVER_MANAGED && self->job);
    gboolean arrived = g_strcmp0(migration_status_text(status, FIELD_ROLE), "destination") == 0;

    if (migration_status_has(status, FIELD_RAM_TOTAL_BYTES) &&
        !migration_status_has(status, FIELD_ROLE)) {
        migration_status_set_text(status, FIELD_ROLE, "source");
    }
    if (migration_status_state(status) != MIGRATION_NONE && self->driver != DRIVER_NONE) {
        migration_status_set_driver(status, self->driver == DRIVER_MANAGED);
        if (!arrived) { /* who has begun it is known at the source */
            migration_status_set_begun_by(status, ours);
        }
    }
    return status;
}

/* A destination's QEMU tells hardly more than the status (QEMU: fill_destination_migration_info()).
 * A failed or cancelled one does not either. */
static gboolean is_destination(const MigrationStatus *raw)
{
    MigrationState state = migration_status_state(raw);

    return state != MIGRATION_NONE && state != MIGRATION_SETUP && state != MIGRATION_FAILED &&
           state != MIGRATION_CANCELLED && !migration_status_has(raw, FIELD_RAM_TOTAL_BYTES) &&
           !migration_status_has(raw, FIELD_TOTAL_TIME_MS);
}

/* The figures of libvirt's job, which goes on; QEMU's are @raw (taken over), perhaps still those of
 * an earlier migration. */
static MigrationStatus *join(MigrationObserver *self, MigrationStatus *raw, Json *stats)
{
    MigrationState state = migration_status_state(raw);
    MigrationStatus *status = raw;

    self->begun = self->begun || migration_state_is_running(state) || job_stats_have_memory(stats);
    if (!self->begun) {
        migration_status_free(raw);
        status = migration_status_new();
    } else if (migration_state_is_over(state)) {
        migration_status_set_state(status, migration_state_finishing(state));
    }
    job_stats_add(stats, status);
    if (!self->begun) { /* as of any migration with disks: `active` while they are copied */
        migration_status_set_state(status, migration_status_has(status, FIELD_DISK_TOTAL_BYTES)
                                               ? MIGRATION_ACTIVE
                                               : MIGRATION_SETUP);
    }
    return status;
}

/* Of a guest that has arrived QEMU tells only that; libvirt knows what its journey came to. */
static MigrationStatus *look_at_arrival(MigrationObserver *self, MigrationStatus *raw)
{
    g_autoptr(Json) stats = ask_completed(self);

    if (!job_stats_came_in(stats)) {
        return raw;
    }
    migration_status_free(raw);
    self->driver = DRIVER_MANAGED;
    return job_stats_end(stats);
}

/* The guest is gone: perhaps as it should be. That it has moved and what its journey came to are
 * two events, which come in any order. */
static MigrationStatus *look_at_end(MigrationObserver *self, Monitor *monitor)
{
    g_autoptr(Json) stats = NULL;

    for (int i = 0; i < END_TRIES && !self->completed && monitor_has_moved(monitor); i++) {
        g_usleep(END_US);
        read_events(self, monitor);
    }
    if (self->completed) {
        stats = json_object_get(self->completed);
    } else if (!monitor_is_cut(monitor) && has_moved(self, monitor)) {
        stats = ask_completed(self);
    }
    if (!job_stats_went_out(stats)) {
        return NULL;
    }
    self->driver = DRIVER_MANAGED;
    return job_stats_end(stats);
}

/* Decides who drives a migration that runs, when libvirt has answered. With events every other one
 * begins with one (begin_anew()); without, libvirt's is another one's end. What it has given up in
 * post-copy is still its own. */
static void judge_driver(MigrationObserver *self, Monitor *monitor, MigrationState state)
{
    gboolean may_be_another = !monitor_listens(monitor) && !migration_state_is_postcopy(state);

    if (self->job) {
        self->driver = DRIVER_MANAGED;
    } else if (self->driver == DRIVER_NONE || may_be_another) {
        self->driver = DRIVER_RAW;
    }
}

/* Joins what libvirt knows to @raw (taken over). */
static MigrationStatus *look_further(MigrationObserver *self, Monitor *monitor,
                                     MigrationStatus *raw)
{
    MigrationState state = migration_status_state(raw);
    gboolean running = migration_state_is_running(state);
    gboolean destination = is_destination(raw);
    g_autoptr(Json) stats = NULL;
    MigrationStatus *status = raw;

    if (self->driver == DRIVER_RAW && monitor_listens(monitor) && (running || self->ran)) {
        self->ran = running; /* and its end needs no question either: that should be told at once */
        self->job = FALSE;
        return raw;
    }
    if (look_at_job(self, &stats) && running) {
        judge_driver(self, monitor, state);
    }
    if (self->job && stats) { /* what had arrived leaves again */
        self->driver = DRIVER_MANAGED;
        return join(self, raw, stats);
    }
    self->begun = self->begun && (running || self->job);
    if (destination && state == MIGRATION_COMPLETED) {
        status = look_at_arrival(self, raw);
    }
    if (destination) {
        migration_status_set_text(status, FIELD_ROLE, "destination");
    }
    return status;
}

MigrationStatus *observer_look(MigrationObserver *self, Monitor *monitor, GError **error)
{
    g_autoptr(GError) why = NULL;
    MigrationStatus *status = raw_query(monitor, &why);

    read_events(self, monitor);
    if (status) {
        return describe(self, look_further(self, monitor, status));
    }
    self->job = FALSE;
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        status = look_at_end(self, monitor);
    }
    if (!status) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return describe(self, status);
}
