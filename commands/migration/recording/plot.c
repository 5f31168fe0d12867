/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/recording/plot.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "commands/migration/recording/plot_data.h"
#include "commands/migration/summary.h"
#include "shell/error.h"
#include "shell/layout.h"
#include "shell/values.h"

enum {
    MOST_MARKS = 100, /* of passes; more would be a grey area */
    WIDTH = 900,      /* of a picture, in pixels */
    PANEL_HEIGHT = 220,
    TITLE_HEIGHT = 40,
    PANEL_LINES = 16, /* of text */
};

static const double NEAR = 0.02; /* of the width: events that share a label */

/* Okabe and Ito's colours, which colour-blind people can tell apart. */
static const char STYLES[] = "set linetype 1 lc rgb '#0072b2' lw 2\n"
                             "set linetype 2 lc rgb '#d55e00' lw 1.5 pt 7 ps 0.6\n"
                             "set linetype 3 lc rgb '#009e73' lw 1.5\n"
                             "set linetype 4 lc rgb '#cc79a7' lw 1.5\n"
                             "set linetype 5 lc rgb '#999999' lw 1 dt 2\n";

static const char GRID[] = "set grid lt 1 lc rgb '#e4e4e4' lw 0.5\n";

/* What the panels are about; a bit each. */
typedef enum { HAS_LEFT = 1, HAS_RATES = 2, HAS_DOWNTIME = 4, HAS_DISKS = 8 } Panels;

typedef struct {
    const MigrationCourse *course;
    const PlotSetup *setup;
    GString *out;
    double span; /* seconds from the picture's left edge to the right one */
    Panels panels;
} Plot;

gboolean plot_form(const char *path, PlotForm *form, GError **error)
{
    if (g_str_has_suffix(path, ".svg")) {
        *form = PLOT_SVG;
    } else if (g_str_has_suffix(path, ".png")) {
        *form = PLOT_PNG;
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s': a picture's name ends in .svg or .png"), path);
        return FALSE;
    }
    return TRUE;
}

/* @text as gnuplot's 'string', in which nothing means anything but the quotation mark itself. Free
 * with g_free(). */
static char *quoted(const char *text)
{
    g_autofree char *clean = layout_clean(text);
    g_auto(GStrv) parts = g_strsplit(clean, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);

    return g_strconcat("'", doubled, "'", NULL);
}

static double seconds_at(const Plot *plot, gint64 time)
{
    return plot_data_seconds(plot->course, time);
}

/* --- marks --- */

static void add_pass_marks(const Plot *plot)
{
    const GArray *passes = course_passes(plot->course);
    guint most = plot->setup->form == PLOT_TEXT ? 0 : MOST_MARKS; /* too coarse for them */

    for (guint i = 0; i < passes->len && passes->len <= most; i++) {
        double x = seconds_at(plot, g_array_index(passes, CoursePass, i).time);

        g_string_append_printf(plot->out,
                               "set arrow from %.3f, graph 0 to %.3f, graph 1 nohead back "
                               "lt 1 lc rgb '#c8c8c8' lw 0.5\n",
                               x, x);
    }
}

/* What @event is called in the picture, or NULL when it is not in it. */
static const char *label_of(const CourseEvent *event)
{
    const char *status = json_get_string(event->data, "status");

    if (strcmp(event->name, "STOP") == 0 || strcmp(event->name, "RESUME") == 0) {
        return event->name;
    }
    if (event->destination || strcmp(event->name, "MIGRATION") != 0 ||
        migration_state_from_name(status) == MIGRATION_SETUP ||
        migration_state_from_name(status) == MIGRATION_ACTIVE) { /* how it begins */
        return NULL;
    }
    return status;
}

static void add_label(const Plot *plot, double x, const char *text)
{
    g_autofree char *label = quoted(text);
    gboolean flat = plot->setup->form == PLOT_TEXT; /* which cannot turn it */

    g_string_append_printf(plot->out,
                           "set arrow from %.3f, graph 0 to %.3f, graph 1 nohead back "
                           "lt 1 lc rgb '#666666' lw 1\n",
                           x, x);
    g_string_append_printf(
        plot->out, "set label %s at %.3f, graph 0.97 %s textcolor rgb '#444444'\n", label, x,
        flat ? "right offset -1,0" : "right rotate by 90 offset -0.7,0 font ',8'");
}

/* A mark and a label for each event, or for several that come together. */
static void add_event_marks(const Plot *plot)
{
    const GPtrArray *events = course_events(plot->course);
    g_autoptr(GString) text = g_string_new(NULL);
    double at = 0;

    for (guint i = 0; i < events->len; i++) {
        const CourseEvent *event = events->pdata[i];
        const char *label = label_of(event);
        double x = seconds_at(plot, event->time);

        if (!label || x < 0) {
            continue;
        }
        if (text->len && x - at > plot->span * NEAR) {
            add_label(plot, at, text->str);
            g_string_truncate(text, 0);
        }
        if (!text->len) {
            at = x;
        }
        g_string_append_printf(text, "%s%s", text->len ? ", " : "", label);
    }
    if (text->len) {
        add_label(plot, at, text->str);
    }
}

