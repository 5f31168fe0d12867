/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/candidates.h"

#include <string.h>

#include "completion/known.h"
#include "shell/line.h"
#include "shell/reach.h"

/* A line being completed. */
typedef struct {
    Session *session;
    Guest *guest;          /* whom the line goes to; NULL: none, or it is gone */
    const char *word;      /* what is typed of the last word; within the line */
    const char *arguments; /* where those of the last command begin; within the line */
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
    add_all(search, known_list(search->guest, KNOWN_HMP_COMMANDS));
}

/* What can follow the first word: topics of `info`, the second word of "lab status". */
static void add_seconds(Search *search, const char *first)
{
    SecondWords second = {search, first};

    command_foreach(search->session->setup.commands, add_second_word, &second);
    if (strcmp(first, "info") == 0) {
        add_all(search, known_list(search->guest, KNOWN_INFO_TOPICS));
    }
}

/* --- arguments --- */

static void add_domains(Search *search)
{
    Session *session = search->session;
    g_autoptr(GPtrArray) entries = reach_domains(session, KNOWN_PATIENCE_MS);

    for (guint i = 0; entries && i < entries->len; i++) {
        add(search, ((const DomainEntry *)g_ptr_array_index(entries, i))->name);
    }
}

static void add_snapshots(Search *search)
{
    g_auto(GStrv) tags = known_snapshots(search->guest);

    for (char **tag = tags; tag && *tag; tag++) {
        g_autofree char *word = line_quote(*tag);

        add(search, word);
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
        add_all(search, known_list(search->guest, KNOWN_HMP_COMMANDS));
    } else if (g_strcmp0(first, "info") == 0) {
        add_all(search, known_list(search->guest, KNOWN_INFO_TOPICS));
    }
}

/* The argument itself; @rest is where it begins. */
static void search_argument(Search *search, const Argument *argument, const char *rest)
{
    static const char *const switches[] = {"on", "off", NULL};
    gboolean first_word = search->word == line_rest(rest);

    add_all(search, argument->choices);
    if (argument->words) {
        g_autofree char *before = g_strndup(search->arguments, (gsize)(rest - search->arguments));

        add_all(search, argument->words(before));
    }
    switch (argument->kind) {
    case ARGUMENT_SWITCH:
        add_all(search, switches);
        break;
    case ARGUMENT_CAPABILITY:
        add_all(search, known_list(search->guest, KNOWN_CAPABILITIES));
        break;
    case ARGUMENT_PARAMETER:
        add_all(search, known_list(search->guest, KNOWN_PARAMETERS));
        break;
    case ARGUMENT_QMP:
        if (first_word) {
            add_all(search, known_list(search->guest, KNOWN_QMP_COMMANDS));
        }
        break;
    case ARGUMENT_SNAPSHOT:
        add_snapshots(search);
        break;
    case ARGUMENT_DOMAIN:
        add_domains(search);
        break;
    case ARGUMENT_FILE:
        add_files(search);
        break;
    case ARGUMENT_COMMAND:
        search_line(search, rest);
        break;
    case ARGUMENT_PEER_COMMAND:
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

/* The flags and options of a line that have been given: the letters, and the rows' arguments. */
typedef struct {
    GString *letters;
    GHashTable *options;
} Given;

/* Those that are not among @given; options only where a dash asks for them. */
static void add_options(Search *search, const Command *command, const Given *given)
{
    for (const Argument *argument = command->arguments; argument->name; argument++) {
        char flag[] = {'-', argument->flag, '\0'};
        g_autofree char *option = g_strconcat("--", argument->option, NULL);

        if (argument->option) {
            if (*search->word == '-' && !g_hash_table_contains(given->options, argument)) {
                add(search, option);
            }
        } else if (argument_is_option(argument) && !strchr(given->letters->str, argument->flag)) {
            add(search, flag);
        }
    }
}

/* The value of "--option=VALUE", which begins at @value: candidates have the whole word. */
static void search_joined_value(Search *search, const Argument *option, const char *value)
{
    const char *word = search->word;
    g_autofree char *before = g_strndup(word, (gsize)(value - word));
    guint old = search->found->len;

    search->word = value;
    search_argument(search, option, value);
    search->word = word;
    for (guint i = old; i < search->found->len; i++) {
        g_autofree char *found = search->found->pdata[i];

        search->found->pdata[i] = g_strconcat(before, found, NULL);
    }
}

/* Walks over the word that is @option's value. TRUE when it is the line's last. */
static gboolean walk_value(Search *search, const Argument *option, const char **at)
{
    if (*at >= search->word) {
        search_argument(search, option, *at);
        return TRUE;
    }
    g_free(line_token(at, NULL, NULL));
    *at = line_rest(*at);
    return FALSE;
}

/* Walks over a word that begins with "--", and over its value. TRUE when the line's last word is
 * that value. */
static gboolean walk_option(Search *search, const Command *command, Given *given, const char **at)
{
    const char *word = *at + 2;
    size_t length = strcspn(word, "= \t");
    const Argument *option = command_find_option(command, word, length);
    gboolean joined = word[length] == '=';

    if (joined && *at == search->word) {
        if (option && option->kind != ARGUMENT_FLAG) {
            search_joined_value(search, option, word + length + 1);
        }
        return TRUE;
    }
    if (*at == search->word) {
        return FALSE;
    }
    g_free(line_token(at, NULL, NULL));
    *at = line_rest(*at);
    if (!option) {
        return FALSE;
    }
    g_hash_table_add(given->options, (gpointer)option);
    if (joined || option->kind == ARGUMENT_FLAG) {
        return FALSE;
    }
    return walk_value(search, option, at);
}

/* Walks over "-n VALUE" or "-nVALUE". TRUE when the line's last word is that value. */
static gboolean walk_letter_option(Search *search, const Argument *option, const char **at)
{
    g_autofree char *word = line_token(at, NULL, NULL);

    *at = line_rest(*at);
    if (strlen(word) > 2) {
        return FALSE;
    }
    return walk_value(search, option, at);
}

/* Walks over flags and options to what follows them, or to the last word. TRUE when that was dealt
 * with. */
static gboolean walk_options(Search *search, const Command *command, const char **at)
{
    g_autoptr(GString) letters = g_string_new(NULL);
    g_autoptr(GHashTable) options = g_hash_table_new(NULL, NULL);
    Given given = {letters, options};

    while (**at == '-' && *at <= search->word) {
        const char *before = *at;

        if (before[1] == '-') {
            if (walk_option(search, command, &given, at)) {
                return TRUE;
            }
        } else if (before < search->word) {
            const Argument *option = command_find_letter(command, before[1]);
            g_autofree char *flags = option ? g_strndup(before, 2) : line_token(at, NULL, NULL);

            g_string_append(letters, flags);
            *at = line_rest(*at);
            if (option && walk_letter_option(search, option, at)) {
                return TRUE;
            }
        }
        if (*at == before) {
            break;
        }
    }
    if (*at == search->word && (**at == '-' || !**at)) {
        add_options(search, command, &given);
    }
    return FALSE;
}

/* Walks over the arguments that are complete to the one that the last word belongs to. */
static void search_arguments(Search *search, const Command *command, const char *rest)
{
    const Argument *argument = command->arguments;
    const char *at = line_rest(rest);

    search->arguments = rest;
    if (argument && argument_is_option(argument) && walk_options(search, command, &at)) {
        return;
    }
    for (; argument && argument->name; argument++) {
        g_autofree char *token = NULL;

        if (argument_is_option(argument)) {
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
