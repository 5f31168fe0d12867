/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/session.h"

#include <string.h>

#include "shell/arrival.h"
#include "shell/courier.h"
#include "shell/error.h"
#include "shell/layout.h"
#include "shell/passthrough.h"
#include "shell/reach.h"

/* --- guests --- */

static void tell_event(const MonitorEvent *event, gpointer data)
{
    Guest *guest = data;

    if (guest->session->setup.on_event) {
        guest->session->setup.on_event(guest, event);
    }
}

static void tell_late(const char *text, gpointer data)
{
    Session *session = data; /* not the guest, which may be let go of meanwhile */

    if (!session->leaving) {
        output_note(session->output, text);
    }
}

/* The connection that @guest's events come by: that for look-ups, unless another guest's come by it
 * already. To a libvirtd, libvirt 9.0 asks for QEMU's events only once in a connection, for the
 * first guest, and those of a second never come (seen). The caller owns it. */
static Connection *events_connection(Session *session, const Guest *guest, GError **error)
{
    const Guest *attached[] = {session->current, session->peer};

    for (size_t i = 0; i < G_N_ELEMENTS(attached); i++) {
        if (attached[i] && attached[i] != guest && attached[i]->home == guest->home) {
            return reach_open(session, guest->uri, NULL, error);
        }
    }
    return connection_ref(guest->home);
}

/* Opens @guest's monitor on @domain (taken over). A session that can stop waiting has a connection
 * of its own for the calls: in libvirt 9.0 calls that share one with a stuck call now and then
 * stall. */
static gboolean open_monitor(Session *session, Guest *guest, virDomainPtr domain, GError **error)
{
    gboolean patient = session->setup.interactive || session->setup.timeout > 0;
    g_autoptr(Connection) events = events_connection(session, guest, error);
    g_autoptr(Connection) calls = NULL;

    if (!events) {
        virDomainFree(domain);
        return FALSE;
    }
    if (patient) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        virDomainGetUUIDString(domain, uuid);
        virDomainFree(domain);
        calls = reach_open(session, guest->uri, NULL, error);
        domain = calls ? connection_find(calls, uuid, error) : NULL;
        if (!domain) {
            return FALSE;
        }
    } else {
        calls = connection_ref(guest->home);
    }
    guest->monitor = passthrough_open(calls, events, domain, session->bell);
    guest->incarnation = ++session->incarnations;
    monitor_on_event(guest->monitor, tell_event, guest);
    monitor_on_late(guest->monitor, tell_late, session);
    if (patient) {
        monitor_be_patient(guest->monitor, session->setup.timeout);
    }
    return !session->setup.interactive || monitor_listen(guest->monitor, error);
}

