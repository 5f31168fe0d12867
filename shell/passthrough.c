/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/passthrough.h"

#include <glib/gi18n.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include "shell/error.h"
#include "shell/holder.h"
#include "shell/json.h"
#include "shell/typed_parameters.h"

enum { ENDING_ROUNDS = 15, ENDING_ROUND_US = 20 * 1000 };

/* What libvirt's callbacks hold on to: it outlives the monitor when a callback is under way. */
typedef struct {
    gatomicrefcount references;
    GMutex lock;
    Monitor *monitor; /* NULL after deafen() */
    char *uri;
} Listener;

typedef struct {
    Connection *calls;
    Connection *events;
    virDomainPtr domain;
    char uuid[VIR_UUID_STRING_BUFLEN];
    Listener *listener;
    int qemu_callback;
    int callbacks[2]; /* libvirt's own: a guest's life, its jobs */
    gboolean hears_close;
} Passthrough;

static void listener_unref(gpointer data)
{
    Listener *listener = data;

    if (g_atomic_ref_count_dec(&listener->references)) {
        g_mutex_clear(&listener->lock);
        g_free(listener->uri);
        g_free(listener);
    }
}

/* Whether libvirt's last error is that of a transient guest that ended. */
static gboolean has_no_domain(void)
{
    virErrorPtr last = virGetLastError();

    return last && last->code == VIR_ERR_NO_DOMAIN;
}

/* Whether the guest has ended. A call may fail for it a moment before libvirt knows; a connection
 * that breaks meanwhile tells nothing about it. */
static gboolean has_ended(virDomainPtr domain)
{
    for (int i = 0; i < ENDING_ROUNDS; i++) {
        int active = virDomainIsActive(domain);

        if (active == 0 || (active < 0 && has_no_domain())) {
            return TRUE;
        }
        if (active < 0 && virConnectIsAlive(virDomainGetConnect(domain)) != 1) {
            return FALSE;
        }
        g_usleep(ENDING_ROUND_US);
    }
    return FALSE;
}

/* virDomainEventStoppedDetailType in words, to be shown with _(). */
static const char *stop_reason(int detail)
{
    switch (detail) {
    case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN:
        return N_("it was shut down");
    case VIR_DOMAIN_EVENT_STOPPED_DESTROYED:
        return N_("it was destroyed");
    case VIR_DOMAIN_EVENT_STOPPED_CRASHED:
        return N_("its QEMU ended unexpectedly");
    case VIR_DOMAIN_EVENT_STOPPED_MIGRATED:
        return N_("it was migrated away");
    case VIR_DOMAIN_EVENT_STOPPED_SAVED:
        return N_("it was saved");
    case VIR_DOMAIN_EVENT_STOPPED_FAILED:
        return N_("its QEMU failed (the guest's log at its host has the reason)");
    default:
        return N_("it was stopped");
    }
}

/* The guest is gone, or the link to it: says which, in the words of libvirt's last error. */
static void set_call_error(Passthrough *door, GError **error)
{
    g_autofree char *held = holder_sentence(door->domain); /* before libvirt forgets its error */
    g_autofree char *message =
        g_strdup(has_no_domain() ? _("it has ended") : virGetLastErrorMessage());
    const char *name = virDomainGetName(door->domain);
    virConnectPtr calls = connection_handle(door->calls);

    if (held) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, held);
    } else if (virConnectIsAlive(calls) == 1 && has_ended(door->domain)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("guest '%s' is gone: %s"), name,
                    connection_has_migrated(door->domain)
                        ? _(stop_reason(VIR_DOMAIN_EVENT_STOPPED_MIGRATED))
                        : message);
    } else if (virConnectIsAlive(calls) != 1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("lost the connection to %s: %s"),
                    connection_uri(door->calls), message);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("libvirt cannot ask guest '%s': %s"),
                    name, message);
    }
}

