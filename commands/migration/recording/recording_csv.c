/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings as comma-separated values (RFC 4180), for spreadsheets and statistics. The header line
 * names each column and its unit: "remaining [bytes]". Lists and an event's data are JSON. */
#include <string.h>

#include "commands/migration/recording/recording_internal.h"

const RecordingColumnInfo recording_columns[] = {
    [COLUMN_TIME] = {"time", "s"},
    [COLUMN_SIDE] = {"side", ""},
    [COLUMN_EVENT] = {"event", ""},
    [COLUMN_BANDWIDTH] = {"max-bandwidth", "bytes/s"},
    [COLUMN_DOWNTIME] = {"downtime-limit", "ms"},
    [COLUMN_POSTCOPY] = {"postcopy-ram", ""},
    [COLUMN_THROTTLES] = {"throttles", ""},
    [COLUMN_DATA] = {"data", ""},
    [COLUMN_STAMP] = {"stamp", "s"},
};

/* Appends @text (taken over; NULL is an empty field) as the next field. */
static void add(GString *row, char *text)
{
    g_autofree char *field = text;

    if (row->len) {
        g_string_append_c(row, ',');
    }
    if (!field || !strpbrk(field, ",\"\r\n")) {
        g_string_append(row, field ? field : "");
        return;
    }
    g_string_append_c(row, '"');
    for (const char *at = field; *at; at++) {
        if (*at == '"') {
            g_string_append_c(row, '"');
        }
        g_string_append_c(row, *at);
    }
    g_string_append_c(row, '"');
}

static char *titled(const char *name, const char *unit)
{
    return *unit ? g_strdup_printf("%s [%s]", name, unit) : g_strdup(name);
}

static void add_titles(GString *row, RecordingColumn from, RecordingColumn to)
{
    for (RecordingColumn column = from; column <= to; column++) {
        add(row, titled(recording_columns[column].name, recording_columns[column].unit));
    }
}

static char *head_line(const RecordingHead *head G_GNUC_UNUSED)
{
    GString *row = g_string_new(NULL);

    add_titles(row, COLUMN_TIME, COLUMN_EVENT);
    for (MigrationField field = 0; field < N_FIELDS; field++) {
        const MigrationFieldInfo *info = migration_field_info(field);

        add(row, titled(info->key, migration_unit_name(info->unit)));
    }
    add_titles(row, COLUMN_BANDWIDTH, COLUMN_STAMP);
    return g_string_free(row, FALSE);
}

/* A figure with all its digits, which migration_status_format() rounds; NULL when absent. */
static char *exactly(const MigrationStatus *status, MigrationField field)
{
    MigrationKind kind = migration_field_info(field)->kind;

    if (migration_status_has(status, field) && kind == KIND_REAL) {
        g_autoptr(Json) number = json_real(migration_status_real(status, field));

        return json_text(number);
    }
    if (migration_status_has(status, field) && kind == KIND_LIST) {
        return json_text(migration_status_list(status, field));
    }
    return migration_status_format(status, field);
}

static char *number_if(gboolean known, guint64 number)
{
    return known ? g_strdup_printf("%" G_GUINT64_FORMAT, number) : NULL;
}

static void add_sample(GString *row, const CourseSample *sample)
{
    const MigrationLimits *limits = &sample->limits;

    add(row, g_strdup("source"));
    add(row, NULL);
    for (MigrationField field = 0; field < N_FIELDS; field++) {
        add(row, exactly(sample->status, field));
    }
    add(row, number_if(limits->known_bandwidth, limits->bandwidth));
    add(row, number_if(limits->known_downtime, limits->downtime_ms));
    add(row, g_strdup(limits->postcopy ? "on" : "off"));
    add(row, g_strdup(limits->throttles ? "on" : "off"));
    add(row, NULL);
    add(row, NULL);
}

static void add_event(GString *row, const CourseEvent *event)
{
    add(row, g_strdup(event->destination ? "destination" : "source"));
    add(row, g_strdup(event->name));
    for (int i = 0; i < N_FIELDS + (COLUMN_DATA - COLUMN_BANDWIDTH); i++) {
        add(row, NULL);
    }
    add(row, event->data ? json_text(event->data) : NULL);
    add(row, event->stamp ? recording_seconds(event->stamp) : NULL);
}

static char *entry_line(const RecordingEntry *entry, gint64 origin)
{
    GString *row = g_string_new(NULL);

    add(row, recording_seconds(entry->time - origin));
    if (entry->event) {
        add_event(row, entry->event);
    } else {
        add_sample(row, entry->sample);
    }
    return g_string_free(row, FALSE);
}

const RecordingFormat recording_csv = {".csv", head_line, entry_line, recording_read_csv};
