/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/arrival.h"

#include <libvirt/virterror.h>

#include "shell/courier.h"
#include "shell/reach.h"

static const double PATIENCE_S = 1;

/* A look on its way by the courier. */
typedef struct {
    Errand errand; /* first */
    Connection *home;
    char uuid[VIR_UUID_STRING_BUFLEN];
    gboolean awaited;
} Look;

/* The states that a destination goes through: before memory comes, while it comes, and while the
 * guest runs already and memory still comes. None is a destination's alone (a source that was
 * migrated past libvirt is "paused (migrating)" too, after libvirtd was started again: seen). */
static gboolean may_be_awaited(virDomainPtr domain)
{
    int state, reason;

    if (virDomainGetState(domain, &state, &reason, 0) < 0) {
        return FALSE;
    }
    return (state == VIR_DOMAIN_PAUSED &&
            (reason == VIR_DOMAIN_PAUSED_STARTING_UP || reason == VIR_DOMAIN_PAUSED_MIGRATION)) ||
           (state == VIR_DOMAIN_RUNNING && reason == VIR_DOMAIN_RUNNING_POSTCOPY);
}

/* A destination's job has no statistics, and only a destination's: libvirt says that before it asks
 * QEMU or waits for anything (qemuDomainGetJobStatsInternal()). */
gboolean arrival_is_awaited(virDomainPtr domain)
{
    virTypedParameterPtr parameters = NULL;
    int count = 0;
    int type;
    virErrorPtr last;

    if (!may_be_awaited(domain)) {
        return FALSE;
    }
    if (virDomainGetJobStats(domain, &type, &parameters, &count, 0) == 0) {
        virTypedParamsFree(parameters, count);
        return FALSE;
    }
    last = virGetLastError();
    return last && last->code == VIR_ERR_OPERATION_UNSUPPORTED;
}

static void look_run(Errand *errand)
{
    Look *look = (Look *)errand;
    virDomainPtr domain = virDomainLookupByUUIDString(connection_handle(look->home), look->uuid);

    look->awaited = domain && arrival_is_awaited(domain);
    g_clear_pointer(&domain, virDomainFree);
}

static void look_free(Errand *errand)
{
    Look *look = (Look *)errand;

    connection_unref(look->home);
    g_free(look);
}

static gboolean is_awaited(Guest *guest)
{
    Session *session = guest->session;
    Patience patience = {PATIENCE_S, TRUE};
    Look *look = g_new0(Look, 1);
    gboolean awaited;

    look->errand = (Errand){look_run, look_free, "state"};
    look->home = connection_ref(guest->home);
    g_strlcpy(look->uuid, guest->uuid, sizeof(look->uuid));
    if (!session->setup.interactive && session->setup.timeout <= 0) {
        look_run(&look->errand);
    } else if (!courier_run(reach_courier(session), &look->errand, &patience, NULL)) {
        return FALSE;
    }
    awaited = look->awaited;
    look_free(&look->errand);
    return awaited;
}

char *arrival_sentence(const char *name)
{
    return g_strdup_printf("guest '%s' is being received by libvirt, which lets nobody ask its "
                           "QEMU until it has arrived; the source can be asked",
                           name);
}

gboolean arrival_check(Guest *guest, GError **error)
{
    g_autofree char *sentence = NULL;

    if (!is_awaited(guest)) {
        return TRUE;
    }
    sentence = arrival_sentence(guest->name);
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, sentence);
    return FALSE;
}
