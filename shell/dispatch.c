/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/dispatch.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/closest.h"
#include "shell/error.h"
#include "shell/line.h"
#include "shell/pager.h"
#include "shell/suggest.h"
#include "shell/words.h"

enum {
    LONGEST_TOKEN = 1023,      /* QEMU: monitor/hmp.c */
    LONGEST_LINE = 256 * 1024, /* longer ones take QEMU and libvirt many seconds */
};

/* Whether QEMU only looks at something when it is told @line. */
static gboolean line_only_looks(Session *session, const char *line)
{
    const char *rest = line;
    g_autofree char *word = line_word(&rest);

    if (*line == '{') {
        g_autoptr(Json) command = json_parse(line, NULL);
        const char *name = json_get_string(command, "execute");

        return name && g_str_has_prefix(name, "query-");
    }
    return word && g_strv_contains(session->setup.qemu_lookers, word);
}

static gboolean check_read_only(Session *session, const Command *command, const char *line,
                                GError **error)
{
    gboolean looks = command ? (command->flags & (COMMAND_LOOKS | COMMAND_GATES_INNER)) != 0
                             : line_only_looks(session, line);

    if (!session->setup.read_only || looks) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("refused by --read-only: '%s' is not known only to look"), line);
    return FALSE;
}

gboolean dispatch_may_send(Session *session, const char *line, GError **error)
{
    return check_read_only(session, NULL, line, error);
}

/* QEMU cuts an argument without a word. */
static void warn_of_cut(Session *session, const char *line)
{
    for (; *line; line += strcspn(line, " \t")) {
        line += strspn(line, " \t");
        if (strcspn(line, " \t") > LONGEST_TOKEN) {
            output_error(
                session->output,
                _("warning: QEMU cuts an argument to 1023 bytes; this line has a longer one"));
            return;
        }
    }
}

static gboolean send_line(Session *session, const char *line, Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);
    g_autofree char *text = NULL;

    if (!guest) {
        return FALSE;
    }
    if (*line == '{') {
        g_autoptr(Json) answer = monitor_qmp_line(guest->monitor, line, error);

        if (!answer) {
            return FALSE;
        }
        text = output_is_pretty(session->output) ? json_pretty_text(answer) : json_text(answer);
        text = output_foreign(session->output, g_steal_pointer(&text));
        g_string_append_printf(reply->text, "%s\n", text);
        reply->json = json_object_get(json_get(answer, "return"));
        return TRUE;
    }
    warn_of_cut(session, line);
    text = output_foreign(session->output, monitor_hmp(guest->monitor, line, error));
    if (text) {
        g_string_append(reply->text, text);
    }
    return text != NULL;
}

gboolean dispatch_forward(Session *session, const Arguments *arguments, Reply *reply,
                          GError **error)
{
    reply->verbatim = TRUE;
    return send_line(session, arguments->line, reply, error);
}

/* QEMU's HMP writes "Error: " before what QMP calls an error's description (since 4.0). */
static void speak_hmp(GError *error)
{
    if (g_error_matches(error, HMPSH_ERROR, HMPSH_ERROR_FAILED) &&
        !g_str_has_prefix(error->message, "Error: ")) {
        char *message = g_strconcat("Error: ", error->message, NULL);

        g_free(error->message);
        error->message = message;
    }
}

/* Whether @line tries to have its output read by another command, as a shell would do it. */
static gboolean has_pipe(const char *line)
{
    return *line != '{' && *line != '!' && (strstr(line, " | ") || strstr(line, " > "));
}

/* Puts before @error's message what a person has to know who typed a pipe. */
static void explain_pipes(GError *error)
{
    char *message = g_strdup_printf(
        _("there are no pipes here ('grep PATTERN COMMAND' filters): %s"), error->message);

    g_free(error->message);
    error->message = message;
}

/* Passes on what QEMU said (taken over), at a prompt with the command that was probably meant.
 * Always FALSE. */
static gboolean suggest(Session *session, const char *line, GError *why, GError **error)
{
    gboolean unknown = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND);
    g_autofree char *command = session->setup.interactive && unknown && *line != '{'
                                   ? suggest_command(session, line)
                                   : NULL;

    if (session->setup.interactive && has_pipe(line)) {
        explain_pipes(why);
    } else if (command) {
        char *message = g_strdup_printf(_("%s (did you mean '%s'?)"), why->message, command);

        g_free(why->message);
        why->message = message;
    }
    g_propagate_error(error, why);
    return FALSE;
}

/* What a person probably meant by @line, which is not what @command takes, is added to *@error:
 * hmpsh has no pipes, and a word that is none of those that can follow ("lab strat"). */
static gboolean explain(Session *session, const Command *command, const char *line,
                        const char *rest, GError **error)
{
    g_autofree const char **words = command_seconds(session->setup.commands, command->name);
    g_autofree char *typed = line_word(&rest);
    g_autofree char *list = NULL;
    const char *near;

    if (!error || !session->setup.interactive) {
        return FALSE;
    }
    if (has_pipe(line)) {
        explain_pipes(*error);
        return FALSE;
    }
    if (!*words || command->arguments || !typed) {
        return FALSE;
    }
    near = closest(typed, words);
    list = words_list(words, NULL);
    g_clear_error(error);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                near ? _("%s: '%s' is none of %s (did you mean '%s'?)")
                     : _("%s: '%s' is none of %s"),
                command->name, typed, list, near);
    return FALSE;
}

