/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "commands/migration/capability.h"
#include "commands/migration/storage/storage_internal.h"
#include "shell/error.h"

enum {
    LOOK_US = G_USEC_PER_SEC / 3,
    LOOK_SOON_US = 20 * 1000,         /* while the guest stands still */
    ARRIVAL_US = 30 * G_USEC_PER_SEC, /* after the source was done */
    RATE_US = 3 * G_USEC_PER_SEC,
};

/* --- waiting --- */

/* Sets @error when the owner has cancelled, or a side is gone. */
static gboolean check_going(StorageMigration *self, GError **error)
{
    const StorageSide *sides[] = {&self->source, &self->destination};

    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        g_autofree char *lost = monitor_lost(sides[i]->monitor);

        if (lost) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_LOST, lost);
            return FALSE;
        }
    }
    return !bell_check_interrupted(self->bell, error);
}

/* Waits until an event came after @news was read, or for @us. */
static void wait_for_news(StorageMigration *self, int news, gint64 us)
{
    gint64 end = g_get_monotonic_time() + us;

    bell_lock(self->bell);
    while (g_atomic_int_get(&self->news) == news && !bell_interrupted(self->bell) &&
           bell_wait(self->bell, end)) {
        /* rung for something else */
    }
    bell_unlock(self->bell);
}

/* --- the figures --- */

/* Mirrors copy in bursts: the rate is that of the last RATE_US to 2 * RATE_US. */
static void note_rate(StorageMigration *self)
{
    gint64 now = g_get_monotonic_time();
    RateMark mark = {now, self->progress.done};
    const RateMark *from = self->marks[1].time ? &self->marks[1] : &self->marks[0];

    if (self->marks[0].time == 0) {
        self->marks[0] = mark;
    } else if (now - self->marks[0].time >= RATE_US) {
        self->marks[1] = self->marks[0];
        self->marks[0] = mark;
    }
    if (from->time && now - from->time >= RATE_US / 2) {
        self->mbps = (double)(self->progress.done - MIN(from->done, self->progress.done)) * 8 /
                     (double)(now - from->time);
    }
}

static gboolean look_at_mirrors(StorageMigration *self, GError **error)
{
    if (!mirror_look(self->source.monitor, self->count, &self->progress, error)) {
        return FALSE;
    }
    note_rate(self);
    return TRUE;
}

/* The source learns of a broken link only when it writes to it: the destination is asked too. */
static gboolean look_at_link(StorageMigration *self, GError **error)
{
    return look_at_mirrors(self, error) &&
           mirror_is_served(self->destination.monitor, self->count, error);
}

static void publish_copying(StorageMigration *self)
{
    MigrationStatus *status = migration_status_new();

    migration_status_set_state(status, MIGRATION_ACTIVE);
    storage_publish(self, status, FALSE);
}

/* The figures of the memory, while nobody need act on them. */
static void publish_device(StorageMigration *self)
{
    MigrationStatus *status = raw_query(self->source.monitor, NULL);

    status = status ? status : migration_status_new();
    migration_status_set_state(status, MIGRATION_DEVICE);
    storage_publish(self, status, FALSE);
}

/* Whether the guest runs at the source. One that the migration has just stopped is told as it was
 * before. */
static gboolean look_at_guest(StorageMigration *self, GError **error)
{
    g_autoptr(Json) run = monitor_qmp(self->source.monitor, "query-status", NULL, error);

    if (g_strcmp0(json_get_string(run, "status"), "finish-migrate") != 0) {
        self->runs = json_object_get_boolean(json_get(run, "running"));
    }
    return run != NULL;
}

/* --- copying the disks --- */

static gboolean copy_disks(StorageMigration *self, GError **error)
{
    for (;;) {
        int news = g_atomic_int_get(&self->news);

        if (!check_going(self, error) || !look_at_link(self, error)) {
            return FALSE;
        }
        publish_copying(self);
        if (self->progress.ready) {
            return TRUE;
        }
        wait_for_news(self, news, LOOK_US);
    }
}

/* --- the memory --- */

