/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch: a command again and again; or the migration, as it goes. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/leaving.h"
#include "commands/migration/progress.h"
#include "commands/outcome.h"
#include "commands/progress_view.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/layout.h"
#include "shell/line.h"
#include "shell/regain.h"

static const double EVERY_S = 2;
static const double LEAST_S = 0.1;

/* Ctrl-C is how a person at the prompt ends it; elsewhere it ends more than that. Takes @why over.
 */
static gboolean end_of_watch(Session *session, GError *why, GError **error)
{
    if (!session->setup.interactive || session->nested > 0 ||
        !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_propagate_error(error, why);
        return FALSE;
    }
    g_error_free(why);
    return TRUE;
}

/* --- the migration --- */

static gboolean is_info_migrate(Session *session, const char *line)
{
    const char *rest = NULL;
    const Command *command = command_find(session->setup.commands, line, &rest);

    return command && command_is_called(command, "info migrate") && !*line_rest(rest);
}

/* The end, where the view has not told it. */
static void tell_end(Session *session, Guest *guest, const MigrationStatus *status, Reply *reply)
{
    gboolean completed = migration_status_state(status) == MIGRATION_COMPLETED;
    gboolean told = output_can_live(session->output) || output_mode(session->output)->json;

    if (!completed && !told) {
        g_autofree char *line = migration_progress_line(status, NULL, &(MigrationLimits){0}, 0);

        g_string_append_printf(reply->text, "%s\n", line);
    }
    outcome_tell(guest, reply);
    reply->json = migration_status_to_json(status);
}

static gboolean watch_migration(Session *session, Reply *reply, GError **error)
{
    Guest *guest = job_guest(session, -1, error);
    MigrationWait wait = {.reached = migration_has_ended, .seconds = -1};
    g_autoptr(MigrationStatus) status = NULL;
    g_autoptr(GError) why = NULL;

    if (!guest) {
        return FALSE;
    }
    outcome_expect(guest);
    status = view_wait(guest, &wait, &why);
    if (!status) {
        return end_of_watch(session, g_steal_pointer(&why), error);
    }
    leaving_forget_if_over(guest, status);
    tell_end(session, guest, status, reply);
    return TRUE;
}

/* --- any command --- */

/* What stands above each result at a terminal. */
static void put_heading(Session *session, const char *line)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *clock = g_date_time_format(now, "%H:%M:%S");
    g_autofree char *heading = g_strdup_printf("%s  %s\n", clock, line);

    if (output_is_pretty(session->output) && !session->captured) {
        output_text(session->output, heading);
    }
}

static gboolean watch_command(Session *session, const char *line, double seconds, GError **error)
{
    g_autoptr(GError) why = NULL;
    gint64 next = g_get_monotonic_time();

    do {
        next = MAX(next + (gint64)(seconds * G_USEC_PER_SEC), g_get_monotonic_time());
        put_heading(session, line);
        if (!dispatch(session, line, &why) || session->leaving) {
            break;
        }
    } while (bell_sleep(session->bell, next, &why));
    if (!why) {
        return TRUE;
    }
    if (!end_of_watch(session, g_steal_pointer(&why), error)) {
        return FALSE;
    }
    output_text(session->output, "\n"); /* behind the terminal's "^C" */
    return TRUE;
}

/* --- the same on a screen of its own --- */

/* "Every 2s: info status                    12:01:02", @width columns. */
static char *make_heading(const char *line, double seconds, int width)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *clock = g_date_time_format(now, "%H:%M:%S");
    g_autofree char *what = g_strdup_printf(_("Every %gs: %s"), seconds, line);
    g_autofree char *clean = layout_clean(what);
    int room = MAX(width - (int)strlen(clock) - 1, 0);
    g_autofree char *cut = layout_cut(clean, room);

    return g_strdup_printf("%s%*s%s", cut, room - layout_columns(cut) + 1, "", clock);
}

/* Fills the window, from its first line to its last, with a heading and as much of @text as it
 * holds. A line is cleared before it is written: behind a full one the cursor is on its last
 * character. */
static void draw(Session *session, const char *line, double seconds, const char *text)
{
    int width = output_width(session->output);
    int height = output_height(session->output);
    g_autofree char *heading = make_heading(line, seconds, width);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(lines);
    GString *screen = g_string_new("\033[H");
    g_autofree char *all = NULL;

    for (int row = 0; row < height; row++) {
        guint at = (guint)MAX(row - 2, 0);
        g_autofree char *clean = layout_clean(row >= 2 && at < count ? lines[at] : "");
        g_autofree char *begin = layout_cut(clean, width);

        g_string_append_printf(screen, "%s\033[K%s", row ? "\n" : "", row ? begin : heading);
    }
    all = g_string_free(screen, FALSE);
    screen_draw(session->screen, all);
}

static gboolean watch_on_screen(Session *session, const char *line, double seconds, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GString) last = g_string_new(NULL);
    gint64 next = g_get_monotonic_time();
    gboolean go_on;

    screen_begin(session->screen);
    draw(session, line, seconds, ""); /* the first look may take its time */
    do {
        g_autoptr(GString) text = g_string_new(NULL);

        next = MAX(next + (gint64)(seconds * G_USEC_PER_SEC), g_get_monotonic_time());
        go_on = dispatch_capture(session, line, text, &why) && !session->leaving;
        if (!g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
            g_string_assign(last, text->str);
        }
        draw(session, line, seconds, last->str);
    } while (go_on && bell_sleep(session->bell, next, &why));
    screen_end(session->screen);
    output_text(session->output, last->str);
    return !why || end_of_watch(session, g_steal_pointer(&why), error);
}

static gboolean watch(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const Value *every = arguments_get(arguments, "seconds");
    const char *line = arguments_get(arguments, "command")->text;
    double seconds = every->given ? every->seconds : EVERY_S;

    if (seconds < LEAST_S) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("watch: SECONDS is %g or more"),
                    LEAST_S);
        return FALSE;
    }
    if (is_info_migrate(session, line)) {
        return watch_migration(session, reply, error);
    }
    reply->spoken = TRUE;
    seconds = MIN(seconds, 1e9);
    if (output_can_draw(session->output) && !session->captured) {
        return watch_on_screen(session, line, seconds, error);
    }
    return watch_command(session, line, seconds, error);
}

const Command watch_commands[] = {
    {
        .name = "watch",
        .group = N_("Shell"),
        .help = N_("run a command again and again, until Ctrl-C"),
        .description = N_(
            "Every 2 seconds, or SECONDS from 0.1 on; a command that fails ends it. At the prompt\n"
            "the window shows the newest output, as much as it holds; the last one stays. 'watch\n"
            "info migrate' shows the migration as a waiting 'migrate' does, on one line that is\n"
            "drawn anew three times a second (in a script: a line a pass, on standard error),\n"
            "until it has ended, however it ends."),
        .arguments =
            (const Argument[]){
                {.name = "seconds", .kind = ARGUMENT_TIME, .flag = 'n', .help = N_("how often")},
                {.name = "command", .kind = ARGUMENT_COMMAND, .help = N_("any command")},
                {0}},
        .flags = COMMAND_GATES_INNER,
        .run = watch,
    },
    {0},
};
