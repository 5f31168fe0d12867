/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading recordings that are comma-separated values. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "commands/migration/recording/recording_internal.h"
#include "shell/error.h"

/* Reads one row's fields from *@at, which moves behind it; *@line grows with each newline. NULL
 * with the error for quotes that do not fit. */
static GPtrArray *read_row(const char **at, guint *line, GError **error)
{
    g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) field = g_string_new(NULL);
    gboolean quoted = FALSE;

    for (;; (*at)++) {
        char c = **at;

        if (quoted && c == '"') {
            quoted = (*at)[1] == '"';
            if (quoted) {
                g_string_append_c(field, '"');
                (*at)++;
            }
        } else if (c == '\0' && quoted) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                                _("a quotation mark has no other"));
            return NULL;
        } else if (!quoted && c == '"' && field->len == 0) {
            quoted = TRUE;
        } else if (!quoted && (c == ',' || c == '\n' || c == '\0')) {
            if (c != ',' && field->len && field->str[field->len - 1] == '\r') {
                g_string_truncate(field, field->len - 1);
            }
            g_ptr_array_add(row, g_strdup(field->str));
            g_string_truncate(field, 0);
            if (c != ',') {
                *at += c == '\n';
                *line += c == '\n';
                return g_steal_pointer(&row);
            }
        } else {
            *line += c == '\n';
            g_string_append_c(field, c);
        }
    }
}

/* What each column of the file is: a MigrationField, N_FIELDS + RecordingColumn, or -1. */
static GArray *read_titles(const GPtrArray *titles)
{
    GArray *meanings = g_array_new(FALSE, FALSE, sizeof(int));

    for (guint i = 0; i < titles->len; i++) {
        const char *title = titles->pdata[i];
        g_autofree char *name = g_strndup(title, strcspn(title, " "));
        int meaning = -1;

        for (MigrationField field = 0; field < N_FIELDS; field++) {
            meaning = g_str_equal(name, migration_field_info(field)->key) ? (int)field : meaning;
        }
        for (int column = 0; column < N_COLUMNS; column++) {
            meaning =
                g_str_equal(name, recording_columns[column].name) ? N_FIELDS + column : meaning;
        }
        g_array_append_val(meanings, meaning);
    }
    return meanings;
}

/* The field of @column in @row; NULL when it is empty or there is no such column. */
static const char *field_of(const GPtrArray *row, const GArray *meanings, int column)
{
    for (guint i = 0; i < meanings->len; i++) {
        if (g_array_index(meanings, int, i) == column) {
            const char *text = row->pdata[i];

            return *text ? text : NULL;
        }
    }
    return NULL;
}

static gboolean bad_value(const char *text, const char *what, const char *column, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("'%s' in the column '%s' is no %s"), text,
                column, what);
    return FALSE;
}

static gboolean read_number(const char *text, const char *column, guint64 *number, GError **error)
{
    return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, number, NULL) ||
           bad_value(text, _("whole number"), column, error);
}

static gboolean read_real(const char *text, const char *column, double *real, GError **error)
{
    char *end;

    *real = g_ascii_strtod(text, &end);
    return (*end == '\0' && end > text && isfinite(*real)) ||
           bad_value(text, _("number"), column, error);
}

static gboolean read_figure(MigrationStatus *status, MigrationField field, const char *text,
                            GError **error)
{
    const MigrationFieldInfo *info = migration_field_info(field);
    guint64 number;
    double real;

    switch (info->kind) {
    case KIND_TEXT:
        migration_status_set_text(status, field, text);
        return TRUE;
    case KIND_NUMBER:
        if (!read_number(text, info->key, &number, error)) {
            return FALSE;
        }
        migration_status_set_number(status, field, number);
        return TRUE;
    case KIND_REAL:
        if (!read_real(text, info->key, &real, error)) {
            return FALSE;
        }
        migration_status_set_real(status, field, real);
        return TRUE;
    case KIND_LIST:
        break; /* read with all lists, below */
    }
    return TRUE;
}

/* The lists go the way that they come from QEMU: by a reply. */
static MigrationStatus *read_lists(const GPtrArray *row, const GArray *meanings, GError **error)
{
    g_autoptr(Json) reply = json_object_new_object();

    for (MigrationField field = 0; field < N_FIELDS; field++) {
        const MigrationFieldInfo *info = migration_field_info(field);
        const char *text = info->kind == KIND_LIST ? field_of(row, meanings, (int)field) : NULL;
        Json *list = text ? json_parse(text, NULL) : NULL;

        if (text && !json_object_is_type(list, json_type_array)) {
            json_object_put(list);
            bad_value(text, _("list in JSON"), info->key, error);
            return NULL;
        }
        if (list) {
            json_object_object_add(reply, info->path, list);
        }
    }
    return migration_status_from_qmp(reply);
}

