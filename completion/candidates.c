/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/candidates.h"

#include <glib/gi18n.h>
#include <string.h>

#include "completion/earlier.h"
#include "completion/kinds.h"
#include "completion/known.h"
#include "completion/option_offers.h"
#include "completion/position.h"
#include "completion/qmp_words.h"
#include "completion/search.h"
#include "completion/signature.h"
#include "shell/inquiry.h"
#include "shell/line.h"

/* --- commands --- */

/* A row's name as candidates: its aliases, or of a name of two words the first. */
static void add_first_words(const Command *command, gpointer data)
{
    g_auto(GStrv) names = g_strsplit_set(command->name, "|", -1);

    for (char **name = names; *name; name++) {
        (*name)[strcspn(*name, " ")] = '\0';
        offers_add(data, *name);
    }
}

static void add_qemu_commands(Search *search)
{
    g_auto(GStrv) names = known_commands(&search->inquiry);

    offers_add_all(search->offers, (const char *const *)names);
    search_hint_nothing(search, g_strdup_printf(_("no command begins with '%s'"), search->typed),
                        names != NULL);
}

static void add_qemu_topics(Search *search)
{
    g_auto(GStrv) topics = known_topics(&search->inquiry);

    offers_add_all(search->offers, (const char *const *)topics);
    search_hint_nothing(
        search, g_strdup_printf(_("nothing that 'info' shows begins with '%s'"), search->typed),
        topics != NULL);
}

static void add_commands(Search *search)
{
    command_foreach(search->inquiry.session->setup.commands, add_first_words, search->offers);
    add_qemu_commands(search);
}

/* What can follow the first word: topics of `info`, the second word of "lab status". */
static void add_seconds(Search *search, const char *first)
{
    g_autofree const char **words = command_seconds(search->inquiry.session->setup.commands, first);

    offers_add_all(search->offers, words);
    if (strcmp(first, "info") == 0) {
        add_qemu_topics(search);
    }
}

/* --- arguments --- */

static void search_line(Search *search, const char *line);
static void search_arguments(Search *search, const Command *command, const char *rest);

/* The word before the one being typed, when that is the second of @rest; else NULL. */
static char *word_before(const Search *search, const char *rest)
{
    g_autofree char *first = line_word(&rest);

    return line_rest(rest) == search->word ? g_steal_pointer(&first) : NULL;
}

/* `help` is asked about commands, about `info` and its topics, and about options. */
static void search_topic(Search *search, const char *rest)
{
    g_autofree char *first = word_before(search, rest);

    if (*search->typed == '-') {
        option_offers_for_help(search, rest);
        return;
    }

    if (search->word == line_rest(rest)) {
        add_commands(search);
    } else if (first) {
        add_seconds(search, first);
    }
}

/* That nobody has the command @name, or with @info the topic, and which was perhaps meant. */
static void hint_unknown(Search *search, const char *name, gboolean info)
{
    Offers *outer = search->offers;
    g_autoptr(Offers) all = offers_new();
    const char *near;

    search->offers = all;
    if (info) {
        add_seconds(search, "info");
    } else {
        add_commands(search);
    }
    search->offers = outer;
    near = offers_closest(all, name);
    search_set_hint(search,
                    near ? g_strdup_printf(_("unknown: '%s' (did you mean '%s'?)"), name, near)
                         : g_strdup_printf(_("unknown: '%s'"), name));
}

/* The arguments of a command that only QEMU has, by what its help says of them. @at is behind the
 * command's name, or with @info behind the topic's. */
static void search_qemu_arguments(Search *search, const char *name, gboolean info, const char *at)
{
    g_autoptr(GPtrArray) help = NULL;
    const HmpHelp *entry = known_help(&search->inquiry, name, info, &help);

    if (entry && !search->row) {
        search->row = signature_command(entry, info);
        search_arguments(search, search->row, at);
    } else if (search->inquiry.guest && help->len == 0) {
        search_hint_nothing(search, NULL, FALSE);
    } else if (search->inquiry.guest) {
        hint_unknown(search, name, info);
    }
}

