/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help: hmpsh's commands from their rows, merged with what QEMU's own help says. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/hmp_help.h"
#include "shell/layout.h"
#include "shell/line.h"

enum { HANG = 2 * LAYOUT_HANG }; /* further in than the options, which are indented */

/* The line that QEMU's help would print: two blanks where there are no arguments. */
static void add_line(const Command *command, GString *out)
{
    g_autofree char *parameters = command_parameters(command);

    g_string_append_printf(out, "%s %s -- %s\n", command->name, parameters, _(command->help));
}

static void add_option(const Argument *option, GString *out)
{
    g_autofree char *usage = argument_usage(option);

    g_string_append_printf(out, "  %s  %s\n", usage, _(option->help));
}

/* Very many options do not stand among them: see add_options(). */
static void add_arguments(const Command *command, GString *out)
{
    gboolean many = command_has_many_options(command);

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (many && argument->option) {
            continue;
        }
        if (argument_is_option(argument)) {
            add_option(argument, out);
        } else {
            g_string_append_printf(out, _("  %s: %s\n"), argument->name, _(argument->help));
        }
    }
}

/* Very many options, with what else can be asked about them. */
static void add_options(const Command *command, GString *out)
{
    gboolean explained = FALSE;

    if (!command_has_many_options(command)) {
        return;
    }
    for (const Argument *argument = command->arguments; argument->name; argument++) {
        explained = explained || (argument->option && argument->explain);
    }
    if (explained) {
        g_string_append_printf(out, _("Options ('help %s --OPTION' explains one):\n"),
                               command->name);
    } else {
        g_string_append(out, _("Options:\n"));
    }
    for (const Argument *argument = command->arguments; argument->name; argument++) {
        if (argument->option) {
            add_option(argument, out);
        }
    }
}

/* QEMU's own help, or NULL where it cannot be had now. */
static char *ask_qemu(Session *session, const char *line)
{
    Guest *guest = session->current ? session_guest(session, NULL) : NULL;

    return guest ? output_foreign(session->output, monitor_hmp(guest->monitor, line, NULL)) : NULL;
}

/* What more there is to say; with a @width as paragraphs that are broken there. */
static void add_description(const Command *command, int width, GString *out)
{
    const char *text = command->description ? _(command->description) : NULL;
    g_autofree char *paragraphs = text && width > 0 ? layout_paragraphs(text) : NULL;

    if (text) {
        layout_wrap(out, width, 0, paragraphs ? paragraphs : text);
        g_string_append_c(out, '\n');
    }
}

/* All that the row says behind its first line. */
static void add_details(const Command *command, int width, GString *out)
{
    add_arguments(command, out);
    add_description(command, width, out);
    add_options(command, out);
}

typedef struct {
    GString *out;
    const char *group;
    gboolean info; /* only `info` topics, or only what is no `info` topic */
} Listing;

static void list_row(const Command *command, gpointer data)
{
    Listing *listing = data;
    gboolean is_info = g_str_has_prefix(command->name, "info ");

    if (listing->info != is_info) {
        return;
    }
    if (!is_info && g_strcmp0(listing->group, command->group) != 0) {
        g_string_append(listing->out, listing->group ? "\n" : "");
        g_string_append_printf(listing->out, _("%s:\n"), _(command->group));
        listing->group = command->group;
    }
    add_line(command, listing->out);
}

static gboolean is_ours(const char *prefix, const char *name)
{
    g_auto(GStrv) names = g_strsplit(name, "|", -1);
    const char *rest;

    for (char **alias = names; *alias; alias++) {
        g_autofree char *line = g_strconcat(prefix, *alias, NULL);
        const Command *command = command_find(all_commands, line, &rest);

        if (command && !*rest) {
            return TRUE;
        }
    }
    return FALSE;
}

/* QEMU's commands that hmpsh has no row for, as QEMU describes them. */
static void list_qemu(Session *session, const char *ask, const char *prefix, GString *out)
{
    g_autofree char *text = ask_qemu(session, ask);
    g_autoptr(GPtrArray) entries = text ? hmp_help_parse(text) : NULL;

    for (guint i = 0; entries && i < entries->len; i++) {
        const HmpHelp *entry = g_ptr_array_index(entries, i);

        if (!is_ours(prefix, entry->name)) {
            g_string_append_printf(out, "%s%s %s -- %s\n", prefix, entry->name, entry->params,
                                   entry->help);
        }
    }
}

static void list_everything(Session *session, GString *out)
{
    Listing listing = {.out = out};

    command_foreach(all_commands, list_row, &listing);
    g_string_append(out, _("\nOf this guest's QEMU ('help NAME' says more):\n"));
    list_qemu(session, "help", "", out);
}

static void list_info(Session *session, GString *out)
{
    Listing listing = {.out = out, .info = TRUE};

    command_foreach(all_commands, list_row, &listing);
    list_qemu(session, "help info", "info ", out);
}

static void describe(Session *session, const Command *command, GString *out)
{
    add_line(command, out);
    add_details(command, output_page_width(session->output), out);
}

/* QEMU's own words where it has the command, at a terminal with what the row adds; else the row's.
 * Words after a command's name are ignored, as QEMU does: "help migrate foo" is "help migrate". */
static void help_about_ours(Session *session, const Command *command, GString *out)
{
    g_autofree char *name = command_plain_name(command);
    g_autofree char *line = g_strdup_printf("help %s", name);
    g_autofree char *text = command->flags & COMMAND_SPEAKS_HMP ? ask_qemu(session, line) : NULL;

    if (!text || !*text) {
        describe(session, command, out);
        return;
    }
    g_string_append(out, text);
    if (output_is_pretty(session->output)) {
        add_details(command, output_page_width(session->output), out);
    }
}

