/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate_policy and info migrate_policy: the policy that drives the next migrations, and its plan.
 */
#include "commands/migrate_policy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/policy/governor.h"
#include "commands/migration/policy/policy_engine.h"
#include "commands/migration/policy/policy_guest.h"
#include "commands/policy_replay_view.h"
#include "commands/reader.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/inquiry.h"
#include "shell/line.h"
#include "shell/table.h"
#include "shell/values.h"
#include "shell/words.h"

static const char KEY[] = "policy";
static const char BEHIND[] = "--"; /* what follows is a command */

const Policy *policy_chosen(Session *session)
{
    return g_datalist_get_data(&session->notes, KEY);
}

/* --- choosing --- */

/* The words of @text before "--", and with *@command what follows that (borrowed; NULL: there is no
 * "--"). Free with g_strfreev(). */
static char **split(const char *text, const char **command, GError **error)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    GError *why = NULL;

    *command = NULL;
    while (text && *line_rest(text)) {
        g_autofree char *word = line_token(&text, NULL, &why);

        if (!word) {
            g_propagate_prefixed_error(error, why, "migrate_policy: ");
            return NULL;
        }
        if (strcmp(word, BEHIND) == 0) {
            *command = line_rest(text);
            break;
        }
        g_strv_builder_add(words, word);
    }
    return g_strv_builder_end(words);
}

/* The file of @command, "replay FILE". Free with g_free(). */
static char *take_file(const char *command, GError **error)
{
    g_autofree char *word = line_token(&command, NULL, NULL);
    g_autofree char *file =
        g_strcmp0(word, "replay") == 0 ? line_token(&command, NULL, NULL) : NULL;

    if (!file || *line_rest(command)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("behind '--' stands 'replay FILE', FILE being a recording"));
        return NULL;
    }
    return g_steal_pointer(&file);
}

static void release(Guest *guest)
{
    if (guest) {
        governor_release(guest);
    }
}

static void choose(Session *session, Policy *policy, Reply *reply)
{
    g_autofree char *words = policy_words(policy);

    if (policy_is_manual(policy)) {
        release(session->current);
        release(session->peer);
        session_courtesy(session, reply, _("no policy drives the next migrations"));
    } else {
        session_courtesy(session, reply, _("the next migrations are driven as by %s"), words);
    }
    g_datalist_set_data_full(&session->notes, KEY, policy, (GDestroyNotify)policy_free);
}

static gboolean info_policy(Session *session, const Arguments *arguments, Reply *reply,
                            GError **error);

static gboolean migrate_policy(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const char *name = arguments_get(arguments, "name")->text;
    const char *command = NULL;
    g_auto(GStrv) settings = split(arguments_get(arguments, "key=value...")->text, &command, error);
    g_autofree char *file = settings && command ? take_file(command, error) : NULL;
    g_autoptr(Policy) policy = NULL;

    if (!settings || (command && !file)) {
        return FALSE;
    }
    if (!name) {
        return info_policy(session, arguments, reply, error);
    }
    policy = policy_new(name, (const char *const *)settings, error);
    if (!policy) {
        return FALSE;
    }
    if (file) {
        return policy_replay_show(session, policy, file, reply, error);
    }
    choose(session, g_steal_pointer(&policy), reply);
    return TRUE;
}

/* --- showing --- */

static Json *value_json(const PolicyKey *key, double value)
{
    g_autofree char *text = policy_value_text(key, value);

    switch (key->kind) {
    case POLICY_SWITCH:
        return json_object_new_boolean(value != 0);
    case POLICY_WORD:
        return json_object_new_string(text);
    case POLICY_SIZE:
    case POLICY_NUMBER:
        return json_object_new_uint64((guint64)value);
    case POLICY_SECONDS:
        break;
    }
    return json_real(value);
}

static Json *keys_json(const Policy *policy)
{
    Json *keys = json_object_new_object();
    const PolicyKey *key;

    for (guint i = 0; (key = policy_key_at(policy_name(policy), i)); i++) {
        json_object_object_add(keys, key->name, value_json(key, policy_number(policy, key->name)));
    }
    return keys;
}

static Json *plan_json(const GPtrArray *plan)
{
    Json *array = json_object_new_array();

    for (guint i = 0; i < plan->len; i++) {
        const PolicyLine *line = plan->pdata[i];

        json_object_array_add(
            array,
            json_dict("when", json_object_new_string(line->when), "what",
                      json_object_new_string(line->what), "seconds",
                      line->seconds >= 0 ? json_real(line->seconds) : NULL, "pass",
                      line->pass ? json_object_new_uint64(line->pass) : NULL, "downtime-limit",
                      line->deed == DEED_DOWNTIME ? json_object_new_uint64(line->downtime_ms)
                                                  : NULL,
                      NULL));
    }
    return array;
}