/* --- the picture --- */

static int panel_count(const Plot *plot)
{
    int count = 0;

    for (guint bits = plot->panels; bits; bits >>= 1) {
        count += bits & 1;
    }
    return count;
}

/* gnuplot counts a character of a picture made of text as one column, a Chinese one too: its rows
 * would not fit together. Such a picture is in English. */
static gboolean in_text(const Plot *plot)
{
    return plot->setup->form == PLOT_TEXT;
}

/* Which pass it is in; how many there were, as the summary has it, when it is over. */
static void add_passes(const Plot *plot, gboolean over, guint64 passes, GString *title)
{
    if (!over) {
        g_string_append_printf(title, in_text(plot) ? ", pass %" PRIu64 : _(", pass %" PRIu64),
                               passes);
    } else if (in_text(plot)) {
        g_string_append_printf(title, passes == 1 ? ", %" PRIu64 " pass" : ", %" PRIu64 " passes",
                               passes);
    } else {
        g_string_append_printf(
            title, ngettext(", %" PRIu64 " pass", ", %" PRIu64 " passes", passes), passes);
    }
}

static char *title_of(const Plot *plot)
{
    const MigrationStatus *status = course_last(plot->course)->status;
    MigrationState state = migration_status_state(status);
    g_autoptr(MigrationSummary) summary = summary_new(plot->course, NULL);
    const char *word = migration_status_text(status, FIELD_STATUS);
    GString *title = g_string_new(NULL);

    word = word ? word : migration_state_name(MIGRATION_NONE);
    if (plot->setup->guest) {
        g_string_printf(title, in_text(plot) ? "Migration of %s: %s" : _("Migration of %s: %s"),
                        plot->setup->guest, word);
    } else {
        g_string_printf(title, in_text(plot) ? "Migration: %s" : _("Migration: %s"), word);
    }
    if (migration_status_has(status, FIELD_TOTAL_TIME_MS)) {
        g_autofree char *time =
            duration_format((gint64)migration_status_number(status, FIELD_TOTAL_TIME_MS));

        if (migration_state_is_over(state)) {
            g_string_append_printf(title, in_text(plot) ? " after %s" : _(" after %s"), time);
        } else {
            g_string_append_printf(title, in_text(plot) ? " for %s" : _(" for %s"), time);
        }
    }
    if (summary->passes) {
        add_passes(plot, migration_state_is_over(state), summary->passes, title);
    }
    /* QEMU 7.2 gives nonsense after post-copy (seen: hours) */
    if (migration_status_has(status, FIELD_DOWNTIME_MS) &&
        migration_status_number(status, FIELD_DOWNTIME_MS) <=
            migration_status_number(status, FIELD_TOTAL_TIME_MS)) {
        g_autofree char *time =
            duration_format((gint64)migration_status_number(status, FIELD_DOWNTIME_MS));

        g_string_append_printf(title, in_text(plot) ? ", downtime %s" : _(", downtime %s"), time);
    }
    return g_string_free(title, FALSE);
}

static void add_terminal(const Plot *plot)
{
    int panels = panel_count(plot);
    int height = panels * PANEL_HEIGHT + TITLE_HEIGHT;

    g_string_append(plot->out, "set encoding utf8\n");
    switch (plot->setup->form) {
    case PLOT_TEXT:
        g_string_append_printf(plot->out, "set terminal dumb noenhanced %d, %d\n",
                               CLAMP(plot->setup->columns, 40, 500), panels * PANEL_LINES + 2);
        break;
    case PLOT_SVG:
        g_string_append_printf(plot->out,
                               "set terminal svg noenhanced size %d,%d dynamic font 'Sans,12' "
                               "background rgb '#ffffff'\n",
                               WIDTH, height);
        break;
    case PLOT_PNG: /* some gnuplots come without cairo */
        g_string_append_printf(plot->out,
                               "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
                               "set terminal pngcairo noenhanced size %d,%d font 'Sans,10' "
                               "background rgb '#ffffff'\n} else {\n"
                               "set terminal png noenhanced size %d,%d\n}\n",
                               WIDTH, height, WIDTH, height);
        break;
    }
}

/* A curve, and what it is called; NULL: not at all. */
typedef struct {
    const char *drawn;
    const char *title;
} Curve;

/* @text in the picture's language. Free with g_free(). */
static char *shown(const Plot *plot, const char *text)
{
    return quoted(in_text(plot) ? text : _(text));
}