/* Of @word, "--OPTION" behind the command's name. */
static gboolean help_about_option(Session *session, const Command *command, const char *word,
                                  GString *out, GError **error)
{
    const Argument *option = command_find_option(command, word + 2, strlen(word + 2));
    const char *near = option ? NULL : command_closest_option(command, word + 2);
    g_autofree char *text = option && option->explain ? option->explain(option) : NULL;

    if (!option && near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND,
                    _("%s: unsupported option %s (did you mean '--%s'?)"), command->name, word,
                    near);
        return FALSE;
    }
    if (!option) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND, _("%s: unsupported option %s"),
                    command->name, word);
        return FALSE;
    }
    if (text) {
        layout_wrap(out, output_page_width(session->output), 0, text);
        g_string_append_c(out, '\n');
    } else {
        add_option(option, out);
    }
    return TRUE;
}

/* The commands whose names begin with another one's and a blank. */
typedef struct {
    Session *session;
    GString *out;
    const char *prefix;
} Family;

static void add_member(const Command *command, gpointer data)
{
    Family *family = data;

    if (g_str_has_prefix(command->name, family->prefix)) {
        g_string_append_c(family->out, '\n');
        describe(family->session, command, family->out);
    }
}

/* "wait" is also the beginning of "wait pass". */
static void help_about_family(Session *session, const Command *command, GString *out)
{
    g_autofree char *name = command_plain_name(command);
    g_autofree char *prefix = g_strconcat(name, " ", NULL);
    Family family = {.session = session, .out = out, .prefix = prefix};

    help_about_ours(session, command, out);
    command_foreach(all_commands, add_member, &family);
}

/* What `explain` says of @topic, which is no command; FALSE: nothing. A command in capitals is none,
 * as QEMU has it. */
static gboolean explain_instead(Session *session, const char *topic, GString *out)
{
    g_autofree char *line = g_strconcat("explain ", topic, NULL);
    g_autofree char *lower = g_ascii_strdown(topic, -1);
    const char *rest = topic;
    g_autofree char *word = line_token(&rest, NULL, NULL);

    return word && *word && !command_find(all_commands, lower, &rest) &&
           dispatch_capture(session, line, out, NULL);
}

/* What QEMU says of @topic; NULL with @error, also where it says that it has no such command. */
static char *help_of_qemu(Session *session, const char *topic, GError **error)
{
    g_autofree char *line = g_strdup_printf("help %s", topic);
    Guest *guest = session_guest(session, error);
    g_autofree char *text =
        guest ? output_foreign(session->output, monitor_hmp(guest->monitor, line, error)) : NULL;

    if (text && !*text) { /* QEMU up to 3.0 says nothing about what it does not know */
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND, "unknown command: '%s'", topic);
        return NULL;
    }
    return g_steal_pointer(&text);
}

static gboolean help_about(Session *session, const char *topic, GString *out, GError **error)
{
    const char *rest;
    const Command *command = command_find(all_commands, topic, &rest);
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;

    if (command && g_str_has_prefix(line_rest(rest), "--") && command_has_options(command)) {
        g_autofree char *word = line_token(&rest, NULL, NULL);

        return help_about_option(session, command, word, out, error);
    }
    if (command && strcmp(command->name, "info") != 0) {
        help_about_family(session, command, out);
        return TRUE;
    }
    text = help_of_qemu(session, topic, &why);
    if (text) {
        g_string_append(out, text);
        return TRUE;
    }
    if ((g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND) ||
         g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST)) &&
        explain_instead(session, topic, out)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

static gboolean add_help(Session *session, const char *topic, GString *out, GError **error)
{
    if (!*topic) {
        list_everything(session, out);
        return TRUE;
    }
    if (strcmp(topic, "info") == 0) {
        list_info(session, out);
        return TRUE;
    }
    return help_about(session, topic, out, error);
}

static gboolean help(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *given = arguments_get(arguments, "command")->text;
    g_autofree char *topic = g_strstrip(g_strdup(given ? given : ""));
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean good = add_help(session, topic, text, error);

    layout_wrap(reply->text, output_page_width(session->output), HANG, text->str);
    return good;
}

/* `info` alone is `help info`; a topic that hmpsh has no row for is QEMU's. */
static gboolean info(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (!arguments_get(arguments, "topic")->given) {
        list_info(session, text);
        layout_wrap(reply->text, output_page_width(session->output), HANG, text->str);
        return TRUE;
    }
    return dispatch_forward(session, arguments, reply, error);
}

const Command help_commands[] = {
    {
        .name = "help|?",
        .group = N_("Shell"),
        .help = N_("show the help"),
        .description =
            N_("Of hmpsh's commands and this guest's QEMU's; 'help info' for what 'info' "
               "shows, 'help\n"
               "wait' or 'help lab' for all commands that begin so, 'help migrate --p2p' "
               "for an option.\n"
               "What is no command but has an explanation is explained: see 'explain'."),
        .arguments = (const Argument[]){{.name = "command",
                                         .kind = ARGUMENT_TOPIC,
                                         .optional = TRUE,
                                         .help = N_("a command, or 'info'")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = help,
    },
    {
        .name = "info",
        .group = N_("Shell"),
        .help = N_("show various information about the system state"),
        .arguments = (const Argument[]){{.name = "topic",
                                         .kind = ARGUMENT_INFO,
                                         .optional = TRUE,
                                         .help = N_("see 'help info'")},
                                        {0}},
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info,
    },
    {0},
};