static Json *to_json(const Policy *policy, const PolicyGuest *guest, const char *start,
                     const GPtrArray *plan)
{
    double ends = policy_plan_abort(plan);

    return json_dict("policy", json_object_new_string(policy_name(policy)), "about",
                     json_object_new_string(policy_about(policy_name(policy))), "keys",
                     keys_json(policy), "memory",
                     json_object_new_uint64(policy_memory(policy, guest)), "start",
                     json_object_new_string(start), "plan", plan_json(plan), "abort",
                     ends >= 0 ? json_real(ends) : NULL, NULL);
}

static gboolean switches_before(const GPtrArray *plan, double seconds)
{
    for (guint i = 0; i < plan->len; i++) {
        const PolicyLine *line = plan->pdata[i];

        if (line->deed == DEED_POSTCOPY && line->seconds <= seconds) {
            return TRUE;
        }
    }
    return FALSE;
}

static void print(Session *session, const Policy *policy, const PolicyGuest *guest,
                  const char *start, const GPtrArray *plan, Reply *reply)
{
    g_autofree char *words = policy_words(policy);
    g_autofree char *memory = size_format(policy_memory(policy, guest));
    double ends = policy_plan_abort(plan);
    g_autofree char *last = duration_format((gint64)(ends * 1000));
    g_autoptr(Table) table =
        table_new(reader_word(session, N_("when")), reader_word(session, N_("what")), NULL);

    session_say(session, reply, "%s", words);
    session_say(session, reply, "%s", _(policy_about(policy_name(policy))));
    if (*start) {
        session_say(session, reply,
                    _("For a guest with %s of memory, without disks to copy; it begins with %s:"),
                    memory, start);
    } else {
        session_say(session, reply, _("For a guest with %s of memory, without disks to copy:"),
                    memory);
    }
    for (guint i = 0; i < plan->len; i++) {
        const PolicyLine *line = plan->pdata[i];

        table_add(table, line->when, line->what, NULL);
    }
    table_print(table, output_page_width(session->output), reply->text);
    if (ends >= 0) {
        session_say(session, reply,
                    switches_before(plan, ends)
                        ? _("A migration that does not end by itself, nor can be switched to "
                            "post-copy, is aborted after %s at the earliest.")
                        : _("A migration that does not end by itself is aborted after %s at the "
                            "earliest."),
                    last);
    } else {
        session_say(session, reply, _("A migration is never aborted."));
    }
}

/* What is at work now may have been chosen before. */
static void tell_governed(Session *session, Reply *reply)
{
    const Policy *policy = session->current ? governor_of(session->current) : NULL;

    if (policy) {
        session_say(session, reply, _("The migration of '%s' is driven as by %s now."),
                    session->current->name, policy_name(policy));
    }
}

static gboolean info_policy(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                            Reply *reply, GError **error)
{
    const Policy *policy = policy_chosen(session);
    g_auto(PolicyGuest) guest = {0};
    PolicyStart start;
    g_autofree char *begins = NULL;
    Guest *current;
    g_autoptr(GPtrArray) plan = NULL;

    if (policy_is_manual(policy)) {
        session_say(session, reply, "manual: %s", _(policy_about("manual")));
        tell_governed(session, reply);
        reply->json = json_dict("policy", json_object_new_string("manual"), NULL);
        return TRUE;
    }
    if (policy_memory(policy, &guest) == 0) {
        current = session_guest(session, error);
        if (!current || !policy_guest_ask(current, FALSE, &guest, error)) {
            return FALSE;
        }
    }
    policy_start(policy, &guest, &start);
    begins = policy_start_words(&start);
    plan = policy_plan(policy, &guest);
    print(session, policy, &guest, begins, plan, reply);
    tell_governed(session, reply);
    reply->json = to_json(policy, &guest, begins, plan);
    return TRUE;
}

/* --- completion --- */

static char **name_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before G_GNUC_UNUSED)
{
    return g_strdupv((char **)policy_names());
}

static char *name_hint(const Argument *argument G_GNUC_UNUSED, Inquiry *inquiry G_GNUC_UNUSED,
                       const char *before G_GNUC_UNUSED)
{
    g_autofree char *names = words_list(policy_names(), _(" or "));

    return g_strdup_printf(_("the policy: %s"), names);
}

