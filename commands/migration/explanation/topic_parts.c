/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a topic: from its own table, then from its explanation. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/explanation/topic.h"
#include "commands/migration/parameter_value.h"

static void part_free(gpointer data)
{
    TopicPart *part = data;

    g_strfreev(part->lines);
    g_free(part);
}

/* A part that is a list; @lines is taken over, and nothing is added where there is none. */
static void add_list(GPtrArray *parts, const char *key, const char *label, PartForm form,
                     char **lines)
{
    TopicPart *part;

    if (!lines || !*lines) {
        g_strfreev(lines);
        return;
    }
    part = g_new(TopicPart, 1);
    *part = (TopicPart){key, label, form, lines};
    g_ptr_array_add(parts, part);
}

/* The same of one text, copied; NULL and "": nothing is added. */
static void add(GPtrArray *parts, const char *key, const char *label, const char *text)
{
    if (text && *text) {
        TopicPart *part = g_new(TopicPart, 1);

        *part = (TopicPart){key, label, PART_TEXT, g_strdupv((char *[]){(char *)text, NULL})};
        g_ptr_array_add(parts, part);
    }
}

/* A text of a table in the locale's language; NULL for NULL. Static. */
static const char *translated(const char *text)
{
    return text ? _(text) : NULL;
}

/* --- releases --- */

static void add_releases(GPtrArray *parts, const char *since, const char *until, const char *now)
{
    g_autofree char *text = NULL;

    if (now) {
        text = g_strdup_printf(_("from %s on; since %s it is called %s"), since, until, now);
    } else if (until) {
        text = g_strdup_printf(_("from %s on; gone since %s"), since, until);
    } else {
        text = g_strdup_printf(_("from %s on"), since);
    }
    add(parts, "qemu", _("QEMU"), text);
}

/* --- parameters --- */

static const char *parameter_unit(const ParameterInfo *info)
{
    switch (info->kind) {
    case PARAMETER_RATE:
        return info->bare_is_mib ? _("bytes per second; a number alone is MiB per second")
                                 : _("bytes per second");
    case PARAMETER_MIB_RATE:
        return _("MiB per second");
    case PARAMETER_SIZE:
        return _("bytes");
    case PARAMETER_MS:
        return _("milliseconds");
    case PARAMETER_PERCENT:
        return _("percent");
    case PARAMETER_COUNT:
        return _("a number");
    case PARAMETER_SWITCH:
        return _("on or off");
    case PARAMETER_CHOICE:
        return _("one of some words");
    case PARAMETER_TEXT:
        return _("a text");
    case PARAMETER_LIST:
        break;
    }
    return _("a list");
}

/* The default today, and the one before where there was another. Free with g_free(). */
static char *parameter_usual(const ParameterInfo *info)
{
    g_autoptr(Json) today = parameter_default(info, 0);
    g_autofree char *usual = today ? parameter_format(info, today) : g_strdup(_("not set"));
    g_autoptr(Json) earlier = info->changed ? json_object_new_uint64(info->before) : NULL;
    g_autofree char *before = earlier ? parameter_format(info, earlier) : NULL;

    return before ? g_strdup_printf(_("%s; before QEMU %s it was %s"), usual, info->changed, before)
                  : g_steal_pointer(&usual);
}

static void add_parameter(GPtrArray *parts, const ParameterInfo *info)
{
    g_autofree char *usual = parameter_usual(info);
    g_autofree char *range = parameter_range(info, info->choices);

    add(parts, "unit", _("Unit"), parameter_unit(info));
    add(parts, "default", _("Default"), usual);
    add(parts, "range", _("Range"), range);
    add_releases(parts, info->since, info->until, info->now);
}

/* --- figures --- */

static void add_figure(GPtrArray *parts, const Topic *topic)
{
    const char *unit = migration_unit_name(topic->figure.unit);
    MigrationField field;

    add(parts, "unit", _("Unit"), *unit ? _(unit) : unit);
    if (migration_field_find(topic->names[0], &field) && field < FIELD_DRIVER) {
        add(parts, "member", _("query-migrate"), migration_field_info(field)->path);
    }
}

/* --- libvirt's options --- */

static void add_option(GPtrArray *parts, const ManagedOption *option)
{
    g_autofree char *range =
        option->max ? g_strdup_printf("%d-%d", option->min, option->max) : NULL;
    g_autofree char *since = g_strdup_printf(_("from %s on"), option->since);

    add(parts, "text", NULL, translated(option->explanation));
    if (option->bit) {
        add(parts, "flag", _("Flag"), option->constant);
    } else if (option->key) {
        g_autofree char *called = g_strdup_printf("%s, \"%s\"", option->constant, option->key);

        add(parts, "parameter", _("Parameter"), called);
    }
    add(parts, "range", _("Range"), range);
    add(parts, "libvirt", _("libvirt"), since);
}

/* --- policies --- */

