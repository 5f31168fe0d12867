/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab lesson: the course's lessons, listed, shown and run. */
#include <glib/gi18n.h>

#include "commands/lab/lab.h"
#include "commands/lesson_file.h"
#include "commands/lesson_show.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/layout.h"
#include "shell/table.h"

/* A session's notes: while a lesson runs, and how often the lessons were listed. */
static const char RUNNING[] = "lesson";
static const char LISTED[] = "lessons-listed";

/* --- the list --- */

static guint times_listed(Session *session)
{
    return GPOINTER_TO_UINT(g_datalist_get_data(&session->notes, LISTED));
}

static gboolean list(Session *session, Reply *reply, GError **error)
{
    g_autoptr(Table) table = table_new(_("lesson"), _("title"), NULL);
    g_auto(GStrv) names = lesson_names(error);

    if (!names) {
        return FALSE;
    }
    reply->json = json_object_new_array();
    for (char **name = names; *name; name++) {
        g_autoptr(Lesson) lesson = lesson_read(*name, error);
        g_autofree char *number = lesson_number(*name);

        if (!lesson) {
            return FALSE;
        }
        table_add(table, number, _(lesson->title), NULL);
        json_object_array_add(reply->json, json_dict("lesson", json_object_new_string(number),
                                                     "name", json_object_new_string(*name), "title",
                                                     json_object_new_string(lesson->title), NULL));
    }
    table_print(table, output_page_width(session->output), reply->text);
    g_datalist_set_data(&session->notes, LISTED, GUINT_TO_POINTER(times_listed(session) + 1));
    return TRUE;
}

static char **number_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before G_GNUC_UNUSED)
{
    char **names = lesson_names(NULL);

    for (char **name = names; name && *name; name++) {
        g_autofree char *whole = *name;

        *name = lesson_number(whole);
    }
    return names;
}

/* --- what it is run on --- */

/* Whether commands go to a guest of the lab. */
static gboolean is_in_lab(Session *session)
{
    Guest *current = session->current;

    return lab_of(session, NULL) && current &&
           (current == lab_find(session, FALSE) || current == lab_find(session, TRUE));
}

/* Whether the lab's guests are as they were started: this line is the session's first. */
static gboolean is_fresh(Session *session)
{
    return session->lines == times_listed(session) + 1;
}

/* A lesson may rely on nothing that was done before it. */
static gboolean make_fresh_pair(LessonShow *show, GError **error)
{
    Session *session = show->session;
    Lab *lab = lab_of(session, error);
    gboolean own = lab && !lab_boot(lab)->kernel;
    g_autoptr(GString) nothing = g_string_new(NULL);

    if (!lesson_show_run(show, own ? "lab reset --disk 0" : "lab reset --disk 0 --lab-guest",
                         error) ||
        !dispatch_capture(session, "migrate_policy manual", nothing, error)) {
        return FALSE;
    }
    return session->current == lab_find(session, FALSE) ||
           session_attach(session, lab_name(FALSE), FALSE, error);
}

/* @line as one that no text breaks; where texts are not broken it stays as it is. Free with
 * g_free(). */
static char *whole_command(Session *session, const char *line)
{
    gboolean broken = output_note_width(session->output) > 0 &&
                      output_page_width(session->output) > 0 && !output_mode(session->output)->json;

    return broken ? layout_glue(g_strdup(line)) : g_strdup(line);
}

static gboolean check_place(Session *session, const Lesson *lesson, GError **error)
{
    g_autofree char *number = lesson_number(lesson->name);
    g_autofree char *line = g_strdup_printf("lab lesson %s", number);
    g_autofree char *recorded_line = g_strconcat(line, " --recorded", NULL);
    g_autofree char *run = whole_command(session, line);
    g_autofree char *recorded = whole_command(session, recorded_line);
    g_autofree char *hosts = whole_command(session, "python3 tests/program/two_hosts.py");
    g_autofree char *lab = whole_command(session, "hmpsh --lab");

    if (lesson->two_hosts && (is_in_lab(session) || !session->current)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("lesson %s needs two hosts and their libvirts, not a lab: as root, '%s' in "
                      "hmpsh's sources makes two of this machine and is hmpsh at a guest there; "
                      "then type '%s'. '%s' only shows it"),
                    number, hosts, run, recorded);
        return FALSE;
    }
    if (!lesson->two_hosts && !lab_of(session, NULL)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("a lesson needs a lab, which '%s' has; where there is no QEMU, '%s' shows "
                      "the lesson and what was recorded of it"),
                    lab, recorded);
        return FALSE;
    }
    return TRUE;
}

