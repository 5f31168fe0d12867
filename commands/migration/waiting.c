/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/waiting.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"

enum {
    LIVELY_US = G_USEC_PER_SEC * 2 / 5,
    FLOOD_US = G_USEC_PER_SEC / 20, /* between a look and one for a pass that has begun since */
    INSURANCE_US =
        2 * G_USEC_PER_SEC, /* should a QEMU without the `events` capability keep silent */
};

gboolean migration_has_ended(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || state == MIGRATION_NONE;
}

/* Whether @event can have changed what a waiting command waits for. */
static gboolean event_matters(const MonitorEvent *event)
{
    return strcmp(event->name, "MIGRATION") == 0 || strcmp(event->name, "libvirt:stopped") == 0;
}

/* Waits for an event that matters, for @news (may be NULL), or until @end. An event that matters is
 * the beginning of a pass too, since what is left then is the figure that tells most, unless passes
 * come in a flood. *@told gets the status that a MIGRATION event told. */
static gboolean wait_for_news(Monitor *monitor, guint64 *serial, gboolean *news, gint64 end,
                              char **told, GError **error)
{
    gint64 earliest = g_get_monotonic_time() + FLOOD_US;
    gboolean passed = FALSE;

    for (;;) {
        g_autoptr(MonitorEvent) event = NULL;
        gint64 until = passed ? MIN(end, earliest) : end;

        if (!monitor_wait_event(monitor, *serial, news, until, error)) {
            return FALSE;
        }
        event = monitor_next_event(monitor, serial);
        if (!event || event_matters(event)) {
            *told = event ? g_strdup(json_get_string(event->data, "status")) : NULL;
            return TRUE;
        }
        passed = passed || strcmp(event->name, "MIGRATION_PASS") == 0;
        if (passed && g_get_monotonic_time() >= earliest) {
            return TRUE;
        }
    }
}

/* A status that passed before it could be asked for, when it is what is waited for; else NULL. The
 * figures are those of @before. An end is asked for: its own are wanted. */
static MigrationStatus *reached_in_passing(const MigrationWait *wait, const MigrationStatus *before,
                                           const char *told)
{
    MigrationState state = migration_state_from_name(told);
    g_autoptr(MigrationStatus) status = NULL;

    if (!told || migration_state_is_over(state)) {
        return NULL;
    }
    status = migration_status_copy(before);
    migration_status_set_text(status, FIELD_STATUS, told);
    return wait->reached(status, wait->reached_data) ? g_steal_pointer(&status) : NULL;
}

static void set_timeout_error(Monitor *monitor, const MigrationStatus *status,
                              const MigrationWait *wait, GError **error)
{
    const char *name = migration_status_text(status, FIELD_STATUS);

    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                _("the migration of '%s' is still '%s' after %g s"), monitor_name(monitor),
                name ? name : "none", wait->seconds);
}

/* Whether what ended a wait for news leaves something to look at: a guest that is gone may have
 * gone because its migration is completed. */
static gboolean may_look_again(GError *why)
{
    return g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST);
}

double migration_wait_left(const MigrationWait *wait)
{
    double waited = (double)(g_get_monotonic_time() - wait->begun) / G_USEC_PER_SEC;

    return wait->seconds < 0 ? -1 : MAX(wait->seconds - waited, 0);
}

MigrationStatus *migration_wait(Monitor *monitor, const MigrationLook *look,
                                const MigrationWait *wait, GError **error)
{
    gint64 begun = wait->begun ? wait->begun : g_get_monotonic_time();
    gint64 deadline =
        wait->seconds < 0 ? G_MAXINT64 : begun + (gint64)(MIN(wait->seconds, 1e9) * G_USEC_PER_SEC);
    gint64 rest = wait->lively ? LIVELY_US : INSURANCE_US;
    g_autoptr(GError) gone = NULL;
    guint64 serial;

    if (!monitor_listen(monitor, &gone) && !may_look_again(gone)) {
        g_propagate_error(error, g_steal_pointer(&gone));
        return NULL;
    }
    serial = monitor_newest_event(monitor);
    for (;;) {
        g_autoptr(MigrationStatus) status = look->query(look->data, gone ? NULL : error);
        g_autofree char *told = NULL;
        gint64 now = g_get_monotonic_time();
        MigrationStatus *passing;

        if (status && wait->seen) {
            wait->seen(status, wait->seen_data);
        }
        if (status && wait->reached(status, wait->reached_data)) {
            return g_steal_pointer(&status);
        }
        if (gone) {
            g_propagate_error(error, g_steal_pointer(&gone));
            return NULL;
        }
        if (!status) {
            return NULL;
        }
        if (now >= deadline) {
            set_timeout_error(monitor, status, wait, error);
            return NULL;
        }
        if (!wait_for_news(monitor, &serial, look->news, MIN(deadline, now + rest), &told, &gone)) {
            if (!may_look_again(gone)) {
                g_propagate_error(error, g_steal_pointer(&gone));
                return NULL;
            }
            continue;
        }
        passing = reached_in_passing(wait, status, told);
        if (passing) {
            return passing;
        }
    }
}