static char *passthrough_call(gpointer backing, const char *text, gboolean hmp, GError **error)
{
    Passthrough *door = backing;
    unsigned flags = hmp ? VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP : 0;
    /* libvirt 11.3 with json-c 0.18 refuses JSON that is not ASCII ("invalid utf-8 string") */
    g_autofree char *sent = hmp ? g_strdup(text) : json_ascii(text);
    char *reply = NULL;

    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                            _("the line is not UTF-8, and libvirt passes nothing else on"));
        return NULL;
    }
    /* libvirt allocates with the C library's malloc(), which is also g_free()'s */
    if (virDomainQemuMonitorCommand(door->domain, sent, &reply, flags) < 0) {
        set_call_error(door, error);
        return NULL;
    }
    return reply;
}

static void on_qemu_event(virConnectPtr connection G_GNUC_UNUSED, virDomainPtr domain G_GNUC_UNUSED,
                          const char *event, long long seconds, unsigned micros,
                          const char *details, void *opaque)
{
    Listener *listener = opaque;
    Json *data = details ? json_parse(details, NULL) : NULL;

    g_mutex_lock(&listener->lock);
    if (listener->monitor) {
        monitor_take_event(listener->monitor, event, data, seconds * G_USEC_PER_SEC + micros);
    } else {
        json_object_put(data);
    }
    g_mutex_unlock(&listener->lock);
}

static int on_lifecycle(virConnectPtr connection G_GNUC_UNUSED, virDomainPtr domain G_GNUC_UNUSED,
                        int event, int detail, void *opaque)
{
    Listener *listener = opaque;

    if (event != VIR_DOMAIN_EVENT_STOPPED) {
        return 0;
    }
    g_mutex_lock(&listener->lock);
    if (listener->monitor) {
        const char *why = stop_reason(detail);

        if (detail == VIR_DOMAIN_EVENT_STOPPED_MIGRATED) {
            monitor_set_moved(listener->monitor);
        }
        monitor_set_lost(listener->monitor, _(why));
        monitor_take_event(listener->monitor, "libvirt:stopped",
                           json_dict("reason", json_object_new_string(why), NULL),
                           g_get_real_time());
    }
    g_mutex_unlock(&listener->lock);
    return 0;
}

/* A job of libvirt's (a migration, a dump) has been completed. */
static void on_job(virConnectPtr connection G_GNUC_UNUSED, virDomainPtr domain G_GNUC_UNUSED,
                   virTypedParameterPtr parameters, int count, void *opaque)
{
    Listener *listener = opaque;

    g_mutex_lock(&listener->lock);
    if (listener->monitor) {
        monitor_take_event(listener->monitor, "libvirt:job-completed",
                           typed_parameters_to_json(parameters, count), g_get_real_time());
    }
    g_mutex_unlock(&listener->lock);
}

/* virConnectCloseReason in words, to be shown with _(). */
static const char *close_reason(int reason)
{
    switch (reason) {
    case VIR_CONNECT_CLOSE_REASON_EOF:
        return N_("its other end has closed it");
    case VIR_CONNECT_CLOSE_REASON_KEEPALIVE:
        return N_("its other end does not answer any more");
    case VIR_CONNECT_CLOSE_REASON_ERROR:
        return N_("the link broke");
    default:
        return N_("it was closed");
    }
}

static void on_close(virConnectPtr connection G_GNUC_UNUSED, int reason, void *opaque)
{
    Listener *listener = opaque;

    g_mutex_lock(&listener->lock);
    if (listener->monitor) {
        const char *why = close_reason(reason);
        g_autofree char *lost =
            g_strdup_printf(_("lost the connection to %s: %s"), listener->uri, _(why));

        monitor_set_cut(listener->monitor, lost);
        monitor_take_event(listener->monitor, "libvirt:disconnected",
                           json_dict("reason", json_object_new_string(why), NULL),
                           g_get_real_time());
    }
    g_mutex_unlock(&listener->lock);
}

static void passthrough_deafen(gpointer backing)
{
    Passthrough *door = backing;
    virConnectPtr handle = connection_handle(door->events);

    g_mutex_lock(&door->listener->lock);
    door->listener->monitor = NULL;
    g_mutex_unlock(&door->listener->lock);
    if (door->qemu_callback >= 0) {
        virConnectDomainQemuMonitorEventDeregister(handle, door->qemu_callback);
    }
    for (guint i = 0; i < G_N_ELEMENTS(door->callbacks); i++) {
        if (door->callbacks[i] >= 0) {
            virConnectDomainEventDeregisterAny(handle, door->callbacks[i]);
        }
    }
    if (door->hears_close) { /* libvirt has forgotten it where it has been called */
        virConnectUnregisterCloseCallback(handle, on_close);
    }
    g_clear_pointer(&door->listener, listener_unref);
}

