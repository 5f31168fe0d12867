/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record: what a migration does, in a file. */
#include "commands/record.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/table.h"
#include "shell/error.h"
#include "shell/values.h"

static const char KEY[] = "recorder";

Recorder *record_of(Session *session)
{
    return g_datalist_get_data(&session->notes, KEY);
}

void record_leave(Session *session)
{
    Recorder *recorder = record_of(session);

    if (recorder) {
        recorder_stop(recorder);
    }
}

static gboolean runs(Recorder *recorder)
{
    RecorderFigures figures = {0};

    if (recorder) {
        recorder_figures(recorder, &figures);
    }
    return figures.running;
}

/* On the recorder's thread. */
static void tell_end(const char *why, gpointer data)
{
    Session *session = data;

    if (!session->leaving) {
        output_error(session->output, why);
    }
}

static char *in_words(Recorder *recorder)
{
    RecorderFigures figures;
    g_autofree char *size = NULL;

    recorder_figures(recorder, &figures);
    size = size_format(figures.bytes);
    return g_strdup_printf(_("%u looks and %u events of '%s' in '%s', %s"), figures.looks,
                           figures.events, recorder_guest(recorder), recorder_path(recorder), size);
}

static gboolean start(Session *session, const char *path, Reply *reply, GError **error)
{
    Recorder *recorder = record_of(session);
    Guest *guest = NULL;

    if (runs(recorder)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("the migrations of '%s' are recorded in '%s' already ('record off' ends it)"),
                    recorder_guest(recorder), recorder_path(recorder));
        return FALSE;
    }
    guest = recording_check_path(path, error) ? session_guest(session, error) : NULL;
    if (guest && recorder) {
        recorder_stop(recorder);
        recorder_deafen(recorder);
    }
    recorder = guest ? recorder_start(guest, session->peer, path, tell_end, session, error) : NULL;
    if (!recorder) {
        return FALSE;
    }
    g_datalist_set_data_full(&session->notes, KEY, recorder, (GDestroyNotify)recorder_free);
    session_courtesy(session, reply, _("the migrations of '%s' are recorded in '%s'"), guest->name,
                     path);
    if (recorder_absence(recorder)) {
        output_note(session->output, recorder_absence(recorder));
    }
    return TRUE;
}

static gboolean stop(Session *session, Reply *reply)
{
    Recorder *recorder = record_of(session);
    g_autofree char *words = NULL;

    if (!runs(recorder)) {
        session_courtesy(session, reply, _("nothing is recorded"));
        return TRUE;
    }
    recorder_stop(recorder);
    words = in_words(recorder);
    session_courtesy(session, reply, "%s", words);
    return TRUE;
}

static void tell(Session *session, Reply *reply)
{
    Recorder *recorder = record_of(session);
    RecorderFigures figures;
    g_autofree char *words = NULL;

    if (!recorder) {
        session_say(session, reply, _("nothing is recorded"));
        return;
    }
    recorder_figures(recorder, &figures);
    words = in_words(recorder);
    if (figures.running) {
        session_say(session, reply, "%s", words);
    } else {
        session_say(session, reply, _("ended: %s"), words);
    }
    reply->json = json_dict("file", json_object_new_string(recorder_path(recorder)), "guest",
                            json_object_new_string(recorder_guest(recorder)), "recording",
                            json_object_new_boolean(figures.running), "looks",
                            json_object_new_int64(figures.looks), "events",
                            json_object_new_int64(figures.events), "bytes",
                            json_object_new_uint64(figures.bytes), NULL);
}

static gboolean record(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const Value *file = arguments_get(arguments, "file");

    if (!file->given) {
        tell(session, reply);
        return TRUE;
    }
    return strcmp(file->text, "off") == 0 ? stop(session, reply)
                                          : start(session, file->text, reply, error);
}

static const char *const OFF[] = {"off", NULL};

const Command record_commands[] = {
    {
        .name = "record",
        .group = N_("Migration"),
        .help = N_("record the guest's migrations in a file"),
        .description = N_(
            "From now on every look at a migration of the current guest and every event of it and\n"
            "its peer are written to FILE, whoever starts the migration and whatever the prompt\n"
            "does: as each pass begins, and 3 times a second; nothing is asked while none runs.\n"
            "FILE ends in .jsonl (JSON lines) or .csv (for a spreadsheet) and is overwritten; "
            "each\n"
            "line is there as soon as it is known. 'replay' shows a recording again, 'plot' draws\n"
            "it. 'record off' ends it, and 'record' tells what is recorded."),
        .arguments =
            (const Argument[]){{.name = "file",
                                .kind = ARGUMENT_FILE,
                                .optional = TRUE,
                                .help = N_("a file to write, NAME.jsonl or NAME.csv; or off"),
                                .choices = OFF},
                               {0}},
        .flags = COMMAND_LOOKS,
        .run = record,
    },
    {0},
};
