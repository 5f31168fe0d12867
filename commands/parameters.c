/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migration parameters and capabilities: set through HMP, so that QEMU judges and its words stay;
 * shown as a table at a terminal, in QEMU's own words elsewhere, as QMP's reply with --json. */
#include <glib/gi18n.h>

#include "commands/migration/capability.h"
#include "commands/migration/parameter_pretty.h"
#include "commands/migration/parameter_value.h"
#include "commands/migration/release.h"
#include "commands/parameter_words.h"
#include "commands/table.h"
#include "shell/closest.h"
#include "shell/error.h"
#include "shell/line.h"
#include "shell/session.h"

static const char PARAMETERS[] = "query-migrate-parameters";
static const char CAPABILITIES[] = "query-migrate-capabilities";

static guint ask_release(Monitor *monitor)
{
    g_autoptr(Json) version = monitor_qmp(monitor, "query-version", NULL, NULL);

    return release_from_qmp(version);
}

/* What @query tells, for a courtesy; NULL where nobody is told. */
static Json *look(Session *session, Monitor *monitor, const char *query)
{
    return session->setup.interactive ? monitor_qmp(monitor, query, NULL, NULL) : NULL;
}

/* --- a name that QEMU does not have --- */

/* The names in @live, a reply to either query. Free with g_strfreev(). */
static char **live_names(Json *live)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (json_object_is_type(live, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(live); i++) {
            g_strv_builder_add(names,
                               json_get_string(json_object_array_get_idx(live, i), "capability"));
        }
    } else if (live) {
        json_object_object_foreach (live, name, value) {
            (void)value;
            g_strv_builder_add(names, name);
        }
    }
    return g_strv_builder_end(names);
}

/* What helps with @name, which was refused; NULL when QEMU does have it, and so did not mind the
 * name. Free with g_free(). */
static char *hint(Monitor *monitor, const char *name, gboolean capability)
{
    g_autoptr(Json) live = monitor_qmp(monitor, capability ? CAPABILITIES : PARAMETERS, NULL, NULL);
    g_auto(GStrv) names = live_names(live);
    guint release;
    g_autofree char *text = NULL;
    const char *near;

    if (g_strv_contains((const char *const *)names, name)) {
        return NULL;
    }
    release = ask_release(monitor);
    text =
        capability ? capability_unknown_text(name, release) : parameter_unknown_text(name, release);
    if (text || (!capability && parameter_find(name))) {
        return g_steal_pointer(&text); /* without a text: one that is absent unless set */
    }
    near = closest(name, (const char *const *)names);
    return near ? g_strdup_printf(_("did you mean '%s'?"), near) : NULL;
}

/* Passes QEMU's refusal on, with a second line where there is something to say about the name. */
static void refuse(Monitor *monitor, const char *name, gboolean capability, GError *why,
                   GError **error)
{
    g_autofree char *text = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)
                                ? hint(monitor, name, capability)
                                : NULL;

    if (text) {
        char *message = g_strconcat(why->message, "\n", text, NULL);

        g_free(why->message);
        why->message = message;
    }
    g_propagate_error(error, why);
}

/* Sends @line to HMP and adds what it says (warnings) to @reply. */
static gboolean send_line(Guest *guest, const char *line, Reply *reply, GError **error)
{
    g_autofree char *text =
        output_foreign(guest->session->output, monitor_hmp(guest->monitor, line, error));

    g_string_append(reply->text, text ? text : "");
    reply->verbatim = text == NULL;
    return text != NULL;
}

/* --- migrate_set_parameter --- */

/* A quoted text goes by QMP: up to 10.1 HMP takes the quotes away, from 10.2 on they would be part
 * of the value, and an empty one cannot be said at all. */
static gboolean send_text(Monitor *monitor, const char *name, const char *text, GError **error)
{
    g_autoptr(Json) done = monitor_qmp(monitor, "migrate-set-parameters",
                                       json_dict(name, json_object_new_string(text), NULL), error);

    return done != NULL;
}