static void guest_free(Guest *guest)
{
    if (!guest) {
        return;
    }
    g_clear_pointer(&guest->monitor, monitor_close);
    g_clear_pointer(&guest->controller, courier_free);
    g_clear_pointer(&guest->control, connection_unref);
    connection_unref(guest->home);
    g_datalist_clear(&guest->notes);
    g_free(guest->name);
    g_free(guest->uri);
    g_free(guest);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/* @domain is taken over. */
static Guest *guest_open(Session *session, virDomainPtr domain, const char *uri, GError **error)
{
    Connection *home = reach_home(session, uri, error);
    g_autoptr(Guest) guest = NULL;

    if (!home) {
        virDomainFree(domain);
        return NULL;
    }
    guest = g_new0(Guest, 1);
    guest->name = g_strdup(virDomainGetName(domain));
    virDomainGetUUIDString(domain, guest->uuid);
    guest->uri = g_strdup(uri);
    guest->home = connection_ref(home);
    guest->session = session;
    g_datalist_init(&guest->notes);
    return open_monitor(session, guest, domain, error) ? g_steal_pointer(&guest) : NULL;
}

/* The URI's place in NAME@URI: behind the first "@" that a scheme follows; NULL when there is none.
 */
static const char *find_uri(const char *spec)
{
    for (const char *at = strchr(spec, '@'); at; at = strchr(at + 1, '@')) {
        const char *end = at + 1;

        while (g_ascii_isalnum(*end) || *end == '+' || *end == '-') {
            end++;
        }
        if (end > at + 1 && *end == ':') {
            return at + 1;
        }
    }
    return NULL;
}

/* A guest that was lost may be back: started again, or its libvirtd restarted. */
static gboolean get_back(Session *session, Guest *guest)
{
    Connection *home = reach_home(session, guest->uri, NULL);
    virDomainPtr domain = home ? connection_find(home, guest->uuid, NULL) : NULL;
    Monitor *old = guest->monitor;

    if (!domain) {
        domain = home ? connection_find(home, guest->name, NULL) : NULL;
    }
    if (!domain) {
        return FALSE;
    }
    connection_unref(guest->home);
    guest->home = connection_ref(home);
    virDomainGetUUIDString(domain, guest->uuid);
    monitor_deafen(old); /* libvirt knows one listener to a guest */
    guest->monitor = NULL;
    if (!open_monitor(session, guest, domain, NULL)) {
        g_clear_pointer(&guest->monitor, monitor_close);
        guest->monitor = old;
        return FALSE;
    }
    monitor_close(old);
    g_datalist_clear(&guest->notes); /* they were about the QEMU that is gone */
    return TRUE;
}

static Guest *check_guest(Session *session, Guest *guest, GError **error)
{
    g_autofree char *lost = monitor_lost(guest->monitor);

    if (lost && !get_back(session, guest)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_LOST, lost);
        return NULL;
    }
    return guest;
}

/* Whether @guest is the one with @uuid at @uri. */
static gboolean is_same(const Guest *guest, const char *uuid, const char *uri)
{
    return guest && g_str_equal(guest->uuid, uuid) && g_strcmp0(guest->uri, uri) == 0;
}

void session_swap(Session *session)
{
    Guest *current = session->current;

    session->current = session->peer;
    session->peer = current;
}

/* Attaches to @domain (taken over), unless it is attached already: libvirt tells events to one
 * listener only, and a guest cannot be its own peer. */
static gboolean attach_domain(Session *session, virDomainPtr domain, const char *uri,
                              gboolean as_peer, GError **error)
{
    Guest **place = as_peer ? &session->peer : &session->current;
    char uuid[VIR_UUID_STRING_BUFLEN];
    Guest *guest;

    virDomainGetUUIDString(domain, uuid);
    if (!is_same(session->current, uuid, uri) && !is_same(session->peer, uuid, uri)) {
        guest = guest_open(session, domain, uri, error);
        if (guest) {
            session_detach(session, as_peer);
            *place = guest;
        }
        return guest != NULL;
    }
    virDomainFree(domain);
    if (as_peer && is_same(session->current, uuid, uri)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "guest '%s' is the current one and cannot be its own peer",
                    session->current->name);
        return FALSE;
    }
    if (!is_same(*place, uuid, uri)) {
        session_swap(session);
    }
    return check_guest(session, *place, error) != NULL;
}

gboolean session_attach(Session *session, const char *spec, gboolean as_peer, GError **error)
{
    const char *at = find_uri(spec);
    const char *uri = at ? at : session->setup.uri;
    g_autofree char *name = at ? g_strndup(spec, (gsize)(at - spec - 1)) : g_strdup(spec);
    Connection *home = reach_home(session, uri, error);
    virDomainPtr domain = home ? connection_find(home, name, error) : NULL;

    if (!domain || !attach_domain(session, domain, uri, as_peer, error)) {
        return FALSE;
    }
    if (session->setup.interactive && !as_peer) {
        arrival_note(session->current);
    }
    return TRUE;
}

