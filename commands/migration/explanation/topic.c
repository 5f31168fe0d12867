/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/explanation/topic.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/field.h"
#include "commands/migration/state.h"
#include "shell/closest.h"

static const struct {
    const char *word;
    const char *name;
    const char *heading;
} KINDS[N_TOPIC_KINDS] = {
    [TOPIC_TERM] = {"term", N_("term"), N_("Terms")},
    [TOPIC_PARAMETER] = {"parameter", N_("migration parameter"), N_("Migration parameters")},
    [TOPIC_CAPABILITY] = {"capability", N_("migration capability"), N_("Migration capabilities")},
    [TOPIC_STATUS] = {"status", N_("status of a migration"), N_("Statuses of a migration")},
    [TOPIC_FIGURE] = {"figure", N_("figure of a migration"), N_("Figures of a migration")},
    [TOPIC_EVENT] = {"event", N_("event"), N_("Events")},
    [TOPIC_OPTION] = {"option", N_("option of migrate, by libvirt"),
                      N_("Options of migrate, by libvirt")},
    [TOPIC_POLICY] = {"policy", N_("policy"), N_("Policies")},
    [TOPIC_POLICY_KEY] = {"policy-key", N_("key of a policy"), N_("Keys of policies")},
    [TOPIC_COMMAND] = {"command", N_("command"), N_("Commands")},
};

const char *topic_kind_word(TopicKind kind)
{
    return KINDS[kind].word;
}

const char *topic_kind_name(TopicKind kind)
{
    return _(KINDS[kind].name);
}

const char *topic_kind_heading(TopicKind kind)
{
    return _(KINDS[kind].heading);
}

/* The row of @list that is called @name; NULL: there is none. */
static const Explanation *explanation_find(const Explanation *list, const char *name)
{
    while (list->name && strcmp(list->name, name) != 0) {
        list++;
    }
    return list->name ? list : NULL;
}

/* --- gathering --- */

static void topic_free(gpointer data)
{
    Topic *topic = data;

    g_strfreev(topic->names);
    g_strfreev(topic->policies);
    g_strfreev(topic->translated);
    g_free(topic);
}

/* A topic that is called @names (taken over). Borrowed. */
static Topic *add(GPtrArray *topics, TopicKind kind, char **names, const Explanation *explanation)
{
    Topic *topic = g_new0(Topic, 1);

    topic->kind = kind;
    topic->names = names;
    topic->explanation = explanation;
    g_ptr_array_add(topics, topic);
    return topic;
}

/* @name alone. Free with g_strfreev(). */
static char **one(const char *name)
{
    return g_strdupv((char *[]){(char *)name, NULL});
}

static void add_terms(GPtrArray *topics)
{
    for (const Explanation *row = explained_terms; row->name; row++) {
        add(topics, TOPIC_TERM, g_strsplit(row->name, "|", -1), row)->translated =
            g_strsplit(_(row->name), "|", -1);
    }
}

static void add_parameters(GPtrArray *topics)
{
    const ParameterInfo *info;

    for (guint i = 0; (info = parameter_at(i)); i++) {
        add(topics, TOPIC_PARAMETER, one(info->name),
            explanation_find(explained_parameters, info->name))
            ->parameter = info;
    }
}

static void add_capabilities(GPtrArray *topics)
{
    const CapabilityInfo *info;

    for (guint i = 0; (info = capability_at(i)); i++) {
        add(topics, TOPIC_CAPABILITY, one(info->name),
            explanation_find(explained_capabilities, info->name))
            ->capability = info;
    }
}

static void add_statuses(GPtrArray *topics)
{
    for (MigrationState state = MIGRATION_NONE; state < MIGRATION_UNKNOWN; state++) {
        const char *name = migration_state_name(state);

        add(topics, TOPIC_STATUS, one(name), explanation_find(explained_statuses, name));
    }
}

/* By the key, by where query-migrate has it, and by what QEMU's `info migrate` calls it. */
static void add_figures(GPtrArray *topics)
{
    for (const char *const *name = figure_names(); *name; name++) {
        MigrationField field;
        const MigrationFieldInfo *info =
            migration_field_find(*name, &field) ? migration_field_info(field) : NULL;
        const char *names[] = {*name, info ? info->path : NULL, info ? info->label : NULL, NULL};
        Topic *topic = add(topics, TOPIC_FIGURE, g_strdupv((char **)names),
                           explanation_find(explained_figures, *name));

        figure_find(*name, &topic->figure, NULL);
    }
}

static void add_events(GPtrArray *topics, const char *const *names)
{
    for (; *names; names++) {
        add(topics, TOPIC_EVENT, one(*names), explanation_find(explained_events, *names));
    }
}

