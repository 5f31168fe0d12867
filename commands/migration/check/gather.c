/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/gather.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "commands/migration/check/address.h"
#include "commands/migration/check/host.h"
#include "commands/migration/raw.h"
#include "commands/migration/release.h"
#include "shell/courier.h"
#include "shell/domain_call.h"
#include "shell/reach.h"

static const double HOST_S = 10;     /* for a host that is silent */
static const double PASSWORD_S = 60; /* for somebody who types */

/* --- the guest's QEMU --- */

/* The reply to the QMP command @name; NULL when this QEMU has none, or refuses. FALSE when it
 * cannot be asked. */
static gboolean ask(Monitor *monitor, const char *name, Json *arguments, Json **reply,
                    GError **error)
{
    g_autoptr(GError) why = NULL;

    *reply = monitor_qmp(monitor, name, arguments, &why);
    if (*reply || g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND) ||
        g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

static gboolean ask_devices(CheckGuest *facts, Monitor *monitor, GError **error)
{
    static const char *const places[] = {"/machine/peripheral", "/machine/peripheral-anon"};

    facts->devices = json_object_new_array();
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(Json) list = NULL;

        if (!ask(monitor, "qom-list", json_dict("path", json_object_new_string(places[i]), NULL),
                 &list, error)) {
            return FALSE;
        }
        for (size_t j = 0; j < json_length(list); j++) {
            json_object_array_add(facts->devices,
                                  json_object_get(json_object_array_get_idx(list, j)));
        }
    }
    return TRUE;
}

/* QEMU's type of machine is called "pc-i440fx-7.2-machine". */
static gboolean ask_machine(CheckGuest *facts, Monitor *monitor, GError **error)
{
    static const char suffix[] = "-machine";
    g_autoptr(Json) type = NULL;
    const char *name;

    if (!ask(monitor, "qom-get",
             json_dict("path", json_object_new_string("/machine"), "property",
                       json_object_new_string("type"), NULL),
             &type, error)) {
        return FALSE;
    }
    name = json_object_is_type(type, json_type_string) ? json_object_get_string(type) : NULL;
    if (name && g_str_has_suffix(name, suffix)) {
        facts->machine = g_strndup(name, strlen(name) - strlen(suffix));
    }
    return TRUE;
}

static gboolean ask_qemu(CheckGuest *facts, Monitor *monitor, GError **error)
{
    g_autoptr(Json) version = NULL;
    g_autoptr(Json) cpus = NULL;
    gboolean good = ask(monitor, "query-status", NULL, &facts->status, error) &&
                    ask(monitor, "query-migrate", NULL, &facts->migration, error) &&
                    ask(monitor, "query-block-jobs", NULL, &facts->block_jobs, error) &&
                    ask(monitor, "query-jobs", NULL, &facts->jobs, error) &&
                    ask(monitor, "query-block", NULL, &facts->blocks, error) &&
                    ask(monitor, "query-migrate-capabilities", NULL, &facts->capabilities, error) &&
                    ask(monitor, "query-migrate-parameters", NULL, &facts->parameters, error) &&
                    ask(monitor, "query-memory-size-summary", NULL, &facts->memory, error) &&
                    ask(monitor, "query-version", NULL, &version, error) &&
                    ask(monitor, "query-cpus-fast", NULL, &cpus, error) &&
                    ask_machine(facts, monitor, error) && ask_devices(facts, monitor, error);

    if (good) {
        facts->release = release_from_qmp(version);
        facts->vcpus = (int)json_length(cpus);
        facts->listening = raw_listening_at(monitor);
    }
    return good;
}

/* --- the guest's libvirt --- */

/* A string of libvirt's as JSON. */
static Json *taken(char *text)
{
    Json *string = text ? json_object_new_string(text) : NULL;

    free(text);
    return string;
}

static gboolean describe(DomainCall *call, virDomainPtr domain, GError **error G_GNUC_UNUSED)
{
    virDomainJobInfo job = {0};

    if (virDomainGetJobInfo(domain, &job) < 0) {
        job.type = VIR_DOMAIN_JOB_NONE;
    }
    call->json = json_dict("xml", taken(virDomainGetXMLDesc(domain, 0)), "job",
                           json_object_new_int(job.type), NULL);
    return TRUE;
}

static gboolean ask_libvirt(CheckGuest *facts, Guest *guest, GError **error)
{
    DomainCall call = {.run = describe, .name = _("asking for its definition")};
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) answer = NULL;

    if (!domain_call(guest, &call, &why)) {
        if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST) ||
            g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)) {
            return TRUE;
        }
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    answer = call.json;
    facts->xml = xml_parse(json_get_string(answer, "xml"));
    facts->job = json_object_get_int(json_get(answer, "job"));
    return TRUE;
}

