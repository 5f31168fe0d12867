/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/event_log.h"

enum { EVENTS_KEPT = 2000 };

void monitor_event_free(MonitorEvent *event)
{
    g_free(event->name);
    json_object_put(event->data);
    g_free(event);
}

MonitorEvent *monitor_event_copy(const MonitorEvent *event)
{
    MonitorEvent *copy = g_new(MonitorEvent, 1);

    *copy = *event;
    copy->name = g_strdup(event->name);
    copy->data = NULL;
    if (event->data) { /* json-c's reference counts are not safe between threads */
        json_object_deep_copy(event->data, &copy->data, NULL);
    }
    return copy;
}

void event_log_init(EventLog *log)
{
    g_queue_init(&log->events);
    log->newest = 0;
}

void event_log_clear(EventLog *log)
{
    g_queue_clear_full(&log->events, (GDestroyNotify)monitor_event_free);
}

MonitorEvent *event_log_add(EventLog *log, const char *name, Json *data, gint64 stamp)
{
    MonitorEvent *event = g_new0(MonitorEvent, 1);

    event->serial = ++log->newest;
    event->name = g_strdup(name);
    event->data = data;
    event->stamp = stamp;
    event->received = g_get_monotonic_time();
    g_queue_push_tail(&log->events, event);
    if (g_queue_get_length(&log->events) > EVENTS_KEPT) {
        monitor_event_free(g_queue_pop_head(&log->events));
    }
    return monitor_event_copy(event);
}

MonitorEvent *event_log_next(EventLog *log, guint64 *serial)
{
    for (GList *link = log->events.tail; link; link = link->prev) {
        const MonitorEvent *event = link->data;
        const MonitorEvent *before = link->prev ? link->prev->data : NULL;

        if (event->serial > *serial && (!before || before->serial <= *serial)) {
            *serial = event->serial;
            return monitor_event_copy(event);
        }
    }
    return NULL;
}
