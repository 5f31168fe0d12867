/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's monitor itself: HMP past hmpsh's own commands, and QMP typed by hand. */
#include <stdlib.h>
#include <string.h>

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
    {"^\\s*migrate\\b.*\\bexec:", "under libvirt's sandbox exec: kills QEMU 7.2"},
    {"^\\s*migrate\\b.*\\brdma:", "a malformed rdma: address crashes QEMU 8.2 and later"},
    {"^\\s*migrate\\s+(?!.*-d)", "without -d QEMU goes on detached all the same, and 11.1 keeps a "
                                 "stale timer"},
    {"^\\s*migrate_cancel\\b", "in post-copy, QEMU before 10.0 loses the guest"},
    {"^\\s*calc_dirty_rate\\s+-[rb]", "-r and -b crash QEMU 7.2 when the guest is not run by KVM"},
    {"^\\s*(c|cont)\\b", "a guest that was migrated away would run twice"},
};

static const char ENDS_QEMU[] = "^\\s*(q|quit)\\s*$";

static void warn_of_risk(Session *session, const char *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(RISKS); i++) {
        if (g_regex_match_simple(RISKS[i].pattern, line, 0, 0)) {
            g_autofree char *text = g_strdup_printf("warning: %s", RISKS[i].warning);

            output_error(session->output, text);
            return;
        }
    }
}

static gboolean hmp(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *line = arguments_get(arguments, "line")->text;
    Guest *guest = session_guest(session, error);
    g_autofree char *text = NULL;

    if (!guest || !dispatch_may_send(session, line, error)) {
        return FALSE;
    }
    if (session->setup.interactive && g_regex_match_simple(ENDS_QEMU, line, 0, 0)) {
        g_autofree char *question = g_strdup_printf("End the QEMU of '%s'? [y/N] ", guest->name);

        if (!ask_yes(session, question)) {
            return TRUE;
        }
    } else {
        warn_of_risk(session, line);
    }
    text = monitor_hmp(guest->monitor, line, error);

    if (text) {
        g_string_append(reply->text, text);
    }
    return text != NULL;
}

/* --- qmp COMMAND key=value key:=JSON --- */

/* What @word stands for: itself as JSON where it looks like a number, a boolean or null (which
 * json-c has as NULL), else a string. */
static Json *value_of_word(const char *word)
{
    g_autoptr(Json) value = json_parse(word, NULL);

    if (strcmp(word, "null") == 0) {
        return NULL;
    }
    if (value && !json_object_is_type(value, json_type_object) &&
        !json_object_is_type(value, json_type_array)) {
        return g_steal_pointer(&value);
    }
    return json_object_new_string(word);
}

/* Takes JSON with blanks and all into *@value (NULL is null); what follows is the next argument. */
static gboolean take_json(const char **at, Json **value, GError **error)
{
    struct json_tokener *tokener = json_tokener_new();
    gboolean good;

    *value = json_tokener_parse_ex(tokener, *at, (int)strlen(*at) + 1);
    good = json_tokener_get_error(tokener) == json_tokener_success;
    if (good) {
        *at += json_tokener_get_parse_end(tokener);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "not JSON: '%s'", *at);
    }
    json_tokener_free(tokener);
    return good;
}

/* Sets the member at @path ("a.b.c") of @object to @value, which is taken over. */
static void set_member(Json *object, const char *path, Json *value)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    guint last = g_strv_length(names) - 1;

    for (guint i = 0; i < last; i++) {
        Json *inner = json_get(object, names[i]);

        if (!json_object_is_type(inner, json_type_object)) {
            inner = json_object_new_object();
            json_object_object_add(object, names[i], inner);
        }
        object = inner;
    }
    json_object_object_add(object, names[last], value);
}

static void refuse_member(const char *member, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "KEY=VALUE or KEY:=JSON expected, not '%s'",
                member);
}