/* Whether the guest's host is this one: libvirt is reached without a network, and its host has this
 * one's name. */
static gboolean is_local(Guest *guest)
{
    g_autoptr(GUri) uri = g_uri_parse(connection_uri(guest->home), G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    char *name;
    gboolean same;

    if (host && *host) {
        return FALSE;
    }
    name = virConnectGetHostname(connection_handle(guest->home));
    same = name && (g_strcmp0(name, g_get_host_name()) == 0 ||
                    g_str_has_prefix(name, g_get_host_name()) || strcmp(name, "localhost") == 0);
    free(name);
    return same;
}

/* QEMU's events bear its host's time. The one that came fastest tells most. */
static void read_clock(CheckGuest *facts, Monitor *monitor)
{
    guint64 serial = 0;
    MonitorEvent *event;

    while ((event = monitor_next_event(monitor, &serial))) {
        gint64 ahead = event->stamp - event->received;

        if (!strchr(event->name, ':') && event->stamp > 0 &&
            (!facts->knows_clock || ahead > facts->clock_us)) {
            facts->knows_clock = TRUE;
            facts->clock_us = ahead;
        }
        monitor_event_free(event);
    }
}

gboolean gather_guest(CheckGuest *facts, Guest *guest, GError **error)
{
    facts->name = g_strdup(guest->name);
    facts->uuid = g_strdup(guest->uuid);
    facts->embedded = reach_is_embedded(guest->uri);
    facts->local = facts->embedded || is_local(guest);
    read_clock(facts, guest->monitor);
    return ask_qemu(facts, guest->monitor, error) && ask_libvirt(facts, guest, error);
}

gboolean gather_peer(CheckGuest *facts, Guest *peer, GError **error)
{
    double before = peer->session->setup.timeout;
    double limit = before > 0 ? MIN(before, HOST_S) : HOST_S;
    gboolean gathered;

    monitor_be_patient(peer->monitor, limit);
    peer->session->setup.timeout = limit; /* for what libvirt is asked */
    gathered = gather_guest(facts, peer, error);
    peer->session->setup.timeout = before;
    monitor_be_patient(peer->monitor, before);
    return gathered;
}

/* --- hosts --- */

/* Something that may block for long. */
typedef struct {
    Errand errand; /* first */
    Connection *connection;
    Json *questions;
    char *name;
    Json *answers;
} Visit;

static void visit_run(Errand *errand)
{
    Visit *visit = (Visit *)errand;

    visit->answers = host_answers(connection_handle(visit->connection), visit->questions);
}

static void name_run(Errand *errand)
{
    Visit *visit = (Visit *)errand;

    visit->answers = address_look_up(visit->name);
}

static void visit_free(Errand *errand)
{
    Visit *visit = (Visit *)errand;

    g_clear_pointer(&visit->connection, connection_unref);
    g_free(visit->name);
    json_object_put(visit->questions);
    json_object_put(visit->answers);
    g_free(visit);
}

Connection *gather_connect(Session *session, const char *uri, GError **error)
{
    gboolean types = session->setup.interactive && strstr(uri, "+ssh:");
    gint64 before = session->connect_end;
    double seconds = types ? PASSWORD_S : HOST_S;
    Connection *connection;

    session->connect_end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
    connection = reach_open(session, uri, NULL, error);
    session->connect_end = before;
    return connection;
}

/* Sends @visit (taken over) on its way to @subject, and waits: FALSE with @error, else @answers are
 * the caller's, or NULL. */
static gboolean send_visit(Session *session, Visit *visit, const char *subject, Json **answers,
                           GError **error)
{
    Patience patience = {HOST_S, FALSE};
    Courier *courier = courier_new(session->bell, subject);
    gboolean back = courier_run(courier, &visit->errand, &patience, error);

    if (back) {
        *answers = g_steal_pointer(&visit->answers);
        visit_free(&visit->errand);
    }
    courier_free(courier);
    return back;
}

Json *gather_host(Session *session, Connection *connection, Json *questions, GError **error)
{
    Visit *visit = g_new0(Visit, 1);
    const char *subject = connection_uri(connection);
    Json *answers = NULL;

    visit->errand = (Errand){visit_run, visit_free, _("looking at the host")};
    visit->connection = connection_ref(connection);
    json_object_deep_copy(questions, &visit->questions, NULL); /* the other thread's own */
    if (send_visit(session, visit, subject, &answers, error) && !answers) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("lost the connection to %s"), subject);
    }
    return answers;
}

Json *gather_name(Session *session, const char *name, GError **error)
{
    Visit *visit = g_new0(Visit, 1);
    Json *found = NULL;

    visit->errand = (Errand){name_run, visit_free, _("looking a name up")};
    visit->name = g_strdup(name);
    send_visit(session, visit, name, &found, error);
    return found;
}
