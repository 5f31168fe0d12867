/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/topic_value.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migrate_policy.h"
#include "commands/migration/job.h"
#include "commands/migration/parameter_value.h"
#include "commands/migration/release.h"
#include "commands/migration/track.h"
#include "commands/outcome.h"
#include "shell/values.h"

struct TopicValues {
    Session *session;
    Json *parameters, *capabilities, *version; /* replies; NULL: not asked, or none */
    MigrationStatus *status;
    Guest *guest; /* whose status it is */
};

TopicValues *topic_values_new(Session *session)
{
    TopicValues *values = g_new0(TopicValues, 1);

    values->session = session;
    return values;
}

void topic_values_free(TopicValues *values)
{
    if (values) {
        json_object_put(values->parameters);
        json_object_put(values->capabilities);
        json_object_put(values->version);
        migration_status_free(values->status);
        g_free(values);
    }
}

/* The reply to @query, kept in @reply. Borrowed. */
static Json *ask(TopicValues *values, Json **reply, const char *query)
{
    Session *session = values->session;
    Guest *guest = session->current && !*reply ? session_guest(session, NULL) : NULL;

    if (guest) {
        *reply = monitor_qmp(guest->monitor, query, NULL, NULL);
    }
    return *reply;
}

static guint ask_release(TopicValues *values)
{
    return release_from_qmp(ask(values, &values->version, "query-version"));
}

static MigrationStatus *ask_status(TopicValues *values)
{
    MigrationLimits limits;

    if (!values->status && values->session->current) {
        values->guest = job_guest(values->session, 0, NULL);
        values->status = values->guest ? job_query(values->guest, &limits, NULL) : NULL;
    }
    return values->status;
}

static char *parameter_now(TopicValues *values, const ParameterInfo *info, Json **json)
{
    Json *all = ask(values, &values->parameters, "query-migrate-parameters");
    Json *now = json_get(all, info->name);
    g_autofree char *lack = NULL;
    g_autofree char *text = NULL;

    if (!all) {
        return NULL;
    }
    if (!now) {
        lack = parameter_unknown_text(info->name, ask_release(values));
        return lack ? g_strdup(_("this QEMU does not have it")) : g_strdup(_("not set"));
    }
    *json = json_object_get(now);
    text = parameter_format(info, now);
    return parameter_is_default(info, now, ask_release(values))
               ? g_strdup_printf(_("%s, the default"), text)
               : g_steal_pointer(&text);
}

static char *capability_now(TopicValues *values, const CapabilityInfo *info, Json **json)
{
    Json *all = ask(values, &values->capabilities, "query-migrate-capabilities");
    gboolean on;

    if (!all) {
        return NULL;
    }
    if (!capability_state(all, info->name, &on)) {
        return g_strdup(_("this QEMU does not have it"));
    }
    *json = json_object_new_boolean(on);
    return g_strdup(on ? "on" : "off");
}

static char *status_now(TopicValues *values, Json **json)
{
    MigrationStatus *status = ask_status(values);
    const char *name = status ? migration_state_name(migration_status_state(status)) : NULL;

    if (!name) {
        return NULL;
    }
    *json = json_object_new_string(name);
    return g_strdup_printf(_("the migration of '%s' is '%s'"), values->guest->name, name);
}

/* The size that figure @name is. NULL: not known. Free with g_free(). */
static char *size_of(const FigureSource *source, const char *name)
{
    g_auto(Figure) figure = {0};
    FigureInfo info;

    if (!figure_find(name, &info, NULL)) {
        return NULL;
    }
    figure_get(&info, source, &figure);
    return figure.known ? size_format(figure.number) : NULL;
}

/* @text, the value of @name, and beside W the threshold and the other way round: the two together
 * tell whether a migration converges. Free with g_free(). */
static char *with_its_other(const FigureSource *source, const char *name, const char *text)
{
    gboolean is_w = g_str_equal(name, "working-set");
    gboolean is_threshold = g_str_equal(name, "threshold");
    g_autofree char *other = is_w           ? size_of(source, "threshold")
                             : is_threshold ? size_of(source, "working-set")
                                            : NULL;

    if (!other) {
        return g_strdup(text);
    }
    return g_strdup_printf(is_w ? _("%s; the threshold is %s") : _("%s; W is %s"), text, other);
}

static char *figure_now(TopicValues *values, const FigureInfo *info, Json **json)
{
    MigrationStatus *status = ask_status(values);
    g_auto(Figure) figure = {0};
    g_autofree char *text = NULL;
    FigureSource source;

    if (!status) {
        return NULL;
    }
    source = (FigureSource){status, track_course(values->guest), outcome_of(values->guest)};
    figure_get(info, &source, &figure);
    if (!figure.known) {
        return g_strdup(_("none at present"));
    }
    *json = figure_json(info, &figure);
    text = figure_text_rounded(info, &figure);
    return with_its_other(&source, info->name, text);
}

/* Of a policy that is not chosen nothing. */
static char *policy_now(TopicValues *values, const Topic *topic, Json **json)
{
    const Policy *policy = policy_chosen(values->session);
    const char *name = policy ? policy_name(policy) : "manual";
    const PolicyKey *key;
    g_autofree char *value = NULL;

    if (!g_strv_contains((const char *const *)topic->policies, name)) {
        return NULL;
    }
    if (topic->kind == TOPIC_POLICY) {
        *json = json_object_new_string("chosen");
        return g_strdup(_("it drives the next migrations"));
    }
    key = topic_policy_key(topic, name);
    value = policy_value_text(key, policy_number(policy, key->name));
    *json = json_object_new_string(value);
    return key->unit ? g_strdup_printf("%s %s", value, _(key->unit)) : g_steal_pointer(&value);
}

char *topic_value(TopicValues *values, const Topic *topic, Json **json)
{
    *json = NULL;
    switch (topic->kind) {
    case TOPIC_PARAMETER:
        return parameter_now(values, topic->parameter, json);
    case TOPIC_CAPABILITY:
        return capability_now(values, topic->capability, json);
    case TOPIC_STATUS:
        return status_now(values, json);
    case TOPIC_FIGURE:
        return figure_now(values, &topic->figure, json);
    case TOPIC_POLICY:
    case TOPIC_POLICY_KEY:
        return policy_now(values, topic, json);
    default:
        return NULL;
    }
}
