/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hmpsh: QEMU's human monitor for guests that libvirt runs. The front door: puts the parts
 * together. */
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/event_teller.h"
#include "commands/governing.h"
#include "commands/lab/lab.h"
#include "commands/leaving.h"
#include "commands/record.h"
#include "commands/reference.h"
#include "commands/settings_file.h"
#include "commands/snapshot.h"
#include "commands/table.h"
#include "completion/complete.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/language.h"
#include "shell/loop.h"
#include "shell/options.h"
#include "shell/repl.h"
#include "shell/script.h"

static const char *const LAB_GREETING =
    N_("Two guests: 'source' runs, 'destination' waits for it. Nobody else sees them.\n"
       "  migrate peer         moves the guest; 'lab status' shows its heartbeat\n"
       "  lab dirty 200M 100M  lets it write 200 MiB/s to 100 MiB: now it is hard\n"
       "  info migrate         shows how far it is; 'help' lists all, Tab completes\n"
       "  lab lesson 01        the first of the lessons that explain it step by step\n"
       "  lab reset            a fresh pair; 'quit' or Ctrl-D leaves nothing behind\n");

enum { CLOSING_MS = 1000 };
static const double COMPLETE_TIMEOUT_S = 1; /* nobody waits long for a Tab */

typedef struct {
    const Options *options;
    Session *session;
    Loop *loop;
    Lab *lab;
    const char *no_locale; /* the locale that could not be had; NULL: none */
    GError *error;         /* what ended the script or kept the shell from starting */
} Front;

/* Attaches to the guests that the command line names. On the session's thread. */
static gboolean begin(Front *front)
{
    const Options *options = front->options;
    Session *session = front->session;

    if (front->lab) {
        return lab_start(front->lab, session, &front->error);
    }
    if (options->domain ? !session_attach(session, options->domain, FALSE, &front->error)
                        : !session_attach_only(session, &front->error)) {
        return FALSE;
    }
    return !options->peer || session_attach(session, options->peer, TRUE, &front->error);
}

/* No guest was named, and none could be chosen: that is for the first command to tell that needs
 * one. Others do without (replay, help). */
static gboolean leave_to_commands(Front *front)
{
    if (front->options->domain || front->options->peer || front->lab) {
        return FALSE;
    }
    session_set_absence(front->session, g_steal_pointer(&front->error));
    return TRUE;
}

static void run_script(gpointer data)
{
    Front *front = data;
    const Options *options = front->options;

    if (!begin(front) && !options->complete && !leave_to_commands(front)) {
        g_prefix_error(&front->error, "hmpsh: ");
    } else if (options->complete) {
        g_autofree char *hint = NULL;
        g_autofree char *list = complete_list(front->session, options->complete, &hint);

        g_clear_error(&front->error); /* without a guest there are hmpsh's own words */
        output_text(front->session->output, list);
        if (hint) {
            output_note(front->session->output, hint);
        }
    } else if (options->words) {
        const char *const *words = (const char *const *)options->words;
        g_autofree char *line = dispatch_line_of(front->session, words);

        if (!dispatch(front->session, line, &front->error)) {
            g_prefix_error(&front->error, "hmpsh: ");
        }
    } else {
        script_run(front->session, options->file ? options->file : "-", "hmpsh: ", &front->error);
    }
    if (!front->error && !leaving_see_through(front->session, &front->error)) {
        g_prefix_error(&front->error, "hmpsh: ");
    }
}

static void script_done(gpointer data)
{
    Front *front = data;
    Output *output = front->session->output;
    int status = (int)front->session->first_failure;

    if (front->error) {
        output_error(output, front->error->message);
        status = status ? status : (int)error_exit_status(front->error);
    }
    if (output_reader_left(output)) { /* nobody is told, as by SIGPIPE */
        status = status ? status : 128 + SIGPIPE;
    } else if (output_failed(output)) {
        g_autofree char *text =
            g_strdup_printf(_("hmpsh: cannot write the output: %s"), output_failed(output));

        output_error(output, text);
        status = status ? status : EXIT_COMMAND_FAILED;
    }
    loop_leave(front->loop, status);
}

/* Why this is not the language that was asked for; in English, then. */
static void tell_no_locale(const Front *front)
{
    if (front->no_locale) {
        g_autofree char *note =
            g_strdup_printf("the locale '%s' is not installed", front->no_locale);

        output_note(front->session->output, note);
    }
}

