/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar, as QEMU's tables use it (hmp-commands.hx):
 *
 *   [-f]            a flag; [-f][-d] and [-z|-l] are several
 *   [-f format]     a flag with a value
 *   [a] [a [b]]     optional
 *   on|off, a|b     words; among them a placeholder, which stands for many (device|all)
 *   [a|b],id=str    begins with one of these words, and goes on
 *   <a>, "[a]"      a
 *   anything else   a placeholder, whose name says what it is (signature_kinds.h)
 */
#include "completion/signature.h"

#include <glib/gi18n.h>
#include <string.h>

#include "completion/signature_kinds.h"

enum { MOST_ALTERNATIVES = 3 }; /* in an argument's name */

/* A row, and all that it points to. */
typedef struct {
    Command command; /* first: it stands for the whole */
    GArray *arguments;
    GPtrArray *owned;
    const char *called; /* the name without aliases: the longest of them */
    const char *text;   /* all of the help */
} Signature;

static void add_parameters(Signature *signature, const char *text, gboolean optional);

/* @text is taken over. */
static const char *own(Signature *signature, char *text)
{
    g_ptr_array_add(signature->owned, text);
    return text;
}

static gboolean is_blank(char c)
{
    return g_ascii_isspace(c);
}

/* Where the token at @text ends: at the first of @ends that is not inside brackets or quotes. */
static const char *token_end(const char *text, const char *ends)
{
    int depth = 0;
    gboolean quoted = FALSE;

    for (; *text; text++) {
        if (depth == 0 && !quoted && strchr(ends, *text)) {
            break;
        }
        depth += (*text == '[' || *text == '<') - (*text == ']' || *text == '>');
        quoted ^= *text == '"';
    }
    return text;
}

/* The length of the group in square brackets that @text begins with; 0 when there is none. */
static size_t group_length(const char *text)
{
    int depth = 0;

    for (const char *at = text; *at; at++) {
        depth += (*at == '[') - (*at == ']');
        if (depth == 0) {
            return *text == '[' ? (size_t)(at - text) + 1 : 0;
        }
    }
    return 0;
}

/* What the help says about the flag @letter, or NULL. */
static const char *flag_help(Signature *signature, char letter)
{
    /* up to a line's end, ";" or a closing parenthesis without an opening one */
    static const char until[] = "((?:[^;()\\n]|\\([^()\\n]*\\))+)";
    g_autofree char *pattern = g_strdup_printf(
        "-%c(?::|\\s+(?:to|for))\\s+%s|-%c\\s+flag\\s+requests\\s+QEMU\\s+to\\s+([^.]+)", letter,
        until, letter);
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_auto(GStrv) words = NULL;
    g_autofree char *found = NULL;
    char *line;

    if (!g_regex_match(regex, signature->text, 0, &match)) {
        return NULL;
    }
    found = g_match_info_fetch(match, 1);
    if (!*found) {
        g_free(found);
        found = g_match_info_fetch(match, 2);
    }
    words = g_regex_split_simple("\\s+", g_strstrip(found), G_REGEX_RAW, 0);
    line = g_strjoinv(" ", words);
    if (g_str_has_suffix(line, ".") || g_str_has_suffix(line, ",")) {
        line[strlen(line) - 1] = '\0';
    }
    return own(signature, line);
}

static void add_flag(Signature *signature, char letter)
{
    char name[] = {'-', letter, '\0'};
    const SignatureKind *kind = signature_kind(signature->called, name);
    const char *help = kind ? kind->help : flag_help(signature, letter);
    Argument flag = {
        .name = own(signature, g_strdup(name)),
        .kind = ARGUMENT_FLAG,
        .flag = letter,
        .optional = TRUE,
        .help = help ? help : N_("a flag of this command"),
    };

    g_array_append_val(signature->arguments, flag);
}

/* Adds an argument that is called @name (taken over) and is what @placeholder stands for; @choices
 * are words of its own that can stand there, owned by the signature, or NULL. */
static Argument *add_argument(Signature *signature, char *name, const char *placeholder,
                              gboolean optional, const char *const *choices)
{
    const SignatureKind *kind = signature_kind(signature->called, placeholder);
    Argument argument = {
        .name = own(signature, name),
        .kind = kind      ? kind->kind
                : choices ? ARGUMENT_WORD
                          : ARGUMENT_TEXT,
        .optional = optional,
        .choices = choices ? choices
                   : kind  ? kind->choices
                           : NULL,
    };

    argument.help = kind && kind->help ? kind->help : signature_kind_help(argument.kind);
    if (!argument.help) {
        argument.help =
            argument.choices
                ? N_("one of these words")
                : own(signature, g_strndup(signature->text, strcspn(signature->text, "\n")));
    }
    g_array_append_val(signature->arguments, argument);
    return &g_array_index(signature->arguments, Argument, signature->arguments->len - 1);
}

