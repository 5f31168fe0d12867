/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/suggest.h"

#include <string.h>

#include "shell/closest.h"
#include "shell/hmp_help.h"
#include "shell/line.h"

enum { PATIENCE_MS = 300 };

typedef struct {
    GStrvBuilder *names;
    const char *prefix; /* "info ": only such names, without it; "": all others */
} Names;

static void add_row(const Command *command, gpointer data)
{
    const Names *names = data;
    g_auto(GStrv) aliases = g_strsplit(command->name, "|", -1);

    for (char **alias = aliases; *alias; alias++) {
        if (g_str_has_prefix(*alias, names->prefix)) {
            g_strv_builder_add(names->names, *alias + strlen(names->prefix));
        }
    }
}

static void add_qemu(Monitor *monitor, const Names *names)
{
    const char *line = *names->prefix ? "help info" : "help";
    g_autofree char *text = monitor_hmp_quickly(monitor, line, PATIENCE_MS, NULL);
    g_auto(GStrv) list = text ? hmp_help_names(text) : NULL;

    if (list) {
        g_strv_builder_addv(names->names, (const char **)list);
    }
}

char *suggest_command(Session *session, const char *line)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *first = line_word(&line);
    g_autofree char *second = first && strcmp(first, "info") == 0 ? line_word(&line) : NULL;
    Names names = {builder, second ? "info " : ""};
    g_auto(GStrv) list = NULL;
    const char *nearest;

    command_foreach(session->setup.commands, add_row, &names);
    if (session->current) {
        add_qemu(session->current->monitor, &names);
    }
    list = g_strv_builder_end(builder);
    nearest = first ? closest(second ? second : first, (const char *const *)list) : NULL;
    return nearest ? g_strconcat(names.prefix, nearest, NULL) : NULL;
}
