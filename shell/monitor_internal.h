/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What monitor.c (calls) and monitor_events.c (events, and whether the guest is there) share. */
#pragma once

#include "shell/monitor.h"

struct Monitor {
    const MonitorMaker *maker;
    gpointer backing;
    char *name;
    Bell *bell;
    Courier *courier; /* NULL: calls are made directly */
    double timeout;
    gatomicrefcount references;
    gboolean listening;
    void (*on_event)(const MonitorEvent *event, gpointer data);
    gpointer on_event_data;
    void (*on_late)(const char *text, gpointer data);
    gpointer on_late_data;
    /* below: under the bell's lock */
    EventLog log;
    char *lost;
    gboolean cut; /* lost is the link alone */
    gboolean moved;
    char *destination; /* NULL: not known */
};

/* Keeps @sentence (taken over) as why the guest is gone, or with @cut the link to it; the first one
 * holds. Takes the bell's lock. */
void monitor_lose(Monitor *monitor, char *sentence, gboolean cut);

/* Whether the maker knows that the link is broken. */
gboolean monitor_has_no_link(Monitor *monitor);
