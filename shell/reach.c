/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/reach.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "shell/courier.h"
#include "shell/domain_disks.h"

static const double LEAST_S = 0.1;

/* A connection being opened by a courier, so that Ctrl-C ends the waiting for a dead host. */
typedef struct {
    Errand errand; /* first */
    char *uri;
    Answers *answers;
    Connection *connection;
    GError *error;
} Opening;

static void opening_run(Errand *errand)
{
    Opening *opening = (Opening *)errand;

    opening->connection = connection_open(opening->uri, opening->answers, &opening->error);
}

static void opening_free(Errand *errand)
{
    Opening *opening = (Opening *)errand;

    g_free(opening->uri);
    g_clear_pointer(&opening->connection, connection_unref);
    g_clear_error(&opening->error);
    g_free(opening);
}

/* libvirt's embedded driver is there once in a process, and each connection to it registers its
 * drivers anew: libvirt 9.0 takes sixteen such. Calls are made by the caller's own thread there, so
 * that sharing a connection holds nobody up; but it tells a guest's events to one listener only. */
gboolean reach_is_embedded(const char *uri)
{
    return uri && strstr(uri, ":///embed") != NULL;
}

/* @uri (may be NULL) so that ssh asks for no password (libvirt: "Remote URI parameters", no_tty).
 * Free with g_free(). */
static char *without_questions(const char *uri)
{
    gboolean by_ssh = uri && strstr(uri, "+ssh:") && !strstr(uri, "no_tty=");

    return by_ssh ? g_strconcat(uri, strchr(uri, '?') ? "&" : "?", "no_tty=1", NULL)
                  : g_strdup(uri);
}

/* How long a connection is waited for; 0: without a limit. */
static double patience_of(const Session *session)
{
    double left = (double)(session->connect_end - g_get_monotonic_time()) / G_USEC_PER_SEC;

    return session->connect_end ? MAX(left, LEAST_S) : session->setup.patience;
}

Connection *reach_silently(const char *uri, GError **error)
{
    g_autofree char *silent = without_questions(uri);

    return connection_open(silent, NULL, error);
}

static Connection *open_fresh(Session *session, const char *uri, GError **error)
{
    Patience patience = {patience_of(session), FALSE};
    gboolean may_ask = session->setup.interactive && session->setup.patience <= 0;
    Opening *opening;
    Courier *courier;
    Connection *connection = NULL;

    if (!session->setup.interactive && patience.seconds <= 0) {
        return connection_open(uri, NULL, error);
    }
    opening = g_new0(Opening, 1);
    opening->uri = may_ask ? g_strdup(uri) : without_questions(uri);
    opening->answers = may_ask ? session->answers : NULL;
    opening->errand = (Errand){opening_run, opening_free, "connect"};
    courier = courier_new(session->bell, uri ? uri : "libvirt");
    if (courier_run(courier, &opening->errand, &patience, error)) {
        connection = g_steal_pointer(&opening->connection);
        if (opening->error) {
            g_propagate_error(error, g_steal_pointer(&opening->error));
        }
        opening_free(&opening->errand);
    }
    courier_free(courier);
    if (error && g_error_matches(*error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_clear_error(error);
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED,
                    _("interrupted while connecting to %s"), uri ? uri : "libvirt");
    }
    return connection;
}

/* The connection kept under @key, opened when it is not. Borrowed. */
static Connection *open_kept(Session *session, const char *uri, const char *key, GError **error)
{
    Connection *connection = g_hash_table_lookup(session->connections, key);

    if (connection && virConnectIsAlive(connection_handle(connection)) != 1) {
        g_hash_table_remove(session->connections, key);
        connection = NULL;
    }
    if (!connection) {
        connection = open_fresh(session, uri, error);
        if (connection) {
            g_hash_table_insert(session->connections, g_strdup(key), connection);
        }
    }
    return connection;
}

Connection *reach_open(Session *session, const char *uri, const char *purpose, GError **error)
{
    g_autofree char *key = g_strconcat(uri ? uri : "", "#", purpose, NULL);
    Connection *kept;

    if (!reach_is_embedded(uri)) {
        return open_fresh(session, uri, error);
    }
    kept = open_kept(session, uri, purpose ? key : uri, error);
    return kept ? connection_ref(kept) : NULL;
}

Connection *reach_home(Session *session, const char *uri, GError **error)
{
    return open_kept(session, uri, uri ? uri : "", error);
}

/* What a completer asks libvirt. */
typedef struct {
    Errand errand; /* first */
    Connection *home;
    char uuid[VIR_UUID_STRING_BUFLEN];
    GPtrArray *entries;
    char **disks;
} Asking;

static void ask_domains(Errand *errand)
{
    Asking *asking = (Asking *)errand;

    asking->entries = connection_domains(asking->home, FALSE, NULL);
}

static void ask_disks(Errand *errand)
{
    Asking *asking = (Asking *)errand;
    virDomainPtr domain =
        virDomainLookupByUUIDString(connection_handle(asking->home), asking->uuid);
    char *xml = domain ? virDomainGetXMLDesc(domain, 0) : NULL;

    asking->disks = xml ? domain_disks(xml) : NULL;
    free(xml);
    if (domain) {
        virDomainFree(domain);
    }
}

static void asking_free(Errand *errand)
{
    Asking *asking = (Asking *)errand;

    connection_unref(asking->home);
    g_clear_pointer(&asking->entries, g_ptr_array_unref);
    g_strfreev(asking->disks);
    g_free(asking);
}

static Courier *courier_of(Session *session)
{
    if (!session->lookups) {
        session->lookups = courier_new(session->bell, "libvirt");
    }
    return session->lookups;
}

static Asking *asking_new(Connection *home, void (*run)(Errand *errand), const char *name)
{
    Asking *asking = g_new0(Asking, 1);

    asking->errand = (Errand){run, asking_free, name};
    asking->home = connection_ref(home);
    return asking;
}

/* Whether @asking is answered by then, and the caller's again. */
static gboolean is_answered(Session *session, Asking *asking, int milliseconds)
{
    Patience patience = {milliseconds / 1000.0, TRUE};

    return courier_run(courier_of(session), &asking->errand, &patience, NULL);
}

GPtrArray *reach_domains(Session *session, int milliseconds)
{
    const char *uri = session->current ? session->current->uri : session->setup.uri;
    Connection *home = g_hash_table_lookup(session->connections, uri ? uri : "");
    Asking *asking = home ? asking_new(home, ask_domains, "domains") : NULL;
    GPtrArray *entries = NULL;

    if (asking && is_answered(session, asking, milliseconds)) {
        entries = g_steal_pointer(&asking->entries);
        asking_free(&asking->errand);
    }
    return entries;
}

char **reach_disks(Guest *guest, int milliseconds)
{
    Asking *asking = guest->home ? asking_new(guest->home, ask_disks, "disks") : NULL;
    char **disks = NULL;

    if (!asking) {
        return NULL;
    }
    g_strlcpy(asking->uuid, guest->uuid, sizeof(asking->uuid));
    if (is_answered(guest->session, asking, milliseconds)) {
        disks = g_steal_pointer(&asking->disks);
        asking_free(&asking->errand);
    }
    return disks;
}