static gboolean send_parameter(Guest *guest, const ParameterInfo *info, const char *name,
                               const char *value, Reply *reply, GError **error)
{
    const char *rest = value;
    g_autofree char *text = info && info->kind == PARAMETER_TEXT && *value == '"'
                                ? line_token(&rest, NULL, NULL)
                                : NULL;
    g_autofree char *quoted = line_quote(name);
    g_autofree char *line = g_strdup_printf("migrate_set_parameter %s %s", quoted, value);

    return text && !*rest ? send_text(guest->monitor, name, text, error)
                          : send_line(guest, line, reply, error);
}

/* Whether @info has become @value, where a QEMU may have taken it and ignored it. */
static gboolean check_heeded(Monitor *monitor, const ParameterInfo *info, const char *value,
                             GError **error)
{
    g_autoptr(Json) live = NULL;
    Json *now;

    if (!info || !info->heeded) {
        return TRUE;
    }
    live = monitor_qmp(monitor, PARAMETERS, NULL, error);
    now = json_get(live, info->name);
    if (!live || (now && json_object_get_uint64(now) == g_ascii_strtoull(value, NULL, 0))) {
        return live != NULL;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("%s stays %s: QEMU before %s takes a value and ignores it"), info->name,
                json_object_get_string(now), info->heeded);
    return FALSE;
}

/* A size or rate to the byte, where the rounded ones look the same. Free with g_free(). */
static char *exact(const ParameterInfo *info, Json *value)
{
    return g_strdup_printf("%s %s", json_object_get_string(value),
                           info->kind == PARAMETER_RATE ? "B/s" : "B");
}

static void tell_parameter(Session *session, Reply *reply, const char *name, Json *before,
                           Json *after)
{
    const ParameterInfo *info = parameter_find(name);
    Json *old = json_get(before, name);
    Json *new = json_get(after, name);
    g_autofree char *was = parameter_format(info, old);
    g_autofree char *now = parameter_format(info, new);

    if (info && (info->kind == PARAMETER_RATE || info->kind == PARAMETER_SIZE) &&
        g_str_equal(was, now) && !json_object_equal(old, new)) {
        g_free(was);
        g_free(now);
        was = exact(info, old);
        now = exact(info, new);
    }
    if (*now && *was) {
        session_courtesy(session, reply, _("%s is now %s (was %s)"), name, now, was);
    } else if (*now) {
        session_courtesy(session, reply, _("%s is now %s"), name, now);
    }
}

static gboolean set_parameter(Session *session, const Arguments *arguments, Reply *reply,
                              GError **error)
{
    Guest *guest = session_guest(session, error);
    const char *typed = arguments_get(arguments, "parameter")->text;
    const ParameterInfo *info = parameter_find(typed);
    const char *name = info ? info->name : typed;
    g_autofree char *value = parameter_to_hmp(info, arguments_get(arguments, "value")->text);
    g_autoptr(Json) before = guest ? look(session, guest->monitor, PARAMETERS) : NULL;
    g_autoptr(Json) after = NULL;
    g_autoptr(GError) why = NULL;

    if (!guest) {
        return FALSE;
    }
    if (!send_parameter(guest, info, name, value, reply, &why)) {
        refuse(guest->monitor, name, FALSE, g_steal_pointer(&why), error);
        return FALSE;
    }
    if (!check_heeded(guest->monitor, info, value, error)) {
        return FALSE;
    }
    after = look(session, guest->monitor, PARAMETERS);
    tell_parameter(session, reply, name, before, after);
    return TRUE;
}

/* --- migrate_set_capability --- */

static gboolean set_capability(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    Guest *guest = session_guest(session, error);
    const char *typed = arguments_get(arguments, "capability")->text;
    gboolean state = arguments_get(arguments, "state")->on;
    const CapabilityInfo *info = capability_find(typed);
    const char *name = info ? info->name : typed;
    g_autofree char *quoted = line_quote(name);
    g_autofree char *line =
        g_strdup_printf("migrate_set_capability %s %s", quoted, state ? "on" : "off");
    g_autoptr(Json) before = guest ? look(session, guest->monitor, CAPABILITIES) : NULL;
    g_autoptr(GError) why = NULL;
    gboolean was;

    if (!guest) {
        return FALSE;
    }
    if (!send_line(guest, line, reply, &why)) {
        refuse(guest->monitor, name, TRUE, g_steal_pointer(&why), error);
        return FALSE;
    }
    if (capability_state(before, name, &was)) {
        session_courtesy(session, reply, _("%s is now %s (was %s)"), name, state ? "on" : "off",
                         was ? "on" : "off");
    }
    return TRUE;
}

