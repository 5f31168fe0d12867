/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: for a migration's end, one of its states or passes, or an event; instead of sleeping and
 * hoping. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "commands/event_line.h"
#include "commands/leaving.h"
#include "commands/migration/job.h"
#include "commands/migration/track.h"
#include "commands/outcome.h"
#include "commands/progress_view.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/pattern.h"
#include "shell/regain.h"
#include "shell/session.h"

static gboolean at_end(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || state == MIGRATION_POSTCOPY_PAUSED ||
           state == MIGRATION_NONE || migration_status_is_given_up(status);
}

static gboolean in_state(const MigrationStatus *status, gconstpointer data)
{
    const char *name = migration_status_text(status, FIELD_STATUS);

    return g_strcmp0(name, data) == 0 || migration_state_is_over(migration_status_state(status));
}

static gboolean check_reached(const MigrationStatus *status, const char *condition,
                              const char *guest, GError **error)
{
    const char *name = migration_status_text(status, FIELD_STATUS);

    if (g_strcmp0(name, condition) == 0) {
        return TRUE;
    }
    if (!name) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("no migration has been started on '%s'"), guest);
        return FALSE;
    }
    if (strcmp(condition, "migration") == 0) {
        return job_check_completed(status, guest, error);
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("the migration of '%s' ended as '%s' and was not seen '%s'"), guest, name,
                condition);
    return FALSE;
}

/* The time given, in seconds: negative where none is; 0 looks once. FALSE for a negative one. */
static gboolean take_seconds(const Arguments *arguments, double *seconds, GError **error)
{
    const Value *given = arguments_get(arguments, "seconds");

    *seconds = given->given ? given->seconds : -1;
    if (given->given && given->seconds < 0) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                            _("SECONDS is 0 or more: how long to wait at most"));
        return FALSE;
    }
    return TRUE;
}

static gboolean check_condition(const char *condition, GError **error)
{
    if (strcmp(condition, "migration") == 0 ||
        migration_state_from_name(condition) != MIGRATION_UNKNOWN) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                _("'%s' is no condition: 'migration' (its end), a migration's status, 'pass "
                  "N', or 'event PATTERN'"),
                condition);
    return FALSE;
}

/* Waits, at a terminal with progress. NULL with the error; else what was seen last. */
static MigrationStatus *wait_for_migration(Session *session, const MigrationWait *wait,
                                           Reply *reply, GError **error)
{
    gint64 begun = g_get_monotonic_time();
    Guest *guest = job_guest(session, wait->seconds, error);
    g_autoptr(MigrationStatus) status = NULL;
    MigrationWait rest = *wait;

    if (!guest) {
        return NULL;
    }
    rest.begun = begun;
    outcome_expect(guest);
    status = output_can_live(session->output) ? view_wait(guest, &rest, error)
                                              : job_wait(guest, &rest, error);
    if (status) {
        leaving_forget_if_over(guest, status);
        outcome_tell(guest, reply);
        reply->json = migration_status_to_json(status);
    }
    return g_steal_pointer(&status);
}

static gboolean wait_for_status(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    const char *condition = arguments_get(arguments, "condition")->text;
    MigrationWait wait = {
        .reached = strcmp(condition, "migration") == 0 ? at_end : in_state,
        .reached_data = condition,
    };
    g_autoptr(MigrationStatus) status = NULL;

    if ((!session->current && !session_guest(session, error)) ||
        !check_condition(condition, error) || !take_seconds(arguments, &wait.seconds, error)) {
        return FALSE;
    }
    status = wait_for_migration(session, &wait, reply, error);
    return status && check_reached(status, condition, session->current->name, error);
}

/* --- a pass --- */

static guint64 pass_of(const MigrationStatus *status)
{
    return migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT);
}

static gboolean in_pass(const MigrationStatus *status, gconstpointer data)
{
    return migration_status_state(status) == MIGRATION_NONE ||
           pass_of(status) >= *(const guint64 *)data ||
           migration_state_is_over(migration_status_state(status));
}

/* How many passes the newest migration has had: a failed one's end does not tell. */
static guint64 count_passes(Guest *guest, const MigrationStatus *end)
{
    const GArray *passes = course_passes(track_course(guest));
    guint64 seen = passes->len ? g_array_index(passes, CoursePass, passes->len - 1).number : 0;

    return MAX(seen, pass_of(end));
}

static gboolean wait_for_pass(Session *session, const Arguments *arguments, Reply *reply,
                              GError **error)
{
    const char *text = arguments_get(arguments, "number")->text;
    guint64 wanted = 0;
    MigrationWait wait = {.reached = in_pass, .reached_data = &wanted};
    g_autoptr(MigrationStatus) status = NULL;
    guint64 passes;

    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT64, &wanted, NULL)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s' is no pass: 1 is the first one over all memory"), text);
        return FALSE;
    }
    if (!take_seconds(arguments, &wait.seconds, error)) {
        return FALSE;
    }
    status = wait_for_migration(session, &wait, reply, error);
    if (status && migration_status_state(status) == MIGRATION_NONE) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("no migration has been started on '%s'"), session->current->name);
        return FALSE;
    }
    passes = status ? count_passes(session->current, status) : 0;
    if (!status || passes >= wanted) {
        return status != NULL;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                ngettext("the migration of '%s' ended as '%s' after %" PRIu64 " pass",
                         "the migration of '%s' ended as '%s' after %" PRIu64 " passes", passes),
                session->current->name, migration_status_text(status, FIELD_STATUS), passes);
    return FALSE;
}