static void put_title(LessonShow *show)
{
    g_autofree char *number = lesson_number(show->lesson->name);
    g_autofree char *title = g_strdup_printf(_("Lesson %s: %s"), number, _(show->lesson->title));
    g_autoptr(GString) text = g_string_new(NULL);

    page_add_title(&show->page, title, text);
    if (show->recorded) {
        page_add_text(&show->page,
                      _("Nothing is run now: this is what the lesson says and does, and in the end "
                        "its migrations are shown as they were recorded."),
                      text);
    } else if (show->resets) {
        page_add_text(&show->page, _("It begins with a fresh pair of guests:"), text);
    }
    lesson_show_put(show, text->str);
}

static gboolean teach(LessonShow *show, GError **error)
{
    put_title(show);
    if (show->resets && !make_fresh_pair(show, error)) {
        return FALSE;
    }
    return lesson_show_steps(show, error);
}

/* What the lessons say of `info migrate` is about its pretty face, in a script as well. */
static gboolean teach_with_pretty_face(LessonShow *show, GError **error)
{
    gboolean usual = settings_is_usual(show->session, SETTING_STATUS);
    gboolean fine;

    if (usual) {
        settings_set(show->session, "status", "pretty", NULL);
    }
    fine = teach(show, error);
    if (usual) {
        settings_set(show->session, "status", "default", NULL);
    }
    return fine;
}

/* What is said when it ends early. Free with g_free(). */
static char *end_text(const LessonShow *show)
{
    g_autofree char *number = lesson_number(show->lesson->name);
    g_autofree char *again =
        g_strdup_printf(show->recorded ? "lab lesson %s --recorded" : "lab lesson %s", number);
    g_autofree char *whole = whole_command(show->session, again);

    return g_strdup_printf(show->recorded ? _("the lesson ends here; '%s' begins it again")
                                          : _("the lesson ends here, and the guests are as it left "
                                              "them; '%s' begins it again"),
                           whole);
}

/* Puts that behind @why for a reader, who looks for the reason first. */
static void add_end(const LessonShow *show, GError *why)
{
    g_autofree char *end = end_text(show);
    char *message = g_strconcat(why->message, "\n", end, NULL);

    if (!show->paused || output_mode(show->session->output)->quiet ||
        output_mode(show->session->output)->json) {
        g_free(message);
        return;
    }
    g_free(why->message);
    why->message = message;
}

/* --- the command --- */

static gboolean lesson_command(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const Value *word = arguments_get(arguments, "lesson");
    LessonShow show = {.session = session, .recorded = arguments_get(arguments, "recorded")->given};
    g_autofree char *name = NULL;
    g_autoptr(Lesson) lesson = NULL;
    g_autoptr(GError) why = NULL;

    if (!word->given && !show.recorded) {
        return list(session, reply, error);
    }
    if (!word->given) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("lab lesson --recorded: which lesson? Its number or name is missing "
                              "('lab lesson' lists them)"));
        return FALSE;
    }
    name = lesson_find(word->text, error);
    lesson = name ? lesson_read(name, error) : NULL;
    if (!lesson || (!show.recorded && !check_place(session, lesson, error))) {
        return FALSE;
    }
    if (g_datalist_get_data(&session->notes, RUNNING)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("a lesson runs already: there is none within another"));
        return FALSE;
    }
    show.lesson = lesson;
    show.paused =
        session->setup.interactive && !session->captured && !output_mode(session->output)->json;
    show.resets = !show.recorded && !lesson->two_hosts && !is_fresh(session);
    show.page = page_of(session->output, show.paused || show.recorded);
    g_datalist_set_data(&session->notes, RUNNING, session);
    teach_with_pretty_face(&show, &why);
    g_datalist_set_data(&session->notes, RUNNING, NULL);
    if (show.left && !why) {
        g_autofree char *end = end_text(&show);

        session_courtesy(session, reply, "%s", end);
    }
    if (why) {
        add_end(&show, why);
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

const Command lesson_commands[] = {
    {
        .name = "lab lesson",
        .group = N_("Lab"),
        .help = N_("list the lessons about migration, or go through one of them"),
        .description = N_(
            "Each begins with a fresh pair of guests and goes on step by step: what comes and "
            "what\n"
            "to look at, the commands, then what they say. At the prompt it waits before and "
            "after\n"
            "the commands of each step; Ctrl-C or q ends it, and the guests stay as they are. In "
            "a\n"
            "script it runs through, and a command that fails ends it with its place.\n"
            "With --recorded nothing is run: the text, then the lesson's migrations as they were\n"
            "recorded. That needs no lab."),
        .arguments =
            (const Argument[]){{.name = "recorded",
                                .kind = ARGUMENT_FLAG,
                                .option = "recorded",
                                .help = N_("show it without running it")},
                               {.name = "lesson",
                                .kind = ARGUMENT_TEXT,
                                .optional = TRUE,
                                .help = N_("its number or name; without it, all are listed"),
                                .words = number_words},
                               {0}},
        .flags = COMMAND_GATES_INNER,
        .run = lesson_command,
    },
    {0},
};
