/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/known.h"

#include "shell/hmp_help.h"

static void add_names(Json *array, const char *member, GStrvBuilder *names)
{
    size_t count =
        json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

    for (size_t i = 0; i < count; i++) {
        const char *name = json_get_string(json_object_array_get_idx(array, i), member);

        if (name) {
            g_strv_builder_add(names, name);
        }
    }
}

static char **names_in_array(Json *array, const char *member)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (!json_object_is_type(array, json_type_array)) {
        return NULL;
    }
    add_names(array, member, names);
    return g_strv_builder_end(names);
}

static char **ask_capabilities(Monitor *monitor)
{
    g_autoptr(Json) reply =
        monitor_qmp_quickly(monitor, "query-migrate-capabilities", KNOWN_PATIENCE_MS);

    return names_in_array(reply, "capability");
}

static char **ask_parameters(Monitor *monitor)
{
    g_autoptr(Json) reply =
        monitor_qmp_quickly(monitor, "query-migrate-parameters", KNOWN_PATIENCE_MS);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (!json_object_is_type(reply, json_type_object)) {
        return NULL;
    }
    json_object_object_foreach (reply, name, value) {
        (void)value;
        g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

static char **ask_qmp_commands(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp_quickly(monitor, "query-commands", KNOWN_PATIENCE_MS);

    return names_in_array(reply, "name");
}

static char **ask_help(Monitor *monitor, const char *line)
{
    g_autofree char *text = monitor_hmp_quickly(monitor, line, KNOWN_PATIENCE_MS);

    return text ? hmp_help_names(text) : NULL;
}

static char **ask_hmp_commands(Monitor *monitor)
{
    return ask_help(monitor, "help");
}

static char **ask_info_topics(Monitor *monitor)
{
    return ask_help(monitor, "help info");
}

static const struct {
    const char *key;
    char **(*ask)(Monitor *monitor);
} LISTS[] = {
    [KNOWN_HMP_COMMANDS] = {"hmp-commands", ask_hmp_commands},
    [KNOWN_INFO_TOPICS] = {"info-topics", ask_info_topics},
    [KNOWN_QMP_COMMANDS] = {"qmp-commands", ask_qmp_commands},
    [KNOWN_CAPABILITIES] = {"capabilities", ask_capabilities},
    [KNOWN_PARAMETERS] = {"parameters", ask_parameters},
};

const char *const *known_list(Guest *guest, Known what)
{
    const char *key = LISTS[what].key;
    char **list;

    if (!guest) {
        return NULL;
    }
    list = g_datalist_get_data(&guest->notes, key);
    if (!list) {
        list = LISTS[what].ask(guest->monitor);
        if (list) {
            g_datalist_set_data_full(&guest->notes, key, list, (GDestroyNotify)g_strfreev);
        }
    }
    return (const char *const *)list;
}

char **known_snapshots(Guest *guest)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_autoptr(Json) disks =
        guest ? monitor_qmp_quickly(guest->monitor, "query-block", KNOWN_PATIENCE_MS) : NULL;

    if (!json_object_is_type(disks, json_type_array)) {
        return NULL;
    }
    for (size_t i = 0; i < json_object_array_length(disks); i++) {
        Json *disk = json_object_array_get_idx(disks, i);

        add_names(json_get(disk, "inserted.image.snapshots"), "name", names);
    }
    return g_strv_builder_end(names);
}
