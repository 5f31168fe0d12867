/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings as JSON lines. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/recording/recording_internal.h"
#include "shell/error.h"

enum { VERSION = 1 }; /* grows when an older hmpsh could no longer read it */

/* --- writing --- */

static Json *string_or_null(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

/* Microseconds as a number of seconds. */
static Json *seconds_of(gint64 us)
{
    g_autofree char *text = recording_seconds(us);

    return json_object_new_double_s((double)us / G_USEC_PER_SEC, text);
}

static char *head_line(const RecordingHead *head)
{
    g_autoptr(GDateTime) begun =
        g_date_time_new_from_unix_utc(head->begun / G_USEC_PER_SEC); /* NULL for odd times */
    g_autofree char *time = begun ? g_date_time_format(begun, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    g_autoptr(Json) object =
        json_dict("hmpsh-recording", json_object_new_int(VERSION), "guest",
                  string_or_null(head->guest), "peer", string_or_null(head->peer), "begun",
                  string_or_null(head->begun ? time : NULL), NULL);

    return json_text(object);
}

static Json *limits_to_json(const MigrationLimits *limits)
{
    return json_dict("max-bandwidth",
                     limits->known_bandwidth ? json_object_new_uint64(limits->bandwidth) : NULL,
                     "downtime-limit",
                     limits->known_downtime ? json_object_new_uint64(limits->downtime_ms) : NULL,
                     "postcopy-ram", json_object_new_boolean(limits->postcopy), "throttles",
                     json_object_new_boolean(limits->throttles), NULL);
}

static char *entry_line(const RecordingEntry *entry, gint64 origin)
{
    Json *time = seconds_of(entry->time - origin);
    const CourseEvent *event = entry->event;
    g_autoptr(Json) object = NULL;

    if (event) {
        object = json_dict("time", time, "side",
                           json_object_new_string(event->destination ? "destination" : "source"),
                           "event", json_object_new_string(event->name), "data",
                           json_object_get(event->data), "stamp",
                           event->stamp ? seconds_of(event->stamp) : NULL, NULL);
    } else {
        object = json_dict("time", time, "status", migration_status_to_json(entry->sample->status),
                           "limits", limits_to_json(&entry->sample->limits), NULL);
    }
    return json_text(object);
}

/* --- reading --- */

static gboolean read_head(Json *object, RecordingHead *head, GError **error)
{
    Json *version = json_get(object, "hmpsh-recording");
    const char *begun = json_get_string(object, "begun");
    g_autoptr(GDateTime) time = begun ? g_date_time_new_from_iso8601(begun, NULL) : NULL;

    if (!json_object_is_type(version, json_type_int)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                            _("this is no recording of hmpsh: its first line does not say so"));
        return FALSE;
    }
    if (json_object_get_int(version) != VERSION) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("a recording of version %s, of which this hmpsh knows only %d"),
                    json_object_get_string(version), VERSION);
        return FALSE;
    }
    head->guest = g_strdup(json_get_string(object, "guest"));
    head->peer = g_strdup(json_get_string(object, "peer"));
    head->begun = time ? g_date_time_to_unix(time) * G_USEC_PER_SEC : 0;
    return TRUE;
}

static void read_limits(Json *object, MigrationLimits *limits)
{
    Json *bandwidth = json_get(object, "max-bandwidth");
    Json *downtime = json_get(object, "downtime-limit");

    limits->known_bandwidth = json_object_is_type(bandwidth, json_type_int);
    limits->bandwidth = json_object_get_uint64(bandwidth);
    limits->known_downtime = json_object_is_type(downtime, json_type_int);
    limits->downtime_ms = json_object_get_uint64(downtime);
    limits->postcopy = json_object_get_boolean(json_get(object, "postcopy-ram"));
    limits->throttles = json_object_get_boolean(json_get(object, "throttles"));
}

static gboolean is_number(Json *value)
{
    return json_object_is_type(value, json_type_double) ||
           json_object_is_type(value, json_type_int);
}

/* What @object tells; NULL without an error for what a newer hmpsh may add. */
static RecordingEntry *read_entry(Json *object, GError **error)
{
    Json *time = json_get(object, "time");
    Json *status = json_get(object, "status");
    const char *name = json_get_string(object, "event");
    Json *stamp = json_get(object, "stamp");
    RecordingEntry *entry;

    if (!name && !json_object_is_type(status, json_type_object)) {
        return NULL;
    }
    if (!is_number(time)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("it has no time"));
        return NULL;
    }
    entry = recording_entry_new(name != NULL, json_object_get_double(time), error);
    if (entry && name) {
        entry->event->name = g_strdup(name);
        entry->event->destination = g_strcmp0(json_get_string(object, "side"), "destination") == 0;
        entry->event->data = json_object_get(json_get(object, "data"));
        entry->event->stamp =
            is_number(stamp) ? (gint64)(json_object_get_double(stamp) * 1e6 + 0.5) : 0;
    } else if (entry) {
        entry->sample->status = migration_status_from_qmp(status);
        read_limits(json_get(object, "limits"), &entry->sample->limits);
    }
    return entry;
}

static gboolean read_line(const char *text, Recording *recording, gboolean first, GError **error)
{
    g_autoptr(Json) object = json_parse(text, error);
    g_autoptr(GError) why = NULL;
    RecordingEntry *entry;

    if (!object) {
        return FALSE;
    }
    if (!json_object_is_type(object, json_type_object)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("an object is expected"));
        return FALSE;
    }
    if (first) {
        return read_head(object, &recording->head, error);
    }
    entry = read_entry(object, &why);
    if (entry) {
        g_ptr_array_add(recording->entries, entry);
    } else if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

static gboolean read_jsonl(const char *text, Recording *recording, guint *line, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(lines); /* the last one is behind the last newline */

    for (guint i = 0; i < count; i++) {
        gboolean cut_off = i + 1 == count && i > 0;

        *line = i + 1;
        g_strstrip(lines[i]);
        if (*lines[i] && !read_line(lines[i], recording, i == 0, cut_off ? NULL : error)) {
            return cut_off;
        }
    }
    return TRUE;
}

const RecordingFormat recording_jsonl = {".jsonl", head_line, entry_line, read_jsonl};