/* At a terminal a choice of guests, or none, or no libvirt, is no reason not to start. */
static gboolean begin_shell(gpointer data, ExitStatus *status)
{
    Front *front = data;

    if (begin(front)) {
        return TRUE;
    }
    output_error(front->session->output, front->error->message);
    *status = error_exit_status(front->error);
    return !front->options->domain && !front->lab &&
           !g_error_matches(front->error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
}

/* A signal ends the script, not the migration or the snapshot that it started. */
static void tell_what_goes_on(Front *front, int status)
{
    g_autofree char *guests = front->lab ? NULL : leaving_goes_on(front->session);
    const char *snapshot = front->lab ? NULL : snapshot_under_way(front->session);

    if (status > 128 && guests) { /* past the output, which a command may hold */
        dprintf(STDERR_FILENO, _("hmpsh: the migration of %s that was started goes on\n"), guests);
    }
    if (status > 128 && snapshot) {
        dprintf(STDERR_FILENO, "%s", output_can_live(front->session->output) ? "\n" : "");
        dprintf(STDERR_FILENO, _("hmpsh: %s goes on\n"), snapshot);
    }
}

static void tell_lines(char *const *lines)
{
    for (char *const *line = lines; *line; line++) {
        dprintf(STDERR_FILENO, "hmpsh: %s\n", *line);
    }
}

/* A migration that this process drives does not go on without it, one that it governs does. (The
 * lab's guests end anyway.) */
static void end_migration(Front *front)
{
    g_auto(GStrv) driven = front->lab ? NULL : leaving_end(front->session);
    g_auto(GStrv) governed = front->lab ? NULL : governing_leave(front->session);

    if (!front->lab) {
        tell_lines(driven);
        tell_lines(governed);
    }
}

static int run(Front *front)
{
    const Options *options = front->options;
    Session *session = front->session;
    int status;

    front->loop = loop_new(session);
    if (session->setup.interactive) {
        settings_load(session);
        complete_at_prompt(session);
        tell_no_locale(front);
        status = repl_run(session, front->loop, begin_shell, front,
                          front->lab && !options->quiet ? _(LAB_GREETING) : NULL);
        event_teller_end(session);
    } else {
        loop_hand_over(front->loop, run_script, script_done, front);
        status = loop_run(front->loop);
        tell_what_goes_on(front, status);
    }
    end_migration(front);
    record_leave(session);
    return status;
}

static void close_session(gpointer data)
{
    session_close(((Front *)data)->session);
}

/* Nothing may keep the program from ending: not a QEMU or a libvirtd that does not answer, not a
 * command that is still at work, and not libvirt's embedded driver, whose guests are ended first.
 * So connections are closed in good order where that takes no time, and the rest is left to the end
 * of the process. */
static G_NORETURN void leave(Front *front, int status)
{
    gboolean busy = loop_is_busy(front->loop); /* and may hold standard output's lock */

    front->session->leaving = TRUE;
    if (front->lab) {
        lab_end(front->lab);
    } else if (!busy && !session_is_stuck(front->session)) {
        loop_finish(front->loop, close_session, front, CLOSING_MS);
    }
    _exit(status);
}

static int fail(GError *error)
{
    gboolean usage = g_error_matches(error, HMPSH_ERROR, HMPSH_ERROR_USAGE);

    fprintf(stderr, "hmpsh: %s\n%s", error->message, usage ? _("Try 'hmpsh --help'.\n") : "");
    return error_exit_status(error);
}

int main(int argc G_GNUC_UNUSED, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) environment = g_get_environ(); /* the lab changes it for libvirt */
    SessionSetup setup = {.commands = all_commands, .qemu_lookers = qemu_lookers};
    g_autofree char *no_locale = language_setup();
    Front front = {.options = &options, .no_locale = no_locale};
    OutputMode mode;
    int status;

    if (!options_parse(&options, argv, &error)) {
        return fail(error);
    }
    if (options.json) {
        language_leave();
    }
    if (options.version) {
        printf("hmpsh %s\n", HMPSH_VERSION);
        return EXIT_OK;
    }
    if (options.manual || options.manual_topics || options.self_test) {
        g_autofree char *text = options.manual          ? reference_manual()
                                : options.manual_topics ? reference_topics()
                                                        : reference_check(all_commands);

        fputs(text, stdout);
        return options.self_test && *text ? EXIT_COMMAND_FAILED : EXIT_OK;
    }
    if (options.lab) {
        front.lab = lab_new(options.lab_dir, &error);
        if (!front.lab) {
            return fail(error);
        }
    }
    connection_init_library();
    setup.uri = front.lab ? lab_uri(front.lab) : options.uri;
    setup.timeout = options.complete && !options.timeout ? COMPLETE_TIMEOUT_S : options.timeout;
    setup.patience = options.complete ? COMPLETE_TIMEOUT_S : 0;
    setup.environment = environment;
    setup.read_only = options.read_only;
    setup.keep_going = options.keep_going;
    setup.echo = options.echo;
    setup.interactive = !options.words && !options.file && !options.complete &&
                        isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    setup.script_is_stdin = !options.words && (!options.file || strcmp(options.file, "-") == 0);
    setup.on_event = setup.interactive ? event_teller_tell : NULL;
    setup.may_leave = leaving_is_allowed;
    mode = (OutputMode){setup.interactive, options.json, options.quiet};
    front.session = session_new(&setup, output_new(&mode));
    if (front.lab) {
        lab_join(front.lab, front.session);
    }
    status = run(&front);
    leave(&front, status);
}
