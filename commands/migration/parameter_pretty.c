/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/parameter_pretty.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/capability.h"
#include "commands/migration/columns.h"
#include "commands/migration/parameter_value.h"

enum { NARROWEST = 40 };

static Columns *new_table(const Column *columns, const ParameterPretty *options)
{
    return columns_new(columns, options->width ? MAX(options->width, NARROWEST) : 0,
                       options->colour);
}

/* One parameter's line; whether it is marked. */
static gboolean add_parameter(Columns *table, const ParameterInfo *info, Json *value,
                              const ParameterPretty *options)
{
    g_auto(GStrv) choices = parameter_choices(info->name, options->schema);
    g_autoptr(Json) usual = parameter_default(info, options->release);
    g_autofree char *now = parameter_format(info, value);
    g_autofree char *otherwise = parameter_format(info, usual);
    g_autofree char *range = parameter_range(info, (const char *const *)choices);
    gboolean marked = !parameter_is_default(info, value, options->release);
    const char *cells[] = {info->name, now, otherwise, range, _(info->help)};

    columns_add(table, marked, cells);
    return marked;
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The parameters in @reply that the table does not have, sorted. */
static void add_strangers(Columns *table, Json *reply)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    json_object_object_foreach (reply, name, value) {
        if (value && !parameter_find(name)) {
            g_ptr_array_add(names, name);
        }
    }
    g_ptr_array_sort(names, compare);
    for (guint i = 0; i < names->len; i++) {
        const char *stranger = g_ptr_array_index(names, i);
        g_autofree char *now = parameter_format(NULL, json_get(reply, stranger));
        const char *cells[] = {stranger, now, "", "", ""};

        columns_add(table, FALSE, cells);
    }
}

void parameter_pretty(Json *reply, const ParameterPretty *options, GString *out)
{
    static const Column columns[] = {
        {N_("Name"), 0, 0},   {N_("Value"), 8, 24},   {N_("Default"), 0, 24},
        {N_("Range"), 8, 16}, {N_("Meaning"), 20, 0}, {NULL, 0, 0},
    };
    g_autoptr(Columns) table = new_table(columns, options);
    const ParameterInfo *info;
    gboolean marked = FALSE;

    for (guint i = 0; (info = parameter_at(i)); i++) {
        Json *value = NULL;

        if (json_object_object_get_ex(reply, info->name, &value)) {
            marked |= add_parameter(table, info, value, options);
        }
    }
    add_strangers(table, reply);
    columns_print(table, out);
    if (marked) {
        g_string_append(out, _("* not the default\n"));
    }
}

void capability_pretty(Json *reply, const ParameterPretty *options, GString *out)
{
    static const Column columns[] = {
        {N_("Name"), 0, 0}, {N_("State"), 0, 0}, {N_("Meaning"), 20, 0}, {NULL, 0, 0}};
    g_autoptr(Columns) table = new_table(columns, options);
    const CapabilityInfo *info;
    gboolean on;

    for (guint i = 0; (info = capability_at(i)); i++) {
        if (capability_state(reply, info->name, &on)) {
            const char *cells[] = {info->name, on ? "on" : "off", _(info->help)};

            columns_add(table, on, cells);
        }
    }
    for (size_t i = 0; i < json_object_array_length(reply); i++) {
        const char *name = json_get_string(json_object_array_get_idx(reply, i), "capability");

        if (name && !capability_find(name) && capability_state(reply, name, &on)) {
            const char *cells[] = {name, on ? "on" : "off", ""};

            columns_add(table, on, cells);
        }
    }
    columns_print(table, out);
}
