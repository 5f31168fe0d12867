/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/monitor_internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"
#include "shell/reply.h"

/* One call on its way. */
typedef struct {
    Errand errand; /* first */
    Monitor *monitor;
    char *text;
    gboolean hmp;
    char *reply;
    GError *error;
} Call;

Monitor *monitor_new(const MonitorMaker *maker, gpointer backing, const char *name, Bell *bell)
{
    Monitor *monitor = g_new0(Monitor, 1);

    monitor->maker = maker;
    monitor->backing = backing;
    monitor->name = g_strdup(name);
    monitor->bell = bell;
    g_atomic_ref_count_init(&monitor->references);
    event_log_init(&monitor->log);
    return monitor;
}

static void monitor_unref(Monitor *monitor)
{
    if (!g_atomic_ref_count_dec(&monitor->references)) {
        return;
    }
    monitor->maker->free(monitor->backing);
    event_log_clear(&monitor->log);
    g_free(monitor->name);
    g_free(monitor->lost);
    g_free(monitor->destination);
    g_free(monitor);
}

void monitor_close(Monitor *monitor)
{
    monitor_deafen(monitor);
    if (monitor->courier) {
        courier_free(g_steal_pointer(&monitor->courier));
    }
    monitor_unref(monitor);
}

gpointer monitor_backing(Monitor *monitor)
{
    return monitor->backing;
}

const char *monitor_name(Monitor *monitor)
{
    return monitor->name;
}

/* --- calls --- */

static void call_run(Errand *errand)
{
    Call *call = (Call *)errand;
    Monitor *monitor = call->monitor;

    call->reply = monitor->maker->call(monitor->backing, call->text, call->hmp, &call->error);
}

static void call_free(Errand *errand)
{
    Call *call = (Call *)errand;

    monitor_unref(call->monitor);
    g_free(call->text);
    g_free(call->reply);
    g_clear_error(&call->error);
    g_free(call);
}

static Call *call_new(Monitor *monitor, const char *text, gboolean hmp)
{
    Call *call = g_new0(Call, 1);

    g_atomic_ref_count_inc(&monitor->references);
    call->monitor = monitor;
    call->text = g_strdup(text);
    call->hmp = hmp;
    call->errand = (Errand){call_run, call_free, call->text};
    return call;
}

static void tell_late_reply(Errand *errand, double seconds, gpointer data)
{
    Call *call = (Call *)errand;
    Monitor *monitor = data;
    g_autofree char *text = NULL;

    if (!monitor->on_late) {
        return;
    }
    if (call->error) {
        text = g_strdup_printf(_("%s: '%s' ended after %.1f s: %s\n"), monitor->name, call->text,
                               seconds, call->error->message);
    } else {
        g_autofree char *plain = reply_normalise(call->reply);

        g_strchomp(plain);
        text = *plain ? g_strdup_printf(_("%s answers '%s' after %.1f s:\n%s\n"), monitor->name,
                                        call->text, seconds, plain)
                      : g_strdup_printf(_("%s answers '%s' after %.1f s\n"), monitor->name,
                                        call->text, seconds);
    }
    monitor->on_late(text, monitor->on_late_data);
}

void monitor_be_patient(Monitor *monitor, double timeout)
{
    if (!monitor->courier) {
        g_autofree char *subject = g_strdup_printf(_("guest '%s'"), monitor->name);

        monitor->courier = courier_new(monitor->bell, subject);
        courier_on_late(monitor->courier, tell_late_reply, monitor);
    }
    monitor->timeout = timeout;
}

void monitor_on_late(Monitor *monitor, void (*late)(const char *text, gpointer data), gpointer data)
{
    monitor->on_late = late;
    monitor->on_late_data = data;
}

char *monitor_pending(Monitor *monitor, double *seconds)
{
    return monitor->courier ? courier_pending(monitor->courier, seconds) : NULL;
}

gboolean monitor_is_busy(Monitor *monitor)
{
    return monitor->courier && courier_is_busy(monitor->courier);
}

