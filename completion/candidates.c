/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/candidates.h"

#include <string.h>

#include "shell/hmp_help.h"
#include "shell/line.h"
#include "shell/reach.h"

enum { PATIENCE_MS = 300 };

/* A line being completed. */
typedef struct {
    Session *session;
    Guest *guest;     /* whom the line goes to; NULL: none, or it is gone */
    const char *word; /* what is typed of the last word; within the line */
    GPtrArray *found;
} Search;

static void add(Search *search, const char *candidate)
{
    if (g_str_has_prefix(candidate, search->word)) {
        g_ptr_array_add(search->found, g_strdup(candidate));
    }
}

static void add_all(Search *search, const char *const *list)
{
    for (; list && *list; list++) {
        add(search, *list);
    }
}

/* @guest, or NULL when it is gone. */
static Guest *if_there(Guest *guest)
{
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;

    return lost ? NULL : guest;
}

/* --- what the live guest knows, asked once --- */

typedef char **(*Ask)(Monitor *monitor);

/* The list that @ask gives, remembered with the guest under @key. Borrowed; NULL when there is
 * none. */
static char **ask_once(Search *search, const char *key, Ask ask)
{
    char **list;

    if (!search->guest) {
        return NULL;
    }
    list = g_datalist_get_data(&search->guest->notes, key);
    if (!list) {
        list = ask(search->guest->monitor);
        if (list) {
            g_datalist_set_data_full(&search->guest->notes, key, list, (GDestroyNotify)g_strfreev);
        }
    }
    return list;
}

static char **names_in_array(Json *array, const char *member)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (!json_object_is_type(array, json_type_array)) {
        return NULL;
    }
    for (size_t i = 0; i < json_object_array_length(array); i++) {
        const char *name = json_get_string(json_object_array_get_idx(array, i), member);

        if (name) {
            g_strv_builder_add(names, name);
        }
    }
    return g_strv_builder_end(names);
}

static char **ask_capabilities(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp_quickly(monitor, "query-migrate-capabilities", PATIENCE_MS);

    return names_in_array(reply, "capability");
}

