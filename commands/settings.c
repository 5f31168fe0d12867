/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/settings.h"

#include <string.h>

#include "commands/migration/job.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/table.h"
#include "shell/values.h"

static const struct {
    const char *name;
    const char *help;
    gboolean initial;
} SETTINGS[N_SETTINGS] = {
    [SETTING_RETURN_PATH] = {"return-path",
                             "migrate turns QEMU's return-path capability on, so that 'completed' "
                             "means that the destination has it",
                             TRUE},
    [SETTING_WRITE_BLOCKING] = {"write-blocking",
                                "migrate -b and -i let the guest's writes wait for the "
                                "destination from the beginning, so that any disk is copied in "
                                "the end",
                                FALSE},
};

static const char *const NAMES[] = {"return-path", "write-blocking", NULL};

static gboolean *settings_of(Session *session)
{
    gboolean *values = g_datalist_get_data(&session->notes, "settings");

    if (!values) {
        values = g_new(gboolean, N_SETTINGS);
        for (guint i = 0; i < N_SETTINGS; i++) {
            values[i] = SETTINGS[i].initial;
        }
        g_datalist_set_data_full(&session->notes, "settings", values, g_free);
    }
    return values;
}

gboolean settings_get(Session *session, Setting setting)
{
    return settings_of(session)[setting];
}

static void list_settings(Session *session, const char *only, Reply *reply)
{
    g_autoptr(Table) table = table_new("setting", "value", "meaning", NULL);

    reply->json = json_object_new_object();
    for (guint i = 0; i < N_SETTINGS; i++) {
        gboolean value = settings_of(session)[i];

        if (!only || strcmp(only, SETTINGS[i].name) == 0) {
            table_add(table, SETTINGS[i].name, value ? "on" : "off", SETTINGS[i].help, NULL);
            json_object_object_add(reply->json, SETTINGS[i].name, json_object_new_boolean(value));
        }
    }
    table_print(table, reply->text);
}

static gboolean set(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *name = arguments_get(arguments, "setting")->text;
    const Value *value = arguments_get(arguments, "value");
    guint which = 0;

    if (!name) {
        list_settings(session, NULL, reply);
        return TRUE;
    }
    while (which < N_SETTINGS && strcmp(SETTINGS[which].name, name) != 0) {
        which++;
    }
    if (which == N_SETTINGS) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    "there is no setting '%s' ('set' lists them)", name);
        return FALSE;
    }
    if (value->given) {
        settings_of(session)[which] = value->on;
        session_courtesy(session, reply, "%s is now %s%s", name, value->on ? "on" : "off",
                         job_storage_under_way(session) && which == SETTING_WRITE_BLOCKING
                             ? " for the next migration"
                             : "");
    } else {
        list_settings(session, name, reply);
    }
    return TRUE;
}

const Command settings_commands[] = {
    {
        .name = "set",
        .group = "Shell",
        .help = "show or change a setting of this shell",
        .description = "return-path (on): migrate turns QEMU's capability of that name on, since\n"
                       "without it 'completed' means only that the bytes were sent to somebody.\n"
                       "write-blocking (off): migrate -b and -i let each write of the guest wait\n"
                       "until the destination has it too. The guest writes more slowly, and disks\n"
                       "that it writes faster than they can be copied are copied all the same.",
        .arguments = (const Argument[]){{.name = "setting",
                                         .kind = ARGUMENT_WORD,
                                         .optional = TRUE,
                                         .help = "its name; without it all are shown",
                                         .choices = NAMES},
                                        {.name = "value",
                                         .kind = ARGUMENT_SWITCH,
                                         .optional = TRUE,
                                         .help = "on or off; without it the setting is shown"},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = set,
    },
    {0},
};
