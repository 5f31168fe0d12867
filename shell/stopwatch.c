/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/stopwatch.h"

#include "shell/layout.h"
#include "shell/values.h"

enum { TICK_MS = 250 };

struct Stopwatch {
    gatomicrefcount references; /* the waiting thread's, and the timer's */
    Output *output;
    char *what;
    char *note;
    gint64 begun; /* monotonic, microseconds */
    GMutex lock;
    gboolean stopped; /* under the lock: nothing is shown any more */
};

static void unref(gpointer data)
{
    Stopwatch *watch = data;

    if (g_atomic_ref_count_dec(&watch->references)) {
        g_mutex_clear(&watch->lock);
        g_free(watch->what);
        g_free(watch->note);
        g_free(watch);
    }
}

static gint64 elapsed_ms(const Stopwatch *watch)
{
    return (g_get_monotonic_time() - watch->begun) / 1000;
}

static gboolean tick(gpointer data)
{
    Stopwatch *watch = data;
    gint64 ms = elapsed_ms(watch);
    gboolean stopped;

    g_mutex_lock(&watch->lock);
    stopped = watch->stopped;
    if (!stopped && ms >= 2 * TICK_MS) {
        g_autofree char *time = duration_format(ms);
        g_autofree char *text = g_strconcat(watch->what, "  ", time, "  ", watch->note, NULL);
        g_autofree char *line = layout_clean(text);
        g_autofree char *cut = layout_cut(line, output_width(watch->output) - 1);

        output_live(watch->output, cut);
    }
    g_mutex_unlock(&watch->lock);
    return stopped ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

Stopwatch *stopwatch_start(Output *output, const char *what, const char *note)
{
    Stopwatch *watch = g_new0(Stopwatch, 1);

    g_atomic_ref_count_init(&watch->references);
    watch->output = output;
    watch->what = g_strdup(what);
    watch->note = g_strdup(note);
    watch->begun = g_get_monotonic_time();
    g_mutex_init(&watch->lock);
    if (output_can_live(output)) {
        g_atomic_ref_count_inc(&watch->references);
        g_timeout_add_full(G_PRIORITY_DEFAULT, TICK_MS, tick, watch, unref);
    }
    return watch;
}

gint64 stopwatch_stop(Stopwatch *watch)
{
    gint64 ms = elapsed_ms(watch);

    g_mutex_lock(&watch->lock);
    watch->stopped = TRUE;
    g_mutex_unlock(&watch->lock);
    if (output_can_live(watch->output)) {
        output_live_erase(watch->output);
    }
    unref(watch);
    return ms;
}