/* Drivers within this process (embedded, test) refuse: there is no link that could break. FALSE
 * when one is broken already: that would never be told. */
static gboolean listen_for_close(Passthrough *door)
{
    g_atomic_ref_count_inc(&door->listener->references);
    door->hears_close = virConnectRegisterCloseCallback(connection_handle(door->events), on_close,
                                                        door->listener, listener_unref) == 0;
    if (!door->hears_close) {
        listener_unref(door->listener);
    }
    return virConnectIsAlive(connection_handle(door->events)) == 1;
}

/* Registers for an event of libvirt's own. -1 when it refuses. */
static int register_event(Passthrough *door, virDomainPtr domain, int event,
                          virConnectDomainEventGenericCallback callback)
{
    int id;

    g_atomic_ref_count_inc(&door->listener->references);
    id = virConnectDomainEventRegisterAny(connection_handle(door->events), domain, event, callback,
                                          door->listener, listener_unref);
    if (id < 0) {
        listener_unref(door->listener);
    }
    return id;
}

/* Registers the callbacks; each holds a reference to the listener, which libvirt gives back only
 * for a callback that it took. */
static gboolean register_callbacks(Passthrough *door, virDomainPtr domain)
{
    virConnectPtr handle = connection_handle(door->events);
    Listener *listener = door->listener;

    g_atomic_ref_count_inc(&listener->references);
    door->qemu_callback = virConnectDomainQemuMonitorEventRegister(
        handle, domain, NULL, on_qemu_event, listener, listener_unref, 0);
    if (door->qemu_callback < 0) {
        listener_unref(listener);
        return FALSE;
    }
    door->callbacks[0] = register_event(door, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                        VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
    door->callbacks[1] = register_event(door, domain, VIR_DOMAIN_EVENT_ID_JOB_COMPLETED,
                                        VIR_DOMAIN_EVENT_CALLBACK(on_job));
    return door->callbacks[0] >= 0 && door->callbacks[1] >= 0;
}

static gboolean passthrough_listen(gpointer backing, Monitor *monitor, GError **error)
{
    Passthrough *door = backing;
    const char *uri = connection_uri(door->events);
    virDomainPtr domain = virDomainLookupByUUIDString(connection_handle(door->events), door->uuid);
    gboolean listens;

    door->listener = g_new0(Listener, 1);
    g_atomic_ref_count_init(&door->listener->references);
    g_mutex_init(&door->listener->lock);
    door->listener->monitor = monitor;
    door->listener->uri = g_strdup(uri);
    door->qemu_callback = door->callbacks[0] = door->callbacks[1] = -1;
    listens = domain && register_callbacks(door, domain) && listen_for_close(door);
    if (!listens) {
        if (has_no_domain()) {
            set_call_error(door, error);
        } else {
            connection_set_error(door->events, HMPSH_ERROR_LOST,
                                 _("cannot receive the guest's events"), error);
        }
        passthrough_deafen(door);
    }
    if (domain) {
        virDomainFree(domain);
    }
    return listens;
}

static gboolean passthrough_is_cut(gpointer backing)
{
    Passthrough *door = backing;

    return virConnectIsAlive(connection_handle(door->calls)) != 1 ||
           virConnectIsAlive(connection_handle(door->events)) != 1;
}

static void passthrough_free(gpointer backing)
{
    Passthrough *door = backing;

    virDomainFree(door->domain);
    connection_unref(door->calls);
    connection_unref(door->events);
    g_free(door);
}

Monitor *passthrough_open(Connection *calls, Connection *events, virDomainPtr domain, Bell *bell)
{
    static const MonitorMaker maker = {passthrough_call, passthrough_listen, passthrough_deafen,
                                       passthrough_free, passthrough_is_cut};
    Passthrough *door = g_new0(Passthrough, 1);

    door->calls = connection_ref(calls);
    door->events = connection_ref(events);
    door->domain = domain;
    virDomainGetUUIDString(domain, door->uuid);
    return monitor_new(&maker, door, virDomainGetName(domain), bell);
}
