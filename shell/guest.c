/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/guest.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>

#include "shell/error.h"
#include "shell/holder.h"
#include "shell/passthrough.h"
#include "shell/reach.h"

enum { ASK_MS = 1000 };

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

/* A monitor of @guest's on @domain (taken over); nobody listens to it yet. A session that can stop
 * waiting has a connection of its own for the calls: in libvirt 9.0 calls that share one with a
 * stuck call now and then stall. */
static Monitor *make_monitor(Guest *guest, virDomainPtr domain, GError **error)
{
    Session *session = guest->session;
    gboolean patient = session->setup.interactive || session->setup.timeout > 0;
    g_autoptr(Connection) events = events_connection(session, guest, error);
    g_autoptr(Connection) calls = NULL;
    Monitor *monitor;

    if (!events) {
        virDomainFree(domain);
        return NULL;
    }
    if (patient) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        virDomainGetUUIDString(domain, uuid);
        virDomainFree(domain);
        calls = reach_open(session, guest->uri, NULL, error);
        domain = calls ? connection_find(calls, uuid, error) : NULL;
        if (!domain) {
            return NULL;
        }
    } else {
        calls = connection_ref(guest->home);
    }
    monitor = passthrough_open(calls, events, domain, session->bell);
    monitor_on_event(monitor, tell_event, guest);
    monitor_on_late(monitor, tell_late, session);
    if (patient) {
        monitor_be_patient(monitor, session->setup.timeout);
    }
    return monitor;
}

void guest_free(Guest *guest)
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

Guest *guest_open(Session *session, virDomainPtr domain, const char *uri, GError **error)
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
    guest->id = (int)virDomainGetID(domain);
    guest->received = holder_is_receiving(domain);
    guest->incarnation = ++session->incarnations;
    g_datalist_init(&guest->notes);
    guest->monitor = make_monitor(guest, domain, error);
    if (!guest->monitor || (session->setup.interactive && !monitor_listen(guest->monitor, error))) {
        return NULL;
    }
    return g_steal_pointer(&guest);
}

/* --- which QEMU it is --- */

/* Whether a QEMU is the one that was there before. libvirt's ids alone do not tell: they begin at 1
 * again when libvirtd is started while no guest runs (seen), as after a host's start. */
typedef enum { KIN_SAME, KIN_UNSURE, KIN_OTHER } Kin;

/* The thread of the QEMU's first vCPU at its host, which it keeps. 0 with @error when it does not
 * tell. */
static gint64 ask_thread(Monitor *monitor, GError **error)
{
    g_autoptr(Json) reply = monitor_qmp_quickly(monitor, "query-cpus-fast", NULL, ASK_MS, error);
    Json *first =
        json_object_is_type(reply, json_type_array) ? json_object_array_get_idx(reply, 0) : NULL;

    return json_object_get_int64(json_get(first, "thread-id"));
}

void guest_recognise(Guest *guest)
{
    if (!guest->thread) {
        guest->thread = ask_thread(guest->monitor, NULL);
    }
}

/* What is behind @monitor, with the UUID @uuid and libvirt's @id, to what @guest was. FALSE when
 * that could not be asked for. */
static gboolean compare(const Guest *guest, Monitor *monitor, const char *uuid, int id, Kin *kin,
                        GError **error)
{
    g_autoptr(GError) why = NULL;
    gint64 thread;

    if (id != guest->id || !g_str_equal(uuid, guest->uuid)) {
        *kin = KIN_OTHER;
        return TRUE;
    }
    thread = guest->thread ? ask_thread(monitor, &why) : 0;
    *kin = !thread ? KIN_UNSURE : thread == guest->thread ? KIN_SAME : KIN_OTHER;
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST) ||
        g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

/* --- lost and found --- */

static virDomainPtr find_uuid(const Guest *guest, GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection_handle(guest->home), guest->uuid);
    virErrorPtr last = domain ? NULL : virGetLastError();

    if (last && last->code != VIR_ERR_NO_DOMAIN) {
        connection_set_error(guest->home, HMPSH_ERROR_LOST, _("cannot look the guest up"), error);
    } else if (!domain || virDomainGetID(domain) == (unsigned)-1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST, _("guest '%s' does not run any more"),
                    guest->name);
        g_clear_pointer(&domain, virDomainFree);
    }
    return domain;
}

/* What runs there now, perhaps under another UUID. */
static virDomainPtr find_again(const Guest *guest, gboolean any, GError **error)
{
    g_autoptr(GError) why = NULL;
    virDomainPtr domain = find_uuid(guest, &why);

    if (domain || !any) {
        if (why) {
            g_propagate_error(error, g_steal_pointer(&why));
        }
        return domain;
    }
    return connection_find(guest->home, guest->name, error);
}

/* Puts @monitor (taken over) in the place of the one that was lost. */
static gboolean replace(Guest *guest, Monitor *monitor, Kin kin, GError **error)
{
    Session *session = guest->session;
    Monitor *old = guest->monitor;
    gboolean listens = session->setup.interactive || monitor_listens(old);

    monitor_deafen(old); /* libvirt knows one listener to a guest */
    if (kin == KIN_SAME) {
        monitor_continue(monitor, old);
    }
    if (listens && !monitor_listen(monitor, error)) {
        if (kin == KIN_SAME) {
            monitor_continue(old, monitor);
        }
        monitor_close(monitor);
        return FALSE;
    }
    guest->monitor = monitor;
    monitor_close(old);
    if (kin != KIN_SAME) { /* what is remembered was about the QEMU that is gone */
        guest->incarnation = ++session->incarnations;
        guest->thread = 0;
        g_datalist_clear(&guest->notes);
    }
    return TRUE;
}

gboolean guest_get_back(Guest *guest, gboolean any, GError **error)
{
    Connection *home = reach_home(guest->session, guest->uri, error);
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainPtr domain;
    Monitor *monitor;
    Kin kin;
    int id;

    if (!home) {
        return FALSE;
    }
    connection_unref(guest->home);
    guest->home = connection_ref(home);
    domain = find_again(guest, any, error);
    if (!domain) {
        return FALSE;
    }
    virDomainGetUUIDString(domain, uuid);
    id = (int)virDomainGetID(domain);
    monitor = make_monitor(guest, domain, error);
    if (!monitor) {
        return FALSE;
    }
    if (!compare(guest, monitor, uuid, id, &kin, error)) {
        monitor_close(monitor);
        return FALSE;
    }
    if (kin == KIN_OTHER && !any) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
                    _("guest '%s' was started anew meanwhile"), guest->name);
        monitor_close(monitor);
        return FALSE;
    }
    if (!replace(guest, monitor, kin, error)) {
        return FALSE;
    }
    g_strlcpy(guest->uuid, uuid, sizeof(guest->uuid));
    guest->id = id;
    return TRUE;
}
