/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest events of one guest, numbered, for several readers that each keep their own place. The
 * caller sees to the locking. */
#pragma once

#include <glib.h>

#include "shell/json.h"

/* An event of QEMU ("MIGRATION"), of libvirt about the guest ("libvirt:stopped"), or of the link to
 * it ("libvirt:disconnected"). */
typedef struct {
    guint64 serial; /* 1, 2, ... in this monitor */
    char *name;
    Json *data;      /* QMP's "data", or NULL */
    gint64 stamp;    /* QEMU's own clock: microseconds since 1970 */
    gint64 received; /* here: monotonic time, microseconds */
} MonitorEvent;

/* A copy with data of its own, for any thread. */
MonitorEvent *monitor_event_copy(const MonitorEvent *event);
void monitor_event_free(MonitorEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonitorEvent, monitor_event_free)

typedef struct {
    GQueue events;  /* of MonitorEvent, oldest first */
    guint64 newest; /* its serial; 0: none yet */
} EventLog;

void event_log_init(EventLog *log);
void event_log_clear(EventLog *log);

/* Adds an event that comes now; @data is taken over. A copy of it, owned by the caller. */
MonitorEvent *event_log_add(EventLog *log, const char *name, Json *data, gint64 stamp);

/* The first event after *@serial, which moves on to it, as a copy that the caller owns; NULL when
 * there is none. */
MonitorEvent *event_log_next(EventLog *log, guint64 *serial);
