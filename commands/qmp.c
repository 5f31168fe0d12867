/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's monitor itself: HMP past hmpsh's own commands, and QMP typed by hand. */
#include <glib/gi18n.h>

#include "commands/qmp_arguments.h"
#include "commands/table.h"
#include "shell/ask.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/line.h"
#include "shell/session.h"

/* Lines that an expert may want and that can cost the guest; a warning goes before them. */
static const struct {
    const char *pattern;
    const char *warning;
} RISKS[] = {
    {"^\\s*migrate\\b.*\\bexec:", N_("under libvirt's sandbox exec: kills QEMU 7.2")},
    {"^\\s*migrate\\b.*\\brdma:", N_("a malformed rdma: address crashes QEMU 8.2 and later")},
    {"^\\s*migrate\\s+(?!.*-d)",
     N_("without -d QEMU goes on detached all the same, and 11.1 keeps a "
        "stale timer")},
    {"^\\s*migrate_cancel\\b", N_("in post-copy, QEMU before 10.0 loses the guest")},
    {"^\\s*calc_dirty_rate\\s+-[rb]",
     N_("-r and -b crash QEMU 7.2 when the guest is not run by KVM")},
    {"^\\s*(c|cont)\\b", N_("a guest that was migrated away would run twice")},
};

static const char ENDS_QEMU[] = "^\\s*(q|quit)\\s*$";

static void warn_of_risk(Session *session, const char *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(RISKS); i++) {
        if (g_regex_match_simple(RISKS[i].pattern, line, 0, 0)) {
            g_autofree char *text = g_strdup_printf(_("warning: %s"), _(RISKS[i].warning));

            output_error(session->output, text);
            return;
        }
    }
}

/* QEMU may be gone before its answer to 'quit' is here: @error is then what was asked for. With a
 * link that broke it is not known. */
static gboolean is_end_of_quit(Monitor *monitor, const GError *error, gboolean quits)
{
    return quits && g_error_matches(error, HMPSH_ERROR, HMPSH_ERROR_LOST) &&
           !monitor_is_cut(monitor);
}

static gboolean hmp(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *line = arguments_get(arguments, "line")->text;
    Guest *guest = session_guest(session, error);
    gboolean quits = g_regex_match_simple(ENDS_QEMU, line, 0, 0);
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;

    if (!guest || !dispatch_may_send(session, line, error)) {
        return FALSE;
    }
    if (session->setup.interactive && quits) {
        g_autofree char *question = g_strdup_printf(_("End the QEMU of '%s'? [y/N] "), guest->name);

        if (!ask_yes(session, question)) {
            return TRUE;
        }
    } else {
        warn_of_risk(session, line);
    }
    text = output_foreign(session->output, monitor_hmp(guest->monitor, line, &why));
    if (text) {
        g_string_append(reply->text, text);
    } else if (!is_end_of_quit(guest->monitor, why, quits)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

static gboolean qmp(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *at = arguments_get(arguments, "command")->text;
    g_autofree char *name = line_token(&at, NULL, error);
    g_autoptr(QmpArguments) given = name ? qmp_arguments_read(at, error) : NULL;
    g_autoptr(GError) why = NULL;
    Guest *guest;
    Json *members;
    g_autofree char *text = NULL;

    if (!given) {
        return FALSE;
    }
    if (session->setup.read_only && !g_str_has_prefix(name, "query-")) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("refused by --read-only: QMP '%s' is not known only to look"), name);
        return FALSE;
    }
    guest = session_guest(session, error);
    members = guest ? qmp_arguments_json(given, guest, name, error) : NULL;
    if (!members) {
        return FALSE;
    }
    reply->json = monitor_qmp(guest->monitor, name, members, &why);
    if (is_end_of_quit(guest->monitor, why, g_str_equal(name, "quit"))) {
        reply->json = json_object_new_object();
    } else if (!reply->json) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    text =
        output_is_pretty(session->output) ? json_pretty_text(reply->json) : json_text(reply->json);
    text = output_foreign(session->output, g_steal_pointer(&text));
    g_string_append_printf(reply->text, "%s\n", text);
    return TRUE;
}

const Command monitor_commands[] = {
    {
        .name = "hmp",
        .group = N_("QEMU"),
        .help = N_("send a line to QEMU's own human monitor, past hmpsh's commands"),
        .arguments =
            (const Argument[]){{.name = "line", .kind = ARGUMENT_HMP, .help = N_("an HMP line")},
                               {0}},
        .flags = COMMAND_GATES_INNER,
        .run = hmp,
    },
    {
        .name = "qmp",
        .group = N_("QEMU"),
        .help = N_("send a QMP command and print what it returns"),
        .description =
            N_("qmp NAME KEY=VALUE ... KEY:=JSON ...: VALUE becomes what QEMU's schema wants:\n"
               "an integer (1G is 1073741824), on or off, a string, a comma list. For a KEY\n"
               "that has no type there, a bare VALUE that is a number, true, false or null is\n"
               "taken as such, any other and every quoted one as a string. KEY may be a path\n"
               "(a.b).\n"
               "A line that begins with '{' is QMP as well and is sent as it is."),
        .arguments = (const Argument[]){{.name = "command",
                                         .kind = ARGUMENT_QMP,
                                         .help = N_("NAME, then KEY=VALUE or KEY:=JSON")},
                                        {0}},
        .flags = COMMAND_GATES_INNER,
        .run = qmp,
    },
    {0},
};
