/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/parameter_words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/parameter_value.h"
#include "shell/inquiry.h"
#include "shell/line.h"
#include "shell/words.h"

/* The value of @name now; NULL when it is not known. Borrowed. */
static Json *value_now(Inquiry *inquiry, const char *name)
{
    return json_get(inquiry_qmp(inquiry, "query-migrate-parameters", NULL, INQUIRY_PASSING), name);
}

/* The parameter that @before names, with its usual spelling; NULL: none. Free with g_free(). */
static char *take_name(const char *before)
{
    g_autofree char *typed = line_token(&before, NULL, NULL);
    const ParameterInfo *info = typed ? parameter_find(typed) : NULL;

    return info ? g_strdup(info->name) : g_steal_pointer(&typed);
}

static gboolean is_switch(const ParameterInfo *info, Json *now)
{
    return now ? json_object_is_type(now, json_type_boolean)
               : info && info->kind == PARAMETER_SWITCH;
}

/* The words that @schema has for the parameter; where it does not tell, those that are known. */
static char **choices_of(const Schema *schema, const char *name)
{
    SchemaPlace place = {schema, "migrate-set-parameters", name, NULL};
    char **values = schema ? schema_values(&place) : NULL;

    return values ? values : parameter_choices(name, NULL);
}

char **parameter_words(Inquiry *inquiry, const char *before)
{
    static const char *const switches[] = {"on", "off", NULL};
    g_autofree char *name = take_name(before);
    Json *now = name ? value_now(inquiry, name) : NULL;
    g_auto(GStrv) choices = NULL;

    if (!name) {
        return NULL;
    }
    if (is_switch(parameter_find(name), now)) {
        return words_put_first(switches, now && json_object_get_boolean(now) ? "on" : "off");
    }
    choices = choices_of(inquiry_schema(inquiry), name);
    return choices ? words_put_first((const char *const *)choices,
                                     now ? json_object_get_string(now) : NULL)
                   : NULL;
}

/* @help, with what @name is now; NULL when that is not known. Free with g_free(). */
static char *add_now(const char *help, Inquiry *inquiry, const char *name)
{
    Json *now = value_now(inquiry, name);
    g_autofree char *value = now ? parameter_format(parameter_find(name), now) : NULL;

    return value ? g_strdup_printf(_("%s; now %s"), help, value) : NULL;
}

char *parameter_hint_now(const Argument *argument, Inquiry *inquiry, const char *name)
{
    return add_now(_(argument->help), inquiry, name);
}

char *parameter_hint(const Argument *argument, Inquiry *inquiry, const char *before)
{
    g_autofree char *name = take_name(before);
    const ParameterInfo *info = name ? parameter_find(name) : NULL;
    g_autofree char *range = info ? parameter_range(info, NULL) : NULL;
    const char *help = _(info ? info->help : argument->help);
    g_autofree char *taken =
        info && *range ? g_strdup_printf("%s, %s", help, range) : g_strdup(help);
    g_autofree char *whole = name ? add_now(taken, inquiry, name) : NULL;

    return whole ? g_steal_pointer(&whole) : g_steal_pointer(&taken);
}
