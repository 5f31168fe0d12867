/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/event_teller.h"
#include "shell/closest.h"
#include "shell/error.h"
#include "shell/history.h"
#include "shell/prompt.h"

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
                    _("pager is on, off or a command, and there is no program '%s'"),
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

const char *const settings_names[N_SETTINGS + 1] = {
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
            .help =
                N_("colour at a terminal; auto: unless NO_COLOR is set or the terminal is dumb"),
            .apply = apply_colour,
        },
    [SETTING_EVENTS] =
        {
            .form = {SETTING_TEXT, .words = (const char *const[]){"on", "off", NULL}},
            .initial = "default",
            .help =
                N_("which events are shown at the prompt: on, off, default (migration, run state, "
                   "block jobs, devices), or a pattern"),
            .apply = apply_events,
        },
    [SETTING_HISTORY] =
        {
            .form = {SETTING_COUNT, .most = 100000},
            .initial = "2000",
            .help = N_("how many lines the history keeps; 0: none, in no file either"),
            .apply = apply_history,
        },
    [SETTING_PAGER] =
        {
            .form = {SETTING_TEXT, .words = (const char *const[]){"on", "off", NULL}},
            .initial = "on",
            .help = N_("the pager for long results: on ($HMPSH_PAGER, $PAGER or less), off, or a "
                       "command"),
            .apply = apply_pager,
        },
    [SETTING_PROMPT] =
        {
            .form = {SETTING_TEXT},
            .initial = "\"" PROMPT_DEFAULT "\"",
            .help = N_("the prompt: %g guest, %s its state, %p peer, %u URI, %% a percent sign"),
            .apply = apply_prompt,
        },
    [SETTING_RETURN_PATH] =
        {
            .form = {SETTING_SWITCH},
            .initial = "on",
            .help = N_("migrate turns QEMU's return-path capability on, so that 'completed' means "
                       "that the destination has it"),
        },
    [SETTING_STATUS] =
        {
            .form = {SETTING_CHOICE,
                     .words = (const char *const[]){"auto", "pretty", "classic", NULL}},
            .initial = "auto",
            .help = N_("the face of 'info migrate'; auto: pretty at a terminal, classic elsewhere"),
        },
    [SETTING_TIMEOUT] =
        {
            .form = {SETTING_TIME},
            .initial = "0",
            .help = N_("give up waiting for a monitor command after so many seconds; 0: never"),
            .apply = apply_timeout,
        },
    [SETTING_WRITE_BLOCKING] =
        {
            .form = {SETTING_SWITCH},
            .initial = "off",
            .help = N_("migrate -b and -i let the guest's writes wait for the destination from the "
                       "beginning, so that any disk is copied in the end"),
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
        setting_value_read(&SETTINGS[i].form, settings_names[i], SETTINGS[i].initial,
                           &values->now[i], NULL);
        setting_value_read(&SETTINGS[i].form, settings_names[i], SETTINGS[i].initial,
                           &values->usual[i], NULL);
    }
    values->now[SETTING_TIMEOUT].seconds = session->setup.timeout;
    values->usual[SETTING_TIMEOUT].seconds = session->setup.timeout;
    if (output_mode(session->output)->quiet) {
        setting_value_read(&SETTINGS[SETTING_EVENTS].form, settings_names[SETTING_EVENTS], "off",
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

gboolean settings_is_usual(Session *session, Setting setting)
{
    const Values *values = values_of(session);

    return setting_value_equals(&SETTINGS[setting].form, &values->now[setting],
                                &values->usual[setting]);
}

const SettingForm *settings_form(Setting setting)
{
    return &SETTINGS[setting].form;
}

const char *settings_help(Setting setting)
{
    return _(SETTINGS[setting].help);
}

gboolean settings_get(Session *session, Setting setting)
{
    return settings_value(session, setting)->on;
}

Setting settings_find(const char *name, GError **error)
{
    Setting found = 0;
    const char *near;

    while (found < N_SETTINGS && strcmp(settings_names[found], name) != 0) {
        found++;
    }
    if (found == N_SETTINGS) {
        near = closest(name, settings_names);
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    near ? _("there is no setting '%s' (did you mean '%s'?)")
                         : _("there is no setting '%s' ('set' lists them)"),
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

    if (!setting_value_read(form, settings_names[setting], back ? usual : typed, &value, error) ||
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
    Setting setting = settings_find(name, error);

    return setting < N_SETTINGS && change(session, setting, typed, error);
}
