/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: a recorded migration once more, without a guest. */
#include "commands/replay.h"

#include <glib/gi18n.h>
#include <math.h>

#include "commands/event_teller.h"
#include "commands/migration/classic.h"
#include "commands/migration/pretty.h"
#include "commands/migration/recording/recording.h"
#include "commands/progress_view.h"
#include "commands/table.h"
#include "shell/error.h"

static const char KEY[] = "replayed";
static const gint64 LONGEST_PAUSE_US = G_USEC_PER_SEC; /* between two migrations */

const Replayed *replay_last(Session *session)
{
    return g_datalist_get_data(&session->notes, KEY);
}

static void replayed_free(gpointer data)
{
    Replayed *replayed = data;

    course_free(replayed->course);
    g_free(replayed->guest);
    g_free(replayed);
}

/* --- showing --- */

/* A recording being shown. */
typedef struct {
    Session *session;
    const Recording *recording;
    double speed; /* 0: without waiting */
    ProgressView *view;
    MigrationCourse *course; /* so far */
    gint64 shown;            /* the time of the last entry, in the recording */
    gint64 next;             /* when the next one's turn would be, if it came at once */
} Play;

static const char *side_name(const RecordingHead *head, gboolean destination)
{
    const char *name = destination ? head->peer : head->guest;

    return name ? name : destination ? _("destination") : _("source");
}

/* Waits until @entry's turn. Where no migration was under way nobody wants to wait. FALSE after
 * Ctrl-C. */
static gboolean wait_for(Play *play, const RecordingEntry *entry, GError **error)
{
    const CourseSample *last = play->course ? course_last(play->course) : NULL;
    gboolean idle = !last || !migration_state_is_running(migration_status_state(last->status));
    gint64 pause = MAX(entry->time - play->shown, 0);

    play->shown = entry->time;
    if (play->speed <= 0) {
        return !bell_check_interrupted(play->session->bell, error);
    }
    pause = (gint64)((double)(idle ? MIN(pause, LONGEST_PAUSE_US) : pause) / play->speed);
    play->next += pause;
    return bell_sleep(play->session->bell, play->next, error);
}

static void show_event(const Play *play, const CourseEvent *event)
{
    MonitorEvent copy = {0, event->name, event->data, event->stamp, event->time};

    if (output_can_live(play->session->output)) {
        event_teller_print(play->session, side_name(&play->recording->head, event->destination),
                           &copy);
    }
}

static gboolean show_all(Play *play, GError **error)
{
    const GPtrArray *entries = play->recording->entries;

    for (guint i = 0; i < entries->len; i++) {
        const RecordingEntry *entry = entries->pdata[i];

        if (!wait_for(play, entry, error)) {
            return FALSE;
        }
        recording_follow(&play->course, entry);
        if (entry->event) {
            show_event(play, entry->event);
        } else {
            g_autoptr(Forecast) forecast = forecast_new(play->course);

            view_show(play->view, entry->sample->status, forecast, &entry->sample->limits);
        }
    }
    return TRUE;
}

/* What `info migrate` would say at the end. */
static void print_end(Session *session, const MigrationCourse *course, Reply *reply)
{
    const CourseSample *last = course_last(course);
    g_autoptr(Forecast) forecast = forecast_new(course);
    MigrationPretty options = {
        .colour = output_has_colour(session->output),
        .width = output_width(session->output),
        .limits = &last->limits,
        .forecast = forecast,
    };

    if (output_is_pretty(session->output)) {
        migration_pretty(last->status, &options, reply->text);
        return;
    }
    migration_classic(last->status, reply->text);
    reply->json = migration_status_to_json(last->status);
    forecast_add_json(forecast, reply->json);
}

/* --- the command --- */

static gboolean take_speed(const Arguments *arguments, double *speed, GError **error)
{
    const Value *given = arguments_get(arguments, "speed");
    char *end = NULL;

    *speed = given->given ? g_ascii_strtod(given->text, &end) : 1;
    if (end && (end == given->text || *end || !isfinite(*speed) || *speed < 0)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s' is no speed: 2 is twice as fast as it was, 0 is without waiting"),
                    given->text);
        return FALSE;
    }
    return TRUE;
}

static gboolean has_looks(const Recording *recording, const char *path, GError **error)
{
    for (guint i = 0; i < recording->entries->len; i++) {
        if (((const RecordingEntry *)recording->entries->pdata[i])->sample) {
            return TRUE;
        }
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("no migration was recorded in '%s'"),
                path);
    return FALSE;
}

/* Keeps what was shown, for `plot`; the course is taken over. */
static void keep(Session *session, const Recording *recording, MigrationCourse *course)
{
    Replayed *replayed = g_new0(Replayed, 1);

    replayed->course = course;
    replayed->guest = g_strdup(recording->head.guest);
    replayed->time = g_get_monotonic_time();
    g_datalist_set_data_full(&session->notes, KEY, replayed, replayed_free);
}

static gboolean replay(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *path = arguments_get(arguments, "file")->text;
    Play play = {.session = session, .next = g_get_monotonic_time()};
    g_autoptr(Recording) recording = NULL;
    gboolean whole;

    if (!take_speed(arguments, &play.speed, error)) {
        return FALSE;
    }
    recording = recording_read(path, error);
    if (!recording || !has_looks(recording, path, error)) {
        return FALSE;
    }
    play.recording = recording;
    play.shown = ((const RecordingEntry *)recording->entries->pdata[0])->time;
    play.view = view_new(session->output);
    whole = show_all(&play, error);
    view_end(play.view);
    if (play.course && course_last(play.course)) {
        if (whole) {
            print_end(session, play.course, reply);
        }
        keep(session, recording, g_steal_pointer(&play.course));
    }
    g_clear_pointer(&play.course, course_free);
    return whole;
}

const Command replay_commands[] = {
    {
        .name = "replay",
        .group = N_("Migration"),
        .help = N_("show a recorded migration again"),
        .description = N_(
            "FILE is what 'record' wrote. It is shown as the migration was, with its live line "
            "and\n"
            "events at a terminal and a line for each pass elsewhere, and at the end what 'info\n"
            "migrate' said; no guest is needed. SPEED 2 is twice as fast, 0 without waiting. "
            "Ctrl-C\n"
            "ends it. Afterwards 'plot' draws it."),
        .arguments =
            (const Argument[]){{.name = "file", .kind = ARGUMENT_FILE, .help = N_("a recording")},
                               {.name = "speed",
                                .kind = ARGUMENT_TEXT,
                                .optional = TRUE,
                                .help = N_("how many times as fast as it was; 0: without waiting")},
                               {0}},
        .flags = COMMAND_LOOKS,
        .run = replay,
    },
    {0},
};
