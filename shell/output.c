/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/output.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/backlog.h"
#include "shell/layout.h"

enum { KEPT_LINES = 1000 };

struct Output {
    OutputMode mode;
    gboolean pretty;
    gboolean clever;        /* a terminal that knows more than lines */
    gint colour;            /* atomic */
    gboolean note_terminal; /* standard error is one */
    gboolean live_terminal;
    gint failed; /* atomic: errno of the first result that could not be written */
    GThread *main_thread;
    GRecMutex lock;
    char *live;
    void (*hide)(gpointer data);
    void (*show)(gpointer data);
    gpointer prompt_data;
    guint held;       /* how often */
    Backlog *backlog; /* what came meanwhile */
};

/* A text on its way to the main thread, where a line is being edited. */
typedef struct {
    Output *output;
    FILE *stream;
    char *text;
} Parcel;

Output *output_new(const OutputMode *mode)
{
    Output *output = g_new0(Output, 1);
    const char *terminal = g_getenv("TERM");

    output->mode = *mode;
    output->clever = terminal && *terminal && strcmp(terminal, "dumb") != 0;
    output->pretty = isatty(STDOUT_FILENO) && !mode->json;
    output_set_colour(output, COLOUR_AUTO);
    output->note_terminal = isatty(STDERR_FILENO);
    output->live_terminal = output->note_terminal && output->clever && !mode->json && !mode->quiet;
    output->main_thread = g_thread_self();
    output->backlog = backlog_new(KEPT_LINES);
    g_rec_mutex_init(&output->lock);
    return output;
}

static void free_parcel(Parcel *parcel)
{
    g_free(parcel->text);
    g_free(parcel);
}

void output_free(Output *output)
{
    g_rec_mutex_clear(&output->lock);
    backlog_free(output->backlog);
    g_free(output->live);
    g_free(output);
}

const OutputMode *output_mode(Output *output)
{
    return &output->mode;
}

gboolean output_is_pretty(Output *output)
{
    return output->pretty;
}

gboolean output_has_colour(Output *output)
{
    return g_atomic_int_get(&output->colour);
}

void output_set_colour(Output *output, ColourMode mode)
{
    const char *no_colour = g_getenv("NO_COLOR");
    gboolean usual = output->clever && !(no_colour && *no_colour);

    g_atomic_int_set(&output->colour,
                     output->pretty && (mode == COLOUR_AUTO ? usual : mode == COLOUR_ON));
}

static gboolean get_size(struct winsize *size)
{
    int terminal = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;

    return ioctl(terminal, TIOCGWINSZ, size) == 0;
}

int output_width(Output *output G_GNUC_UNUSED)
{
    struct winsize size;

    return get_size(&size) && size.ws_col > 0 ? size.ws_col : 80;
}

int output_height(Output *output G_GNUC_UNUSED)
{
    struct winsize size;

    return get_size(&size) && size.ws_row > 0 ? size.ws_row : 24;
}

gboolean output_can_draw(Output *output)
{
    return output->mode.interactive && output->pretty && output->clever;
}

int output_page_width(Output *output)
{
    return output->pretty ? output_width(output) : 0;
}

int output_note_width(Output *output)
{
    return output->note_terminal ? output_width(output) : 0;
}

char *output_foreign(Output *output, char *text)
{
    g_autofree char *raw = text;

    return output->pretty && text ? layout_visible(text, "\n\t") : g_steal_pointer(&raw);
}

static void erase_live(Output *output)
{
    if (output->live && !output->held) {
        fputs("\r\033[K", stderr);
    }
}

static void draw_live(Output *output)
{
    if (output->live && !output->held) {
        fputs(output->live, stderr);
        fflush(stderr);
    }
}

static gboolean print_parcel(gpointer data);

static Parcel *make_parcel(Output *output, FILE *stream, const char *text)
{
    Parcel *parcel = g_new(Parcel, 1);

    *parcel = (Parcel){output, stream, g_strdup(text)};
    return parcel;
}

static void print(Output *output, FILE *stream, const char *text)
{
    g_rec_mutex_lock(&output->lock);
    if (output->held) {
        backlog_add(output->backlog, stream, text);
        g_rec_mutex_unlock(&output->lock);
        return;
    }
    if (output->hide && g_thread_self() != output->main_thread) {
        g_idle_add_full(G_PRIORITY_DEFAULT, print_parcel, make_parcel(output, stream, text), NULL);
        g_rec_mutex_unlock(&output->lock);
        return;
    }
    if (output->hide) {
        output->hide(output->prompt_data);
    }
    erase_live(output);
    if ((fputs(text, stream) == EOF || fflush(stream) == EOF) && stream == stdout) {
        g_atomic_int_compare_and_exchange(&output->failed, 0, errno);
    }
    draw_live(output);
    if (output->show) {
        output->show(output->prompt_data);
    }
    g_rec_mutex_unlock(&output->lock);
}

