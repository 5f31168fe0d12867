/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/repl.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/readline.h>

#include "shell/dispatch.h"
#include "shell/history.h"
#include "shell/job_control.h"
#include "shell/layout.h"
#include "shell/line.h"
#include "shell/prompt.h"

typedef struct {
    Session *session;
    Loop *loop;
    guint input;  /* the source that reads the terminal; 0: not reading */
    char *line;   /* on its way to the session's thread */
    GQueue lines; /* after it: a paste may have several */
    gboolean (*begin)(gpointer data, ExitStatus *status);
    gpointer begin_data;
    gboolean begun;
    ExitStatus begin_status;
    const char *greeting;
} Repl;

/* readline's callbacks carry no data of ours. */
static Repl *the_repl;

/* --- the prompt --- */

/* The prompt, bold but for the blanks at its end. */
static char *make_prompt(Repl *repl)
{
    g_autofree char *text = prompt_text(repl->session);
    size_t length = strlen(text);

    if (!output_has_colour(repl->session->output)) {
        return g_steal_pointer(&text);
    }
    while (length && text[length - 1] == ' ') {
        length--;
    }
    /* \001 and \002 keep the colour out of readline's count of columns */
    return g_strdup_printf("\001\033[1m\002%.*s\001\033[0m\002%s", (int)length, text,
                           text + length);
}

static void hide_line(gpointer data G_GNUC_UNUSED)
{
    rl_clear_visible_line();
    fflush(rl_outstream);
}

static void show_line(gpointer data)
{
    g_autofree char *prompt = make_prompt(data);

    rl_set_prompt(prompt);
    rl_on_new_line();
    rl_redisplay();
}

static gboolean on_input(gint fd G_GNUC_UNUSED, GIOCondition condition, gpointer data)
{
    Repl *repl = data;

    if (condition & G_IO_IN) {
        rl_callback_read_char();
        return G_SOURCE_CONTINUE;
    }
    repl->input = 0; /* the terminal is gone */
    loop_leave(repl->loop, EXIT_OK);
    return G_SOURCE_REMOVE;
}

static void on_line(char *text);

static void begin_editing(Repl *repl)
{
    g_autofree char *prompt = make_prompt(repl);

    rl_callback_handler_install(prompt, on_line);
    repl->input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, repl);
    output_set_prompt(repl->session->output, hide_line, show_line, repl);
}

static void end_editing(Repl *repl)
{
    output_set_prompt(repl->session->output, NULL, NULL, NULL);
    rl_callback_handler_remove();
    if (repl->input) {
        g_source_remove(repl->input);
        repl->input = 0;
    }
}

/* --- one line --- */

static void run_line(gpointer data)
{
    Repl *repl = data;
    g_autoptr(GError) error = NULL;

    if (!dispatch(repl->session, repl->line, &error)) {
        output_error(repl->session->output, error->message);
    }
}

static void line_done(gpointer data);

/* A history that cannot be kept is no reason not to go on. */
static void tell_trouble(Repl *repl)
{
    g_autofree char *trouble = history_trouble();

    if (trouble) {
        output_note(repl->session->output, trouble);
    }
}

/* Runs the next line, or lets another one be typed. */
static void go_on(Repl *repl)
{
    if (loop_is_ending(repl->loop)) {
        return;
    }
    bell_rearm(repl->session->bell);
    repl->line = g_queue_pop_head(&repl->lines);
    if (repl->line) {
        history_remember(repl->line);
        tell_trouble(repl);
        loop_hand_over(repl->loop, run_line, line_done, repl);
    } else {
        begin_editing(repl);
    }
}

static void line_done(gpointer data)
{
    Repl *repl = data;

    g_clear_pointer(&repl->line, g_free);
    if (repl->session->leaving) {
        loop_leave(repl->loop, EXIT_OK);
    } else {
        go_on(repl);
    }
}