gboolean session_attach_only(Session *session, GError **error)
{
    Connection *home = reach_home(session, session->setup.uri, error);
    g_autoptr(GPtrArray) entries = home ? connection_domains(home, TRUE, error) : NULL;
    g_autoptr(GString) names = g_string_new(NULL);

    if (!entries) {
        return FALSE;
    }
    for (guint i = 0; i < entries->len; i++) {
        const DomainEntry *entry = g_ptr_array_index(entries, i);

        g_string_append_printf(names, "%s%s", i ? ", " : "", entry->name);
    }
    if (entries->len == 1 &&
        session_attach(session, ((DomainEntry *)entries->pdata[0])->uuid, FALSE, error)) {
        g_autofree char *note = g_strdup_printf("the only running guest is '%s'", names->str);

        output_note(session->output, note);
        return TRUE;
    }
    if (entries->len != 1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST, "%s on %s%s%s",
                    entries->len ? "several guests run" : "no guest runs", connection_uri(home),
                    entries->len ? ", name one of them: " : "", names->str);
    }
    return FALSE;
}

void session_detach(Session *session, gboolean peer)
{
    g_clear_pointer(peer ? &session->peer : &session->current, guest_free);
}

void session_set_absence(Session *session, GError *why)
{
    g_clear_error(&session->absence);
    session->absence = why;
}

Guest *session_guest(Session *session, GError **error)
{
    if (!session->current && session->absence) {
        g_propagate_error(error, g_error_copy(session->absence));
        return NULL;
    }
    if (!session->current) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
                            "no guest is attached (see 'domains', then 'attach DOMAIN')");
        return NULL;
    }
    return check_guest(session, session->current, error);
}

Guest *session_peer(Session *session, GError **error)
{
    if (!session->peer) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
                            "no peer is attached (see 'attach -p DOMAIN' or --peer)");
        return NULL;
    }
    return check_guest(session, session->peer, error) && arrival_check(session->peer, error)
               ? session->peer
               : NULL;
}

void session_set_timeout(Session *session, double seconds)
{
    const Guest *attached[] = {session->current, session->peer};

    session->setup.timeout = seconds;
    for (size_t i = 0; i < G_N_ELEMENTS(attached); i++) {
        if (attached[i]) {
            monitor_be_patient(attached[i]->monitor, seconds);
        }
    }
}

/* --- the session --- */

Session *session_new(const SessionSetup *setup, Output *output)
{
    Session *session = g_new0(Session, 1);

    session->setup = *setup;
    session->output = output;
    session->screen = screen_new(output);
    session->bell = bell_new();
    session->answers = answers_new();
    session->connections =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)connection_unref);
    g_datalist_init(&session->notes);
    return session;
}

static gboolean is_stuck(const Guest *guest)
{
    return guest && (monitor_is_busy(guest->monitor) ||
                     (guest->controller && courier_is_busy(guest->controller)));
}

gboolean session_is_stuck(Session *session)
{
    return is_stuck(session->current) || is_stuck(session->peer);
}

void session_close(Session *session)
{
    session_detach(session, TRUE);
    session_detach(session, FALSE);
    g_hash_table_remove_all(session->connections);
}

void session_free(Session *session)
{
    session_close(session);
    g_clear_pointer(&session->lookups, courier_free);
    g_datalist_clear(&session->notes);
    g_hash_table_unref(session->connections);
    answers_free(session->answers);
    g_clear_error(&session->absence);
    g_free(session->prompt);
    g_free(session->pager);
    screen_free(session->screen);
    output_free(session->output);
    bell_free(session->bell);
    g_free(session);
}

/* Adds a line of our own to @reply. It may name files, and their names are any bytes. */
static void say(Session *session, Reply *reply, const char *format, va_list list)
{
    g_autofree char *text = output_foreign(session->output, g_strdup_vprintf(format, list));

    layout_wrap(reply->text, output_page_width(session->output), 0, text);
    g_string_append_c(reply->text, '\n');
}

void session_say(Session *session, Reply *reply, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(session, reply, format, list);
    va_end(list);
}

void session_courtesy(Session *session, Reply *reply, const char *format, ...)
{
    va_list list;

    if (!session->setup.interactive || output_mode(session->output)->quiet ||
        output_mode(session->output)->json) {
        return;
    }
    va_start(list, format);
    say(session, reply, format, list);
    va_end(list);
}
