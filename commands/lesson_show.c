/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lesson_show.h"

#include <glib/gi18n.h>

#include "shell/ask.h"
#include "shell/dispatch.h"
#include "shell/line.h"
#include "shell/pager.h"
#include "shell/prompt.h"
#include "shell/script.h"

void lesson_show_put(LessonShow *show, const char *text)
{
    Session *session = show->session;

    if (session->captured) {
        g_string_append(session->captured, text);
    } else if (show->paused) {
        pager_print(session->output, session->pager, text);
    } else if (!output_mode(session->output)->json) {
        output_text(session->output, text);
    }
}

/* @line as it is typed at the prompt. */
static void echo(LessonShow *show, const char *line)
{
    Session *session = show->session;
    g_autofree char *prompt = show->paused ? prompt_text(session) : NULL;
    gboolean colour = output_has_colour(session->output);
    g_autofree char *text = prompt ? g_strconcat(colour ? "\033[1m" : "", g_strchomp(prompt),
                                                 colour ? "\033[0m " : " ", line, "\n", NULL)
                                   : NULL;

    if (text) {
        output_text(session->output, text);
    } else if (!session->captured && !output_mode(session->output)->json) {
        script_echo(session, line);
    }
}

/* Whether nobody wants more: a command left the shell, or whoever reads the output has gone. */
static gboolean is_over(const LessonShow *show)
{
    return show->session->leaving || output_failed(show->session->output);
}

/* Waits until the person goes on; FALSE: no more of it. */
static gboolean pause_for(LessonShow *show, const char *invitation)
{
    show->left = show->paused &&
                 !ask_enter(show->session, invitation,
                            _("Enter goes on and q ends the lesson; commands are typed after it"));
    return !show->left;
}

static void put_step(LessonShow *show, const LessonStep *step)
{
    g_autoptr(GString) text = g_string_new(NULL);

    page_add_step(&show->page, step, text);
    lesson_show_put(show, text->str);
}

static gboolean run_commands(LessonShow *show, const LessonStep *step, GError **error)
{
    g_autofree char *file = g_strconcat(show->lesson->name, ".hmp", NULL);

    for (guint i = 0; i < step->commands->len && !is_over(show); i++) {
        const LessonCommand *command = step->commands->pdata[i];

        echo(show, command->line);
        if (!script_line(show->session, command->line, file, command->number, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A step with commands: what they are is read before they run, and what they said before the next
 * step's text comes. FALSE when that is the lesson's end. */
static gboolean take_step(LessonShow *show, const LessonStep *step, GError **error)
{
    const char *runs = step->commands->len == 1
                           ? _("Enter runs it; q, then Enter, ends the lesson")
                           : _("Enter runs them; q, then Enter, ends the lesson");
    const char *goes_on = _("Enter goes on; q, then Enter, ends the lesson");

    put_step(show, step);
    if (show->recorded) {
        return pause_for(show, goes_on);
    }
    return pause_for(show, runs) && run_commands(show, step, error) && !is_over(show) &&
           pause_for(show, goes_on);
}

gboolean lesson_show_run(LessonShow *show, const char *line, GError **error)
{
    echo(show, line);
    return dispatch(show->session, line, error);
}

/* The lesson's migrations as they were, at a terminal as slow as they were. */
static gboolean show_recording(LessonShow *show, GError **error)
{
    g_autofree char *path = lesson_recording(show->lesson->name);
    const char *words[] = {"replay", path, show->paused ? NULL : "0", NULL};
    g_autofree char *line = path ? line_join(words) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    page_add_text(&show->page,
                  path ? _("The lesson's migrations, as they were recorded:")
                       : _("There is no recording of this lesson."),
                  text);
    lesson_show_put(show, text->str);
    return !path || (lesson_show_run(show, line, error) && lesson_show_run(show, "plot", error) &&
                     pause_for(show, _("Enter goes on; q, then Enter, ends the lesson")));
}

gboolean lesson_show_steps(LessonShow *show, GError **error)
{
    const GPtrArray *steps = show->lesson->steps;
    const LessonStep *last = steps->pdata[steps->len - 1];
    guint count = steps->len - (last->commands->len ? 0 : 1);

    for (guint i = 0; i < count; i++) {
        if (!take_step(show, steps->pdata[i], error)) {
            return FALSE;
        }
    }
    if (show->recorded && !show_recording(show, error)) {
        return FALSE;
    }
    if (count < steps->len) {
        put_step(show, last);
    }
    return TRUE;
}