/* A line for QEMU. */
static void search_qemu(Search *search, const char *rest)
{
    const char *after = rest;
    g_autofree char *first = line_word(&after);
    const char *behind = after;
    g_autofree char *second = first ? line_word(&behind) : NULL;
    gboolean info = g_strcmp0(first, "info") == 0;

    if (search->word == line_rest(rest)) {
        add_qemu_commands(search);
    } else if (info && search->word == line_rest(after)) {
        add_qemu_topics(search);
    } else if (info && second && behind <= search->word) {
        search_qemu_arguments(search, second, TRUE, behind);
    } else if (first && !info && after <= search->word) {
        search_qemu_arguments(search, first, FALSE, after);
    }
}

static void search_qmp(Search *search, const char *rest)
{
    g_autofree char *before = g_strndup(rest, (gsize)(search->word - rest));
    char *hint = NULL;

    qmp_words_offer(&search->inquiry, before, search->typed, search->offers, &hint);
    if (hint) {
        search_set_hint(search, hint);
    }
}

/* The words of @argument, which begins at @rest, as its row tells them. */
static void add_words_of_row(Search *search, const Argument *argument, const char *rest)
{
    g_autofree char *before = g_strndup(search->arguments, (gsize)(rest - search->arguments));
    g_auto(GStrv) words = argument->words ? argument->words(&search->inquiry, before) : NULL;

    if (argument_takes(argument->kind) == TAKES_REST && search->word > line_rest(rest)) {
        return; /* they were for its first word */
    }
    offers_add_ordered(search->offers, (const char *const *)words);
    offers_add_all(search->offers, argument->choices);
}

/* `info TOPIC` for QEMU; the topics were offered with the row's second words. */
static void search_info(Search *search, const char *rest)
{
    g_autofree char *topic = line_word(&rest);

    if (topic && rest <= search->word && line_is_blank(*rest)) {
        search_qemu_arguments(search, topic, TRUE, rest);
    }
}

/* Words with commas between: those that are not there yet, behind the ones that are. */
static void search_list(Search *search, const Argument *argument, const char *rest)
{
    const char *comma = strrchr(search->typed, ',');
    g_autofree char *there = g_strndup(search->typed, comma ? (gsize)(comma - search->typed) : 0);
    g_autofree char *prefix = g_strconcat(there, comma ? "," : "", NULL);
    g_auto(GStrv) taken = g_strsplit(there, ",", -1);
    Offers *outer = search->offers;
    g_autoptr(Offers) inner = offers_new();

    search->offers = inner;
    add_words_of_row(search, argument, rest);
    kinds_offer(&search->inquiry, argument->kind, "", "", inner);
    search->offers = outer;
    offers_remove_all(inner, (const char *const *)taken);
    offers_add_joined(outer, prefix, inner);
}

/* Those of the row. Behind "KEY=" there is no other word that is meant. */
static void offer_words(Search *search, const Argument *argument)
{
    Offers *outer = search->offers;
    g_autoptr(Offers) inner = offers_new();
    g_autoptr(GPtrArray) fitting = NULL;

    search->offers = inner;
    add_words_of_row(search, argument, search->word);
    search->offers = outer;
    fitting = offers_sorted(inner, search->typed);
    if (fitting->len > 0 || !strchr(search->typed, '=')) {
        offers_add_joined(outer, "", inner);
    }
}

/* Words, each of which the row is asked for; behind "--" a command. */
static void search_words(Search *search, const Argument *argument, const char *rest)
{
    while (rest < search->word && *line_rest(rest)) {
        g_autofree char *word = line_token(&rest, NULL, NULL);

        if (!word) {
            return;
        }
        if (strcmp(word, "--") == 0 && search->word > line_rest(rest)) {
            search_line(search, rest);
            return;
        }
    }
    offer_words(search, argument);
    search->begin = search->word + strlen(search->word); /* a hint can be about this very word */
}

