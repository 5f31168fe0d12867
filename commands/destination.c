/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/destination.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "commands/lab/lab.h"
#include "commands/migration/capability.h"
#include "commands/migration/check/address.h"
#include "commands/migration/raw.h"
#include "shell/error.h"
#include "shell/xml.h"

const char *const destination_schemes[] = {
    "peer",    "tcp:",        "unix:",       "fd:",         "file:",        "rdma:", "vsock:",
    "qemu://", "qemu+ssh://", "qemu+tcp://", "qemu+tls://", "qemu+unix://", NULL};

static const char LOOPBACK[] = "127.0.0.1";

/* The peer, and whether its QEMU was started to receive and has not yet. NULL with the error. */
static Guest *look_at_peer(Session *session, gboolean *waits, GError **error)
{
    Guest *peer = session_peer(session, error);
    g_autoptr(Json) status = peer ? monitor_qmp(peer->monitor, "query-status", NULL, error) : NULL;

    *waits = g_strcmp0(json_get_string(status, "status"), "inmigrate") == 0;
    return status ? peer : NULL;
}

Guest *destination_guest(Session *session, GError **error)
{
    Lab *lab = lab_of(session, NULL);
    g_autoptr(GError) gone = NULL;
    gboolean waits;
    Guest *peer = look_at_peer(session, &waits, &gone);

    if (lab && lab_is_running(lab) && g_error_matches(gone, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        g_clear_error(&gone);
        output_note(session->output, _("the lab starts a new destination"));
        peer = lab_renew_destination(lab, session, &gone) ? look_at_peer(session, &waits, &gone)
                                                          : NULL;
    }
    if (!peer) {
        g_propagate_error(error, g_steal_pointer(&gone));
        return NULL;
    }
    if (!waits) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    lab ? _("the peer '%s' does not wait for a migration: 'lab reset' makes a "
                            "fresh pair")
                        : _("the peer '%s' does not wait for a migration: start its QEMU with "
                            "'-incoming defer'"),
                    peer->name);
        return NULL;
    }
    return peer;
}

/* --- where --- */

/* The host's own UUID in libvirt's capabilities; NULL when it does not tell. Names do not do: two
 * hosts may both be called localhost. Free with g_free(). */
static char *host_uuid(Guest *guest)
{
    char *text = virConnectGetCapabilities(connection_handle(guest->home));
    g_autoptr(Xml) xml = xml_parse(text);

    free(text);
    return g_strdup(xml_get(xml, "host/uuid"));
}

gboolean destination_is_here(Session *session, Guest *peer)
{
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;

    if (session->current->home == peer->home) {
        return TRUE;
    }
    here = host_uuid(session->current);
    there = host_uuid(peer);
    return here && g_strcmp0(here, there) == 0;
}

static gboolean is_loopback(const char *host)
{
    return strcmp(host, LOOPBACK) == 0 || strcmp(host, "localhost") == 0 ||
           strcmp(host, "::1") == 0;
}

/* The host in @guest's URI, which may be an address where names are not known; NULL for a URI
 * without one, for the near end of a tunnel, and for ssh, which may have its own names for hosts.
 * Free with g_free(). */
static char *host_in_uri(Guest *guest)
{
    g_autoptr(GUri) uri = g_uri_parse(connection_uri(guest->home), G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    return host && *host && !is_loopback(host) && !strstr(g_uri_get_scheme(uri), "ssh")
               ? g_strdup(host)
               : NULL;
}

/* How the current guest's host reaches @peer's: the loopback when they are one (a QEMU run by a
 * system libvirtd may be kept from unix sockets elsewhere by AppArmor or SELinux), else as its
 * libvirt was reached, or its name. */
static char *peer_host(Session *session, Guest *peer)
{
    char *name;
    char *host;

    if (destination_is_here(session, peer)) {
        return g_strdup(LOOPBACK);
    }
    host = host_in_uri(peer);
    if (host) {
        return host;
    }
    name = virConnectGetHostname(connection_handle(peer->home));
    host = g_strdup(name ? name : LOOPBACK);
    free(name);
    return host;
}

gboolean destination_check_uri(Guest *peer, const char *uri, GError **error)
{
    g_autofree char *address = raw_listening_at(peer->monitor);
    gboolean tcp = g_str_has_prefix(uri, "tcp:");
    const char *wanted = tcp ? strrchr(uri, ':') : uri;
    const char *found = address && tcp ? strrchr(address, ':') : address;

    if (!tcp && !g_str_has_prefix(uri, "unix:")) { /* QEMU tells nothing of others */
        return TRUE;
    }
    if (g_strcmp0(wanted, found) == 0) {
        return TRUE;
    }
    if (address) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("the peer '%s', which the disks go to, does not listen at %s but at %s "
                      "('peer migrate_incoming %s' lets it, 'migrate peer' does all of it)"),
                    peer->name, uri, address, uri);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("the peer '%s', which the disks go to, does not listen at %s ('peer "
                      "migrate_incoming %s' lets it, 'migrate peer' does all of it)"),
                    peer->name, uri, uri);
    }
    return FALSE;
}

