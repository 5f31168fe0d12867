/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/settings.h"

#include <string.h>

#include "commands/event_teller.h"
#include "commands/migration/job.h"
#include "commands/table.h"
#include "shell/closest.h"
#include "shell/error.h"
#include "shell/history.h"
#include "shell/inquiry.h"
#include "shell/line.h"
#include "shell/prompt.h"
#include "shell/table.h"
#include "shell/words.h"

/* --- the settings --- */

static gboolean apply_colour(Session *session, const SettingValue *value,
                             GError **error G_GNUC_UNUSED)
{
    output_set_colour(session->output, (ColourMode)value->choice);
    return TRUE;
}

static gboolean apply_events(Session *session, const SettingValue *value, GError **error)
{
    return event_teller_choose(session, value->text, error);
}

static gboolean apply_history(Session *session G_GNUC_UNUSED, const SettingValue *value,
                              GError **error G_GNUC_UNUSED)
{
    history_set_size((guint)value->count);
    return TRUE;
}

/* Whether the command @text begins with a program that is there. */
static gboolean check_program(const char *text, GError **error)
{
    g_auto(GStrv) words = NULL;
    g_autofree char *path = NULL;

    if (g_shell_parse_argv(text, NULL, &words, NULL)) {
        path = g_find_program_in_path(words[0]);
    }
    if (!path) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    "pager is on, off or a command, and there is no program '%s'",
                    words ? words[0] : text);
    }
    return path != NULL;
}

static gboolean apply_pager(Session *session, const SettingValue *value, GError **error)
{
    gboolean usual = strcmp(value->text, "on") == 0;
    gboolean off = strcmp(value->text, "off") == 0 || !*value->text;

    if (!usual && !off && !check_program(value->text, error)) {
        return FALSE;
    }
    g_free(session->pager);
    session->pager = usual ? NULL : g_strdup(off ? "" : value->text);
    return TRUE;
}

static gboolean apply_prompt(Session *session, const SettingValue *value, GError **error)
{
    return prompt_set(session, value->text, error);
}

static gboolean apply_timeout(Session *session, const SettingValue *value,
                              GError **error G_GNUC_UNUSED)
{
    session_set_timeout(session, value->seconds);
    return TRUE;
}

static const char *const NAMES[N_SETTINGS + 1] = {
    [SETTING_COLOUR] = "colour",
    [SETTING_EVENTS] = "events",
    [SETTING_HISTORY] = "history",
    [SETTING_PAGER] = "pager",
    [SETTING_PROMPT] = "prompt",
    [SETTING_RETURN_PATH] = "return-path",
    [SETTING_STATUS] = "status",
    [SETTING_TIMEOUT] = "timeout",
    [SETTING_WRITE_BLOCKING] = "write-blocking",
};

static const struct {
    SettingForm form;
    const char *initial; /* as it is typed */
    const char *help;
    /* Brings @value about; FALSE refuses it. NULL: whoever needs it asks for it. */
    gboolean (*apply)(Session *session, const SettingValue *value, GError **error);
} SETTINGS[N_SETTINGS] = {
    [SETTING_COLOUR] =
        {
            .form = {SETTING_CHOICE, .words = (const char *const[]){"auto", "on", "off", NULL}},
            .initial = "auto",
            .help = "colour at a terminal; auto: unless NO_COLOR is set or the terminal is dumb",
            .apply = apply_colour,
        },
    [SETTING_EVENTS] =
        {
            .form = {SETTING_TEXT, .words = (const char *const[]){"on", "off", NULL}},
            .initial = "default",
            .help = "which events are shown at the prompt: on, off, default (migration, run state, "
                    "block jobs, devices), or a pattern",
            .apply = apply_events,
        },
    [SETTING_HISTORY] =
        {
            .form = {SETTING_COUNT, .most = 100000},
            .initial = "2000",
            .help = "how many lines the history keeps; 0: none, in no file either",
            .apply = apply_history,
        },
    [SETTING_PAGER] =
        {
            .form = {SETTING_TEXT, .words = (const char *const[]){"on", "off", NULL}},
            .initial = "on",
            .help = "the pager for long results: on ($HMPSH_PAGER, $PAGER or less), off, or a "
                    "command",
            .apply = apply_pager,
        },
    [SETTING_PROMPT] =
        {
            .form = {SETTING_TEXT},
            .initial = "\"" PROMPT_DEFAULT "\"",
            .help = "the prompt: %g guest, %s its state, %p peer, %u URI, %% a percent sign",
            .apply = apply_prompt,
        },
    [SETTING_RETURN_PATH] =
        {
            .form = {SETTING_SWITCH},
            .initial = "on",
            .help = "migrate turns QEMU's return-path capability on, so that 'completed' means "
                    "that the destination has it",
        },
    [SETTING_STATUS] =
        {
            .form = {SETTING_CHOICE,
                     .words = (const char *const[]){"auto", "pretty", "classic", NULL}},
            .initial = "auto",
            .help = "the face of 'info migrate'; auto: pretty at a terminal, classic elsewhere",
        },
    [SETTING_TIMEOUT] =
        {
            .form = {SETTING_TIME},
            .initial = "0",
            .help = "give up waiting for a monitor command after so many seconds; 0: never",
            .apply = apply_timeout,
        },
    [SETTING_WRITE_BLOCKING] =
        {
            .form = {SETTING_SWITCH},
            .initial = "off",
            .help = "migrate -b and -i let the guest's writes wait for the destination from the "
                    "beginning, so that any disk is copied in the end",
        },
};