/* --- info --- */

/* @query's reply as it is with --json, or laid out by @pretty at a terminal; elsewhere what QEMU's
 * HMP says. */
static gboolean show(Session *session, const Arguments *arguments, const char *query,
                     void (*pretty)(Json *reply, const ParameterPretty *options, GString *out),
                     Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);

    if (!guest) {
        return FALSE;
    }
    if (!output_is_pretty(session->output) && !output_mode(session->output)->json) {
        return send_line(guest, arguments->line, reply, error);
    }
    reply->json = monitor_qmp(guest->monitor, query, NULL, error);
    if (reply->json && output_is_pretty(session->output)) {
        g_autoptr(Json) schema = query == PARAMETERS
                                     ? monitor_qmp(guest->monitor, "query-qmp-schema", NULL, NULL)
                                     : NULL;
        ParameterPretty options = {
            .colour = output_has_colour(session->output),
            .width = output_width(session->output),
            .release = ask_release(guest->monitor),
            .schema = schema,
        };

        pretty(reply->json, &options, reply->text);
    }
    return reply->json != NULL;
}

static gboolean info_capabilities(Session *session, const Arguments *arguments, Reply *reply,
                                  GError **error)
{
    return show(session, arguments, CAPABILITIES, capability_pretty, reply, error);
}

static gboolean info_parameters(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    return show(session, arguments, PARAMETERS, parameter_pretty, reply, error);
}

const Command parameters_commands[] = {
    {
        .name = "migrate_set_capability",
        .group = N_("Migration"),
        .help = N_("Enable/Disable the usage of a capability for migration"),
        .description = N_(
            "Not while a migration runs. Most have to be set on both sides, the "
            "destination first;\n"
            "'info migrate_capabilities' at a terminal tells what each does and needs, 'explain\n"
            "CAPABILITY' when to use it."),
        .arguments =
            (const Argument[]){{.name = "capability",
                                .kind = ARGUMENT_CAPABILITY,
                                .help = N_("a capability, see 'info migrate_capabilities'")},
                               {.name = "state", .kind = ARGUMENT_SWITCH, .help = N_("on or off")},
                               {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = set_capability,
    },
    {
        .name = "migrate_set_parameter",
        .group = N_("Migration"),
        .help = N_("Set the parameter for migration"),
        .description = N_(
            "A number alone is what QEMU takes it for: MiB/s for max-bandwidth and\n"
            "avail-switchover-bandwidth, else bytes, milliseconds or percent. With a unit it says\n"
            "what it is: 64M or 64MiB/s, 0.5s or 300ms, 20%. 'info migrate_parameters' at a\n"
            "terminal tells the default, the range and the meaning of each, 'explain PARAMETER' "
            "what\n"
            "it does and when to touch it."),
        .arguments =
            (const Argument[]){
                {.name = "parameter",
                 .kind = ARGUMENT_PARAMETER,
                 .help = N_("a parameter, see 'info migrate_parameters'")},
                {.name = "value",
                 .kind = ARGUMENT_REST,
                 .help = N_("its new value, with a unit (64M, 0.5s, 20%) or without"),
                 .words = parameter_words,
                 .hint = parameter_hint},
                {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = set_parameter,
    },
    {
        .name = "info migrate_capabilities",
        .group = N_("Migration"),
        .help = N_("show current migration capabilities"),
        .description = N_("At a terminal: with the meaning of each, those that are on marked. "
                          "Elsewhere: QEMU's own\n"
                          "lines. With --json: the reply to QMP's query-migrate-capabilities."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_capabilities,
    },
    {
        .name = "info migrate_parameters",
        .group = N_("Migration"),
        .help = N_("show current migration parameters"),
        .description =
            N_("At a terminal: with unit, default, range and meaning, as far as there is "
               "room, those that\n"
               "differ from their default marked. Elsewhere: QEMU's own lines. With "
               "--json: the reply to\n"
               "QMP's query-migrate-parameters."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_parameters,
    },
    {0},
};