/* @words as choices, which the signature owns. */
static const char *const *own_words(Signature *signature, const GPtrArray *words)
{
    const char **list = g_new0(const char *, words->len + 1);

    for (guint i = 0; i < words->len; i++) {
        list[i] = own(signature, g_strdup(g_ptr_array_index(words, i)));
    }
    g_ptr_array_add(signature->owned, list);
    return (const char *const *)list;
}

static gboolean is_placeholder(const char *word)
{
    static const char *const placeholders[] = {"device", "id", "name", "tag", "vcpu", NULL};

    return g_strv_contains(placeholders, word);
}

static gboolean is_switch(const GPtrArray *words)
{
    return words->len == 2 && strcmp(words->pdata[0], "on") == 0 &&
           strcmp(words->pdata[1], "off") == 0;
}

/* "on|off", "device|all", "-z|-l", "-a|vcpu" */
static void add_alternatives(Signature *signature, const char *text, gboolean optional)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GStrvBuilder) rest = g_strv_builder_new();
    g_auto(GStrv) named = NULL;
    const char *placeholder = NULL;
    Argument *added;

    for (char **part = parts; *part; part++) {
        if (**part == '-' && g_ascii_isalpha((*part)[1])) {
            add_flag(signature, (*part)[1]);
            continue;
        }
        if (!**part) {
            continue;
        }
        g_strv_builder_add(rest, *part);
        if (!is_placeholder(*part)) {
            g_ptr_array_add(words, *part);
        } else if (!placeholder) {
            placeholder = *part;
        }
    }
    named = g_strv_builder_end(rest);
    if (!*named) {
        return;
    }
    added = add_argument(signature, g_strjoinv("|", named), placeholder ? placeholder : text,
                         optional, words->len ? own_words(signature, words) : NULL);
    if (is_switch(words)) {
        added->kind = ARGUMENT_SWITCH;
        added->choices = NULL;
        added->help = signature_kind_help(ARGUMENT_SWITCH);
    }
}

/* What stands between square brackets. */
static void add_group(Signature *signature, const char *inner)
{
    gboolean is_flag = *inner == '-' && g_ascii_isalpha(inner[1]);
    gboolean one = !*token_end(inner, " \t\n");

    if (is_flag && !inner[2]) {
        add_flag(signature, inner[1]);
    } else if (is_flag && is_blank(inner[2])) {
        char flag[] = {'-', inner[1], '\0'};
        Argument *option =
            add_argument(signature, g_strstrip(g_strdup(inner + 3)), flag, TRUE, NULL);

        option->flag = inner[1];
    } else if (one && *token_end(inner, "|")) {
        add_alternatives(signature, inner, TRUE);
    } else {
        add_parameters(signature, inner, TRUE);
    }
}