typedef struct {
    SettingValue now[N_SETTINGS];
    SettingValue usual[N_SETTINGS]; /* the defaults */
} Values;

static void values_free(gpointer data)
{
    Values *values = data;

    for (guint i = 0; i < N_SETTINGS; i++) {
        setting_value_clear(&values->now[i]);
        setting_value_clear(&values->usual[i]);
    }
    g_free(values);
}

/* The values at the beginning: the defaults, but for what the command line says. */
static Values *values_new(const Session *session)
{
    Values *values = g_new0(Values, 1);

    for (guint i = 0; i < N_SETTINGS; i++) {
        setting_value_read(&SETTINGS[i].form, NAMES[i], SETTINGS[i].initial, &values->now[i], NULL);
        setting_value_read(&SETTINGS[i].form, NAMES[i], SETTINGS[i].initial, &values->usual[i],
                           NULL);
    }
    values->now[SETTING_TIMEOUT].seconds = session->setup.timeout;
    values->usual[SETTING_TIMEOUT].seconds = session->setup.timeout;
    if (output_mode(session->output)->quiet) {
        setting_value_read(&SETTINGS[SETTING_EVENTS].form, NAMES[SETTING_EVENTS], "off",
                           &values->now[SETTING_EVENTS], NULL);
    }
    return values;
}

static Values *values_of(Session *session)
{
    Values *values = g_datalist_get_data(&session->notes, "settings");

    if (!values) {
        values = values_new(session);
        g_datalist_set_data_full(&session->notes, "settings", values, values_free);
    }
    return values;
}

const SettingValue *settings_value(Session *session, Setting setting)
{
    return &values_of(session)->now[setting];
}

gboolean settings_get(Session *session, Setting setting)
{
    return settings_value(session, setting)->on;
}

const char *settings_name(Setting setting)
{
    return NAMES[setting];
}

/* The setting that is called @name; N_SETTINGS with the error when there is none. */
static Setting find_setting(const char *name, GError **error)
{
    Setting found = 0;
    const char *near;

    while (found < N_SETTINGS && strcmp(NAMES[found], name) != 0) {
        found++;
    }
    if (found == N_SETTINGS) {
        near = closest(name, NAMES);
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    near ? "there is no setting '%s' (did you mean '%s'?)"
                         : "there is no setting '%s' ('set' lists them)",
                    name, near);
    }
    return found;
}

static gboolean change(Session *session, Setting setting, const char *typed, GError **error)
{
    const SettingForm *form = &SETTINGS[setting].form;
    Values *values = values_of(session);
    gboolean back = strcmp(typed, "default") == 0;
    g_autofree char *usual = setting_value_text(form, &values->usual[setting]);
    g_auto(SettingValue) value = {0};

    if (!setting_value_read(form, NAMES[setting], back ? usual : typed, &value, error) ||
        (SETTINGS[setting].apply && !SETTINGS[setting].apply(session, &value, error))) {
        return FALSE;
    }
    setting_value_clear(&values->now[setting]);
    values->now[setting] = value;
    value.text = NULL; /* it is kept now */
    return TRUE;
}

