/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_argument.h"

#include "commands/migration/managed/managed_rule.h"

char *managed_argument_explain(const Argument *argument)
{
    g_autofree char *own = managed_option_explain(managed_option_find(argument->option));
    g_autoptr(GString) text = g_string_new(own);
    const ManagedRule *rule;

    for (guint i = 0; (rule = managed_rule_at(i)); i++) {
        if (managed_rule_concerns(rule, argument->option)) {
            g_autofree char *sentence = managed_rule_describe(rule);

            g_string_append_printf(text, "\n%s", sentence);
        }
    }
    return g_strdup(text->str);
}

gboolean managed_argument_fits(const Argument *argument, GHashTable *given)
{
    GHashTableIter iter;
    gpointer other;

    if (managed_rule_forbids(argument->option, NULL)) {
        return FALSE;
    }
    g_hash_table_iter_init(&iter, given);
    while (g_hash_table_iter_next(&iter, &other, NULL)) {
        const char *name = ((const Argument *)other)->option;

        if (name && managed_rule_forbids(argument->option, name)) {
            return FALSE;
        }
    }
    return TRUE;
}