/* By virsh's option, by what libvirt's header calls it, and by a parameter's key. */
static void add_options(GPtrArray *topics)
{
    const ManagedOption *option;

    for (guint i = 0; (option = managed_option_at(i)); i++) {
        g_autofree char *typed = g_strconcat("--", option->option, NULL);
        const char *names[] = {typed, option->option,
                               option->bit || option->key ? option->constant : NULL, option->key,
                               NULL};

        add(topics, TOPIC_OPTION, g_strdupv((char **)names),
            explanation_find(explained_options, option->option))
            ->option = option;
    }
}

static void add_policies(GPtrArray *topics)
{
    for (const char *const *name = policy_names(); *name; name++) {
        add(topics, TOPIC_POLICY, one(*name), NULL)->policies = one(*name);
    }
}

const PolicyKey *topic_policy_key(const Topic *topic, const char *policy)
{
    const PolicyKey *key;

    for (guint i = 0; (key = policy_key_at(policy, i)); i++) {
        if (strcmp(key->name, topic->names[0]) == 0) {
            return key;
        }
    }
    return NULL;
}

/* A row is about one key of one or of several policies: "vdsm-* compressed". It is found by the
 * key, and by the policy and the key. */
static void add_policy_keys(GPtrArray *topics)
{
    for (const Explanation *row = explained_policy_keys; row->name; row++) {
        g_auto(GStrv) parts = g_strsplit(row->name, " ", 2);
        Topic *topic = add(topics, TOPIC_POLICY_KEY, one(parts[1]), row);
        g_autoptr(GStrvBuilder) names = g_strv_builder_new();
        g_autoptr(GStrvBuilder) policies = g_strv_builder_new();

        g_strv_builder_add(names, parts[1]);
        for (const char *const *policy = policy_names(); *policy; policy++) {
            if (g_pattern_match_simple(parts[0], *policy) && topic_policy_key(topic, *policy)) {
                g_autofree char *name = g_strdup_printf("%s %s", *policy, parts[1]);

                g_strv_builder_add(names, name);
                g_strv_builder_add(policies, *policy);
            }
        }
        g_strfreev(topic->names);
        topic->names = g_strv_builder_end(names);
        topic->policies = g_strv_builder_end(policies);
    }
}

static void add_command(const Command *command, gpointer topics)
{
    add(topics, TOPIC_COMMAND, g_strsplit(command->name, "|", -1), NULL)->command = command;
}

GPtrArray *topics_new(const TopicWorld *world)
{
    GPtrArray *topics = g_ptr_array_new_with_free_func(topic_free);

    add_terms(topics);
    add_parameters(topics);
    add_capabilities(topics);
    add_statuses(topics);
    add_figures(topics);
    add_events(topics, world->events);
    add_options(topics);
    add_policies(topics);
    add_policy_keys(topics);
    command_foreach(world->commands, add_command, topics);
    return topics;
}

/* --- finding --- */

/* @name as it is compared. Free with g_free(). */
static char *plain(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    return g_strdelimit(g_strstrip(g_steal_pointer(&lower)), "_ \t", '-');
}

/* Whether the first @n of @names, which may be NULL, have @wanted among them. */
static gboolean is_among(char *const *names, guint n, const char *wanted)
{
    for (guint i = 0; names && i < n && names[i]; i++) {
        g_autofree char *other = plain(names[i]);

        if (strcmp(other, wanted) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Those that are shown under that name, then those that have it besides. */
static void find(const GPtrArray *topics, const char *name, GPtrArray *found)
{
    g_autofree char *wanted = plain(name);

    const guint looked_at[] = {1, G_MAXUINT};

    for (guint pass = 0; pass < G_N_ELEMENTS(looked_at); pass++) {
        for (guint i = 0; i < topics->len; i++) {
            Topic *topic = topics->pdata[i];

            if ((is_among(topic->names, looked_at[pass], wanted) ||
                 is_among(topic->translated, looked_at[pass], wanted)) &&
                !g_ptr_array_find(found, topic, NULL)) {
                g_ptr_array_add(found, topic);
            }
        }
    }
}

GPtrArray *topics_find(const GPtrArray *topics, const char *name)
{
    GPtrArray *found = g_ptr_array_new();
    guint direct;

    find(topics, name, found);
    direct = found->len;
    for (guint i = 0; i < direct; i++) {
        const Topic *topic = found->pdata[i];

        for (char **alias = topic->kind == TOPIC_TERM ? topic->names : NULL; alias && *alias;
             alias++) {
            find(topics, *alias, found);
        }
    }
    return found;
}

const char *topics_closest(const GPtrArray *topics, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < topics->len; i++) {
        for (char **each = ((const Topic *)topics->pdata[i])->names; *each; each++) {
            g_ptr_array_add(names, *each);
        }
    }
    g_ptr_array_add(names, NULL);
    return closest(name, (const char *const *)names->pdata);
}