static gboolean begin_memory(StorageMigration *self, GError **error)
{
    static const RawStart memory_alone = {0};
    Monitor *monitor = self->source.monitor;
    g_autoptr(Json) capabilities = monitor_qmp(monitor, "query-migrate-capabilities", NULL, error);

    if (!capabilities || !look_at_guest(self, error)) {
        return FALSE;
    }
    capability_state(capabilities, "pause-before-switchover", &self->paused_before);
    if (!self->paused_before) {
        self->pauses = raw_set_capability(monitor, "pause-before-switchover", TRUE, error);
        if (!self->pauses) {
            return FALSE;
        }
    }
    mirror_block_writes(monitor, self->count);
    self->moving = TRUE; /* also if the reply should be lost */
    return raw_start(monitor, self->uri, &memory_alone, error);
}

/* Whether @status is where the guest stands still and the disks can be finished: before the
 * switch-over, or behind it when somebody else let that go. */
static gboolean may_switch(StorageMigration *self, const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    self->early = state == MIGRATION_COMPLETED;
    return self->early || (state == MIGRATION_PRE_SWITCHOVER &&
                           (!self->paused_before || g_atomic_int_get(&self->going)));
}

/* What the owner sees of a switch-over that nobody need wait for. */
static void hide_standing(StorageMigration *self, MigrationStatus *status)
{
    if (migration_status_state(status) == MIGRATION_PRE_SWITCHOVER &&
        (!self->paused_before || g_atomic_int_get(&self->going))) {
        migration_status_set_state(status, MIGRATION_DEVICE);
    }
}

static gboolean look_at_memory(StorageMigration *self, MigrationStatus **status, GError **error)
{
    *status = raw_query(self->source.monitor, error);
    if (!*status) {
        return FALSE;
    }
    if (migration_state_is_over(migration_status_state(*status)) &&
        !raw_check_completed(*status, self->source.name, error)) {
        g_clear_pointer(status, migration_status_free);
        return FALSE;
    }
    if (migration_state_is_precopy(migration_status_state(*status)) &&
        !look_at_guest(self, error)) {
        g_clear_pointer(status, migration_status_free);
        return FALSE;
    }
    return TRUE;
}

static gboolean move_memory(StorageMigration *self, GError **error)
{
    if (!begin_memory(self, error)) {
        return FALSE;
    }
    for (;;) {
        int news = g_atomic_int_get(&self->news);
        MigrationStatus *status;
        gboolean there;

        if (!check_going(self, error) || !look_at_link(self, error) ||
            !look_at_memory(self, &status, error)) {
            return FALSE;
        }
        there = may_switch(self, status);
        if (self->early) { /* it is not the end yet */
            migration_status_set_state(status, MIGRATION_DEVICE);
        }
        hide_standing(self, status);
        storage_publish(self, status, FALSE);
        if (there) {
            return TRUE;
        }
        wait_for_news(self, news, LOOK_US);
    }
}

/* --- the switch-over --- */

/* The guest stands still: what the mirrors have left is copied as fast as it goes. */
static gboolean finish_disks(StorageMigration *self, GError **error)
{
    Monitor *monitor = self->source.monitor;

    mirror_set_speed(monitor, 0, NULL);
    if (!mirror_finish(monitor, self->count, error)) {
        return FALSE;
    }
    for (;;) {
        int news = g_atomic_int_get(&self->news);

        if (!check_going(self, error) || !look_at_mirrors(self, error)) {
            return FALSE;
        }
        if (self->progress.concluded) {
            return mirror_drop(monitor, self->count, error);
        }
        publish_device(self);
        wait_for_news(self, news, LOOK_SOON_US);
    }
}