static gboolean read_limits(MigrationLimits *limits, const GPtrArray *row, const GArray *meanings,
                            GError **error)
{
    const char *bandwidth = field_of(row, meanings, N_FIELDS + COLUMN_BANDWIDTH);
    const char *downtime = field_of(row, meanings, N_FIELDS + COLUMN_DOWNTIME);

    limits->known_bandwidth = bandwidth != NULL;
    limits->known_downtime = downtime != NULL;
    limits->postcopy = g_strcmp0(field_of(row, meanings, N_FIELDS + COLUMN_POSTCOPY), "on") == 0;
    limits->throttles = g_strcmp0(field_of(row, meanings, N_FIELDS + COLUMN_THROTTLES), "on") == 0;
    return (!bandwidth || read_number(bandwidth, "max-bandwidth", &limits->bandwidth, error)) &&
           (!downtime || read_number(downtime, "downtime-limit", &limits->downtime_ms, error));
}

static gboolean read_sample(CourseSample *sample, const GPtrArray *row, const GArray *meanings,
                            GError **error)
{
    sample->status = read_lists(row, meanings, error);
    if (!sample->status) {
        return FALSE;
    }
    for (MigrationField field = 0; field < N_FIELDS; field++) {
        const char *text = field_of(row, meanings, (int)field);

        if (text && !read_figure(sample->status, field, text, error)) {
            return FALSE;
        }
    }
    return read_limits(&sample->limits, row, meanings, error);
}

static gboolean read_event(CourseEvent *event, const GPtrArray *row, const GArray *meanings,
                           GError **error)
{
    const char *side = field_of(row, meanings, N_FIELDS + COLUMN_SIDE);
    const char *data = field_of(row, meanings, N_FIELDS + COLUMN_DATA);
    const char *stamp = field_of(row, meanings, N_FIELDS + COLUMN_STAMP);
    double seconds = 0;

    event->name = g_strdup(field_of(row, meanings, N_FIELDS + COLUMN_EVENT));
    event->destination = g_strcmp0(side, "destination") == 0;
    event->data = data ? json_parse(data, error) : NULL;
    if ((data && !event->data) || (stamp && !read_real(stamp, "stamp", &seconds, error))) {
        return FALSE;
    }
    event->stamp = (gint64)(seconds * 1e6 + 0.5);
    return TRUE;
}

static gboolean read_entry(const GPtrArray *row, const GArray *meanings, Recording *recording,
                           GError **error)
{
    g_autoptr(RecordingEntry) entry = NULL;
    gboolean event;
    const char *time;
    double seconds;

    if (row->len != meanings->len) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%u fields where the header has %u"),
                    row->len, meanings->len);
        return FALSE;
    }
    event = field_of(row, meanings, N_FIELDS + COLUMN_EVENT) != NULL;
    time = field_of(row, meanings, N_FIELDS + COLUMN_TIME);
    if (!read_real(time ? time : "", "time", &seconds, error)) {
        return FALSE;
    }
    entry = recording_entry_new(event, seconds, error);
    if (!entry || (event ? !read_event(entry->event, row, meanings, error)
                         : !read_sample(entry->sample, row, meanings, error))) {
        return FALSE;
    }
    g_ptr_array_add(recording->entries, g_steal_pointer(&entry));
    return TRUE;
}

/* Whether the first row is one of ours: it has a time and a status. */
static gboolean check_titles(const GArray *meanings, GError **error)
{
    gboolean time = FALSE;
    gboolean status = FALSE;

    for (guint i = 0; i < meanings->len; i++) {
        time = time || g_array_index(meanings, int, i) == N_FIELDS + COLUMN_TIME;
        status = status || g_array_index(meanings, int, i) == FIELD_STATUS;
    }
    if (!time || !status) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                            _("this is no recording of hmpsh: its first line does not name the "
                              "columns 'time' and 'status'"));
    }
    return time && status;
}

gboolean recording_read_csv(const char *text, Recording *recording, guint *line, GError **error)
{
    const char *at = text;
    guint next = 1;
    g_autoptr(GPtrArray) titles = read_row(&at, &next, error);
    g_autoptr(GArray) meanings = titles ? read_titles(titles) : NULL;

    if (!meanings || !check_titles(meanings, error)) {
        return FALSE;
    }
    while (*at) {
        gboolean cut_off = strchr(at, '\n') == NULL; /* as it was written */
        g_autoptr(GPtrArray) row = NULL;

        *line = next;
        row = read_row(&at, &next, cut_off ? NULL : error);
        if (row && row->len == 1 && *(const char *)row->pdata[0] == '\0') {
            continue; /* an empty line */
        }
        if (!row || !read_entry(row, meanings, recording, cut_off ? NULL : error)) {
            return cut_off;
        }
    }
    return TRUE;
}
