/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/job.h"

#include "commands/migration/track.h"
#include "shell/error.h"

static const char KEY[] = "migration-jobs";
static const gint64 LIMITS_US = 2 * G_USEC_PER_SEC; /* somebody may change them while one waits */

/* A session's migration with disks. Only the session's thread changes it, and under the lock, so
 * that a view can look at it from another one. */
typedef struct {
    gatomicrefcount references;
    GMutex lock;
    StorageMigration *storage; /* NULL: QEMU's own */
    guint number;              /* of the newest one with disks */
    GSList *views;             /* of JobView */
} Jobs;

struct JobView {
    Jobs *jobs;
    char *uuid; /* the guest's */
    char *uri;
    void (*changed)(gpointer data);
    gpointer changed_data;
    MigrationStatus *last; /* of one that has been replaced since; or NULL */
    guint last_number;
};

static void jobs_unref(Jobs *jobs)
{
    if (g_atomic_ref_count_dec(&jobs->references)) {
        g_mutex_clear(&jobs->lock);
        g_free(jobs);
    }
}

/* A view may not have looked at the end of the one that goes. */
static void keep_last(JobView *view)
{
    const Jobs *jobs = view->jobs;

    if (jobs->storage && storage_is_at(jobs->storage, view->uuid, view->uri)) {
        g_clear_pointer(&view->last, migration_status_free);
        view->last = storage_status(jobs->storage);
        view->last_number = jobs->number;
    }
}

static void set_storage(Jobs *jobs, StorageMigration *storage)
{
    StorageMigration *old;

    g_mutex_lock(&jobs->lock);
    for (GSList *item = jobs->views; item; item = item->next) {
        keep_last(item->data);
    }
    old = jobs->storage;
    jobs->storage = storage;
    jobs->number += storage != NULL;
    for (GSList *item = jobs->views; item; item = item->next) {
        JobView *view = item->data;

        view->changed(view->changed_data);
    }
    g_mutex_unlock(&jobs->lock);
    storage_free(old);
}

/* The session ends; a view may still be there. */
static void jobs_end(gpointer data)
{
    set_storage(data, NULL);
    jobs_unref(data);
}

static Jobs *jobs_of(Session *session)
{
    Jobs *jobs = g_datalist_get_data(&session->notes, KEY);

    if (!jobs) {
        jobs = g_new0(Jobs, 1);
        g_atomic_ref_count_init(&jobs->references);
        g_mutex_init(&jobs->lock);
        g_datalist_set_data_full(&session->notes, KEY, jobs, jobs_end);
    }
    return jobs;
}

static StorageMigration *storage_of(Session *session)
{
    Jobs *jobs = g_datalist_get_data(&session->notes, KEY);

    return jobs ? jobs->storage : NULL;
}

void job_set_storage(Session *session, StorageMigration *storage)
{
    set_storage(jobs_of(session), storage);
}

StorageMigration *job_storage_under_way(Session *session)
{
    StorageMigration *storage = storage_of(session);

    return storage && !storage_is_over(storage) ? storage : NULL;
}

StorageMigration *job_storage(Guest *guest)
{
    StorageMigration *storage = storage_of(guest->session);

    return storage && storage_is_of(storage, guest) ? storage : NULL;
}

static MigrationStatus *query(Guest *guest, GError **error)
{
    StorageMigration *storage = job_storage(guest);
    g_autoptr(MigrationStatus) raw = NULL;

    if (!storage) {
        return raw_query(guest->monitor, error);
    }
    if (storage_is_over(storage)) { /* perhaps somebody began another one past us */
        raw = raw_query(guest->monitor, NULL);
        if (raw && migration_state_is_running(migration_status_state(raw))) {
            return g_steal_pointer(&raw);
        }
    }
    return storage_status(storage);
}

MigrationStatus *job_query(Guest *guest, MigrationLimits *limits, GError **error)
{
    MigrationStatus *status = query(guest, error);

    *limits = (MigrationLimits){0};
    if (status) {
        raw_limits(guest->monitor, limits, NULL);
        if (migration_state_is_running(migration_status_state(status))) {
            raw_capabilities(guest->monitor, limits, NULL);
        }
        track_look(guest, status, limits);
    }
    return status;
}

/* A wait whose looks are added to the migration's course. */
typedef struct {
    Guest *guest;
    const MigrationWait *wait;
    MigrationLimits limits;
    gint64 limits_time; /* when they were asked for; 0: not yet */
} Wait;

static void look(const MigrationStatus *status, gpointer data)
{
    Wait *self = data;
    gint64 now = g_get_monotonic_time();

    if (now - self->limits_time >= LIMITS_US) {
        self->limits_time = now;
        raw_limits(self->guest->monitor, &self->limits, NULL);
    }
    track_look(self->guest, status, &self->limits);
    if (self->wait->seen) {
        self->wait->seen(status, self->wait->seen_data);
    }
}

MigrationStatus *job_wait(Guest *guest, const MigrationWait *wait, GError **error)
{
    StorageMigration *storage = job_storage(guest);
    Wait self = {.guest = guest, .wait = wait};
    MigrationWait inner = *wait;

    raw_capabilities(guest->monitor, &self.limits, NULL);
    inner.seen = look;
    inner.seen_data = &self;
    return storage ? storage_wait(storage, &inner, error) : raw_wait(guest->monitor, &inner, error);
}

