/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recording.c (files, and what the formats share) and the two formats' files share. */
#pragma once

#include "commands/migration/recording/recording.h"

typedef struct {
    const char *ending;
    /* The file's first line, without its newline. Free with g_free(). */
    char *(*head)(const RecordingHead *head);
    /* A look or an event as a line, without its newline; @origin is taken off its time. */
    char *(*entry)(const RecordingEntry *entry, gint64 origin);
    /* Reads @text into @recording. *@line (from 1) is kept at the line that is read, for the error
     * that it may come to. A last line without a newline that makes no sense was cut off. */
    gboolean (*read)(const char *text, Recording *recording, guint *line, GError **error);
} RecordingFormat;

extern const RecordingFormat recording_jsonl;
extern const RecordingFormat recording_csv;

void recording_entry_free(RecordingEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordingEntry, recording_entry_free)

/* An empty look or event at @seconds; NULL when that is no time. */
RecordingEntry *recording_entry_new(gboolean event, double seconds, GError **error);

/* Microseconds as seconds, with all digits: "1.250000". Free with g_free(). */
char *recording_seconds(gint64 us);

/* --- CSV --- */

/* The columns that are no figure of a migration; the figures stand between the first three and the
 * others. */
typedef enum {
    COLUMN_TIME,
    COLUMN_SIDE,
    COLUMN_EVENT,
    COLUMN_BANDWIDTH,
    COLUMN_DOWNTIME,
    COLUMN_POSTCOPY,
    COLUMN_THROTTLES,
    COLUMN_DATA,
    COLUMN_STAMP,
    N_COLUMNS
} RecordingColumn;

typedef struct {
    const char *name;
    const char *unit; /* "": none */
} RecordingColumnInfo;

extern const RecordingColumnInfo recording_columns[N_COLUMNS];

gboolean recording_read_csv(const char *text, Recording *recording, guint *line, GError **error);
