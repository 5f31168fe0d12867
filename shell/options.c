/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/options.h"

#include <glib/gi18n.h>

#include "shell/error.h"

static gboolean check(const Options *options, GError **error)
{
    const char *problem = NULL;

    if (!(options->timeout >= 0)) { /* NaN too */
        problem = _("--timeout takes a number of seconds, 0 for none");
    } else if (options->lab && (options->uri || options->peer)) {
        problem = _("--lab brings its own guests: --connect and --peer do not go with it");
    } else if (options->lab_dir && !options->lab) {
        problem = _("--lab-dir goes with --lab");
    } else if (options->lab_dir && !g_path_is_absolute(options->lab_dir)) {
        problem = _("--lab-dir takes an absolute path");
    } else if (options->file && options->words) {
        problem = _("--file does not go with a command");
    }
    if (problem) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_USAGE, problem);
    }
    return problem == NULL;
}

gboolean options_parse(Options *options, char **argv, GError **error)
{
    g_auto(GStrv) rest = g_strdupv(argv);
    char **words;
    g_autoptr(GError) why = NULL;
    const GOptionEntry entries[] = {
        {"connect", 'c', 0, G_OPTION_ARG_STRING, &options->uri,
         N_("libvirt connection (else $LIBVIRT_DEFAULT_URI, else libvirt's own choice)"), "URI"},
        {"peer", 'p', 0, G_OPTION_ARG_STRING, &options->peer,
         N_("the migration destination, driven from the same shell"), "DOMAIN[@URI]"},
        {"lab", 'l', 0, G_OPTION_ARG_NONE, &options->lab,
         N_("start two guests, source and destination, and attach to them"), NULL},
        {"lab-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->lab_dir,
         N_("where the lab lives (short, absolute; a private directory by default)"), "DIR"},
        {"file", 'f', 0, G_OPTION_ARG_FILENAME, &options->file, N_("read commands from FILE"),
         "FILE"},
        {"keep-going", 'k', 0, G_OPTION_ARG_NONE, &options->keep_going,
         N_("a failed command does not end a script"), NULL},
        {"read-only", 'r', 0, G_OPTION_ARG_NONE, &options->read_only,
         N_("refuse every command that is not known only to look"), NULL},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &options->json,
         N_("one JSON object a line, per command"), NULL},
        {"timeout", 't', 0, G_OPTION_ARG_DOUBLE, &options->timeout,
         N_("give up waiting for a monitor command after that long"), "SECONDS"},
        {"echo", 'e', 0, G_OPTION_ARG_NONE, &options->echo,
         N_("in a script, print each line before its result"), NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
         N_("no progress, no greeting, no events unless asked for"), NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, N_("print the version"), NULL},
        {"complete", 0, 0, G_OPTION_ARG_STRING, &options->complete,
         N_("(for tests and shells) print the candidates for LINE"), "LINE"},
        {"self-test", 0, 0, G_OPTION_ARG_NONE, &options->self_test,
         N_("(for tests) check every command row"), NULL},
        {"manual", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->manual,
         N_("(for the build) print the manual's command reference"), NULL},
        {"manual-topics", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->manual_topics,
         N_("(for the build) print the manual's list of topics"), NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("[DOMAIN [COMMAND [ARG]...]]");

    g_option_context_set_summary(
        context,
        _("QEMU's human monitor for guests that libvirt runs, with live migration.\n"
          "Without DOMAIN: the only running guest. Without COMMAND: the shell, or a script\n"
          "on standard input. 'hmpsh --lab' needs no guest and no root."));
    g_option_context_add_main_entries(context, entries, textdomain(NULL));
    g_option_context_set_strict_posix(context, TRUE);
    if (!g_option_context_parse_strv(context, &rest, &why)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_USAGE, why->message);
        return FALSE;
    }
    words = rest[0] ? rest + 1 : rest;
    if (g_strcmp0(words[0], "--") == 0) { /* GLib leaves it before a word that begins with "-" */
        words++;
    }
    if (!options->lab && words[0]) {
        options->domain = g_strdup(words[0]);
        options->words = g_strdupv(words + 1);
    } else {
        options->words = g_strdupv(words);
    }
    if (!options->words[0]) {
        g_clear_pointer(&options->words, g_strfreev);
    }
    return check(options, error);
}

void options_clear(Options *options)
{
    g_free(options->uri);
    g_free(options->peer);
    g_free(options->lab_dir);
    g_free(options->file);
    g_free(options->complete);
    g_free(options->domain);
    g_strfreev(options->words);
}
