/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/events.h"

#include "shell/layout.h"

/* Names of QAPI's events; the rest is noise at a prompt (JOB_STATUS_CHANGE toggles all the time,
 * MIGRATION_PASS comes with every pass). */
static const char TOLD[] =
    "^(MIGRATION|STOP|RESUME|RESET|SHUTDOWN|POWERDOWN|SUSPEND.*|WAKEUP|WATCHDOG|"
    "GUEST_.*|BLOCK_JOB_.*|BLOCK_IO_ERROR|DEVICE_.*|COLO_EXIT|UNPLUG_PRIMARY|"
    "FAILOVER_NEGOTIATED|libvirt:.*)$";

static gboolean is_told(const char *name)
{
    static GRegex *told; /* made once; never freed */

    if (g_once_init_enter(&told)) {
        g_once_init_leave(&told, g_regex_new(TOLD, 0, 0, NULL));
    }
    return g_regex_match(told, name, 0, NULL);
}

static void add_members(Json *data, GString *line)
{
    if (!json_object_is_type(data, json_type_object)) {
        return;
    }
    json_object_object_foreach (data, name, value) {
        g_autofree char *text = json_object_is_type(value, json_type_string)
                                    ? g_strdup(json_object_get_string(value))
                                    : json_text(value);
        g_autofree char *clean = layout_clean(text);

        g_string_append_printf(line, " %s=%s", name, clean);
    }
}

char *events_text(const MonitorEvent *event)
{
    GString *line = g_string_new(event->name);

    add_members(event->data, line);
    return g_string_free(line, FALSE);
}

static void print_json(Output *output, const char *name, const MonitorEvent *event)
{
    g_autoptr(Json) object =
        json_dict("event", json_object_new_string(event->name), "guest",
                  json_object_new_string(name), "data", json_object_get(event->data), "timestamp",
                  json_real((double)event->stamp / G_USEC_PER_SEC), NULL);
    g_autofree char *text = json_text(object);
    g_autofree char *line = g_strconcat(text, "\n", NULL);

    output_text(output, line);
}

void events_tell(Guest *guest, const MonitorEvent *event)
{
    events_print(guest->session->output, guest->name, event);
}

void events_print(Output *output, const char *name, const MonitorEvent *event)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(event->stamp / G_USEC_PER_SEC);
    g_autofree char *clock = time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("--:--:--");
    gboolean colour = output_has_colour(output);
    g_autofree char *text = events_text(event);
    g_autofree char *line = NULL;

    if (output_mode(output)->quiet || !is_told(event->name)) {
        return;
    }
    if (output_mode(output)->json) {
        print_json(output, name, event);
        return;
    }
    line = g_strdup_printf("%s%s %s: %s%s\n", colour ? "\033[36m" : "", clock, name, text,
                           colour ? "\033[0m" : "");
    output_text(output, line);
}
