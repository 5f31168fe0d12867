/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a migration with disks ends: what was changed is put back, and what is left on each side is
 * told. */
#include <glib/gi18n.h>

#include "commands/migration/storage/storage_internal.h"
#include "shell/error.h"

enum {
    ROUND_US = 20 * 1000,
    ENDING_ROUNDS = 50, /* a destination whose migration failed ends by itself, in its own time */
    CANCEL_ROUNDS = 1500,
    CANCEL_AGAIN = 50,
    REACH_ROUNDS = 30,
    REACH_ROUND_US = G_USEC_PER_SEC / 2,
    GONE_ROUNDS = 6, /* a libvirtd that has just been started may not have found its guests yet */
};

/* --- putting back --- */

static gboolean is_lost(const StorageSide *side)
{
    g_autofree char *lost = monitor_lost(side->monitor);

    return lost != NULL;
}

/* The same, for one that cannot be asked already: libvirt may take seconds to say that it ended. */
static gboolean is_gone(const StorageSide *side)
{
    g_autoptr(Json) run =
        is_lost(side) ? NULL : monitor_qmp(side->monitor, "query-status", NULL, NULL);

    return run == NULL;
}

/* Whether the destination still waits for a migration. */
static gboolean still_waits(StorageMigration *self)
{
    g_autoptr(Json) run = is_lost(&self->destination)
                              ? NULL
                              : monitor_qmp(self->destination.monitor, "query-status", NULL, NULL);

    return g_strcmp0(json_get_string(run, "status"), "inmigrate") == 0;
}

static void run(Monitor *monitor, const char *command)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, command, NULL, NULL);
}

/* Refusals are no matter: a side may be gone, and QEMU 10 takes no capability while it listens. */
static void put_back_settings(StorageMigration *self)
{
    if (self->pauses) {
        raw_set_capability(self->source.monitor, "pause-before-switchover", FALSE, NULL);
    }
    if (self->activates_late) {
        raw_set_capability(self->destination.monitor, "late-block-activate", FALSE, NULL);
    }
    /* Not while it may be about to take in a guest that runs on at the source. */
    if (self->held && !self->moving && self->destination.starts_itself && still_waits(self)) {
        run(self->destination.monitor, "cont");
    }
}

gboolean storage_clear_up(StorageMigration *self, GError **error)
{
    g_autoptr(GError) here = NULL;
    g_autoptr(GError) there = NULL;

    if (!is_lost(&self->source)) {
        mirror_tidy(self->source.monitor, NULL, &here);
    }
    if (!is_lost(&self->destination)) {
        mirror_tidy(self->destination.monitor, NULL, &there);
    }
    put_back_settings(self);
    if (here && !is_gone(&self->source)) {
        g_propagate_error(error, g_steal_pointer(&here));
        return FALSE;
    }
    if (there && !is_gone(&self->destination)) {
        g_propagate_error(error, g_steal_pointer(&there));
        return FALSE;
    }
    return TRUE;
}

/* --- the way back --- */

/* A side whose link was lost is reached again: a libvirtd that was restarted finds its guests. (The
 * lab's libvirt is in this process.) */
static void reach_sides(StorageMigration *self)
{
    StorageSide *sides[] = {&self->source, &self->destination};

    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        gboolean lost = is_gone(sides[i]); /* a link that broke may not have been noticed yet */
        gboolean cut = lost && monitor_is_cut(sides[i]->monitor);
        int gone = cut ? 0 : GONE_ROUNDS;
        int there = 1;

        for (int round = 0; round < REACH_ROUNDS && self->setup.keeper && is_lost(sides[i]);
             round++) {
            there = storage_reopen(self, sides[i]);
            if (there > 0 || (there == 0 && ++gone > GONE_ROUNDS)) {
                break;
            }
            g_usleep(REACH_ROUND_US);
        }
        sides[i]->unknown = there < 0;
    }
}

/* Ends QEMU's migration and waits for it; its last status, or NULL when the source is gone. What
 * stands at pre-switchover can be cancelled whatever was said to it. */
static MigrationStatus *end_memory(StorageMigration *self)
{
    gboolean was_running = FALSE;

    for (int round = 0; round < CANCEL_ROUNDS; round++) {
        g_autoptr(MigrationStatus) status = raw_query(self->source.monitor, NULL);
        MigrationState state = status ? migration_status_state(status) : MIGRATION_NONE;

        if (!status || state == MIGRATION_NONE || migration_state_is_over(state) ||
            migration_state_is_postcopy(state)) {
            return g_steal_pointer(&status);
        }
        if (round % CANCEL_AGAIN == 0 && (!self->committed || state == MIGRATION_PRE_SWITCHOVER)) {
            raw_cancel(self->source.monitor, &was_running, NULL);
        }
        g_usleep(ROUND_US);
    }
    return raw_query(self->source.monitor, NULL);
}