static void add_panel(const Plot *plot, Panels panel, const char *label, const Curve *curves)
{
    /* as text it stands in the margin, which has room for the first word */
    g_autofree char *brief = in_text(plot) ? g_strndup(label, strcspn(label, " ")) : NULL;
    g_autofree char *shown_label = shown(plot, brief ? brief : label);

    if (!(plot->panels & panel)) {
        return;
    }
    if ((guint)panel * 2 > (guint)plot->panels) { /* the last one */
        g_autofree char *seconds = shown(plot, N_("seconds"));

        g_string_append_printf(plot->out, "set xlabel %s\nset format x '%%g'\n", seconds);
    }
    g_string_append_printf(plot->out, "set ylabel %s\nplot ", shown_label);
    for (const Curve *curve = curves; curve->drawn; curve++) {
        g_autofree char *title = curve->title ? shown(plot, curve->title) : NULL;

        g_string_append_printf(plot->out, "%s%s %s%s", curve > curves ? ", " : "", curve->drawn,
                               title ? "title " : "notitle", title ? title : "");
    }
    g_string_append_c(plot->out, '\n');
    if (panel == HAS_LEFT) {
        g_string_append(plot->out, "unset label\n");
    }
}

static void add_panels(const Plot *plot)
{
    static const Curve left[] = {
        {"$looks using 1:2 with lines lt 1", N_("left")},
        {"$passes using 1:2 with steps lt 2", NULL},
        {"$passes using 1:2 with points lt 2", N_("W, as a pass begins")},
        {"$looks using 1:3 with lines lt 3", N_("switch-over at")},
        {NULL, NULL},
    };
    /* of characters the last one covers the others: W, which fills its lines, is the first */
    static const Curve left_in_text[] = {
        {"$passes using 1:2 with steps lt 2", NULL},
        {"$passes using 1:2 with points lt 2", N_("W, as a pass begins")},
        {"$looks using 1:2 with lines lt 1", N_("left")},
        {"$looks using 1:3 with lines lt 3", N_("switch-over at")},
        {NULL, NULL},
    };
    static const Curve rates[] = {
        {"$looks using 1:4 with lines lt 1", N_("throughput")},
        {"$looks using 1:5 with lines lt 2", N_("dirty rate")},
        {"$looks using 1:6 with lines lt 5", N_("limit")},
        {NULL, NULL},
    };
    static const Curve downtime[] = {
        {"$looks using 1:8 with lines lt 1", N_("expected downtime")},
        {"$looks using 1:7 with lines lt 5", N_("limit")},
        {NULL, NULL},
    };
    static const Curve disks[] = {
        {"$looks using 1:9 with lines lt 1", N_("left")},
        {"$looks using 1:10 with lines lt 4", N_("copied")},
        {NULL, NULL},
    };

    add_panel(plot, HAS_LEFT, N_("MiB left"), in_text(plot) ? left_in_text : left);
    add_panel(plot, HAS_RATES, "MiB/s", rates);
    add_panel(plot, HAS_DOWNTIME, "ms", downtime);
    add_panel(plot, HAS_DISKS, N_("MiB of disks"), disks);
}

/* Which panels have something to show; what is left always has its own. */
static Panels find_panels(const MigrationCourse *course)
{
    Panels panels = HAS_LEFT;

    for (guint i = 0; i < course_length(course); i++) {
        const CourseSample *sample = course_sample(course, i);

        panels |= migration_status_throughput(sample->status) ? HAS_RATES : 0;
        panels |= sample->limits.known_downtime ? HAS_DOWNTIME : 0;
        panels |= plot_data_has_disks(sample->status) ? HAS_DISKS : 0;
    }
    return panels;
}

char *plot_script(const MigrationCourse *course, const PlotSetup *setup)
{
    const CourseSample *first = course_sample(course, 0);
    const CourseSample *last = course_last(course);
    double span = (double)(last->time - first->time) / G_USEC_PER_SEC;
    Plot plot = {course, setup, g_string_new(NULL), MAX(span, 0.1), find_panels(course)};
    g_autofree char *title = title_of(&plot);
    g_autofree char *quoted_title = quoted(title);

    add_terminal(&plot);
    g_string_append(plot.out, STYLES);
    plot_data_add(course, plot.out);
    g_string_append_printf(plot.out,
                           "set multiplot layout %d,1 title %s offset 0,0.3\n"
                           "set xrange [0:%.3f]\nset yrange [0:*]\n"
                           "set lmargin 11\nset rmargin 3\nset tmargin 2.5\nset format x ''\n"
                           "set border 3 lc rgb '#666666'\nset tics nomirror out\n"
                           "set key above left horizontal Left reverse samplen 2 width 1\n%s",
                           panel_count(&plot), quoted_title, plot.span,
                           setup->form == PLOT_TEXT ? "" : GRID);
    add_pass_marks(&plot);
    add_event_marks(&plot);
    add_panels(&plot);
    g_string_append(plot.out, "unset multiplot\n");
    return g_string_free(plot.out, FALSE);
}