/* --- an event --- */

/* What `wait event` has looked at of a guest's events. */
static guint64 *seen_events(Guest *guest)
{
    guint64 *seen = g_datalist_get_data(&guest->notes, "events-seen");

    if (!seen) {
        seen = g_new0(guint64, 1);
        g_datalist_set_data_full(&guest->notes, "events-seen", seen, g_free);
    }
    return seen;
}

/* Whether a wait until @end that ended by @why (taken over) goes on: the connection broke, and is
 * there again. */
static gboolean goes_on(Guest *guest, GError *why, gint64 end, GError **error)
{
    double left = (double)(end - g_get_monotonic_time()) / G_USEC_PER_SEC;

    if (left <= 0 || !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST) ||
        !monitor_is_cut(guest->monitor)) {
        g_propagate_error(error, why);
        return FALSE;
    }
    g_error_free(why);
    return session_regain(guest->session, guest, left, error) &&
           monitor_listen(guest->monitor, error);
}

static gboolean wait_for_event(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const char *text = arguments_get(arguments, "pattern")->text;
    g_autoptr(Pattern) pattern = NULL;
    double seconds;
    gint64 end;
    g_autoptr(GError) deaf = NULL;
    Guest *guest;
    guint64 *seen;

    if (!take_seconds(arguments, &seconds, error)) {
        return FALSE;
    }
    end = seconds > 0 ? bell_end(seconds) : seconds < 0 ? G_MAXINT64 : 0;
    guest = session_guest_waiting(session, seconds, error);
    if (!guest) {
        return FALSE;
    }
    pattern = pattern_new(text, TRUE, error);
    if (!pattern || (!monitor_listen(guest->monitor, &deaf) &&
                     !goes_on(guest, g_steal_pointer(&deaf), end, error))) {
        return FALSE;
    }
    seen = seen_events(guest);
    for (;;) {
        g_autoptr(MonitorEvent) event = monitor_next_event(guest->monitor, seen);
        g_autoptr(GError) why = NULL;

        if (event && event_matches(event, pattern)) {
            reply->json = json_dict("event", json_object_new_string(event->name), "data",
                                    g_steal_pointer(&event->data), NULL);
            return TRUE;
        }
        if (event) {
            continue;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("no event like '%s' of '%s' within %g s"), text, guest->name, seconds);
            return FALSE;
        }
        if (!monitor_wait_event(guest->monitor, *seen, NULL, end, &why)) {
            if (!goes_on(guest, g_steal_pointer(&why), end, error)) {
                return FALSE;
            }
            seen = seen_events(guest);
        }
    }
}

static const char *const CONDITIONS[] = {
    "migration",       "setup",     "active", "pre-switchover", "device", "postcopy-active",
    "postcopy-paused", "completed", "failed", "cancelled",      NULL,
};

const Command wait_commands[] = {
    {
        .name = "wait",
        .group = N_("Migration"),
        .help = N_("wait until a migration has ended or has a status"),
        .description = N_(
            "CONDITION is 'migration' (its end; one that fails or is cancelled fails the command) "
            "or\n"
            "a status: setup, active, pre-switchover, device, postcopy-active, postcopy-paused,\n"
            "completed, failed, cancelled. After SECONDS the command fails; without them it waits\n"
            "without a limit. It ends by QEMU's events; nothing that comes first is missed."),
        .arguments = (const Argument[]){{.name = "condition",
                                         .kind = ARGUMENT_CONDITION,
                                         .help = N_("'migration', or a migration's status"),
                                         .choices = CONDITIONS},
                                        {.name = "seconds",
                                         .kind = ARGUMENT_TIME,
                                         .optional = TRUE,
                                         .help = N_("at most so long")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = wait_for_status,
    },
    {
        .name = "wait pass",
        .group = N_("Migration"),
        .help = N_("wait until a migration is in a pass, or in a later one"),
        .description =
            N_("A pass is one round over the dirty pages: 1 is the first, over all memory. A "
               "migration\n"
               "that ends before fails the command, which then says how many passes it has had."),
        .arguments =
            (const Argument[]){
                {.name = "number", .kind = ARGUMENT_TEXT, .help = N_("the pass, from 1 on")},
                {.name = "seconds",
                 .kind = ARGUMENT_TIME,
                 .optional = TRUE,
                 .help = N_("at most so long")},
                {0}},
        .flags = COMMAND_LOOKS,
        .run = wait_for_pass,
    },
    {
        .name = "wait event",
        .group = N_("Migration"),
        .help = N_("wait until QEMU has sent an event"),
        .description = N_(
            "PATTERN is a regular expression (Perl's notation) that the event's name contains, in\n"
            "either case, or the event with its data: \"MIGRATION.*completed\" is for\n"
            "'MIGRATION status=completed'. Events count from when the guest was first listened "
            "to:\n"
            "in the interactive shell when it was attached, in a script at the first 'wait' or\n"
            "'migrate'; each is taken once."),
        .arguments = (const Argument[]){{.name = "pattern",
                                         .kind = ARGUMENT_EVENT,
                                         .help = N_("a part of the event, e.g. STOP")},
                                        {.name = "seconds",
                                         .kind = ARGUMENT_TIME,
                                         .optional = TRUE,
                                         .help = N_("at most so long")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = wait_for_event,
    },
    {0},
};