static char **ask_parameters(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp_quickly(monitor, "query-migrate-parameters", PATIENCE_MS);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (!json_object_is_type(reply, json_type_object)) {
        return NULL;
    }
    json_object_object_foreach (reply, name, value) {
        (void)value;
        g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

static char **ask_qmp_commands(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp_quickly(monitor, "query-commands", PATIENCE_MS);

    return names_in_array(reply, "name");
}

static char **ask_help(Monitor *monitor, const char *line)
{
    g_autofree char *text = monitor_hmp_quickly(monitor, line, PATIENCE_MS);

    return text ? hmp_help_names(text) : NULL;
}

static char **ask_hmp_commands(Monitor *monitor)
{
    return ask_help(monitor, "help");
}

static char **ask_info_topics(Monitor *monitor)
{
    return ask_help(monitor, "help info");
}

/* --- commands --- */

/* A row's name as candidates: its aliases, or of a name of two words the first. */
static void add_first_words(const Command *command, gpointer data)
{
    g_auto(GStrv) names = g_strsplit_set(command->name, "|", -1);

    for (char **name = names; *name; name++) {
        (*name)[strcspn(*name, " ")] = '\0';
        add(data, *name);
    }
}

typedef struct {
    Search *search;
    const char *first;
} SecondWords;

static void add_second_word(const Command *command, gpointer data)
{
    const SecondWords *second = data;
    size_t length = strlen(second->first);

    if (strncmp(command->name, second->first, length) == 0 && command->name[length] == ' ') {
        add(second->search, command->name + length + 1);
    }
}

static void add_commands(Search *search)
{
    command_foreach(search->session->setup.commands, add_first_words, search);
    add_all(search, (const char *const *)ask_once(search, "hmp-commands", ask_hmp_commands));
}

/* What can follow the first word: topics of `info`, the second word of "lab status". */
static void add_seconds(Search *search, const char *first)
{
    SecondWords second = {search, first};

    command_foreach(search->session->setup.commands, add_second_word, &second);
    if (strcmp(first, "info") == 0) {
        add_all(search, (const char *const *)ask_once(search, "info-topics", ask_info_topics));
    }
}

/* --- arguments --- */

static void add_domains(Search *search)
{
    Session *session = search->session;
    g_autoptr(GPtrArray) entries = reach_domains(session, PATIENCE_MS);

    for (guint i = 0; entries && i < entries->len; i++) {
        add(search, ((const DomainEntry *)g_ptr_array_index(entries, i))->name);
    }
}

/* File names; a directory gets a slash, so that one can go on. */
static void add_files(Search *search)
{
    const char *slash = strrchr(search->word, '/');
    g_autofree char *dir =
        slash ? g_strndup(search->word, (gsize)(slash - search->word) + 1) : NULL;
    g_autoptr(GDir) stream = g_dir_open(dir ? dir : ".", 0, NULL);
    const char *name;

    while (stream && (name = g_dir_read_name(stream))) {
        g_autofree char *path = g_strconcat(dir ? dir : "", name, NULL);
        g_autofree char *marked =
            g_strconcat(path, g_file_test(path, G_FILE_TEST_IS_DIR) ? "/" : NULL, NULL);

        if (*name != '.' || (slash ? slash[1] : *search->word) == '.') {
            add(search, marked);
        }
    }
}

static void search_line(Search *search, const char *line);

/* The word before the one being typed, when that is the second of @rest; else NULL. */
static char *word_before(const Search *search, const char *rest)
{
    g_autofree char *first = line_word(&rest);

    return line_rest(rest) == search->word ? g_steal_pointer(&first) : NULL;
}

/* `help` is asked about commands, and about `info` and its topics. */
static void search_topic(Search *search, const char *rest)
{
    g_autofree char *first = word_before(search, rest);

    if (search->word == line_rest(rest)) {
        add_commands(search);
    } else if (first) {
        add_seconds(search, first);
    }
}

static void search_qemu(Search *search, const char *rest)
{
    g_autofree char *first = word_before(search, rest);

    if (search->word == line_rest(rest)) {
        add_all(search, (const char *const *)ask_once(search, "hmp-commands", ask_hmp_commands));
    } else if (g_strcmp0(first, "info") == 0) {
        add_all(search, (const char *const *)ask_once(search, "info-topics", ask_info_topics));
    }
}

/* The argument itself; @rest is where it begins. */
static void search_argument(Search *search, const Argument *argument, const char *rest)
{
    static const char *const switches[] = {"on", "off", NULL};
    gboolean first_word = search->word == line_rest(rest);

    add_all(search, argument->choices);
    switch (argument->kind) {
    case ARGUMENT_SWITCH:
        add_all(search, switches);
        break;
    case ARGUMENT_CAPABILITY:
        add_all(search, (const char *const *)ask_once(search, "capabilities", ask_capabilities));
        break;
    case ARGUMENT_PARAMETER:
        add_all(search, (const char *const *)ask_once(search, "parameters", ask_parameters));
        break;
    case ARGUMENT_QMP:
        if (first_word) {
            add_all(search,
                    (const char *const *)ask_once(search, "qmp-commands", ask_qmp_commands));
        }
        break;
    case ARGUMENT_DOMAIN:
        add_domains(search);
        break;
    case ARGUMENT_FILE:
        add_files(search);
        break;
    case ARGUMENT_COMMAND:
        search->guest = if_there(search->session->peer);
        search_line(search, rest);
        break;
    case ARGUMENT_HMP:
        search_qemu(search, rest);
        break;
    case ARGUMENT_TOPIC:
        search_topic(search, rest);
        break;
    default:
        break;
    }
}

/* The flags that are not among the letters in @given. */
static void add_flags(Search *search, const Command *command, const char *given)
{
    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        char flag[] = {'-', argument->flag, '\0'};

        if (argument->kind == ARGUMENT_FLAG && !strchr(given, argument->flag)) {
            add(search, flag);
        }
    }
}

/* Walks over the arguments that are complete to the one that the last word belongs to. */
static void search_arguments(Search *search, const Command *command, const char *rest)
{
    const Argument *argument = command->arguments;
    const char *at = line_rest(rest);
    g_autoptr(GString) given = g_string_new(NULL);

    while (*at == '-' && at < search->word && argument && argument->kind == ARGUMENT_FLAG) {
        g_autofree char *flags = line_token(&at, NULL, NULL);

        g_string_append(given, flags);
        at = line_rest(at);
    }
    if (at == search->word && argument && argument->kind == ARGUMENT_FLAG && (*at == '-' || !*at)) {
        add_flags(search, command, given->str);
    }
    for (; argument && argument->name; argument++) {
        g_autofree char *token = NULL;

        if (argument->kind == ARGUMENT_FLAG) {
            continue;
        }
        if (at >= search->word || argument_takes(argument->kind) == TAKES_REST) {
            search_argument(search, argument, at);
            return;
        }
        token = line_token(&at, NULL, NULL);
        at = line_rest(at);
    }
}

static void search_line(Search *search, const char *line)
{
    const char *rest = line_rest(line);
    const char *after = NULL;
    g_autofree char *first = NULL;
    const Command *command;

    if (rest >= search->word) {
        add_commands(search);
        return;
    }
    first = word_before(search, rest);
    if (first) {
        add_seconds(search, first);
    }
    command = command_find(search->session->setup.commands, rest, &after);
    if (command && after <= search->word && line_is_blank(*after)) {
        search_arguments(search, command, after);
    }
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *candidates_find(Session *session, const char *line, size_t *start)
{
    Search search = {
        .session = session, .guest = if_there(session->current), .word = line + strlen(line)};

    while (search.word > line && !line_is_blank(search.word[-1])) {
        search.word--;
    }
    *start = (size_t)(search.word - line);
    search.found = g_ptr_array_new_with_free_func(g_free);
    search_line(&search, line);
    g_ptr_array_sort(search.found, compare);
    for (guint i = search.found->len; i > 1; i--) {
        if (strcmp(search.found->pdata[i - 1], search.found->pdata[i - 2]) == 0) {
            g_ptr_array_remove_index(search.found, i - 1);
        }
    }
    return search.found;
}
