/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/arrival.h"
#include "shell/courier.h"
#include "shell/error.h"
#include "shell/guest.h"
#include "shell/holder.h"
#include "shell/layout.h"
#include "shell/reach.h"

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

static Guest *check_guest(Guest *guest, GError **error)
{
    g_autofree char *lost = monitor_lost(guest->monitor);

    if (lost && !guest_get_back(guest, TRUE, NULL)) {
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
                    _("guest '%s' is the current one and cannot be its own peer"),
                    session->current->name);
        return FALSE;
    }
    if (!is_same(*place, uuid, uri)) {
        session_swap(session);
    }
    return check_guest(*place, error) != NULL;
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
    if (session->setup.interactive && !as_peer && session->current->received) {
        g_autofree char *sentence = holder_receiving_sentence(session->current->name);

        output_note(session->output, sentence);
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
        g_autofree char *note = g_strdup_printf(_("the only running guest is '%s'"), names->str);

        output_note(session->output, note);
        return TRUE;
    }
    if (entries->len > 1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
                    _("several guests run on %s, name one of them: %s"), connection_uri(home),
                    names->str);
    } else if (entries->len == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST, _("no guest runs on %s"),
                    connection_uri(home));
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
                            _("no guest is attached (see 'domains', then 'attach DOMAIN')"));
        return NULL;
    }
    if (!check_guest(session->current, error)) {
        return NULL;
    }
    /* asked only of a guest that was on its way: nobody else pays for a look */
    if (session->current->received && !arrival_check(session->current, error)) {
        return NULL;
    }
    session->current->received = FALSE;
    return session->current;
}

Guest *session_peer(Session *session, GError **error)
{
    if (!session->peer) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
                            _("no peer is attached (see 'attach -p DOMAIN' or --peer)"));
        return NULL;
    }
    return check_guest(session->peer, error) && arrival_check(session->peer, error) ? session->peer
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
