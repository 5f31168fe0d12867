/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set: the settings of this shell, shown and changed. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/job.h"
#include "commands/reader.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/inquiry.h"
#include "shell/line.h"
#include "shell/table.h"
#include "shell/words.h"

/* Shows the settings from @first to before @end. */
static void show(Session *session, Setting first, Setting end, Reply *reply)
{
    /* a script that asks for one gets the bare value */
    gboolean marks = output_is_pretty(session->output) || end - first > 1;
    g_autoptr(Table) table =
        table_new(reader_word(session, N_("setting")), reader_word(session, N_("value")),
                  reader_word(session, N_("meaning")), NULL);

    reply->json = json_object_new_object();
    for (Setting i = first; i < end; i++) {
        const SettingValue *now = settings_value(session, i);
        g_autofree char *text = setting_value_text(settings_form(i), now);
        gboolean usual = marks && strcmp(text, "default") != 0 && settings_is_usual(session, i);
        g_autofree char *marked =
            g_strconcat(text, usual ? reader_word(session, N_(" (default)")) : NULL, NULL);

        table_add(table, settings_names[i], marked, settings_help(i), NULL);
        json_object_object_add(reply->json, settings_names[i],
                               setting_value_json(settings_form(i), now));
    }
    table_print(table, output_page_width(session->output), reply->text);
}

/* The value as it would be typed. Free with g_free(). */
static char *text_now(Session *session, Setting setting)
{
    return setting_value_text(settings_form(setting), settings_value(session, setting));
}

static gboolean set(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *name = arguments_get(arguments, "setting")->text;
    const Value *typed = arguments_get(arguments, "value");
    g_autofree char *value = NULL;
    Setting setting;

    if (!name) {
        show(session, 0, N_SETTINGS, reply);
        return TRUE;
    }
    setting = settings_find(name, error);
    if (setting == N_SETTINGS) {
        return FALSE;
    }
    if (!typed->given) {
        show(session, setting, setting + 1, reply);
        return TRUE;
    }
    value = g_strchomp(g_strdup(typed->text));
    if (!settings_set(session, name, value, error)) {
        return FALSE;
    }
    g_free(value);
    value = text_now(session, setting);
    if (job_storage_under_way(session) && setting == SETTING_WRITE_BLOCKING) {
        session_courtesy(session, reply, _("%s is now %s for the next migration"), name, value);
    } else {
        session_courtesy(session, reply, _("%s is now %s"), name, value);
    }
    return TRUE;
}

/* The setting that @before names; N_SETTINGS when it is none. */
static Setting setting_of(const char *before)
{
    g_autofree char *name = line_token(&before, NULL, NULL);

    return name ? settings_find(name, NULL) : N_SETTINGS;
}

/* With the present one first. */
static char **value_words(Inquiry *inquiry, const char *before)
{
    Setting setting = setting_of(before);
    const char *const *words =
        setting < N_SETTINGS ? setting_value_words(settings_form(setting)) : NULL;
    g_autofree char *now = NULL;

    if (!words) {
        return NULL;
    }
    now = text_now(inquiry->session, setting);
    return words_put_first(words, now);
}

static char *value_hint(const Argument *argument G_GNUC_UNUSED, Inquiry *inquiry,
                        const char *before)
{
    Setting setting = setting_of(before);
    g_autofree char *now = NULL;

    if (setting == N_SETTINGS) {
        return NULL;
    }
    now = text_now(inquiry->session, setting);
    return g_strdup_printf(_("%s; now %s"), settings_help(setting), now);
}

const Command set_commands[] = {
    {
        .name = "set",
        .group = N_("Shell"),
        .help = N_("show or change a setting of this shell"),
        .description = N_(
            "colour (auto): auto, on or off; on is for a terminal in spite of NO_COLOR.\n"
            "events (default): which events are shown at the prompt, as 'events' takes it.\n"
            "history (2000): how many lines the history keeps; 0 keeps and writes none.\n"
            "pager (on): what shows results that are longer than the screen: on is $HMPSH_PAGER,\n"
            "$PAGER or less; off is none; anything else is a command.\n"
            "prompt (\"(%g%s) \"): %g is the guest, %s its state (': gone', ': lost'), %p the\n"
            "peer, %u the connection's URI, %% a percent sign; in quotes, blanks at its end "
            "count.\n"
            "return-path (on): migrate turns QEMU's capability of that name on, since\n"
            "without it 'completed' means only that the bytes were sent to somebody.\n"
            "status (auto): the face of 'info migrate': pretty, classic, or auto, which is pretty\n"
            "at a terminal and classic elsewhere.\n"
            "timeout (0): give up waiting for a monitor command after so many seconds, as with\n"
            "--timeout; 0 is never.\n"
            "write-blocking (off): migrate -b and -i let each write of the guest wait\n"
            "until the destination has it too. The guest writes more slowly, and disks\n"
            "that it writes faster than they can be copied are copied all the same."),
        .arguments = (const Argument[]){{.name = "setting",
                                         .kind = ARGUMENT_WORD,
                                         .optional = TRUE,
                                         .help = N_("its name; without it all are shown"),
                                         .choices = settings_names},
                                        {.name = "value",
                                         .kind = ARGUMENT_REST,
                                         .optional = TRUE,
                                         .help = N_("what it becomes, or 'default'; without it the "
                                                    "setting is shown"),
                                         .choices = (const char *const[]){"default", NULL},
                                         .words = value_words,
                                         .hint = value_hint},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = set,
    },
    {0},
};