gboolean destination_check_capabilities(Guest *guest, Guest *peer, GError **error)
{
    g_autoptr(Json) here = monitor_qmp(guest->monitor, "query-migrate-capabilities", NULL, NULL);
    g_autoptr(Json) there = monitor_qmp(peer->monitor, "query-migrate-capabilities", NULL, NULL);

    for (size_t i = 0; here && there && capability_both[i]; i++) {
        gboolean on = FALSE;
        gboolean peer_on = FALSE;

        capability_state(here, capability_both[i], &on);
        capability_state(there, capability_both[i], &peer_on);
        if (on != peer_on) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("%s is %s at '%s' and %s at '%s', and the migration would fail: "
                          "'%smigrate_set_capability %s on' first"),
                        capability_both[i], on ? "on" : "off", guest->name, peer_on ? "on" : "off",
                        peer->name, on ? "peer " : "", capability_both[i]);
            return FALSE;
        }
    }
    return TRUE;
}

/* A name of this very host is listened at as it is; for any other all addresses are, since a host's
 * own name may mean its loopback there. */
static char *bind_address(const char *host)
{
    if (is_loopback(host)) {
        return g_strdup(host);
    }
    return g_strdup(strchr(host, ':') ? "::" : "0.0.0.0");
}

/* "tcp:HOST:PORT", with brackets about an IPv6 address. Free with g_free(). */
static char *tcp_uri(const char *host, const char *port)
{
    return g_strdup_printf(strchr(host, ':') ? "tcp:[%s]:%s" : "tcp:%s:%s", host, port);
}

/* Where to migrate to when the peer listens at @address (taken over), which may be all of its
 * host's. Free with g_free(). */
static char *reached_at(Session *session, Guest *peer, char *address)
{
    g_autofree char *listens = address;
    g_autofree char *bound = address_host(address);
    g_autofree char *host = NULL;

    if (g_strcmp0(bound, "0.0.0.0") != 0 && g_strcmp0(bound, "::") != 0) {
        return g_steal_pointer(&listens);
    }
    host = peer_host(session, peer);
    return tcp_uri(host, strrchr(listens, ':') + 1);
}

/* Where @peer is to listen. Free with g_free(). */
static char *listening_uri(Session *session, Guest *peer)
{
    Lab *lab = lab_of(session, NULL);
    g_autofree char *host = NULL;
    g_autofree char *bind = NULL;

    if (lab) {
        g_autofree char *socket = lab_migration_socket(lab);

        return g_strconcat("unix:", socket, NULL);
    }
    host = peer_host(session, peer);
    bind = bind_address(host);
    return tcp_uri(bind, "0");
}

static char *listen_by(gboolean (*start)(Monitor *monitor, const char *uri, char **address,
                                         GError **error),
                       Session *session, Guest *peer, GError **error)
{
    g_autofree char *uri = listening_uri(session, peer);
    char *address = NULL;

    if (!start(peer->monitor, uri, &address, error)) {
        if (error && !g_error_matches(*error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
            g_prefix_error(error, _("the peer '%s' cannot listen at %s: "), peer->name, uri);
        }
        return NULL;
    }
    return reached_at(session, peer, address);
}

char *destination_listen(Session *session, Guest *peer, GError **error)
{
    char *address = raw_listening_at(peer->monitor);

    return address ? reached_at(session, peer, address) /* an earlier try got no further */
                   : listen_by(raw_listen, session, peer, error);
}

char *destination_listen_again(Session *session, Guest *peer, GError **error)
{
    return listen_by(raw_listen_again, session, peer, error);
}

void destination_disk_address(Session *session, Guest *peer, const char *uri,
                              MirrorAddress *address)
{
    Lab *lab = lab_of(session, NULL);

    *address = (MirrorAddress){0};
    if (lab) {
        address->path = lab_migration_socket(lab);
    } else if (uri && g_str_has_prefix(uri, "unix:")) { /* where the peer may make one socket */
        address->path = g_strconcat(uri + strlen("unix:"), ".nbd", NULL);
    } else {
        address->host = uri ? address_host(uri) : NULL;
        if (!address->host) {
            address->host = peer_host(session, peer);
        }
        address->bind = bind_address(address->host);
    }
}
