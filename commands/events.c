/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events: which are shown at the prompt, and which came last. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/event_line.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/line.h"

enum { NEWEST = 20 };

/* An event that came. */
typedef struct {
    const Guest *guest;
    MonitorEvent *event;
    guint64 count; /* of those like it that came one after the other, it being the newest */
} Came;

static void came_free(gpointer data)
{
    Came *came = data;

    monitor_event_free(came->event);
    g_free(came);
}

/* Adds what is kept of @guest's events. */
static void add_events(GPtrArray *list, Guest *guest)
{
    guint64 serial = 0;
    guint64 newest;
    MonitorEvent *event;

    if (!guest) {
        return;
    }
    monitor_listen(guest->monitor, NULL); /* in a script, from now on */
    newest = monitor_newest_event(guest->monitor);
    while (serial < newest && (event = monitor_next_event(guest->monitor, &serial))) {
        Came *came = g_new(Came, 1);

        *came = (Came){guest, event, 1};
        g_ptr_array_add(list, came);
    }
}

/* By when they came here: two hosts have two clocks. */
static int compare(gconstpointer a, gconstpointer b)
{
    const Came *one = *(Came *const *)a;
    const Came *other = *(Came *const *)b;
    gint64 after = one->event->received - other->event->received;

    return after < 0 ? -1 : after > 0;
}

/* Makes one of those that repeat the one before them. */
static void fold(GPtrArray *list)
{
    for (guint i = list->len; i > 1; i--) {
        Came *came = list->pdata[i - 1];
        const Came *before = list->pdata[i - 2];

        if (came->guest == before->guest && strcmp(came->event->name, before->event->name) == 0 &&
            json_object_equal(came->event->data, before->event->data)) {
            came->count += before->count;
            g_ptr_array_remove_index(list, i - 2);
        }
    }
}

static void say_what_is_shown(Session *session, GString *text)
{
    const char *which = settings_value(session, SETTING_EVENTS)->text;

    if (strcmp(which, "on") == 0) {
        g_string_append(text, _("all events are shown at the prompt\n"));
    } else if (strcmp(which, "off") == 0) {
        g_string_append(text, _("no events are shown at the prompt\n"));
    } else if (strcmp(which, "default") == 0) {
        g_string_append(text,
                        _("events of migration, run state, block jobs and devices are shown at "
                          "the prompt\n"));
    } else {
        g_string_append_printf(text, _("events that match '%s' are shown at the prompt\n"), which);
    }
}

static void list_newest(Session *session, Reply *reply)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(came_free);
    EventLook look = {
        .colour = output_has_colour(session->output),
        .width = output_page_width(session->output),
        .meaning = TRUE,
    };

    add_events(list, session->current);
    add_events(list, session->peer);
    g_ptr_array_sort(list, compare);
    reply->json = json_object_new_array();
    for (guint i = list->len > NEWEST ? list->len - NEWEST : 0; i < list->len; i++) {
        const Came *came = list->pdata[i];

        json_object_array_add(reply->json, event_json(came->guest->name, came->event));
    }
    say_what_is_shown(session, reply->text);
    fold(list);
    for (guint i = list->len > NEWEST ? list->len - NEWEST : 0; i < list->len; i++) {
        const Came *came = list->pdata[i];

        look.count = came->count;
        event_put(reply->text, came->guest->name, came->event, &look);
    }
}

static gboolean events(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *which = arguments_get(arguments, "which")->text;
    g_autofree char *quoted = NULL;

    if (!which) {
        list_newest(session, reply);
        return TRUE;
    }
    quoted = line_quote(which);
    if (!settings_set(session, settings_names[SETTING_EVENTS], quoted, error)) {
        return FALSE;
    }
    if (session->setup.interactive) {
        g_autoptr(GString) text = g_string_new(NULL);

        say_what_is_shown(session, text);
        session_courtesy(session, reply, "%s", g_strchomp(text->str));
    }
    return TRUE;
}

const Command events_commands[] = {
    {
        .name = "events",
        .group = N_("Shell"),
        .help = N_("show the newest events, or choose those that are shown at the prompt"),
        .description =
            N_("Alone: what is shown at the prompt, and the newest 20 events of the guest and its\n"
               "peer, shown or not, with what they mean (in a script, those since the first "
               "'events',\n"
               "'wait' or 'migrate'). PATTERN is a regular expression as 'wait event' takes it:\n"
               "\"BLOCK|MIGRATION.*completed\". default is migration, run state, block jobs and\n"
               "devices. Events that repeat or come in a flood are counted and told in one line."),
        .arguments =
            (const Argument[]){{.name = "which",
                                .kind = ARGUMENT_EVENT,
                                .optional = TRUE,
                                .help = N_("on, off, default, or a pattern for the events"),
                                .choices = (const char *const[]){"on", "off", "default", NULL}},
                               {0}},
        .flags = COMMAND_LOOKS,
        .run = events,
    },
    {0},
};
