/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flood of events, told in a few lines. The first event of a kind is told at once; then
 *
 *   - those that repeat the guest's latest one within a second are counted, and
 *   - all of a name that comes more than eight times in a second are, whatever their data is.
 *
 * A count is told when nothing was added to it for a second, ten seconds after it was begun, and
 * before any other event of the same guest is told, so that the order is kept. (Names that flood at
 * the same time are counted side by side.) Nothing is lost: the counts of what is told add up to
 * what came. Time is handed in, monotonic, in microseconds; one thread. */
#pragma once

#include "shell/event_log.h"

typedef struct EventFold EventFold;

/* What is told: one event, or several of one name. All of it borrowed. */
typedef struct {
    const char *guest;         /* its name */
    const MonitorEvent *event; /* the newest of them */
    guint64 count;             /* how many */
    gboolean differ;           /* their data is not the same */
} EventFolded;

/* @tell is called with what there is to tell, from within the functions below. */
EventFold *event_fold_new(void (*tell)(const EventFolded *folded, gpointer data), gpointer data);

/* Frees it; what is counted and not yet told is lost, see event_fold_flush(). */
void event_fold_free(EventFold *fold);

/* @event came at @now, from the guest that is called @name; two of one name are told apart by
 * @guest.
 */
void event_fold_take(EventFold *fold, gconstpointer guest, const char *name,
                     const MonitorEvent *event, gint64 now);

/* When event_fold_tick() will have something to tell, if nothing else comes; -1: nothing is
 * counted.
 */
gint64 event_fold_due(const EventFold *fold);

/* Tells what is due at @now. */
void event_fold_tick(EventFold *fold, gint64 now);

/* Tells all that is counted. */
void event_fold_flush(EventFold *fold);
