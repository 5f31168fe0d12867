/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell's own housekeeping. */
#include "commands/disks.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/script.h"

static gboolean quit(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                     Reply *reply G_GNUC_UNUSED, GError **error)
{
    session->leaving = disks_may_leave(session, error);
    return session->leaving;
}

static gboolean sleep_command(Session *session, const Arguments *arguments,
                              Reply *reply G_GNUC_UNUSED, GError **error)
{
    double seconds = arguments_get(arguments, "seconds")->seconds;

    if (seconds < 0) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "SECONDS is 0 or more");
        return FALSE;
    }
    return bell_sleep(session->bell, seconds > 0 ? bell_end(seconds) : 0, error);
}

static gboolean source(Session *session, const Arguments *arguments, Reply *reply G_GNUC_UNUSED,
                       GError **error)
{
    return script_run(session, arguments_get(arguments, "file")->text, error);
}

const Command shell_commands[] = {
    {
        .name = "source",
        .group = "Shell",
        .help = "run the commands in a file",
        .description = "The first that fails ends it, and fails the command.",
        .arguments =
            (const Argument[]){
                {.name = "file", .kind = ARGUMENT_FILE, .help = "a file of commands"}, {0}},
        .flags = COMMAND_GATES_INNER,
        .run = source,
    },
    {
        .name = "sleep",
        .group = "Shell",
        .help = "wait for some time",
        .arguments =
            (const Argument[]){
                {.name = "seconds", .kind = ARGUMENT_TIME, .help = "seconds, e.g. 0.3 or 300ms"},
                {0}},
        .flags = COMMAND_LOOKS,
        .run = sleep_command,
    },
    {
        .name = "quit|q|exit",
        .group = "Shell",
        .help = "leave the shell; the guest is left as it is ('hmp quit' ends its QEMU)",
        .flags = COMMAND_LOOKS,
        .run = quit,
    },
    {0},
};