/* The guest's own state, in words, when everything is undone. */
static char *source_now(StorageMigration *self)
{
    g_autoptr(Json) run = is_lost(&self->source)
                              ? NULL
                              : monitor_qmp(self->source.monitor, "query-status", NULL, NULL);
    const char *word = json_get_string(run, "status");

    if (self->source.unknown) {
        return g_strdup_printf(_("'%s' cannot be asked (libvirt there does not answer; when it "
                                 "does, the migration is cancelled)"),
                               self->source.name);
    }
    if (!word) {
        self->source_gone = TRUE;
        return g_strdup_printf(_("'%s' is gone"), self->source.name);
    }
    if (json_object_get_boolean(json_get(run, "running"))) {
        return g_strdup_printf(_("'%s' runs on with its own disks"), self->source.name);
    }
    return g_strdup_printf(_("'%s' has its own disks and is stopped (%s)"), self->source.name,
                           word);
}

static char *destination_now(StorageMigration *self)
{
    if (self->destination.unknown) {
        return g_strdup_printf(_("'%s' cannot be asked"), self->destination.name);
    }
    for (int round = 0; self->moving && round < ENDING_ROUNDS; round++) {
        if (is_gone(&self->destination)) {
            break;
        }
        g_usleep(ROUND_US);
    }
    if (is_gone(&self->destination)) {
        return g_strdup_printf(_("'%s' has ended"), self->destination.name);
    }
    if (still_waits(self)) {
        return g_strdup_printf(_("'%s' still waits; its disks are no copies yet"),
                               self->destination.name);
    }
    return g_strdup_printf(
        self->source_gone && self->committed
            ? _("'%s' has taken the guest in, with its disks ('cont' there runs it)")
            : _("'%s' has taken the guest in too late, and must not run it"),
        self->destination.name);
}

/* A guest that stood still for the switch-over runs on: QEMU does that by itself, unless it was
 * told to go on and could not. */
static void run_source(StorageMigration *self)
{
    g_autoptr(Json) run = monitor_qmp(self->source.monitor, "query-status", NULL, NULL);
    g_autoptr(Json) reply = NULL;

    if (self->runs && run && !json_object_get_boolean(json_get(run, "running"))) {
        reply = monitor_qmp(self->source.monitor, "cont", NULL, NULL);
    }
}

/* It takes a while, and the figures are of no more interest. */
static void publish_ending(StorageMigration *self, MigrationState state)
{
    MigrationStatus *status = storage_status(self);

    migration_status_set_state(status, state);
    storage_publish(self, status, FALSE);
}

static void publish_end(StorageMigration *self, MigrationState state, MigrationStatus *last,
                        const char *text)
{
    MigrationStatus *status = last ? last : migration_status_new();

    migration_status_set_state(status, state);
    migration_status_set_text(status, FIELD_ERROR_DESC, text);
    g_clear_pointer(&self->source.monitor, monitor_close); /* the next one listens to the same */
    g_clear_pointer(&self->destination.monitor, monitor_close);
    storage_publish(self, status, TRUE);
}

/* The guest has left, and something is wrong all the same. */
static void report_moved(StorageMigration *self, MigrationStatus *last, const GError *why)
{
    gboolean completed = last && migration_status_state(last) == MIGRATION_COMPLETED;

    storage_clear_up(self, NULL);
    publish_end(self, completed ? MIGRATION_COMPLETED : MIGRATION_FAILED, last, why->message);
}

static void undo(StorageMigration *self, const GError *why)
{
    gboolean cancelled = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
    g_autoptr(GError) left = NULL;
    g_autoptr(MigrationStatus) last = NULL;
    g_autofree char *cause = NULL;
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *text = NULL;

    bell_rearm(self->bell);
    publish_ending(self, cancelled ? MIGRATION_CANCELLING : MIGRATION_FAILING);
    reach_sides(self);
    cause = cancelled ? NULL : monitor_lost(self->destination.monitor);
    if (self->left) {
        report_moved(self, raw_query(self->source.monitor, NULL), why);
        return;
    }
    if (self->moving) {
        last = end_memory(self);
    }
    if (last && migration_status_state(last) == MIGRATION_COMPLETED) {
        report_moved(self, g_steal_pointer(&last), why);
        return;
    }
    if (last && migration_state_is_postcopy(migration_status_state(last))) {
        publish_end(self, MIGRATION_FAILED, g_steal_pointer(&last), why->message);
        return;
    }
    storage_clear_up(self, &left);
    if (last &&
        migration_state_is_over(migration_status_state(last))) { /* it is here for certain */
        run_source(self);
    }
    here = source_now(self);
    there = destination_now(self);
    text = g_strdup_printf("%s%s%s, %s%s%s",
                           cancelled ? ""
                           : cause   ? cause
                                     : why->message,
                           cancelled ? "" : "; ", here, there, left ? "; " : "",
                           left ? left->message : "");
    publish_end(self, cancelled ? MIGRATION_CANCELLED : MIGRATION_FAILED, g_steal_pointer(&last),
                text);
}

void storage_end(StorageMigration *self, const GError *why)
{
    if (why) {
        undo(self, why);
        return;
    }
    put_back_settings(self);
    publish_end(self, MIGRATION_COMPLETED, raw_query(self->source.monitor, NULL), NULL);
}
