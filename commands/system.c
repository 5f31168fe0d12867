/* SPDX-License-Identifier: GPL-3.0-or-later */
/* !COMMAND: a command of the system's shell. */
#include <errno.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/table.h"
#include "shell/child.h"
#include "shell/error.h"
#include "shell/session.h"

/* A script means the same to everybody; a person has their own shell. */
static const char *shell_of(Session *session)
{
    const char *own = session->setup.interactive ? g_getenv("SHELL") : NULL;

    return own && *own ? own : "/bin/sh";
}

/* TRUE when it ended well. */
static gboolean judge(const char *line, int status, GError **error)
{
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);

        g_set_error(error, HMPSH_ERROR,
                    number == SIGINT ? HMPSH_ERROR_INTERRUPTED : HMPSH_ERROR_FAILED,
                    _("'%s' was ended by signal %d (%s)"), line, number, strsignal(number));
        return FALSE;
    }
    if (WEXITSTATUS(status) != 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("'%s' ended with status %d"), line,
                    WEXITSTATUS(status));
        return FALSE;
    }
    return TRUE;
}

/* Whether Ctrl-C ended it: behind the terminal's "^C" begins a new line then. */
static gboolean was_interrupted(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) == SIGINT : WEXITSTATUS(status) == 128 + SIGINT;
}

/* Runs @line; what it writes goes to @file (CHILD_OURS: where ours goes). */
static gboolean run(Session *session, const char *line, int file, GError **error)
{
    gboolean interactive = session->setup.interactive;
    const char *argv[] = {shell_of(session), "-c", line, NULL};
    gboolean drawn_on = file != CHILD_OURS && output_is_held(session->output);
    const Child child = {
        .argv = argv,
        .environment = session->setup.environment,
        .in = !interactive && session->setup.script_is_stdin ? CHILD_NULL : CHILD_OURS,
        .out = file,
        .err = drawn_on ? file : CHILD_OURS, /* it would be overwritten before it is read */
        .interactive = interactive,
    };
    g_autoptr(GError) why = NULL;
    int status;
    gboolean fine;

    if (interactive) {
        output_hold(session->output);
    }
    fine = child_run(&child, &status, &why);
    if (interactive) {
        if (fine && was_interrupted(status) && !drawn_on) {
            output_draw(session->output, "\n");
        }
        output_release(session->output);
    }
    if (!fine) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot run '%s': %s"), line,
                    why->message);
        return FALSE;
    }
    return judge(line, status, error);
}

static gboolean system_command(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const char *line = arguments_get(arguments, "command")->text;
    gboolean capture = session->captured || output_mode(session->output)->json;
    int file = capture ? child_file() : CHILD_OURS;
    g_autofree char *text = NULL;
    gboolean fine;

    if (capture && file < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot run '%s': %s"), line,
                    g_strerror(errno));
        return FALSE;
    }
    fine = run(session, line, file, error);
    if (capture) {
        text = child_file_text(file);
        g_string_append(reply->text, text);
        close(file);
    }
    return fine;
}

const Command system_commands[] = {
    {
        .name = "!",
        .group = N_("Shell"),
        .help = N_("run a command of the system's shell"),
        .description =
            N_("By $SHELL at the prompt, where the terminal is the command's until it ends; by\n"
               "/bin/sh in a script. '!ls -l' and '! ls -l' are the same; nothing in the line is\n"
               "hmpsh's. An exit status other than 0 is a failure."),
        .arguments = (const Argument[]){{.name = "command",
                                         .kind = ARGUMENT_SYSTEM,
                                         .help = N_("any command line, e.g. ls -l")},
                                        {0}},
        .flags = COMMAND_NEEDS_NO_BLANK,
        .run = system_command,
    },
    {0},
};