static char *monitor_call(Monitor *monitor, const char *text, gboolean hmp,
                          const Patience *patience, GError **error)
{
    Call *call;
    char *reply;

    call = call_new(monitor, text, hmp);
    if (!monitor->courier) {
        call_run(&call->errand);
    } else if (!courier_run(monitor->courier, &call->errand, patience, error)) {
        return NULL;
    }
    reply = g_steal_pointer(&call->reply);
    if (call->error) {
        if (g_error_matches(call->error, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
            monitor_lose(monitor, g_strdup(call->error->message), monitor_has_no_link(monitor));
        }
        g_propagate_error(error, g_steal_pointer(&call->error));
    }
    call_free(&call->errand);
    return reply;
}

static char *hmp_within(Monitor *monitor, const char *line, const Patience *patience,
                        GError **error)
{
    g_autofree char *reply = monitor_call(monitor, line, TRUE, patience, error);
    g_autofree char *text = NULL;

    if (!reply) {
        return NULL;
    }
    text = reply_normalise(reply);
    return reply_check(line, text, error) ? g_steal_pointer(&text) : NULL;
}

char *monitor_hmp(Monitor *monitor, const char *line, GError **error)
{
    Patience patience = {monitor->timeout, FALSE};

    return hmp_within(monitor, line, &patience, error);
}

char *monitor_hmp_quickly(Monitor *monitor, const char *line, int milliseconds, GError **error)
{
    Patience patience = {milliseconds / 1000.0, TRUE};

    return hmp_within(monitor, line, &patience, error);
}

/* QMP's errors (QAPI: QapiErrorClass) as ours. */
static gboolean reply_to_error(Json *reply, GError **error)
{
    const char *class = json_get_string(reply, "error.class");
    const char *text = json_get_string(reply, "error.desc");

    if (!json_get(reply, "error")) {
        return TRUE;
    }
    g_set_error_literal(error, HMPSH_ERROR,
                        g_strcmp0(class, "CommandNotFound") ? HMPSH_ERROR_FAILED
                                                            : HMPSH_ERROR_NOT_FOUND,
                        text ? text : _("QEMU refused without a reason"));
    return FALSE;
}

static Json *qmp_text(Monitor *monitor, const char *text, const Patience *patience, GError **error)
{
    g_autofree char *answer = monitor_call(monitor, text, FALSE, patience, error);
    g_autoptr(Json) reply = NULL;

    if (!answer) {
        return NULL;
    }
    reply = json_parse(answer, error);
    if (!reply || !reply_to_error(reply, error)) {
        return NULL;
    }
    return g_steal_pointer(&reply);
}

static Json *qmp_within(Monitor *monitor, const char *name, Json *arguments,
                        const Patience *patience, GError **error)
{
    g_autoptr(Json) command =
        json_dict("execute", json_object_new_string(name), "arguments", arguments, NULL);
    g_autofree char *text = json_text(command);
    g_autoptr(Json) reply = qmp_text(monitor, text, patience, error);

    Json *value = reply ? json_get(reply, "return") : NULL;

    if (reply && !value) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("QEMU's reply to '%s' has no value"),
                    name);
    }
    return json_object_get(value);
}

Json *monitor_qmp(Monitor *monitor, const char *name, Json *arguments, GError **error)
{
    Patience patience = {monitor->timeout, FALSE};

    return qmp_within(monitor, name, arguments, &patience, error);
}

Json *monitor_qmp_quickly(Monitor *monitor, const char *name, Json *arguments, int milliseconds,
                          GError **error)
{
    Patience patience = {milliseconds / 1000.0, TRUE};

    return qmp_within(monitor, name, arguments, &patience, error);
}

Json *monitor_qmp_line(Monitor *monitor, const char *json, GError **error)
{
    Patience patience = {monitor->timeout, FALSE};
    g_autoptr(Json) command = json_parse(json, error);
    g_autoptr(Json) id = json_object_get(json_get(command, "id"));
    g_autofree char *text = NULL;
    Json *reply;

    if (!command) {
        return NULL;
    }
    if (id) { /* libvirt puts its own there, and fails where one is */
        json_object_object_del(command, "id");
        text = json_text(command);
    }
    reply = qmp_text(monitor, text ? text : json, &patience, error);
    if (reply) {
        json_object_object_del(reply, "id");
    }
    if (reply && id) {
        json_object_object_add(reply, "id", g_steal_pointer(&id));
    }
    return reply;
}