static gboolean print_parcel(gpointer data)
{
    Parcel *parcel = data;

    print(parcel->output, parcel->stream, parcel->text);
    free_parcel(parcel);
    return G_SOURCE_REMOVE;
}

/* Prints an error or a courtesy. */
static void print_note(Output *output, const char *text)
{
    g_autofree char *visible = output->note_terminal ? layout_visible(text, "\n\t") : NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    layout_wrap(out, output_note_width(output), LAYOUT_HANG, visible ? visible : text);
    if (!g_str_has_suffix(out->str, "\n")) {
        g_string_append_c(out, '\n');
    }
    print(output, stderr, out->str);
}

void output_text(Output *output, const char *text)
{
    if (*text) {
        print(output, stdout, text);
    }
}

void output_error(Output *output, const char *text)
{
    print_note(output, text);
}

void output_note(Output *output, const char *text)
{
    if (!output->mode.quiet) {
        print_note(output, text);
    }
}

gboolean output_reader_left(Output *output)
{
    return g_atomic_int_get(&output->failed) == EPIPE;
}

const char *output_failed(Output *output)
{
    int code = g_atomic_int_get(&output->failed);

    return code ? g_strerror(code) : NULL;
}

gboolean output_can_live(Output *output)
{
    return output->live_terminal;
}

void output_live(Output *output, const char *line)
{
    if (!output->live_terminal) {
        return;
    }
    g_rec_mutex_lock(&output->lock);
    if (line) {
        erase_live(output);
        g_free(output->live);
        output->live = g_strdup(line);
        draw_live(output);
    } else if (output->live) {
        if (output->held) {
            g_autofree char *last = g_strconcat(output->live, "\n", NULL);

            print(output, stderr, last);
        } else {
            fputs("\n", stderr);
            fflush(stderr);
        }
        g_clear_pointer(&output->live, g_free);
    }
    g_rec_mutex_unlock(&output->lock);
}

void output_live_erase(Output *output)
{
    g_rec_mutex_lock(&output->lock);
    erase_live(output);
    fflush(stderr);
    g_clear_pointer(&output->live, g_free);
    g_rec_mutex_unlock(&output->lock);
}

void output_live_entered(Output *output)
{
    g_rec_mutex_lock(&output->lock);
    if (output->live && !output->held) {
        fputs("\033[A", stderr);
    }
    output_live_erase(output);
    g_rec_mutex_unlock(&output->lock);
}

void output_redraw(Output *output)
{
    g_rec_mutex_lock(&output->lock);
    if (output->hide) {
        output->hide(output->prompt_data);
        output->show(output->prompt_data);
    }
    g_rec_mutex_unlock(&output->lock);
}

void output_set_prompt(Output *output, void (*hide)(gpointer data), void (*show)(gpointer data),
                       gpointer data)
{
    g_rec_mutex_lock(&output->lock);
    output->hide = hide;
    output->show = show;
    output->prompt_data = data;
    g_rec_mutex_unlock(&output->lock);
}

/* --- the screen is another's --- */

void output_hold(Output *output)
{
    g_rec_mutex_lock(&output->lock);
    erase_live(output);
    fflush(stderr);
    output->held++;
    g_rec_mutex_unlock(&output->lock);
}

void output_release(Output *output)
{
    FILE *stream;

    g_rec_mutex_lock(&output->lock);
    if (--output->held == 0) {
        guint lost = backlog_lost_lines(output->backlog);
        char *text;

        draw_live(output);
        if (lost) {
            g_autofree char *note =
                g_strdup_printf(_("%u older lines that came meanwhile are left out"), lost);

            output_error(output, note);
        }
        while ((text = backlog_take(output->backlog, &stream))) {
            print(output, stream, text);
            g_free(text);
        }
    }
    g_rec_mutex_unlock(&output->lock);
}

gboolean output_is_held(Output *output)
{
    gboolean held;

    g_rec_mutex_lock(&output->lock);
    held = output->held > 0;
    g_rec_mutex_unlock(&output->lock);
    return held;
}

void output_draw(Output *output, const char *text)
{
    g_rec_mutex_lock(&output->lock);
    fputs(text, stdout);
    fflush(stdout);
    g_rec_mutex_unlock(&output->lock);
}
