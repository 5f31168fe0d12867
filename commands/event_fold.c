/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/event_fold.h"

#include <string.h>

enum {
    QUIET_US = G_USEC_PER_SEC,        /* after which a flood is over */
    LONGEST_US = 10 * G_USEC_PER_SEC, /* that a count is kept to itself */
    RATE_US = G_USEC_PER_SEC,
    RATE_EVENTS = 8, /* more of a name in RATE_US are a flood */
};

/* The events of one name of one guest. */
typedef struct {
    gconstpointer guest;
    char *guest_name;
    MonitorEvent *event; /* the newest; its name is that of all */
    gint64 newest;       /* when it came */
    gboolean latest;     /* no other name of the guest came after it */
    gint64 came[RATE_EVENTS];
    guint next; /* of came: the oldest one, or one that is not used yet */
    gboolean flood;
    guint64 count; /* not told yet */
    gint64 since;  /* when the first of these came */
    gboolean differ;
} Run;

struct EventFold {
    void (*tell)(const EventFolded *folded, gpointer data);
    gpointer data;
    GPtrArray *runs;
};

static void run_free(gpointer data)
{
    Run *run = data;

    g_free(run->guest_name);
    monitor_event_free(run->event);
    g_free(run);
}

EventFold *event_fold_new(void (*tell)(const EventFolded *folded, gpointer data), gpointer data)
{
    EventFold *fold = g_new0(EventFold, 1);

    fold->tell = tell;
    fold->data = data;
    fold->runs = g_ptr_array_new_with_free_func(run_free);
    return fold;
}

void event_fold_free(EventFold *fold)
{
    g_ptr_array_unref(fold->runs);
    g_free(fold);
}

static gboolean is_of(const Run *run, gconstpointer guest, const char *name)
{
    return run->guest == guest && strcmp(run->guest_name, name) == 0;
}

static void tell(EventFold *fold, Run *run)
{
    EventFolded folded = {run->guest_name, run->event, run->count, run->differ};

    run->count = 0;
    run->differ = FALSE;
    fold->tell(&folded, fold->data);
}

/* When @run has to be told. */
static gint64 due(const Run *run)
{
    return MIN(run->newest + QUIET_US, run->since + LONGEST_US);
}

/* Whether more of it came in the second before @now than are told one by one. */
static gboolean is_fast(const Run *run, gint64 now)
{
    gint64 oldest = run->came[run->next];

    return oldest != G_MININT64 && now - oldest < RATE_US;
}

/* Tells the runs that @wanted picks, in the order in which they were begun. */
static void tell_some(EventFold *fold, gboolean (*wanted)(const Run *run, gconstpointer data),
                      gconstpointer data)
{
    for (;;) {
        Run *first = NULL;

        for (guint i = 0; i < fold->runs->len; i++) {
            Run *run = fold->runs->pdata[i];

            if (run->count && wanted(run, data) && (!first || run->since < first->since)) {
                first = run;
            }
        }
        if (!first) {
            return;
        }
        tell(fold, first);
    }
}

static gboolean is_due(const Run *run, gconstpointer now)
{
    return due(run) <= *(const gint64 *)now;
}

static gboolean is_same_guests(const Run *run, gconstpointer other)
{
    const Run *one = other;

    return is_of(run, one->guest, one->guest_name);
}

static gboolean is_any(const Run *run G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
    return TRUE;
}

/* The run that @event belongs to; *@fresh: it was made for it. Those that are over are let go of on
 * the way. */
static Run *find_run(EventFold *fold, gconstpointer guest, const char *name,
                     const MonitorEvent *event, gint64 now, gboolean *fresh)
{
    Run *run;

    *fresh = FALSE;
    for (guint i = fold->runs->len; i > 0; i--) {
        run = fold->runs->pdata[i - 1];
        if (is_of(run, guest, name) && strcmp(run->event->name, event->name) == 0) {
            return run;
        }
        if (!run->count && now - run->newest >= QUIET_US) {
            g_ptr_array_remove_index_fast(fold->runs, i - 1);
        }
    }
    run = g_new0(Run, 1);
    run->guest = guest;
    run->guest_name = g_strdup(name);
    for (guint i = 0; i < RATE_EVENTS; i++) {
        run->came[i] = G_MININT64;
    }
    g_ptr_array_add(fold->runs, run);
    *fresh = TRUE;
    return run;
}

static void set_latest(EventFold *fold, const Run *latest)
{
    for (guint i = 0; i < fold->runs->len; i++) {
        Run *run = fold->runs->pdata[i];

        if (is_of(run, latest->guest, latest->guest_name)) {
            run->latest = run == latest;
        }
    }
}

void event_fold_take(EventFold *fold, gconstpointer guest, const char *name,
                     const MonitorEvent *event, gint64 now)
{
    gboolean fresh;
    Run *run = find_run(fold, guest, name, event, now, &fresh);
    gboolean quiet = fresh || now - run->newest >= QUIET_US;
    gboolean same = !fresh && json_object_equal(run->event->data, event->data);
    gboolean counted;

    run->flood = !quiet && (run->flood || is_fast(run, now));
    run->came[run->next] = now;
    run->next = (run->next + 1) % RATE_EVENTS;
    counted = run->flood || (same && run->latest && !quiet);
    if (!counted) {
        tell_some(fold, is_same_guests, run);
    }
    run->differ = run->count && (run->differ || !same);
    run->since = run->count ? run->since : now;
    g_clear_pointer(&run->event, monitor_event_free);
    run->event = monitor_event_copy(event);
    run->newest = now;
    run->count++;
    if (!counted) {
        tell(fold, run);
    }
    set_latest(fold, run);
}

gint64 event_fold_due(const EventFold *fold)
{
    gint64 first = -1;

    for (guint i = 0; i < fold->runs->len; i++) {
        const Run *run = fold->runs->pdata[i];

        if (run->count && (first < 0 || due(run) < first)) {
            first = due(run);
        }
    }
    return first;
}

void event_fold_tick(EventFold *fold, gint64 now)
{
    tell_some(fold, is_due, &now);
    for (guint i = 0; i < fold->runs->len; i++) {
        Run *run = fold->runs->pdata[i];

        if (!run->count) { /* told just now, for it may go on more slowly, or is over */
            run->flood = run->flood && is_fast(run, now);
        }
    }
}

void event_fold_flush(EventFold *fold)
{
    tell_some(fold, is_any, NULL);
}