/* Ctrl-D. */
static void leave(Repl *repl)
{
    g_autoptr(GError) error = NULL;

    if (!repl->session->setup.may_leave || repl->session->setup.may_leave(repl->session, &error)) {
        loop_leave(repl->loop, EXIT_OK);
        return;
    }
    output_error(repl->session->output, error->message);
    go_on(repl);
}

/* What was typed is one line, what was pasted may be several. */
static void on_line(char *text)
{
    Repl *repl = the_repl;
    g_auto(GStrv) lines = g_strsplit_set(text ? text : "", "\r\n", -1);

    end_editing(repl);
    if (!text) {
        putchar('\n');
        leave(repl);
        return;
    }
    free(text);
    for (char **line = lines; *line; line++) {
        if (!line_is_nothing(*line)) {
            g_queue_push_tail(&repl->lines, g_strdup(*line));
        }
    }
    go_on(repl);
}

/* Ctrl-C: gives up the command that runs and those behind it, or else the line being typed. */
static void on_interrupt(gpointer data)
{
    Repl *repl = data;

    if (loop_is_busy(repl->loop)) {
        g_queue_clear_full(&repl->lines, g_free);
        bell_interrupt(repl->session->bell);
        return;
    }
    rl_callback_sigcleanup();
    rl_free_line_state();
    fputs("^C\n", rl_outstream);
    end_editing(repl); /* begun anew: what was shown may have been a line of the history */
    begin_editing(repl);
}

/* readline looks for SIGWINCH only while it takes a character in. */
static gboolean on_resize(gpointer data)
{
    Repl *repl = data;

    if (repl->input) {
        rl_resize_terminal();
    } else {
        rl_reset_screen_size();
    }
    return G_SOURCE_CONTINUE;
}

/* --- Ctrl-Z --- */

/* The terminal is left as it was found; the line being edited stays on the screen. */
static void give_back_terminal(gpointer data)
{
    Repl *repl = data;

    if (repl->input) {
        rl_deprep_terminal();
        putchar('\n');
        fflush(stdout);
    }
    screen_leave(repl->session->screen);
}

static void take_terminal(gpointer data)
{
    Repl *repl = data;

    screen_come_back(repl->session->screen);
    if (repl->input) {
        rl_prep_terminal(1);
        rl_reset_screen_size();
        putchar('\r');
        fflush(stdout);
        show_line(repl);
    }
}

/* --- the beginning and the end --- */

static void begin_shell(gpointer data)
{
    Repl *repl = data;

    repl->begun = repl->begin(repl->begin_data, &repl->begin_status);
}

static void shell_begun(gpointer data)
{
    Repl *repl = data;
    g_autoptr(GString) page = g_string_new(NULL);

    if (!repl->begun) {
        loop_leave(repl->loop, repl->begin_status);
        return;
    }
    if (repl->greeting) {
        layout_wrap(page, output_page_width(repl->session->output), LAYOUT_HANG, repl->greeting);
        output_text(repl->session->output, page->str);
    }
    begin_editing(repl);
}

int repl_run(Session *session, Loop *loop, gboolean (*begin)(gpointer data, ExitStatus *status),
             gpointer data, const char *greeting)
{
    /* static: a command that was given up may still look at it when this function is left */
    static Repl repl;
    guint resize = g_unix_signal_add(SIGWINCH, on_resize, &repl);
    int status;

    repl = (Repl){
        .session = session, .loop = loop, .begin = begin, .begin_data = data, .greeting = greeting};
    the_repl = &repl;
    rl_readline_name = "hmpsh";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    history_begin();
    tell_trouble(&repl);
    loop_on_interrupt(loop, on_interrupt, &repl);
    job_control_begin(give_back_terminal, take_terminal, &repl);
    loop_hand_over(loop, begin_shell, shell_begun, &repl);
    status = loop_run(loop);
    job_control_end();
    g_source_remove(resize);
    end_editing(&repl);
    g_queue_clear_full(&repl.lines, g_free);
    return status;
}
