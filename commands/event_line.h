/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event as a line for a reader, and as an object. */
#pragma once

#include "shell/event_log.h"
#include "shell/pattern.h"

typedef struct {
    gboolean colour;
    int width;        /* columns; 0: any */
    gboolean meaning; /* say what it means, but where that would wrap in a narrow window */
    guint64 count;    /* how many such events it stands for */
    gboolean differ;  /* their data is not the same: it is left out */
} EventLook;

/* Whether @pattern fits it: its name alone, or with its data. */
gboolean event_matches(const MonitorEvent *event, const Pattern *pattern);

/* Appends "12:01:02 web01: STOP (the guest stands still)" and a newline to @out: local time, @guest
 * and the rest. A meaning that does not fit behind it stands in a line of its own. */
void event_put(GString *out, const char *guest, const MonitorEvent *event, const EventLook *look);

/* @event of @guest as --json has it: event, guest, data, timestamp. The caller owns it. */
Json *event_json(const char *guest, const MonitorEvent *event);