static gboolean run_line(Session *session, const char *line, Reply *reply, GError **error)
{
    g_auto(Arguments) arguments = {0};
    g_autoptr(GError) why = NULL;
    const char *rest = NULL;
    const Command *command =
        *line == '{' ? NULL : command_find(session->setup.commands, line, &rest);

    if (strlen(line) > LONGEST_LINE) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("the line has %zu bytes; %d are allowed"), strlen(line), LONGEST_LINE);
        return FALSE;
    }
    if (!check_read_only(session, command, line, error)) {
        return FALSE;
    }
    if (!command) {
        gboolean sent = send_line(session, line, reply, &why);

        return sent || suggest(session, line, g_steal_pointer(&why), error);
    }
    if (!arguments_parse(&arguments, command, line, rest, error)) {
        return explain(session, command, line, rest, error);
    }
    if (!command->run) {
        return send_line(session, line, reply, error);
    }
    if (command->run(session, &arguments, reply, &why)) {
        return TRUE;
    }
    if (reply->verbatim) {
        return suggest(session, line, g_steal_pointer(&why), error);
    }
    if (command->flags & COMMAND_SPEAKS_HMP) {
        speak_hmp(why);
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

static void print_json(Session *session, const char *line, const Reply *reply, const GError *error,
                       double seconds)
{
    Json *value = error && !reply->json_with_error ? NULL
                  : reply->json                    ? json_object_get(reply->json)
                                                   : json_object_new_string(reply->text->str);
    Json *failure = !error ? NULL
                           : json_dict("class", json_object_new_string(error_class(error)), "desc",
                                       json_object_new_string(error->message), NULL);
    Json *guest = session->current ? json_object_new_string(session->current->name) : NULL;
    g_autoptr(Json) object = json_dict("command", json_object_new_string(line), "guest", guest,
                                       "return", value, "error", failure, NULL);
    g_autofree char *rounded = g_strdup_printf("%.6f", seconds);
    g_autofree char *text = NULL;
    g_autofree char *valid = NULL;
    g_autofree char *row = NULL;

    json_object_object_add(object, "seconds", json_object_new_double_s(seconds, rounded));
    text = json_text(object);
    valid = g_utf8_make_valid(text, -1); /* a line may be any bytes, JSON may not */
    row = g_strconcat(valid, "\n", NULL);
    output_text(session->output, row);
}

/* Appends @text without the colours that a terminal would get (ANSI SGR). */
static void append_plain(GString *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        size_t length = at[0] == '\033' && at[1] == '[' ? strspn(at + 2, "0123456789;") + 2 : 0;

        if (length && at[length] == 'm') {
            at += length;
        } else {
            g_string_append_c(out, *at);
        }
    }
}

gboolean dispatch(Session *session, const char *line, GError **error)
{
    g_autofree char *trimmed = g_strdup(line_rest(line));
    g_autoptr(GError) why = NULL;
    g_auto(Reply) reply;
    gint64 begun = g_get_monotonic_time();
    gboolean fine;

    reply_init(&reply);
    if (line_is_nothing(line)) {
        return TRUE;
    }
    session->lines++;
    if (strlen(trimmed) && trimmed[strlen(trimmed) - 1] == '\n') {
        trimmed[strlen(trimmed) - 1] = '\0';
    }
    fine = run_line(session, trimmed, &reply, &why);
    g_assert(fine || why); /* whoever fails says why */
    if (!reply.spoken) {
        double seconds = (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC;

        if (session->captured) {
            append_plain(session->captured, reply.text->str);
        } else if (output_mode(session->output)->json) {
            print_json(session, trimmed, &reply, why, seconds);
        } else if (session->setup.interactive && session->nested == 0) {
            pager_print(session->output, session->pager, reply.text->str);
        } else {
            output_text(session->output, reply.text->str);
        }
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return fine;
}

gboolean dispatch_capture(Session *session, const char *line, GString *text, GError **error)
{
    GString *outer = session->captured;
    gboolean fine;

    session->captured = text;
    fine = dispatch(session, line, error);
    session->captured = outer;
    return fine;
}

static gboolean takes_rest(const Command *command, guint position)
{
    guint n = 0;

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (!argument_is_option(argument) && n++ == position) {
            return argument_takes(argument->kind) == TAKES_REST;
        }
    }
    return FALSE;
}

char *dispatch_line_of(Session *session, const char *const *words)
{
    guint n = g_strv_length((char **)words);
    g_autofree char *quoted = line_join(words);
    g_autofree char *head = NULL;
    const char *rest;
    const Command *command;
    guint named;

    if (n == 1) {
        return g_strdup(words[0]);
    }
    command = command_find(session->setup.commands, quoted, &rest);
    named = command && strchr(command->name, ' ') ? 2 : 1;
    if (!command || n != named + 1 || !takes_rest(command, 0)) {
        return g_steal_pointer(&quoted);
    }
    head = command_plain_name(command);
    return g_strdup_printf("%s %s", head, words[n - 1]);
}