gboolean settings_set(Session *session, const char *name, const char *typed, GError **error)
{
    Setting setting = find_setting(name, error);

    return setting < N_SETTINGS && change(session, setting, typed, error);
}

/* --- set --- */

/* Shows the settings from @first to before @end. */
static void show(Session *session, Setting first, Setting end, Reply *reply)
{
    Values *values = values_of(session);
    /* a script that asks for one gets the bare value */
    gboolean marks = output_is_pretty(session->output) || end - first > 1;
    g_autoptr(Table) table = table_new("setting", "value", "meaning", NULL);

    reply->json = json_object_new_object();
    for (Setting i = first; i < end; i++) {
        const SettingForm *form = &SETTINGS[i].form;
        g_autofree char *text = setting_value_text(form, &values->now[i]);
        gboolean usual = marks && strcmp(text, "default") != 0 &&
                         setting_value_equals(form, &values->now[i], &values->usual[i]);
        g_autofree char *marked = g_strconcat(text, usual ? " (default)" : NULL, NULL);

        table_add(table, NAMES[i], marked, SETTINGS[i].help, NULL);
        json_object_object_add(reply->json, NAMES[i], setting_value_json(form, &values->now[i]));
    }
    table_print(table, output_page_width(session->output), reply->text);
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
    setting = find_setting(name, error);
    if (setting == N_SETTINGS) {
        return FALSE;
    }
    if (!typed->given) {
        show(session, setting, setting + 1, reply);
        return TRUE;
    }
    value = g_strchomp(g_strdup(typed->text));
    if (!change(session, setting, value, error)) {
        return FALSE;
    }
    g_free(value);
    value = setting_value_text(&SETTINGS[setting].form, settings_value(session, setting));
    session_courtesy(session, reply, "%s is now %s%s", name, value,
                     job_storage_under_way(session) && setting == SETTING_WRITE_BLOCKING
                         ? " for the next migration"
                         : "");
    return TRUE;
}

/* The setting that @before names; N_SETTINGS when it is none. */
static Setting setting_of(const char *before)
{
    g_autofree char *name = line_token(&before, NULL, NULL);

    return name ? find_setting(name, NULL) : N_SETTINGS;
}

/* With the present one first. */
static char **value_words(Inquiry *inquiry, const char *before)
{
    Setting setting = setting_of(before);
    const char *const *words =
        setting < N_SETTINGS ? setting_value_words(&SETTINGS[setting].form) : NULL;
    g_autofree char *now = NULL;

    if (!words) {
        return NULL;
    }
    now = setting_value_text(&SETTINGS[setting].form, settings_value(inquiry->session, setting));
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
    now = setting_value_text(&SETTINGS[setting].form, settings_value(inquiry->session, setting));
    return g_strdup_printf("%s; now %s", SETTINGS[setting].help, now);
}

const Command settings_commands[] = {
    {
        .name = "set",
        .group = "Shell",
        .help = "show or change a setting of this shell",
        .description =
            "colour (auto): auto, on or off; on is for a terminal in spite of NO_COLOR.\n"
            "events (default): which events are shown at the prompt, as 'events' takes it.\n"
            "history (2000): how many lines the history keeps; 0 keeps and writes none.\n"
            "pager (on): what shows results that are longer than the screen: on is $HMPSH_PAGER,\n"
            "$PAGER or less; off is none; anything else is a command.\n"
            "prompt (\"(%g%s) \"): %g is the guest, %s its state (': gone', ': pending'), %p the\n"
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
            "that it writes faster than they can be copied are copied all the same.",
        .arguments = (const Argument[]){{.name = "setting",
                                         .kind = ARGUMENT_WORD,
                                         .optional = TRUE,
                                         .help = "its name; without it all are shown",
                                         .choices = NAMES},
                                        {.name = "value",
                                         .kind = ARGUMENT_REST,
                                         .optional = TRUE,
                                         .help = "what it becomes, or 'default'; without it the "
                                                 "setting is shown",
                                         .choices = (const char *const[]){"default", NULL},
                                         .words = value_words,
                                         .hint = value_hint},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = set,
    },
    {0},
};
