/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: for a migration's end, one of its states, or an event; instead of sleeping and hoping. */
#include <string.h>

#include "commands/migrate.h"
#include "commands/migration/raw.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/session.h"

static gboolean at_end(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || state == MIGRATION_POSTCOPY_PAUSED ||
           state == MIGRATION_NONE;
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
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "no migration has been started on '%s'",
                    guest);
        return FALSE;
    }
    if (strcmp(condition, "migration") == 0) {
        return raw_check_completed(status, guest, error);
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                "the migration of '%s' ended as '%s' and was not seen '%s'", guest, name,
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
                            "SECONDS is 0 or more: how long to wait at most");
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
                "'%s' is no condition: 'migration' (its end), a migration's status, or 'event "
                "PATTERN'",
                condition);
    return FALSE;
}

static gboolean wait_for_status(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    const char *condition = arguments_get(arguments, "condition")->text;
    RawWait wait = {
        .reached = strcmp(condition, "migration") == 0 ? at_end : in_state,
        .reached_data = condition,
    };
    g_autoptr(MigrationStatus) status = NULL;
    Guest *guest;

    if (!check_condition(condition, error) || !take_seconds(arguments, &wait.seconds, error)) {
        return FALSE;
    }
    guest = session_guest(session, error);
    status = guest ? raw_wait(guest->monitor, &wait, error) : NULL;
    if (!status) {
        return FALSE;
    }
    migrate_forget_if_over(session, status);
    reply->json = migration_status_to_json(status);
    return check_reached(status, condition, guest->name, error);
}

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

static gboolean wait_for_event(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const char *pattern = arguments_get(arguments, "pattern")->text;
    g_autoptr(GRegex) regex = NULL;
    double seconds;
    gint64 end;
    Guest *guest;
    guint64 *seen;

    if (!take_seconds(arguments, &seconds, error)) {
        return FALSE;
    }
    guest = session_guest(session, error);
    if (!guest) {
        return FALSE;
    }
    end = seconds > 0 ? bell_end(seconds) : seconds < 0 ? G_MAXINT64 : 0;
    regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, error);
    if (!regex || !monitor_listen(guest->monitor, error)) {
        return FALSE;
    }
    seen = seen_events(guest);
    for (;;) {
        g_autoptr(MonitorEvent) event = monitor_next_event(guest->monitor, seen);

        if (event && g_regex_match(regex, event->name, 0, NULL)) {
            reply->json = json_dict("event", json_object_new_string(event->name), "data",
                                    g_steal_pointer(&event->data), NULL);
            return TRUE;
        }
        if (event) {
            continue;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        "no event like '%s' of '%s' within %g s", pattern, guest->name, seconds);
            return FALSE;
        }
        if (!monitor_wait_event(guest->monitor, *seen, end, error)) {
            return FALSE;
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
        .group = "Migration",
        .help = "wait until a migration has ended or has a status",
        .description =
            "CONDITION is 'migration' (its end; one that fails or is cancelled fails the command) "
            "or\n"
            "a status: setup, active, pre-switchover, device, postcopy-active, postcopy-paused,\n"
            "completed, failed, cancelled. After SECONDS the command fails; without them it waits\n"
            "without a limit. It ends by QEMU's events; nothing that comes first is missed.",
        .arguments = (const Argument[]){{.name = "condition",
                                         .kind = ARGUMENT_CONDITION,
                                         .help = "'migration', or a migration's status",
                                         .choices = CONDITIONS},
                                        {.name = "seconds",
                                         .kind = ARGUMENT_TIME,
                                         .optional = TRUE,
                                         .help = "at most so long"},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = wait_for_status,
    },
    {
        .name = "wait event",
        .group = "Migration",
        .help = "wait until QEMU has sent an event",
        .description =
            "PATTERN is a regular expression that the event's name contains, in either case. "
            "Events\n"
            "count from when the guest was first listened to: in the interactive shell when it "
            "was\n"
            "attached, in a script at the first 'wait' or 'migrate'; each is taken once.",
        .arguments = (const Argument[]){{.name = "pattern",
                                         .kind = ARGUMENT_EVENT,
                                         .help = "a part of the event's name, e.g. STOP"},
                                        {.name = "seconds",
                                         .kind = ARGUMENT_TIME,
                                         .optional = TRUE,
                                         .help = "at most so long"},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = wait_for_event,
    },
    {0},
};
