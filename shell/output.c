/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct Output {
    OutputMode mode;
    gboolean pretty;
    gboolean colour;
    gboolean live_terminal;
    gint failed; /* atomic: errno of the first result that could not be written */
    GThread *main_thread;
    GRecMutex lock;
    char *live;
    void (*hide)(gpointer data);
    void (*show)(gpointer data);
    gpointer prompt_data;
};

/* A text on its way to the main thread, because a line is being edited there. */
typedef struct {
    Output *output;
    FILE *stream;
    char *text;
} Parcel;

Output *output_new(const OutputMode *mode)
{
    Output *output = g_new0(Output, 1);
    const char *terminal = g_getenv("TERM");
    const char *no_colour = g_getenv("NO_COLOR");
    gboolean clever = terminal && *terminal && strcmp(terminal, "dumb") != 0;

    output->mode = *mode;
    output->pretty = isatty(STDOUT_FILENO) && !mode->json;
    output->colour = output->pretty && !(no_colour && *no_colour) && clever;
    output->live_terminal = isatty(STDERR_FILENO) && clever && !mode->json && !mode->quiet;
    output->main_thread = g_thread_self();
    g_rec_mutex_init(&output->lock);
    return output;
}

void output_free(Output *output)
{
    g_rec_mutex_clear(&output->lock);
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
    return output->colour;
}

int output_width(Output *output G_GNUC_UNUSED)
{
    struct winsize size;
    int terminal = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;

    return ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void erase_live(Output *output)
{
    if (output->live) {
        fputs("\r\033[K", stderr);
    }
}

static void draw_live(Output *output)
{
    if (output->live) {
        fputs(output->live, stderr);
        fflush(stderr);
    }
}

static gboolean print_parcel(gpointer data);

static void print(Output *output, FILE *stream, const char *text)
{
    g_rec_mutex_lock(&output->lock);
    if (output->hide && g_thread_self() != output->main_thread) {
        Parcel *parcel = g_new(Parcel, 1);

        *parcel = (Parcel){output, stream, g_strdup(text)};
        g_idle_add_full(G_PRIORITY_DEFAULT, print_parcel, parcel, NULL);
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
    g_free(parcel->text);
    g_free(parcel);
    return G_SOURCE_REMOVE;
}

static void print_line(Output *output, FILE *stream, const char *text)
{
    g_autofree char *line = g_strconcat(text, g_str_has_suffix(text, "\n") ? NULL : "\n", NULL);

    print(output, stream, line);
}

void output_text(Output *output, const char *text)
{
    if (*text) {
        print(output, stdout, text);
    }
}

void output_error(Output *output, const char *text)
{
    print_line(output, stderr, text);
}

void output_note(Output *output, const char *text)
{
    if (!output->mode.quiet) {
        print_line(output, stderr, text);
    }
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
        fputs("\n", stderr);
        fflush(stderr);
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

void output_set_prompt(Output *output, void (*hide)(gpointer data), void (*show)(gpointer data),
                       gpointer data)
{
    g_rec_mutex_lock(&output->lock);
    output->hide = hide;
    output->show = show;
    output->prompt_data = data;
    g_rec_mutex_unlock(&output->lock);
}