/* The default of @key with its unit. Free with g_free(). */
static char *policy_usual(const PolicyKey *key)
{
    g_autofree char *value = policy_value_text(key, key->number);

    return key->unit ? g_strdup_printf("%s %s", value, _(key->unit)) : g_steal_pointer(&value);
}

/* One line, or where the policies differ one for each of them. */
static void add_defaults(GPtrArray *parts, const Topic *topic)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *first = policy_usual(topic_policy_key(topic, topic->policies[0]));
    gboolean differ = FALSE;

    for (char **policy = topic->policies; *policy; policy++) {
        g_autofree char *usual = policy_usual(topic_policy_key(topic, *policy));

        differ = differ || strcmp(usual, first) != 0;
        g_ptr_array_add(lines, g_strdup_printf("%s (%s)", usual, *policy));
    }
    g_ptr_array_add(lines, NULL);
    if (differ) {
        add_list(parts, "default", _("Default"), PART_LINES, g_strdupv((char **)lines->pdata));
    } else {
        add(parts, "default", _("Default"), first);
    }
}

static void add_policy_key(GPtrArray *parts, const Topic *topic)
{
    const PolicyKey *key = topic_policy_key(topic, topic->policies[0]);
    g_autofree char *choices = key->choices ? g_strjoinv(", ", (char **)key->choices) : NULL;
    g_autofree char *min = key->min > 0 ? g_strdup_printf(_("at least %.10g"), key->min) : NULL;
    g_autofree char *max = key->max > 0 ? g_strdup_printf("%.10g-%.10g", key->min, key->max) : NULL;

    add_list(parts, "policies", _("Policies"), PART_NAMES, g_strdupv(topic->policies));
    add_defaults(parts, topic);
    add(parts, "range", _("Range"), choices ? choices : max ? max : min);
}

static void add_policy(GPtrArray *parts, const char *policy)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    const PolicyKey *key;

    for (guint i = 0; (key = policy_key_at(policy, i)); i++) {
        g_autofree char *usual = policy_value_text(key, key->number);

        g_ptr_array_add(lines, g_strdup_printf("%s=%s: %s", key->name, usual, _(key->help)));
    }
    g_ptr_array_add(lines, NULL);
    add(parts, "text", NULL, translated(policy_about(policy)));
    add_list(parts, "keys", _("Keys"), PART_LINES, g_strdupv((char **)lines->pdata));
}

/* --- all --- */

char *topic_help(const Topic *topic, const TopicWorld *world)
{
    MigrationField field;
    const char *help = NULL;

    if (topic->kind == TOPIC_EVENT) {
        g_auto(GStrv) meanings = world->event_meanings(topic->names[0]);

        return meanings ? g_strdup(meanings[0]) : NULL;
    }
    if (topic->kind == TOPIC_FIGURE && migration_field_find(topic->names[0], &field)) {
        help = migration_field_info(field)->help;
    } else if (topic->kind == TOPIC_POLICY_KEY) {
        help = topic_policy_key(topic, topic->policies[0])->help;
    } else if (topic->parameter) {
        help = topic->parameter->help;
    } else if (topic->capability) {
        help = topic->capability->help;
    } else if (topic->option) {
        help = topic->option->help;
    } else if (topic->command) {
        help = topic->command->help;
    }
    return g_strdup(translated(help));
}

/* What the topic's own table has. */
static void add_table(GPtrArray *parts, const Topic *topic, const TopicWorld *world)
{
    g_auto(GStrv) meanings = NULL;

    switch (topic->kind) {
    case TOPIC_PARAMETER:
        add_parameter(parts, topic->parameter);
        break;
    case TOPIC_CAPABILITY:
        add(parts, "default", _("Default"), "off");
        add_releases(parts, topic->capability->since, topic->capability->until,
                     topic->capability->now);
        break;
    case TOPIC_FIGURE:
        add_figure(parts, topic);
        break;
    case TOPIC_EVENT:
        meanings = world->event_meanings(topic->names[0]);
        add_list(parts, "data", _("With"), PART_LINES, meanings ? g_strdupv(meanings + 1) : NULL);
        break;
    case TOPIC_OPTION:
        add_option(parts, topic->option);
        break;
    case TOPIC_POLICY:
        add_policy(parts, topic->names[0]);
        break;
    case TOPIC_POLICY_KEY:
        add_policy_key(parts, topic);
        break;
    default:
        break;
    }
}

GPtrArray *topic_parts(const Topic *topic, const TopicWorld *world)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    const Explanation *row = topic->explanation;

    if (row) {
        add(parts, "what", NULL, translated(row->what));
    }
    add_table(parts, topic, world);
    if (row) {
        add(parts, "effect", _("Effect"), translated(row->effect));
        add(parts, "when", _("When"), translated(row->when));
        add(parts, "told", _("Misconception"), translated(row->told));
        add_list(parts, "see", _("See also"), PART_NAMES,
                 row->see ? g_strsplit(row->see, ", ", -1) : NULL);
    }
    return parts;
}
