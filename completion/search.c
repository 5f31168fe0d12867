/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/search.h"

#include <glib/gi18n.h>
#include <string.h>

void search_set_hint(Search *search, char *text)
{
    g_free(search->hint);
    search->hint = text;
}

void search_hint_nothing(Search *search, char *sentence, gboolean heard)
{
    const Guest *guest = search->inquiry.guest;
    g_autofree char *nothing = sentence;

    search_set_hint(search, guest && !heard
                                ? g_strdup_printf(_("'%s' does not answer"), guest->name)
                                : g_steal_pointer(&nothing));
}

gboolean search_is_free(ArgumentKind kind)
{
    return kind == ARGUMENT_TEXT || kind == ARGUMENT_REST || kind == ARGUMENT_SIZE ||
           kind == ARGUMENT_TIME || kind == ARGUMENT_QEMU;
}

gboolean search_is_example(const Search *search, const GPtrArray *found)
{
    return found->len == 1 && !*search->typed && search->argument &&
           (search->argument->kind == ARGUMENT_TEXT || search->argument->kind == ARGUMENT_REST);
}

/* What the argument is, as a hint. */
static char *describe_argument(Search *search)
{
    const Argument *argument = search->argument;
    g_autofree char *before =
        g_strndup(search->arguments, (gsize)(search->begin - search->arguments));
    g_autofree char *own =
        argument->hint ? argument->hint(argument, &search->inquiry, before) : NULL;

    return g_strdup_printf(argument->optional ? "[%s]: %s%s" : "%s: %s%s", argument->name,
                           own ? own : argument_help(argument),
                           search->options ? search->options : "");
}

char *search_hint(Search *search)
{
    const char *near =
        *search->typed && !search->free ? offers_closest(search->offers, search->typed) : NULL;

    if (near && strcmp(near, search->typed) != 0) {
        return g_strdup_printf(_("did you mean '%s'?"), near);
    }
    return search->hint       ? g_steal_pointer(&search->hint)
           : search->argument ? describe_argument(search)
                              : NULL;
}
