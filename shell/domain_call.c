/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/domain_call.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>

#include "shell/courier.h"
#include "shell/holder.h"
#include "shell/reach.h"

/* A call on its way by the courier. */
typedef struct {
    Errand errand; /* first */
    Connection *connection;
    char uuid[VIR_UUID_STRING_BUFLEN];
    DomainCall call;
    GError *error;
    gboolean good;
} Trip;

gboolean domain_call_error(GError **error)
{
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, virGetLastErrorMessage());
    return FALSE;
}

static gboolean set_lookup_error(Connection *connection, GError **error)
{
    virErrorPtr last = virGetLastError();
    gboolean unknown = last && last->code == VIR_ERR_NO_DOMAIN;

    connection_set_error(connection, unknown ? HMPSH_ERROR_NO_GUEST : HMPSH_ERROR_FAILED,
                         _("libvirt cannot find the guest"), error);
    return FALSE;
}

/* When the call failed since libvirt let nobody in: says by whom the guest is held. */
static void explain_holder(virDomainPtr domain, GError **error)
{
    g_autofree char *held = holder_sentence(domain);

    if (held) {
        g_clear_error(error);
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, held);
    }
}

/* Says that *@error came of a connection that is lost. */
static void set_lost(GError **error, Connection *connection)
{
    g_autoptr(GError) why = g_steal_pointer(error);

    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("lost the connection to %s: %s"),
                connection_uri(connection), why->message);
}

gboolean domain_call_at(Connection *connection, const char *uuid, DomainCall *call, GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection_handle(connection), uuid);
    g_autoptr(GError) why = NULL;
    gboolean good;

    if (!domain) {
        return set_lookup_error(connection, error);
    }
    virResetLastError();
    good = call->run(call, domain, &why);
    if (!good) {
        explain_holder(domain, &why); /* first: other calls forget libvirt's last error */
        if (virConnectIsAlive(connection_handle(connection)) != 1) {
            set_lost(&why, connection);
        }
        g_propagate_error(error, g_steal_pointer(&why));
    }
    virDomainFree(domain);
    return good;
}

static void trip_run(Errand *errand)
{
    Trip *trip = (Trip *)errand;

    trip->good = domain_call_at(trip->connection, trip->uuid, &trip->call, &trip->error);
}

static void trip_free(Errand *errand)
{
    Trip *trip = (Trip *)errand;

    connection_unref(trip->connection);
    json_object_put(trip->call.json);
    g_clear_error(&trip->error);
    g_free(trip);
}

/* With a connection of its own: in libvirt 9.0 calls that share one with a stuck call now and then
 * stall. */
static Courier *courier_of(Guest *guest, GError **error)
{
    if (guest->control && virConnectIsAlive(connection_handle(guest->control)) != 1) {
        g_clear_pointer(&guest->control, connection_unref);
    }
    if (!guest->control) {
        guest->control = reach_open(guest->session, guest->uri, "control", error);
    }
    if (guest->control && !guest->controller) {
        g_autofree char *subject = g_strdup_printf(_("guest '%s'"), guest->name);

        guest->controller = courier_new(guest->session->bell, subject);
    }
    return guest->control ? guest->controller : NULL;
}

static gboolean call_patiently(Guest *guest, DomainCall *call, GError **error)
{
    gboolean limited = call->seconds > 0;
    Patience patience = {limited ? call->seconds : guest->session->setup.timeout, limited};
    Courier *courier = courier_of(guest, error);
    Trip *trip;
    gboolean good;

    if (!courier) {
        return FALSE;
    }
    trip = g_new0(Trip, 1);
    trip->errand = (Errand){trip_run, trip_free, call->name};
    trip->connection = connection_ref(guest->control);
    g_strlcpy(trip->uuid, guest->uuid, sizeof(trip->uuid));
    trip->call = *call;
    if (!courier_run(courier, &trip->errand, &patience, error)) {
        return FALSE;
    }
    good = trip->good;
    *call = trip->call;
    trip->call.json = NULL;
    if (!good) {
        g_propagate_error(error, g_steal_pointer(&trip->error));
    }
    trip_free(&trip->errand);
    return good;
}

gboolean domain_call(Guest *guest, DomainCall *call, GError **error)
{
    gboolean patient = guest->session->setup.interactive || guest->session->setup.timeout > 0;

    return patient ? call_patiently(guest, call, error)
                   : domain_call_at(guest->home, guest->uuid, call, error);
}
