/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/known.h"

#include <string.h>

/* --- HMP --- */

static char **names_of_help(Inquiry *inquiry, const char *line)
{
    const char *text = inquiry_hmp(inquiry, line, INQUIRY_FIXED);

    return text ? hmp_help_names(text) : NULL;
}

char **known_commands(Inquiry *inquiry)
{
    return names_of_help(inquiry, "help");
}

char **known_topics(Inquiry *inquiry)
{
    return names_of_help(inquiry, "help info");
}

const HmpHelp *known_help(Inquiry *inquiry, const char *name, gboolean info, GPtrArray **help)
{
    const char *text = inquiry_hmp(inquiry, info ? "help info" : "help", INQUIRY_FIXED);

    *help = hmp_help_parse(text ? text : "");
    for (guint i = 0; i < (*help)->len; i++) {
        const HmpHelp *entry = g_ptr_array_index(*help, i);
        g_auto(GStrv) aliases = g_strsplit(entry->name, "|", -1);

        if (g_strv_contains((const char *const *)aliases, name)) {
            return entry;
        }
    }
    return NULL;
}

/* HMP's `info network`: "net0: index=0,type=nic,..."; behind " \ " what is connected to that, or a
 * port of a hub, which may go on with what is connected to it: "port: net0: index=0,...". */
char **known_netdevs(Inquiry *inquiry)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    const char *text = inquiry_hmp(inquiry, "info network", INQUIRY_PASSING);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        const char *name = *line + strspn(*line, " \\");
        g_auto(GStrv) parts = g_strsplit(name, ": ", 3);
        gboolean port = memchr(*line, '\\', (size_t)(name - *line)) != NULL;

        for (char **part = parts; *part && !g_str_has_prefix(*part, "index="); part++) {
            if (port || part[1]) {
                g_strv_builder_add(names, *part);
            }
        }
    }
    return text ? g_strv_builder_end(names) : NULL;
}

/* --- QMP --- */

/* The texts at @path in each element of @array; empty ones are none. */
static void add_names(Json *array, const char *path, GStrvBuilder *names)
{
    for (size_t i = 0; i < json_length(array); i++) {
        const char *name = json_get_string(json_object_array_get_idx(array, i), path);

        if (name && *name) {
            g_strv_builder_add(names, name);
        }
    }
}

static char **names_of(Json *array, const char *path)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    add_names(array, path, names);
    return array ? g_strv_builder_end(names) : NULL;
}

char **known_capabilities(Inquiry *inquiry)
{
    return names_of(inquiry_qmp(inquiry, "query-migrate-capabilities", NULL, INQUIRY_PASSING),
                    "capability");
}

char **known_parameters(Inquiry *inquiry)
{
    Json *reply = inquiry_qmp(inquiry, "query-migrate-parameters", NULL, INQUIRY_PASSING);
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

char **known_snapshots(Inquiry *inquiry)
{
    Json *disks = inquiry_qmp(inquiry, "query-block", NULL, INQUIRY_PASSING);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (size_t i = 0; i < json_length(disks); i++) {
        Json *disk = json_object_array_get_idx(disks, i);

        add_names(json_get(disk, "inserted.image.snapshots"), "name", names);
    }
    return disks ? g_strv_builder_end(names) : NULL;
}

/* Drives by the name that -drive gave, by what they are plugged into, and their topmost node; then
 * all nodes with a name that somebody gave (QEMU's own begin with "#"). */
char **known_blocks(Inquiry *inquiry)
{
    Json *drives = inquiry_qmp(inquiry, "query-block", NULL, INQUIRY_PASSING);
    Json *nodes =
        inquiry_qmp(inquiry, "query-named-block-nodes",
                    json_dict("flat", json_object_new_boolean(TRUE), NULL), INQUIRY_PASSING);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    add_names(drives, "device", names);
    add_names(drives, "qdev", names);
    add_names(drives, "inserted.node-name", names);
    for (size_t i = 0; i < json_length(nodes); i++) {
        const char *name = json_get_string(json_object_array_get_idx(nodes, i), "node-name");

        if (name && *name != '#') {
            g_strv_builder_add(names, name);
        }
    }
    return g_strv_builder_end(names);
}

char **known_block_jobs(Inquiry *inquiry)
{
    return names_of(inquiry_qmp(inquiry, "query-block-jobs", NULL, INQUIRY_PASSING), "device");
}

char **known_chardevs(Inquiry *inquiry)
{
    return names_of(inquiry_qmp(inquiry, "query-chardev", NULL, INQUIRY_PASSING), "label");
}

char **known_cpus(Inquiry *inquiry)
{
    Json *cpus = inquiry_qmp(inquiry, "query-cpus-fast", NULL, INQUIRY_PASSING);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (size_t i = 0; i < json_length(cpus); i++) {
        Json *index = json_get(json_object_array_get_idx(cpus, i), "cpu-index");

        g_strv_builder_add(names, json_object_get_string(index));
    }
    return cpus ? g_strv_builder_end(names) : NULL;
}

char **known_traces(Inquiry *inquiry)
{
    return names_of(inquiry_qmp(inquiry, "trace-event-get-state",
                                json_dict("name", json_object_new_string("*"), NULL),
                                INQUIRY_FIXED),
                    "name");
}

/* --- QOM --- */

/* What QAPI's qom-list says of the object at @path. */
static Json *list_object(Inquiry *inquiry, const char *path)
{
    return inquiry_qmp(inquiry, "qom-list", json_dict("path", json_object_new_string(path), NULL),
                       INQUIRY_PASSING);
}

/* Whether @property, one of qom-list's, is another object. */
static gboolean leads_on(Json *property)
{
    const char *type = json_get_string(property, "type");

    return type && (g_str_has_prefix(type, "child<") || g_str_has_prefix(type, "link<"));
}

char **known_qom(Inquiry *inquiry, const char *path, gboolean children)
{
    Json *properties = list_object(inquiry, path);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (size_t i = 0; i < json_length(properties); i++) {
        Json *property = json_object_array_get_idx(properties, i);
        const char *name = json_get_string(property, "name");
        g_autofree char *marked = g_strconcat(name, "/", NULL);

        if (!children) {
            g_strv_builder_add(names, name);
        } else if (leads_on(property)) {
            g_strv_builder_add(names, marked);
        }
    }
    return properties ? g_strv_builder_end(names) : NULL;
}

/* The names of the objects in @path, a container. */
static char **children_of(Inquiry *inquiry, const char *path)
{
    char **names = known_qom(inquiry, path, TRUE);

    for (char **name = names; name && *name; name++) {
        (*name)[strlen(*name) - 1] = '\0';
    }
    return names;
}

char **known_devices(Inquiry *inquiry)
{
    return children_of(inquiry, "/machine/peripheral");
}

char **known_objects(Inquiry *inquiry)
{
    return children_of(inquiry, "/objects");
}

char **known_types(Inquiry *inquiry, gboolean objects)
{
    const char *interface = objects ? "user-creatable" : "device";
    Json *types = inquiry_qmp(inquiry, "qom-list-types",
                              json_dict("implements", json_object_new_string(interface), "abstract",
                                        json_object_new_boolean(FALSE), NULL),
                              INQUIRY_FIXED);

    return names_of(types, "name");
}

char **known_type_properties(Inquiry *inquiry, const char *type, gboolean objects)
{
    return names_of(inquiry_qmp(inquiry, objects ? "qom-list-properties" : "device-list-properties",
                                json_dict("typename", json_object_new_string(type), NULL),
                                INQUIRY_FIXED),
                    "name");
}
