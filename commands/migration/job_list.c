/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/job_list.h"

#include <glib/gi18n.h>

#include "shell/error.h"

static const char KEY[] = "migration-jobs";

/* A session's migrations. Only the session's thread changes them, the one with disks under the
 * lock, so that a view can look at it from another one. */
typedef struct {
    gatomicrefcount references;
    GMutex lock;
    StorageMigration *storage; /* NULL: none with disks */
    guint number;              /* of the newest one with disks */
    GSList *views;             /* of JobView */
    GPtrArray *managed;        /* of ManagedMigration, oldest first */
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

        if (view->changed) {
            view->changed(view->changed_data);
        }
    }
    g_mutex_unlock(&jobs->lock);
    storage_free(old);
}

/* The session ends; a view may still be there. */
static void jobs_end(gpointer data)
{
    Jobs *jobs = data;

    set_storage(jobs, NULL);
    g_clear_pointer(&jobs->managed, g_ptr_array_unref);
    jobs_unref(jobs);
}

static Jobs *jobs_of(Session *session)
{
    Jobs *jobs = g_datalist_get_data(&session->notes, KEY);

    if (!jobs) {
        jobs = g_new0(Jobs, 1);
        g_atomic_ref_count_init(&jobs->references);
        g_mutex_init(&jobs->lock);
        jobs->managed = g_ptr_array_new_with_free_func((GDestroyNotify)managed_unref);
        g_datalist_set_data_full(&session->notes, KEY, jobs, jobs_end);
    }
    return jobs;
}

static StorageMigration *storage_of(Session *session)
{
    Jobs *jobs = g_datalist_get_data(&session->notes, KEY);

    return jobs ? jobs->storage : NULL;
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

/* --- that libvirt manages --- */

ManagedMigration *job_managed(Guest *guest)
{
    Jobs *jobs = g_datalist_get_data(&guest->session->notes, KEY);

    for (guint i = jobs ? jobs->managed->len : 0; i > 0; i--) {
        if (managed_is_of(jobs->managed->pdata[i - 1], guest)) {
            return jobs->managed->pdata[i - 1];
        }
    }
    return NULL;
}

GPtrArray *job_managed_needing_shell(Session *session)
{
    Jobs *jobs = g_datalist_get_data(&session->notes, KEY);
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)managed_unref);

    if (!jobs) {
        return found;
    }
    g_mutex_lock(&jobs->lock);
    for (guint i = 0; i < jobs->managed->len; i++) {
        ManagedMigration *managed = jobs->managed->pdata[i];

        if (managed_needs_shell(managed) && !managed_is_over(managed)) {
            g_ptr_array_add(found, managed_ref(managed));
        }
    }
    g_mutex_unlock(&jobs->lock);
    return found;
}

/* What @guest was in before is thought of no more. */
static void forget_managed(Guest *guest)
{
    Jobs *jobs = jobs_of(guest->session);
    ManagedMigration *before = job_managed(guest);

    if (before && managed_is_over(before)) {
        g_mutex_lock(&jobs->lock);
        g_ptr_array_remove(jobs->managed, before);
        g_mutex_unlock(&jobs->lock);
    }
}

void job_add_managed(Guest *guest, ManagedMigration *managed)
{
    Jobs *jobs = jobs_of(guest->session);

    forget_managed(guest);
    if (job_storage(guest)) {
        set_storage(jobs, NULL);
    }
    g_mutex_lock(&jobs->lock);
    g_ptr_array_add(jobs->managed, managed);
    g_mutex_unlock(&jobs->lock);
}

void job_set_storage(Guest *guest, StorageMigration *storage)
{
    forget_managed(guest);
    set_storage(jobs_of(guest->session), storage);
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

gboolean job_view_cancel(JobView *view, GError **error)
{
    Jobs *jobs = view->jobs;
    gboolean asked;

    g_mutex_lock(&jobs->lock);
    asked = jobs->storage && storage_is_at(jobs->storage, view->uuid, view->uri) &&
            storage_cancel(jobs->storage);
    g_mutex_unlock(&jobs->lock);
    if (!asked) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("too late: the guest is being switched over"));
    }
    return asked;
}