/* Takes KEY=VALUE that is quoted as a whole, as the command line hands over a word with blanks. */
static gboolean take_quoted_member(Json *object, const char **at, GError **error)
{
    g_autofree char *member = line_token(at, NULL, error);
    char *sign = member ? strchr(member, '=') : NULL;
    gboolean as_json = sign && sign > member && sign[-1] == ':';
    const char *text;
    Json *value;

    if (!sign || sign == member) {
        if (member) {
            refuse_member(member, error);
        }
        return FALSE;
    }
    *sign = '\0';
    text = sign + 1;
    if (!as_json) {
        value = value_of_word(text);
    } else if (!take_json(&text, &value, error)) {
        return FALSE;
    }
    if (as_json) {
        sign[-1] = '\0';
    }
    set_member(object, member, value);
    return TRUE;
}

/* Takes one KEY=VALUE or KEY:=JSON. */
static gboolean take_member(Json *object, const char **at, GError **error)
{
    const char *begin = line_rest(*at);
    size_t length = strcspn(begin, "= \t");
    gboolean as_json = length > 0 && begin[length] == '=' && begin[length - 1] == ':';
    g_autofree char *key = g_strndup(begin, length - (as_json ? 1 : 0));
    Json *value;

    if (*begin == '"') {
        return take_quoted_member(object, at, error);
    }
    if (begin[length] != '=' || !*key) {
        refuse_member(begin, error);
        return FALSE;
    }
    *at = begin + length + 1;
    if (as_json) {
        if (!take_json(at, &value, error)) {
            return FALSE;
        }
    } else {
        gboolean quoted = FALSE;
        g_autofree char *word =
            line_is_blank(**at) || !**at ? g_strdup("") : line_token(at, &quoted, error);

        if (!word) {
            return FALSE;
        }
        value = quoted ? json_object_new_string(word) : value_of_word(word);
    }
    set_member(object, key, value);
    return TRUE;
}

static Json *read_arguments(const char *at, GError **error)
{
    g_autoptr(Json) object = NULL;

    if (*line_rest(at) == '{') {
        return json_parse(at, error);
    }
    object = json_object_new_object();
    while (*line_rest(at)) {
        if (!take_member(object, &at, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&object);
}

static gboolean qmp(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *at = arguments_get(arguments, "command")->text;
    g_autofree char *name = line_token(&at, NULL, error);
    Json *members = name ? read_arguments(at, error) : NULL;
    Guest *guest;
    g_autofree char *text = NULL;

    if (!members) {
        return FALSE;
    }
    if (session->setup.read_only && !g_str_has_prefix(name, "query-")) {
        json_object_put(members);
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "refused by --read-only: QMP '%s' is not known only to look", name);
        return FALSE;
    }
    guest = session_guest(session, error);
    if (!guest) {
        json_object_put(members);
        return FALSE;
    }
    reply->json = monitor_qmp(guest->monitor, name, members, error);
    if (!reply->json) {
        return FALSE;
    }
    text =
        output_is_pretty(session->output) ? json_pretty_text(reply->json) : json_text(reply->json);
    g_string_append_printf(reply->text, "%s\n", text);
    return TRUE;
}

const Command monitor_commands[] = {
    {
        .name = "hmp",
        .group = "QEMU",
        .help = "send a line to QEMU's own human monitor, past hmpsh's commands",
        .arguments =
            (const Argument[]){{.name = "line", .kind = ARGUMENT_HMP, .help = "an HMP line"}, {0}},
        .flags = COMMAND_GATES_INNER,
        .run = hmp,
    },
    {
        .name = "qmp",
        .group = "QEMU",
        .help = "send a QMP command and print what it returns",
        .description = "qmp NAME KEY=VALUE ... KEY:=JSON ...: a bare VALUE that is a number, true, "
                       "false or null\n"
                       "is taken as such, any other and every quoted one as a string; KEY may be a "
                       "path (a.b).\n"
                       "A line that begins with '{' is QMP as well and is sent as it is.",
        .arguments = (const Argument[]){{.name = "command",
                                         .kind = ARGUMENT_QMP,
                                         .help = "NAME, then KEY=VALUE or KEY:=JSON"},
                                        {0}},
        .flags = COMMAND_GATES_INNER,
        .run = qmp,
    },
    {0},
};
