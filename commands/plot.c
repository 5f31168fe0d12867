/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: a migration's course as a picture, by gnuplot. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/migration/job.h"
#include "commands/migration/recording/plot.h"
#include "commands/migration/track.h"
#include "commands/record.h"
#include "commands/replay.h"
#include "commands/table.h"
#include "shell/error.h"

enum { SCRIPT_COLUMNS = 79 }; /* of a drawing that goes to no terminal */

/* --- whose course --- */

/* A course, and whose it is. */
typedef struct {
    MigrationCourse *own; /* to be freed; NULL: borrowed */
    const MigrationCourse *course;
    const char *guest;
} Subject;

static gint64 last_look(const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);

    return last ? last->time : 0;
}

/* The course of @guest's migration that has more looks: that of the commands, or of a recording. */
static void choose_course(Session *session, Guest *guest, Subject *subject)
{
    Recorder *recorder = record_of(session);

    subject->course = track_course(guest);
    subject->guest = guest->name;
    if (recorder && recorder_is_of(recorder, guest)) {
        subject->own = recorder_course(recorder);
        if (course_length(subject->own) >= course_length(subject->course)) {
            subject->course = subject->own;
        }
    }
}

/* What was shown last: the guest's migration or a recording. */
static gboolean choose(Session *session, Subject *subject, GError **error)
{
    const Replayed *replayed = replay_last(session);
    Guest *guest = session->current;

    if (!replayed && !job_guest(session, 0, error)) {
        return FALSE;
    }
    if (guest) {
        choose_course(session, guest, subject);
    }
    if (replayed && (!guest || last_look(subject->course) < replayed->time)) {
        subject->course = replayed->course;
        subject->guest = replayed->guest;
    }
    if (course_length(subject->course) == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("no migration of '%s' has been looked at ('info migrate', 'migrate' and "
                      "'record' do, 'replay' shows a recording)"),
                    subject->guest);
        return FALSE;
    }
    return TRUE;
}

/* --- gnuplot --- */

/* What gnuplot wrote to @stream, in one line. Free with g_free(). */
static char *complaint(FILE *stream)
{
    char text[512];
    size_t length;

    rewind(stream);
    length = fread(text, 1, sizeof(text) - 1, stream);
    text[length] = '\0';
    g_strdelimit(text, "\n", ' ');
    return g_strdup(g_strstrip(text));
}

/* Lets gnuplot read @script and write to @picture. What it complains of goes to @errors. */
static gboolean spawn(FILE *script, int picture, FILE *errors, GError **error)
{
    static const char *const words[] = {"gnuplot", "--default-settings", "-", NULL};
    g_autoptr(GError) why = NULL;
    int status = 0;
    GPid pid;

    if (!g_spawn_async_with_pipes_and_fds(
            NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
            fileno(script), picture, fileno(errors), NULL, NULL, 0, &pid, NULL, NULL, NULL, &why)) {
        gboolean missing = g_error_matches(why, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);

        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "%s",
                    missing ? _("plot needs gnuplot, which is not installed (its package is "
                                "gnuplot-nox, or gnuplot-minimal in Fedora)")
                            : why->message);
        return FALSE;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        g_autofree char *text = complaint(errors);

        if (*text) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("gnuplot failed: %s"), text);
        } else {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("gnuplot failed"));
        }
    }
    return status == 0;
}

/* By errno. */
static gboolean fail_to_write(const char *path, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot write '%s': %s"), path,
                g_strerror(errno));
    return FALSE;
}

static gboolean fail_to_write_temporary(GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("cannot write a temporary file in '%s': %s"), g_get_tmp_dir(), g_strerror(errno));
    return FALSE;
}

/* Has @text drawn into @picture. */
static gboolean draw(const char *text, int picture, GError **error)
{
    FILE *script = tmpfile();
    FILE *errors = tmpfile();
    gboolean fine = FALSE;

    if (!script || !errors || fputs(text, script) == EOF || fflush(script) == EOF) {
        fail_to_write_temporary(error);
    } else {
        rewind(script);
        fine = spawn(script, picture, errors, error);
    }
    g_clear_pointer(&script, fclose);
    g_clear_pointer(&errors, fclose);
    return fine;
}

/* Draws into a file beside @path, which takes its place when it is done. */
static gboolean draw_file(const char *text, const char *path, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, 0666); /* less the umask */
    gboolean fine;

    if (fd < 0) {
        return fail_to_write(path, error);
    }
    fine = draw(text, fd, error);
    if (fine && lseek(fd, 0, SEEK_END) == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("gnuplot has drawn nothing"));
        fine = FALSE;
    }
    close(fd);
    if (fine && rename(beside, path) < 0) {
        fine = fail_to_write(path, error);
    }
    if (!fine) {
        unlink(beside);
    }
    return fine;
}

/* Appends what gnuplot has drawn, whose lines are filled with blanks. */
static void add_drawn(const char *drawn, GString *out)
{
    g_autofree char *text = g_strchomp(g_strdup(drawn));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_string_append_printf(out, "%s\n", g_strchomp(*line));
    }
}

static gboolean draw_text(const char *text, GString *out, GError **error)
{
    FILE *picture = tmpfile();
    g_autofree char *drawn = NULL;
    gsize length;

    if (!picture) {
        return fail_to_write_temporary(error);
    }
    if (!draw(text, fileno(picture), error)) {
        fclose(picture);
        return FALSE;
    }
    fseek(picture, 0, SEEK_END);
    length = (gsize)MAX(ftell(picture), 0);
    rewind(picture);
    drawn = g_malloc0(length + 1);
    length = fread(drawn, 1, length, picture);
    fclose(picture);
    add_drawn(g_strdelimit(drawn, "\f", ' '), out); /* gnuplot begins a page */
    return TRUE;
}

/* --- the command --- */

static gboolean plot(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const Value *file = arguments_get(arguments, "file");
    int page = output_page_width(session->output);
    PlotSetup setup = {.form = PLOT_TEXT, .columns = page ? page - 1 : SCRIPT_COLUMNS};
    Subject subject = {0};
    g_autofree char *script = NULL;

    if (file->given && !plot_form(file->text, &setup.form, error)) {
        return FALSE;
    }
    if (choose(session, &subject, error)) {
        setup.guest = subject.guest;
        script = plot_script(subject.course, &setup);
    }
    course_free(subject.own);
    if (!script) {
        return FALSE;
    }
    return file->given ? draw_file(script, file->text, error)
                       : draw_text(script, reply->text, error);
}

const Command plot_commands[] = {
    {
        .name = "plot",
        .group = N_("Migration"),
        .help = N_("draw the course of a migration"),
        .description = N_(
            "Of the guest's migration, or of the recording that 'replay' has shown: what was "
            "left,\n"
            "and W, what was dirty as each pass began; throughput, dirty rate and downtime with\n"
            "their limits; the disks; passes and events. FILE.svg and FILE.png are pictures; "
            "without\n"
            "FILE it is drawn in characters, as wide as the terminal, in a script 79 columns "
            "wide.\n"
            "Every look counts, so after 'record' or 'migrate' there is more to see than after "
            "'info\n"
            "migrate'. Needs gnuplot."),
        .arguments = (const Argument[]){{.name = "file",
                                         .kind = ARGUMENT_FILE,
                                         .optional = TRUE,
                                         .help = N_("a picture to write, NAME.svg or NAME.png")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = plot,
    },
    {0},
};
