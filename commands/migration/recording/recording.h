/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings of migrations: every look and every event, in a file that is whole after each line, so
 * that whatever ends the program leaves one that can be read. The file's ending decides its format:
 *
 *   .jsonl  the first line says what it is, {"hmpsh-recording":1,"guest":...,"begun":...}, then one
 *           object a line: {"time":...,"status":{as query-migrate},"limits":{...}} or
 *           {"time":...,"side":...,"event":...,"data":{...},"stamp":...}
 *   .csv    a header line with the units, then a row for each look or event; what is not known is
 *           an empty field
 *
 * "time" is in seconds since the recording began, "stamp" in seconds since 1970 by QEMU's own
 * clock. Members and columns that are not known are left aside when it is read: a newer hmpsh may
 * write more. Neither a terminal nor a guest is needed here. */
#pragma once

#include "commands/migration/course.h"

/* What a recording is of. */
typedef struct {
    char *guest;   /* the source's name */
    char *peer;    /* the destination's, or NULL */
    gint64 begun;  /* microseconds since 1970; 0: not known (.csv) */
    gint64 origin; /* the same moment by the clock of the samples, microseconds */
} RecordingHead;

void recording_head_clear(RecordingHead *head);

/* Whether @path has an ending that names a format; HMPSH_ERROR_SYNTAX names both. */
gboolean recording_check_path(const char *path, GError **error);

/* --- writing --- */

typedef struct RecordingWriter RecordingWriter;

/* Creates the file @path, or empties it, and writes its first line. @head is copied. */
RecordingWriter *recording_create(const char *path, const RecordingHead *head, GError **error);

/* Append one line, in a single write: a file that cannot take it whole (a full disk) is left as it
 * was before, and the error is HMPSH_ERROR_FAILED. */
gboolean recording_write_sample(RecordingWriter *writer, const CourseSample *sample,
                                GError **error);
gboolean recording_write_event(RecordingWriter *writer, const CourseEvent *event, GError **error);

/* The bytes written so far. */
guint64 recording_size(const RecordingWriter *writer);

/* NULL is fine. */
void recording_close(RecordingWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordingWriter, recording_close)

/* --- reading --- */

/* A look or an event: one of the two pointers is set. */
typedef struct {
    gint64 time; /* microseconds since the recording began */
    CourseSample *sample;
    CourseEvent *event;
} RecordingEntry;

typedef struct {
    RecordingHead head; /* its origin is 0 */
    GPtrArray *entries; /* of RecordingEntry, by their time */
} Recording;

/* Reads all of @path. A last line that was cut off as it was written is left out; anything else
 * that is wrong is an error with FILE:LINE. */
Recording *recording_read(const char *path, GError **error);
void recording_free(Recording *recording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recording, recording_free)

/* Adds @entry to *@course, or begins another one there when it belongs to another migration; an
 * empty *@course is made when it is NULL. */
void recording_follow(MigrationCourse **course, const RecordingEntry *entry);
