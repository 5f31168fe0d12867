/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/monitor_internal.h"

#include <glib/gi18n.h>

#include "shell/error.h"

/* --- events --- */

gboolean monitor_listen(Monitor *monitor, GError **error)
{
    if (!monitor->listening) {
        monitor->listening = monitor->maker->listen(monitor->backing, monitor, error);
    }
    return monitor->listening;
}

gboolean monitor_listens(Monitor *monitor)
{
    return monitor->listening;
}

void monitor_deafen(Monitor *monitor)
{
    if (monitor->listening) {
        monitor->maker->deafen(monitor->backing);
        monitor->listening = FALSE;
    }
}

void monitor_on_event(Monitor *monitor, void (*func)(const MonitorEvent *event, gpointer data),
                      gpointer data)
{
    monitor->on_event = func;
    monitor->on_event_data = data;
}

void monitor_continue(Monitor *monitor, Monitor *before)
{
    EventLog none;

    bell_lock(monitor->bell);
    none = monitor->log;
    monitor->log = before->log;
    before->log = none;
    g_free(monitor->destination);
    monitor->destination = g_steal_pointer(&before->destination);
    bell_unlock(monitor->bell);
}

void monitor_take_event(Monitor *monitor, const char *name, Json *data, gint64 stamp)
{
    g_autoptr(MonitorEvent) event = NULL;

    bell_lock(monitor->bell);
    event = event_log_add(&monitor->log, name, data, stamp);
    bell_ring(monitor->bell);
    bell_unlock(monitor->bell);
    if (monitor->on_event) {
        monitor->on_event(event, monitor->on_event_data);
    }
}

guint64 monitor_newest_event(Monitor *monitor)
{
    guint64 newest;

    bell_lock(monitor->bell);
    newest = monitor->log.newest;
    bell_unlock(monitor->bell);
    return newest;
}

MonitorEvent *monitor_next_event(Monitor *monitor, guint64 *serial)
{
    MonitorEvent *event;

    bell_lock(monitor->bell);
    event = event_log_next(&monitor->log, serial);
    bell_unlock(monitor->bell);
    return event;
}

gboolean monitor_wait_event(Monitor *monitor, guint64 serial, gboolean *news, gint64 end,
                            GError **error)
{
    gboolean fine = TRUE;

    bell_lock(monitor->bell);
    while (monitor->log.newest <= serial && !(news && *news)) {
        if (bell_interrupted(monitor->bell)) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
            fine = FALSE;
        } else if (monitor->lost) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_LOST, monitor->lost);
            fine = FALSE;
        } else if (bell_wait(monitor->bell, end)) {
            continue;
        }
        break;
    }
    if (news) {
        *news = FALSE;
    }
    bell_unlock(monitor->bell);
    return fine;
}

/* --- there or not --- */

gboolean monitor_has_no_link(Monitor *monitor)
{
    return monitor->maker->is_cut && monitor->maker->is_cut(monitor->backing);
}

void monitor_lose(Monitor *monitor, char *sentence, gboolean cut)
{
    bell_lock(monitor->bell);
    if (!monitor->lost) {
        monitor->lost = g_steal_pointer(&sentence);
        monitor->cut = cut;
        bell_ring(monitor->bell);
    }
    bell_unlock(monitor->bell);
    g_free(sentence);
}

void monitor_set_lost(Monitor *monitor, const char *why)
{
    monitor_lose(monitor, g_strdup_printf(_("guest '%s' is gone: %s"), monitor->name, why), FALSE);
}

void monitor_set_cut(Monitor *monitor, const char *sentence)
{
    monitor_lose(monitor, g_strdup(sentence), TRUE);
}

gboolean monitor_is_cut(Monitor *monitor)
{
    gboolean lost, cut;

    bell_lock(monitor->bell);
    lost = monitor->lost != NULL;
    cut = monitor->cut;
    bell_unlock(monitor->bell);
    return lost ? cut : monitor_has_no_link(monitor);
}

void monitor_will_move(Monitor *monitor, const char *spec)
{
    bell_lock(monitor->bell);
    g_free(monitor->destination);
    monitor->destination = g_strdup(spec);
    bell_unlock(monitor->bell);
}

/* A failed call may have told less a moment before. */
void monitor_set_moved(Monitor *monitor)
{
    bell_lock(monitor->bell);
    g_free(monitor->lost);
    monitor->lost =
        monitor->destination
            ? g_strdup_printf(
                  _("guest '%s' is gone: it was migrated away ('attach %s' follows it)"),
                  monitor->name, monitor->destination)
            : g_strdup_printf(_("guest '%s' is gone: it was migrated away"), monitor->name);
    monitor->moved = TRUE;
    monitor->cut = FALSE;
    bell_ring(monitor->bell);
    bell_unlock(monitor->bell);
}

gboolean monitor_has_moved(Monitor *monitor)
{
    gboolean moved;

    bell_lock(monitor->bell);
    moved = monitor->moved;
    bell_unlock(monitor->bell);
    return moved;
}

char *monitor_lost(Monitor *monitor)
{
    char *lost;

    bell_lock(monitor->bell);
    lost = g_strdup(monitor->lost);
    bell_unlock(monitor->bell);
    return lost;
}