/* Whether one of @words is KEY=VALUE of @key. */
static gboolean is_given(char **words, const PolicyKey *key)
{
    for (; *words; words++) {
        if (g_str_has_prefix(*words, key->name) && (*words)[strlen(key->name)] == '=') {
            return TRUE;
        }
    }
    return FALSE;
}

/* "KEY=", or of what is one of a few words "KEY=WORD" for each. */
static void add_words_of_key(GStrvBuilder *words, const PolicyKey *key)
{
    static const char *const states[] = {"on", "off", NULL};
    static const char *const open[] = {"", NULL};
    const char *const *values = key->kind == POLICY_SWITCH ? states
                                : key->kind == POLICY_WORD ? key->choices
                                                           : open;

    for (; *values; values++) {
        g_autofree char *word = g_strconcat(key->name, "=", *values, NULL);

        g_strv_builder_add(words, word);
    }
}

/* The keys that are not given yet, and "--"; behind that `replay`. */
static char **setting_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before)
{
    g_autofree char *name = line_token(&before, NULL, NULL);
    const char *command = NULL;
    g_auto(GStrv) given = name ? split(before, &command, NULL) : NULL;
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    const PolicyKey *key;

    if (!given) {
        return NULL;
    }
    if (command) {
        g_strv_builder_add(words, "replay");
        return g_strv_builder_end(words);
    }
    for (guint i = 0; (key = policy_key_at(name, i)); i++) {
        if (!is_given(given, key)) {
            add_words_of_key(words, key);
        }
    }
    g_strv_builder_add(words, BEHIND);
    return g_strv_builder_end(words);
}

static char *key_hint(const PolicyKey *key)
{
    g_autofree char *value = policy_value_text(key, key->number);
    g_autofree char *usual =
        key->unit ? g_strdup_printf("%s %s", value, _(key->unit)) : g_strdup(value);

    if (key->min > 0) {
        return g_strdup_printf(_("%s: %s (%s; at least %g)"), key->name, _(key->help), usual,
                               key->min);
    }
    return g_strdup_printf(_("%s: %s (%s)"), key->name, _(key->help), usual);
}

/* What the key that is being typed means; of none, NULL. */
static char *setting_hint(const Argument *argument G_GNUC_UNUSED, Inquiry *inquiry G_GNUC_UNUSED,
                          const char *before)
{
    g_autofree char *name = line_token(&before, NULL, NULL);
    const char *command = NULL;
    g_auto(GStrv) words = name ? split(before, &command, NULL) : NULL;
    guint n = words ? g_strv_length(words) : 0;
    const PolicyKey *key;

    for (guint i = 0; n > 0 && (key = policy_key_at(name, i)); i++) {
        if (is_given(words + n - 1, key)) {
            return key_hint(key);
        }
    }
    return NULL;
}

const Command migrate_policy_commands[] = {
    {
        .name = "migrate_policy",
        .group = N_("Migration"),
        .help = N_("choose the policy that drives the next migrations"),
        .description = N_(
            "NAME is a policy of another program, with that program's own rules and figures:\n"
            "manual (none, the default), nova, nova-train (OpenStack), vdsm-minimal-downtime,\n"
            "vdsm-suspend, vdsm-postcopy, vdsm-very-large (oVirt), pve (Proxmox VE), kubevirt.\n"
            "KEY=VALUE changes what it can be tuned by, under the names that it has there; Tab\n"
            "offers them, and memory=SIZE plans for another size than the guest's. It holds for\n"
            "every guest of this shell, until another one is chosen.\n"
            "'-- replay FILE' tells what the policy would have done to a recorded migration, and\n"
            "where that would have switched over; nothing is chosen then.\n"
            "Without NAME: as 'info migrate_policy'."),
        .arguments = (const Argument[]){{.name = "name",
                                         .kind = ARGUMENT_TEXT,
                                         .optional = TRUE,
                                         .help = N_("a policy"),
                                         .words = name_words,
                                         .hint = name_hint},
                                        {.name = "key=value...",
                                         .kind = ARGUMENT_WORDS,
                                         .optional = TRUE,
                                         .help = N_("KEY=VALUE..., or -- replay FILE"),
                                         .words = setting_words,
                                         .hint = setting_hint},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = migrate_policy,
    },
    {
        .name = "info migrate_policy",
        .group = N_("Migration"),
        .help = N_("show the chosen policy and its plan"),
        .description =
            N_("What it sets at the beginning, and what it does then and when, for the current\n"
               "guest's memory, or without a guest for memory=SIZE of migrate_policy; and when a\n"
               "migration that does not end by itself is aborted."),
        .flags = COMMAND_LOOKS,
        .run = info_policy,
    },
    {0},
};
