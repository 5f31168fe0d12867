/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/recording/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "commands/migration/recording/recording_internal.h"
#include "shell/error.h"

static const double LONGEST_S = 1e9;

struct RecordingWriter {
    const RecordingFormat *format;
    char *path;
    int fd;
    gint64 origin;
    guint64 size;
};

static const RecordingFormat *format_of(const char *path)
{
    static const RecordingFormat *const formats[] = {&recording_jsonl, &recording_csv};

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (g_str_has_suffix(path, formats[i]->ending)) {
            return formats[i];
        }
    }
    return NULL;
}

gboolean recording_check_path(const char *path, GError **error)
{
    if (!format_of(path)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s': a recording's name ends in %s or %s, which is its format"), path,
                    recording_jsonl.ending, recording_csv.ending);
    }
    return format_of(path) != NULL;
}

void recording_head_clear(RecordingHead *head)
{
    g_clear_pointer(&head->guest, g_free);
    g_clear_pointer(&head->peer, g_free);
}

char *recording_seconds(gint64 us)
{
    const char *sign = us < 0 ? "-" : "";

    us = ABS(us);
    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%06d", sign, us / G_USEC_PER_SEC,
                           (int)(us % G_USEC_PER_SEC));
}

/* --- writing --- */

static gboolean set_write_error(const RecordingWriter *writer, const char *reason, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot write '%s': %s"), writer->path,
                reason);
    return FALSE;
}

/* Appends @line (taken over) and a newline, or nothing. */
static gboolean write_line(RecordingWriter *writer, char *line, GError **error)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    size_t length = strlen(text);
    size_t done = 0;

    g_free(line);
    while (done < length) {
        ssize_t count = write(writer->fd, text + done, length - done);

        if (count < 0 && errno != EINTR) {
            int reason = errno;

            if (done > 0 && ftruncate(writer->fd, (off_t)writer->size) == 0) {
                lseek(writer->fd, (off_t)writer->size, SEEK_SET);
            }
            return set_write_error(writer, g_strerror(reason), error);
        }
        done += count > 0 ? (size_t)count : 0;
    }
    writer->size += length;
    return TRUE;
}

RecordingWriter *recording_create(const char *path, const RecordingHead *head, GError **error)
{
    g_autoptr(RecordingWriter) writer = NULL;

    if (!recording_check_path(path, error)) {
        return NULL;
    }
    writer = g_new0(RecordingWriter, 1);
    writer->format = format_of(path);
    writer->path = g_strdup(path);
    writer->origin = head->origin;
    writer->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0) {
        set_write_error(writer, g_strerror(errno), error);
        return NULL;
    }
    return write_line(writer, writer->format->head(head), error) ? g_steal_pointer(&writer) : NULL;
}

gboolean recording_write_sample(RecordingWriter *writer, const CourseSample *sample, GError **error)
{
    RecordingEntry entry = {.time = sample->time, .sample = (CourseSample *)sample};

    return write_line(writer, writer->format->entry(&entry, writer->origin), error);
}

gboolean recording_write_event(RecordingWriter *writer, const CourseEvent *event, GError **error)
{
    RecordingEntry entry = {.time = event->time, .event = (CourseEvent *)event};

    return write_line(writer, writer->format->entry(&entry, writer->origin), error);
}

guint64 recording_size(const RecordingWriter *writer)
{
    return writer->size;
}

void recording_close(RecordingWriter *writer)
{
    if (!writer) {
        return;
    }
    if (writer->fd >= 0) {
        close(writer->fd);
    }
    g_free(writer->path);
    g_free(writer);
}

/* --- reading --- */

void recording_entry_free(RecordingEntry *entry)
{
    if (entry->sample) {
        migration_status_free(entry->sample->status);
        g_free(entry->sample);
    }
    if (entry->event) {
        g_free(entry->event->name);
        json_object_put(entry->event->data);
        g_free(entry->event);
    }
    g_free(entry);
}

RecordingEntry *recording_entry_new(gboolean event, double seconds, GError **error)
{
    RecordingEntry *entry;

    if (!isfinite(seconds) || fabs(seconds) > LONGEST_S) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("its time is no time"));
        return NULL;
    }
    entry = g_new0(RecordingEntry, 1);
    entry->time = (gint64)(seconds * G_USEC_PER_SEC + (seconds < 0 ? -0.5 : 0.5));
    if (event) {
        entry->event = g_new0(CourseEvent, 1);
        entry->event->time = entry->time;
    } else {
        entry->sample = g_new0(CourseSample, 1);
        entry->sample->time = entry->time;
    }
    return entry;
}

/* All of the file, without a byte order mark, as a text. */
static char *read_text(const char *path, GError **error)
{
    static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, NULL)) {
        const char *why = error_unreadable(path); /* GLib names the file in its own way */

        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot read '%s': %s"), path,
                    why ? why : g_strerror(EIO));
        return NULL;
    }
    if (strlen(text) != length || length == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    length ? _("%s:1: this is no recording of hmpsh")
                           : _("%s:1: this is no recording of hmpsh: it is empty"),
                    path);
        return NULL;
    }
    return g_strdup(g_str_has_prefix(text, BYTE_ORDER_MARK) ? text + strlen(BYTE_ORDER_MARK)
                                                            : text);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const RecordingEntry *one = *(RecordingEntry *const *)a;
    const RecordingEntry *other = *(RecordingEntry *const *)b;

    return (one->time > other->time) - (one->time < other->time);
}

Recording *recording_read(const char *path, GError **error)
{
    g_autoptr(Recording) recording = g_new0(Recording, 1);
    g_autofree char *text = NULL;
    guint line = 1;

    recording->entries = g_ptr_array_new_with_free_func((GDestroyNotify)recording_entry_free);
    text = recording_check_path(path, error) ? read_text(path, error) : NULL;
    if (!text) {
        return NULL;
    }
    if (!format_of(path)->read(text, recording, &line, error)) {
        g_prefix_error(error, "%s:%u: ", path, line);
        return NULL;
    }
    g_ptr_array_sort(recording->entries, by_time); /* which is a merge sort, and so stable */
    return g_steal_pointer(&recording);
}

void recording_free(Recording *recording)
{
    recording_head_clear(&recording->head);
    g_ptr_array_unref(recording->entries);
    g_free(recording);
}

/* Whether @event announces another migration than the one that @course is of, which is over. */
static gboolean begins_another(const MigrationCourse *course, const CourseEvent *event)
{
    const CourseSample *last = course_last(course);

    return last && migration_state_is_over(migration_status_state(last->status)) &&
           !event->destination && g_str_equal(event->name, "MIGRATION") &&
           g_strcmp0(json_get_string(event->data, "status"), "setup") == 0;
}

void recording_follow(MigrationCourse **course, const RecordingEntry *entry)
{
    if (*course && (entry->event ? begins_another(*course, entry->event)
                                 : !course_goes_on(*course, entry->sample->status))) {
        g_clear_pointer(course, course_free);
    }
    if (!*course) {
        *course = course_new();
    }
    if (entry->event) {
        course_add_event(*course, entry->event);
    } else {
        course_add(*course, entry->sample->status, &entry->sample->limits, entry->time);
    }
}
