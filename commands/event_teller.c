/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/event_teller.h"

#include "commands/event_fold.h"
#include "commands/event_line.h"

/* Names of QAPI's events; the rest is noise at a prompt (JOB_STATUS_CHANGE toggles all the time,
 * MIGRATION_PASS comes with every pass). */
static const char TOLD[] =
    "^(MIGRATION|STOP|RESUME|RESET|SHUTDOWN|POWERDOWN|SUSPEND.*|WAKEUP|WATCHDOG|"
    "GUEST_.*|BLOCK_JOB_.*|BLOCK_IO_ERROR|DEVICE_.*|COLO_EXIT|UNPLUG_PRIMARY|"
    "FAILOVER_NEGOTIATED|libvirt:stopped|libvirt:disconnected)$";

/* What a session tells. */
typedef struct {
    Session *session;
    GMutex lock;
    Pattern *pattern; /* of what is told; under the lock, for matching too */
    /* below: main thread */
    EventFold *fold;
    guint timer; /* 0: nothing is counted */
} Teller;

static void teller_free(gpointer data)
{
    Teller *teller = data;

    if (teller->timer) {
        g_source_remove(teller->timer);
    }
    event_fold_free(teller->fold);
    pattern_free(teller->pattern);
    g_mutex_clear(&teller->lock);
    g_free(teller);
}

static void tell_folded(const EventFolded *folded, gpointer data);

static Teller *teller_new(Session *session)
{
    Teller *teller = g_new0(Teller, 1);

    teller->session = session;
    teller->fold = event_fold_new(tell_folded, teller);
    g_mutex_init(&teller->lock);
    teller->pattern = pattern_new(output_mode(session->output)->quiet ? "(?!)" : TOLD, FALSE, NULL);
    return teller;
}

static Teller *teller_of(Session *session)
{
    Teller *teller;

    bell_lock(session->bell); /* the first event may come while a command asks for the first time */
    teller = g_datalist_get_data(&session->notes, "events");
    if (!teller) {
        teller = teller_new(session);
        g_datalist_set_data_full(&session->notes, "events", teller, teller_free);
    }
    bell_unlock(session->bell);
    return teller;
}

gboolean event_teller_choose(Session *session, const char *which, GError **error)
{
    Teller *teller = teller_of(session);
    gboolean word = g_str_equal(which, "on") || g_str_equal(which, "off");
    gboolean usual = g_str_equal(which, "default");
    Pattern *pattern = usual  ? pattern_new(TOLD, FALSE, error)
                       : word ? pattern_new(g_str_equal(which, "on") ? "" : "(?!)", FALSE, error)
                              : pattern_new(which, TRUE, error);
    Pattern *old;

    if (!pattern) {
        return FALSE;
    }
    g_mutex_lock(&teller->lock);
    old = teller->pattern;
    teller->pattern = pattern;
    g_mutex_unlock(&teller->lock);
    pattern_free(old);
    return TRUE;
}

static gboolean is_told(Teller *teller, const MonitorEvent *event)
{
    gboolean told;

    g_mutex_lock(&teller->lock);
    told = event_matches(event, teller->pattern);
    g_mutex_unlock(&teller->lock);
    return told;
}

static void print(Session *session, const EventFolded *folded)
{
    Output *output = session->output;
    EventLook look = {
        .colour = output_has_colour(output),
        .width = output_page_width(output),
        .meaning = output_is_pretty(output),
        .count = folded->count,
        .differ = folded->differ,
    };
    g_autoptr(GString) text = g_string_new(NULL);

    if (output_mode(output)->json) {
        g_autoptr(Json) object = event_json(folded->guest, folded->event);
        g_autofree char *line = json_text(object);

        g_string_append_printf(text, "%s\n", line);
    } else {
        event_put(text, folded->guest, folded->event, &look);
    }
    output_text(output, text->str);
}

static void tell_folded(const EventFolded *folded, gpointer data)
{
    Teller *teller = data;

    print(teller->session, folded);
}

void event_teller_print(Session *session, const char *name, const MonitorEvent *event)
{
    EventFolded one = {name, event, 1, FALSE};

    if (is_told(teller_of(session), event)) {
        print(session, &one);
    }
}

static gboolean on_timer(gpointer data);

/* One timer at a time: it looks again when it comes, so that an event costs none. */
static void set_timer(Teller *teller)
{
    gint64 due = event_fold_due(teller->fold);
    gint64 left = due - g_get_monotonic_time();

    if (due >= 0 && !teller->timer) {
        teller->timer = g_timeout_add((guint)(MAX(left, 0) / 1000 + 1), on_timer, teller);
    }
}

static gboolean on_timer(gpointer data)
{
    Teller *teller = data;

    teller->timer = 0;
    event_fold_tick(teller->fold, g_get_monotonic_time());
    set_timer(teller);
    return G_SOURCE_REMOVE;
}

void event_teller_tell(Guest *guest, const MonitorEvent *event)
{
    Teller *teller = teller_of(guest->session);

    if (output_mode(guest->session->output)->json) {
        event_teller_print(guest->session, guest->name, event);
    } else if (is_told(teller, event)) {
        event_fold_take(teller->fold, guest, guest->name, event, event->received);
        set_timer(teller);
    } else if (g_str_has_prefix(event->name, "libvirt:")) {
        output_redraw(guest->session->output); /* the prompt tells that the guest is gone */
    }
}

void event_teller_end(Session *session)
{
    event_fold_flush(teller_of(session)->fold);
}
