/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/option_offers.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/line.h"

void option_offers_add(Search *search, const Command *command, const Position *position)
{
    g_autoptr(GString) hint = g_string_new(NULL);
    gboolean many = command_has_many_options(command);
    gboolean told = FALSE;
    gboolean dash = *search->word == '-';
    gboolean words = g_str_has_prefix(search->word, many ? "--" : "-");
    gboolean letters = dash || !offers_is_empty(search->offers) || !position->argument;

    for (const Argument *option = position->options; option->name && argument_is_option(option);
         option++) {
        g_autofree char *usage = argument_usage(option);
        g_autofree char *word = g_strndup(usage, strcspn(usage, " "));

        if (g_hash_table_contains(position->given, option) ||
            (option->fits && !option->fits(option, position->given))) {
            continue;
        }
        if (!many || !option->option || !told) {
            g_string_append_printf(hint, " [%s]", many && option->option ? "--option..." : usage);
            told = told || option->option;
        }
        if (option->option ? words : letters) {
            offers_add_explained(search->offers, word, argument_help(option));
        }
    }
    if (hint->len && (dash || !position->argument)) {
        search_set_hint(search, g_strdup_printf(_("options:%s"), hint->str));
    } else if (hint->len) {
        g_free(search->options);
        search->options = g_strdup_printf(_("; options:%s"), hint->str);
    }
}

void option_offers_for_help(Search *search, const char *rest)
{
    const char *after;
    const Command *command = command_find(search->inquiry.session->setup.commands, rest, &after);

    for (const Argument *option = command && line_rest(after) == search->word ? command->arguments
                                                                              : NULL;
         option && option->name; option++) {
        if (option->option) {
            g_autofree char *word = g_strconcat("--", option->option, NULL);

            offers_add_explained(search->offers, word, argument_help(option));
        }
    }
}
