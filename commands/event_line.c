/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/event_line.h"

#include <glib/gi18n.h>

#include "commands/event_meaning.h"
#include "shell/layout.h"

enum {
    INDENT = 9, /* the columns of the time, and a blank */
    NARROW = 60,
};

/* @visible: control characters as \\xNN, else as blanks. */
static void add_members(Json *data, gboolean visible, GString *line)
{
    if (!json_object_is_type(data, json_type_object)) {
        return;
    }
    json_object_object_foreach (data, name, value) {
        g_autofree char *text = json_object_is_type(value, json_type_string)
                                    ? g_strdup(json_object_get_string(value))
                                    : json_text(value);
        g_autofree char *clean = visible ? layout_visible(text, "") : layout_clean(text);

        g_string_append_printf(line, " %s=%s", name, clean);
    }
}

/* @event with its data: "MIGRATION status=active". Free with g_free(). */
static char *event_text(const MonitorEvent *event)
{
    GString *line = g_string_new(event->name);

    add_members(event->data, FALSE, line);
    return g_string_free(line, FALSE);
}

gboolean event_matches(const MonitorEvent *event, const Pattern *pattern)
{
    g_autofree char *text = NULL;

    if (pattern_matches(pattern, event->name)) {
        return TRUE;
    }
    text = event_text(event);
    return pattern_matches(pattern, text);
}

/* "12:01:02 web01: STOP", with how many of them there are. */
static char *head_of(const char *guest, const MonitorEvent *event, const EventLook *look)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(event->stamp / G_USEC_PER_SEC);
    g_autofree char *clock = time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("--:--:--");
    GString *head = g_string_new(NULL);

    g_string_printf(head, "%s %s: %s", clock, guest, event->name);
    if (!look->differ) {
        add_members(event->data, look->meaning, head);
    }
    if (look->count > 1) {
        g_string_append_printf(head, " x %" G_GUINT64_FORMAT, look->count);
    }
    return g_string_free(head, FALSE);
}

void event_put(GString *out, const char *guest, const MonitorEvent *event, const EventLook *look)
{
    const MonitorEvent bare = {.name = event->name};
    g_autofree char *head = head_of(guest, event, look);
    const char *meaning = look->meaning ? event_meaning(look->differ ? &bare : event) : NULL;
    /* TRANSLATORS: what an event means, behind its name. */
    g_autofree char *note = meaning ? g_strdup_printf(_("(%s)"), meaning) : NULL;
    gboolean wraps =
        note && look->width > 0 && layout_columns(head) + 1 + layout_columns(note) > look->width;

    g_string_append(out, look->colour ? "\033[36m" : "");
    layout_wrap(out, look->width, LAYOUT_HANG, head);
    g_string_append(out, look->colour ? "\033[0m" : "");
    if (note && (!wraps || look->width >= NARROW)) {
        g_string_append_printf(out, "%s%*s%s", wraps ? "\n" : "", wraps ? INDENT : 1, "", note);
    }
    g_string_append_c(out, '\n');
}

Json *event_json(const char *guest, const MonitorEvent *event)
{
    return json_dict("event", json_object_new_string(event->name), "guest",
                     json_object_new_string(guest), "data", json_object_get(event->data),
                     "timestamp", json_real((double)event->stamp / G_USEC_PER_SEC), NULL);
}
