/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/events.h"

/* Names of QAPI's events; the rest is noise at a prompt (JOB_STATUS_CHANGE toggles all the time,
 * MIGRATION_PASS comes with every pass). */
static const char TOLD[] =
    "^(MIGRATION|STOP|RESUME|RESET|SHUTDOWN|POWERDOWN|SUSPEND.*|WAKEUP|WATCHDOG|"
    "GUEST_.*|BLOCK_JOB_.*|BLOCK_IO_ERROR|DEVICE_.*|COLO_EXIT|UNPLUG_PRIMARY|"
    "FAILOVER_NEGOTIATED|libvirt:.*)$";

static void add_members(Json *data, GString *line)
{
    if (!json_object_is_type(data, json_type_object)) {
        return;
    }
    json_object_object_foreach (data, name, value) {
        g_autofree char *text = json_object_is_type(value, json_type_string)
                                    ? g_strdup(json_object_get_string(value))
                                    : json_text(value);

        g_string_append_printf(line, " %s=%s", name, text);
    }
}

void events_tell(Guest *guest, const MonitorEvent *event)
{
    Output *output = guest->session->output;
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(event->stamp / G_USEC_PER_SEC);
    g_autofree char *clock = time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("--:--:--");
    gboolean colour = output_has_colour(output);
    g_autoptr(GString) line = g_string_new(NULL);

    if (output_mode(output)->quiet || !g_regex_match_simple(TOLD, event->name, 0, 0)) {
        return;
    }
    g_string_append_printf(line, "%s%s %s: %s", colour ? "\033[36m" : "", clock, guest->name,
                           event->name);
    add_members(event->data, line);
    g_string_append_printf(line, "%s\n", colour ? "\033[0m" : "");
    output_text(output, line->str);
}