gboolean job_check_completed(const MigrationStatus *status, const char *guest, GError **error)
{
    const char *why = migration_status_text(status, FIELD_ERROR_DESC);

    if (why && migration_status_state(status) == MIGRATION_COMPLETED) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "the migration of '%s' completed, but %s", guest, why);
        return FALSE;
    }
    return raw_check_completed(status, guest, error);
}

/* What such a migration sets, whichever side @guest was: by default both are off, and a destination
 * runs the guest when it has arrived unless libvirt started it paused. One that is receiving a
 * guest is held all the same: that runs on at the source. */
static void put_back_settings(Guest *guest)
{
    g_autoptr(Json) run = monitor_qmp(guest->monitor, "query-status", NULL, NULL);
    g_autoptr(MigrationStatus) status = raw_query(guest->monitor, NULL);
    MigrationState state = status ? migration_status_state(status) : MIGRATION_UNKNOWN;
    virDomainPtr domain = connection_find(guest->home, guest->uuid, NULL);

    raw_set_capability(guest->monitor, "pause-before-switchover", FALSE, NULL);
    raw_set_capability(guest->monitor, "late-block-activate", FALSE, NULL);
    if (domain && g_strcmp0(json_get_string(run, "status"), "inmigrate") == 0 &&
        (state == MIGRATION_NONE || state == MIGRATION_SETUP) && storage_starts_itself(domain)) {
        g_autoptr(Json) reply = monitor_qmp(guest->monitor, "cont", NULL, NULL);
    }
    g_clear_pointer(&domain, virDomainFree);
}

/* Removes what an hmpsh that is gone has left. */
static gboolean tidy(Guest *guest, Guest *peer, gboolean *tidied, GError **error)
{
    g_autoptr(GError) why = NULL;
    gboolean here = FALSE;
    gboolean there = FALSE;

    if (!mirror_tidy(guest->monitor, &here, error)) {
        return FALSE;
    }
    if (here) {
        put_back_settings(guest);
    }
    if (peer && !mirror_tidy(peer->monitor, &there, &why)) {
        if (!g_error_matches(why, HMPSH_ERROR,
                             HMPSH_ERROR_LOST)) { /* it ends with a cancelled one */
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
        there = FALSE;
    }
    if (there) {
        put_back_settings(peer);
    }
    *tidied = here || there;
    return TRUE;
}

gboolean job_cancel(Guest *guest, Guest *peer, gboolean *was_running, gboolean *tidied,
                    GError **error)
{
    static const double ENDS_WITHIN_S = 30;
    StorageMigration *storage = storage_of(guest->session);
    MigrationWait wait = {.reached = migration_has_ended, .seconds = ENDS_WITHIN_S};
    g_autoptr(MigrationStatus) status = NULL;
    gboolean mirrors;

    *tidied = FALSE;
    if (storage && !storage_is_over(storage) &&
        (storage_is_of(storage, guest) || storage_goes_to(storage, guest))) {
        *was_running = TRUE;
        if (!storage_cancel(storage)) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                                "too late: the guest is being switched over");
            return FALSE;
        }
        return TRUE;
    }
    if (!raw_cancel(guest->monitor, was_running, error)) {
        return FALSE;
    }
    mirrors = mirror_is_there(guest->monitor, NULL) == 1;
    if (mirrors) { /* a mirror ends after its migration */
        status = raw_wait(guest->monitor, &wait, NULL);
    }
    /* A peer whose link is down holds up whoever asks it: not for a migration without disks. */
    return tidy(guest, mirrors || !*was_running ? peer : NULL, tidied, error);
}

gboolean job_set_bandwidth(Guest *guest, guint64 bytes_per_second, GError **error)
{
    StorageMigration *storage = job_storage(guest);

    return !storage || storage_is_over(storage) ||
           mirror_set_speed(guest->monitor, bytes_per_second, error);
}

/* --- for another thread --- */

JobView *job_view_new(Guest *guest, void (*changed)(gpointer data), gpointer data)
{
    JobView *view = g_new0(JobView, 1);
    Jobs *jobs = jobs_of(guest->session);

    g_atomic_ref_count_inc(&jobs->references);
    view->jobs = jobs;
    view->uuid = g_strdup(guest->uuid);
    view->uri = g_strdup(guest->uri);
    view->changed = changed;
    view->changed_data = data;
    g_mutex_lock(&jobs->lock);
    jobs->views = g_slist_prepend(jobs->views, view);
    g_mutex_unlock(&jobs->lock);
    return view;
}

void job_view_free(JobView *view)
{
    if (!view) {
        return;
    }
    g_mutex_lock(&view->jobs->lock);
    view->jobs->views = g_slist_remove(view->jobs->views, view);
    g_mutex_unlock(&view->jobs->lock);
    jobs_unref(view->jobs);
    g_clear_pointer(&view->last, migration_status_free);
    g_free(view->uuid);
    g_free(view->uri);
    g_free(view);
}

MigrationStatus *job_view_disks(JobView *view, guint after, guint *number)
{
    Jobs *jobs = view->jobs;
    MigrationStatus *status = NULL;

    g_mutex_lock(&jobs->lock);
    if (view->last && view->last_number > after) {
        status = migration_status_copy(view->last);
        *number = view->last_number;
    } else if (jobs->storage && jobs->number > after &&
               storage_is_at(jobs->storage, view->uuid, view->uri)) {
        status = storage_status(jobs->storage);
        *number = jobs->number;
    }
    g_mutex_unlock(&jobs->lock);
    return status;
}