static gboolean let_go(StorageMigration *self, GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (!self->serves_late && !mirror_end_server(self->destination.monitor, error)) {
        return FALSE;
    }
    if (self->runs) {
        keeper_expect_arrival(self->keeper);
    }
    if (self->early) {
        return TRUE;
    }
    self->committed = TRUE;
    publish_device(self); /* from now on it is too late to cancel */
    if (bell_check_interrupted(self->bell, error)) {
        self->committed = FALSE;
        return FALSE;
    }
    reply = monitor_qmp(
        self->source.monitor, "migrate-continue",
        json_dict("state", json_object_new_string(migration_state_name(MIGRATION_PRE_SWITCHOVER)),
                  NULL),
        error);
    return reply != NULL;
}

/* Waits until the guest has left the source: with all it has, or in post-copy. */
static gboolean wait_for_departure(StorageMigration *self, GError **error)
{
    for (;;) {
        int news = g_atomic_int_get(&self->news);
        g_autoptr(MigrationStatus) status = raw_query(self->source.monitor, error);
        MigrationState state = status ? migration_status_state(status) : MIGRATION_NONE;

        if (!status) {
            return FALSE;
        }
        if (migration_state_is_over(state)) {
            return raw_check_completed(status, self->source.name, error);
        }
        if (migration_state_is_postcopy(state)) {
            return TRUE;
        }
        wait_for_news(self, news, LOOK_SOON_US);
    }
}

/* Waits until the destination has taken the guest in. */
static gboolean wait_for_arrival(StorageMigration *self, GError **error)
{
    gint64 end = g_get_monotonic_time() + ARRIVAL_US;

    for (;;) {
        int news = g_atomic_int_get(&self->news);
        g_autoptr(Json) run = monitor_qmp(self->destination.monitor, "query-status", NULL, error);

        if (!run) {
            return FALSE;
        }
        if (g_strcmp0(json_get_string(run, "status"), "inmigrate") != 0) {
            return TRUE;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("'%s' has not got the guest that has left"), self->destination.name);
            return FALSE;
        }
        wait_for_news(self, news, LOOK_SOON_US);
    }
}

static gboolean run_destination(StorageMigration *self, GError **error)
{
    Monitor *monitor = self->destination.monitor;
    g_autoptr(Json) reply = NULL;

    if (!wait_for_arrival(self, error) ||
        (self->serves_late && !mirror_end_server(monitor, error))) {
        return FALSE;
    }
    if (self->runs) {
        reply = monitor_qmp(monitor, "cont", NULL, error);
        if (!reply) {
            g_prefix_error(
                error, _("the guest has moved, and '%s' cannot run it ('peer cont' tries again): "),
                self->destination.name);
            return FALSE;
        }
    }
    return TRUE;
}

/* Post-copy goes on after the guest runs at the destination. */
static gboolean wait_for_rest(StorageMigration *self, GError **error)
{
    for (;;) {
        int news = g_atomic_int_get(&self->news);
        MigrationStatus *status = raw_query(self->source.monitor, error);

        if (!status) {
            return FALSE;
        }
        if (migration_state_is_over(migration_status_state(status))) {
            gboolean fine = raw_check_completed(status, self->source.name, error);

            migration_status_free(status);
            return fine;
        }
        storage_publish(self, status, FALSE);
        wait_for_news(self, news, LOOK_US);
    }
}

static gboolean switch_over(StorageMigration *self, GError **error)
{
    if (!finish_disks(self, error)) {
        if (self->early) {
            g_prefix_error(error,
                           _("its disks at '%s' are not complete, and it must not run there: "),
                           self->destination.name);
        }
        return FALSE;
    }
    if (!let_go(self, error)) {
        return FALSE;
    }
    self->left = wait_for_departure(self, error);
    return self->left && run_destination(self, error) && wait_for_rest(self, error);
}

/* --- all of it --- */

gpointer storage_drive(gpointer data)
{
    StorageMigration *self = data;
    g_autoptr(GError) why = NULL;

    if (copy_disks(self, &why) && move_memory(self, &why) && switch_over(self, &why)) {
        storage_end(self, NULL);
    } else {
        storage_end(self, why);
    }
    if (self->source.unknown || self->destination.unknown) {
        keeper_call(g_steal_pointer(&self->keeper));
    } else {
        keeper_dismiss(g_steal_pointer(&self->keeper));
    }
    return NULL;
}