/* The argument itself; @rest is where it begins. */
static void search_argument(Search *search, const Argument *argument, const char *rest)
{
    g_autofree char *before = g_strndup(search->arguments, (gsize)(rest - search->arguments));

    search->argument = argument;
    search->begin = rest;
    search_set_hint(search, NULL);
    if (argument->kind == ARGUMENT_LIST || argument->kind == ARGUMENT_DISKS) {
        search_list(search, argument, rest);
        return;
    }
    if (argument->kind == ARGUMENT_WORDS) {
        search_words(search, argument, rest);
        return;
    }
    add_words_of_row(search, argument, rest);
    switch (argument->kind) {
    case ARGUMENT_QMP:
        search_qmp(search, rest);
        break;
    case ARGUMENT_COMMAND:
        search_line(search, rest);
        break;
    case ARGUMENT_PEER_COMMAND:
        inquiry_turn(&search->inquiry, search->inquiry.session->peer);
        search_line(search, rest);
        break;
    case ARGUMENT_HMP:
        search_qemu(search, rest);
        break;
    case ARGUMENT_INFO:
        search_info(search, rest);
        break;
    case ARGUMENT_TOPIC:
        search_topic(search, rest);
        break;
    default:
        kinds_offer(&search->inquiry, argument->kind, before, search->typed, search->offers);
    }
}

/* The value of "--option=VALUE", which begins at @value: candidates have the whole word. */
static void search_joined_value(Search *search, const Argument *option, const char *value)
{
    g_autofree char *prefix = g_strndup(search->word, (gsize)(value - search->word));
    Offers *outer = search->offers;
    const char *word = search->word;
    g_autoptr(Offers) inner = offers_new();

    search->offers = inner;
    search->word = value;
    search->typed += strlen(prefix);
    search_argument(search, option, value);
    search->typed -= strlen(prefix);
    search->word = word;
    search->offers = outer;
    offers_add_joined(outer, prefix, inner);
}

static void search_arguments(Search *search, const Command *command, const char *rest)
{
    g_auto(Position) position = {0};

    position_find(&position, command, rest, search->word);
    search->arguments = rest;
    search_set_hint(search, g_strdup(_("nothing more is expected")));
    if (position.argument && position.begin > search->word &&
        argument_is_option(position.argument)) {
        search_joined_value(search, position.argument, position.begin);
    } else if (position.argument) {
        search_argument(search, position.argument, position.begin);
    }
    if (position.options) {
        option_offers_add(search, command, &position);
    }
}

static void search_line(Search *search, const char *line)
{
    const char *rest = line_rest(line);
    const char *after = NULL;
    g_autofree char *first = NULL;
    const Command *command;

    search->argument = NULL;
    if (*rest == '{') {
        search_set_hint(search,
                        g_strdup(_("QMP as JSON: {\"execute\": NAME, \"arguments\": {...}}")));
        return;
    }
    if (rest >= search->word) {
        add_commands(search);
        return;
    }
    command = command_find(search->inquiry.session->setup.commands, rest, &after);
    if (command && after <= search->word &&
        (line_is_blank(*after) || command->flags & COMMAND_NEEDS_NO_BLANK)) {
        search_arguments(search, command, after);
    } else if (!command) {
        search_qemu(search, rest);
    }
    first = word_before(search, rest);
    if (first) {
        add_seconds(search, first);
    }
}

Candidates *candidates_find(Session *session, const char *line)
{
    Candidates *candidates = g_new0(Candidates, 1);
    g_autofree char *typed = NULL;
    Search search = {.inquiry = inquiry_begin(session), .offers = offers_new()};

    search.word = line_last_word(line, &typed, &candidates->quoted);
    search.typed = typed;
    search_line(&search, line);
    candidates->start = (size_t)(search.word - line);
    candidates->offers = search.offers;
    search.free =
        search.argument && search_is_free(search.argument->kind) && offers_is_empty(search.offers);
    if (search.free && *typed) {
        g_autofree char *before = g_strndup(line, candidates->start);

        earlier_offer(before, search.offers);
    }
    candidates->found = offers_sorted(search.offers, typed);
    candidates->cut = search.inquiry.cut;
    if (search_is_example(&search, candidates->found)) {
        const Candidate *example = candidates->found->pdata[0];
        g_autofree char *hint = search_hint(&search);

        candidates->hint = g_strdup_printf(_("%s; e.g. %s"), hint, example->word);
        g_ptr_array_set_size(candidates->found, 0);
    } else if (candidates->found->len == 0) {
        candidates->hint = search_hint(&search);
    }
    g_free(search.hint);
    g_free(search.options);
    if (search.row) {
        signature_free(search.row);
    }
    return candidates;
}

void candidates_free(Candidates *candidates)
{
    g_ptr_array_unref(candidates->found);
    offers_free(candidates->offers);
    g_free(candidates->hint);
    g_free(candidates);
}