/* "[user|tap],id=str[,prop=value]": the words it may begin with, up to where the user goes on. */
static void add_composite(Signature *signature, const char *text)
{
    size_t length = group_length(text);
    g_autofree char *first = length ? g_strndup(text + 1, length - 2) : g_strdup("");
    g_auto(GStrv) parts = g_strsplit(first, "|", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GRegex) regex = g_regex_new("^[,:](?:[\\w-]+=)?", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    gboolean begins = g_strv_length(parts) > 1 && g_regex_match(regex, text + length, 0, &match);
    g_autofree char *joint = begins ? g_match_info_fetch(match, 0) : NULL;
    gboolean many = g_strv_length(parts) > MOST_ALTERNATIVES;

    for (char **part = parts; begins && *part; part++) {
        g_ptr_array_add(words, g_strconcat(*part, joint, NULL));
    }
    add_argument(signature, many ? g_strconcat("type", text + length, NULL) : g_strdup(text), text,
                 FALSE, begins ? own_words(signature, words) : NULL);
}

/* A line that goes on with more properties ("[,unit=m]...") says no more than "[,...]". */
static void continue_last(Signature *signature)
{
    Argument *last;

    if (signature->arguments->len == 0) {
        return;
    }
    last = &g_array_index(signature->arguments, Argument, signature->arguments->len - 1);
    if (!g_str_has_suffix(last->name, "[,...]")) {
        last->name = own(signature, g_strconcat(last->name, "[,...]", NULL));
        last->help = N_("properties with commas, as QEMU takes them");
    }
}

/* @token without the quotes or brackets around it. Free with g_free(). */
static char *bare(const char *token)
{
    size_t length = strlen(token);

    gboolean angled = *token == '<' && strchr(token, '>') == token + length - 1;
    gboolean quoted = *token == '"' && token[length - 1] == '"';
    gboolean grouped = group_length(token) == length;

    if (length > 2 && (angled || quoted || grouped)) {
        g_autofree char *inner = g_strndup(token + 1, length - 2);

        return bare(inner);
    }
    return g_strdup(token);
}

static void add_token(Signature *signature, const char *token, gboolean optional)
{
    size_t length = group_length(token);
    const char *last = g_strrstr(token, "]|[");

    if (g_str_has_prefix(token, "[,")) {
        continue_last(signature);
    } else if (last) { /* "[hub_id name]|[netdev_id]": the last is the newest */
        add_token(signature, last + 2, optional);
    } else if (length && (!token[length] || g_str_has_prefix(token, "[-"))) {
        g_autofree char *inner = g_strndup(token + 1, length - 2);

        add_group(signature, inner);
        if (token[length]) {
            add_token(signature, token + length, optional);
        }
    } else if (*token != '"' && strchr(token, '[')) {
        add_composite(signature, token);
    } else if (strchr(token, '|')) {
        add_alternatives(signature, token, optional);
    } else {
        char *name = bare(token);

        add_argument(signature, name, name, optional || *name == '/', NULL);
    }
}

static gboolean takes_rest(const Signature *signature)
{
    guint count = signature->arguments->len;

    return count && argument_takes(g_array_index(signature->arguments, Argument, count - 1).kind) ==
                        TAKES_REST;
}

static void add_parameters(Signature *signature, const char *text, gboolean optional)
{
    while (*text && !takes_rest(signature)) {
        const char *end = token_end(text, " \t\n");
        g_autofree char *token = g_strndup(text, (gsize)(end - text));

        if (*token) {
            add_token(signature, token, optional);
        }
        text = *end ? end + 1 : end;
    }
}

/* The parameters as they are meant: without the command's own name before them, and those that
 * QEMU's help forgets or writes like two. */
static const char *parameters_of(const Signature *signature, const char *params)
{
    static const char *const meant[][2] = {
        {"dump-skeys", "filename"}, {"stopcapture", "index"}, /* "capture index" */
    };
    size_t length = strlen(signature->called);

    for (size_t i = 0; i < G_N_ELEMENTS(meant); i++) {
        if (strcmp(signature->called, meant[i][0]) == 0) {
            return meant[i][1];
        }
    }
    if (g_str_has_prefix(params, signature->called) &&
        (!params[length] || is_blank(params[length]))) {
        return params + length;
    }
    return params;
}

/* The longest of the aliases in @name. Free with g_free(). */
static char *longest_name(const char *name, gboolean info)
{
    g_auto(GStrv) aliases = g_strsplit(name, "|", -1);
    const char *longest = "";

    for (char **alias = aliases; *alias; alias++) {
        longest = strlen(*alias) > strlen(longest) ? *alias : longest;
    }
    return info ? g_strconcat("info ", longest, NULL) : g_strdup(longest);
}

Command *signature_command(const HmpHelp *entry, gboolean info)
{
    Signature *signature = g_new0(Signature, 1);
    g_autofree char *text = g_strconcat(entry->help, entry->more, NULL);

    signature->owned = g_ptr_array_new_with_free_func(g_free);
    signature->arguments = g_array_new(TRUE, TRUE, sizeof(Argument));
    signature->called = own(signature, longest_name(entry->name, info));
    signature->text = text;
    add_parameters(signature, parameters_of(signature, entry->params), FALSE);
    signature->text = NULL;
    signature->command = (Command){
        .name =
            own(signature, info ? g_strconcat("info ", entry->name, NULL) : g_strdup(entry->name)),
        .group = "QEMU",
        .help = own(signature, g_strdup(entry->help)),
        .arguments =
            signature->arguments->len ? (const Argument *)(void *)signature->arguments->data : NULL,
        .flags = COMMAND_SPEAKS_HMP,
    };
    return &signature->command;
}

void signature_free(Command *command)
{
    Signature *signature = (Signature *)command;

    if (signature) {
        g_array_unref(signature->arguments);
        g_ptr_array_unref(signature->owned);
        g_free(signature);
    }
}
