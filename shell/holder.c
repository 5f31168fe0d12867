/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/holder.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>

/* For how long QEMU has not answered a call, in seconds; negative: libvirt does not know of one. */
static double silence_of(virDomainPtr domain)
{
    virDomainControlInfo control;

    if (virDomainGetControlInfo(domain, &control, 0) < 0 ||
        control.state != VIR_DOMAIN_CONTROL_OCCUPIED) {
        return -1;
    }
    return (double)control.stateTime / 1000;
}

/* The states that a destination goes through: before memory comes, while it comes, and while the
 * guest runs already and memory still comes. None is a destination's alone (a source that was
 * migrated past libvirt is "paused (migrating)" too, after libvirtd was started again: seen). */
static gboolean may_be_receiving(virDomainPtr domain)
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
gboolean holder_is_receiving(virDomainPtr domain)
{
    virTypedParameterPtr parameters = NULL;
    int count = 0;
    int type;
    virErrorPtr last;

    if (!may_be_receiving(domain)) {
        return FALSE;
    }
    if (virDomainGetJobStats(domain, &type, &parameters, &count, 0) == 0) {
        virTypedParamsFree(parameters, count);
        return FALSE;
    }
    last = virGetLastError();
    return last && last->code == VIR_ERR_OPERATION_UNSUPPORTED;
}

char *holder_receiving_sentence(const char *name)
{
    return g_strdup_printf(_("guest '%s' is being received by libvirt, which lets nobody ask its "
                             "QEMU until it has arrived; the source can be asked"),
                           name);
}

char *holder_sentence(virDomainPtr domain)
{
    virErrorPtr last = virGetLastError();
    g_autofree char *words = NULL;
    const char *name;
    double silence;

    if (!last || last->code != VIR_ERR_OPERATION_TIMEOUT) {
        return NULL;
    }
    words = g_strdup(last->message);
    name = virDomainGetName(domain); /* which resets the error */
    if (holder_is_receiving(domain)) {
        return holder_receiving_sentence(name);
    }
    silence = silence_of(domain);
    if (silence < 0) {
        return g_strdup_printf(_("guest '%s' is held by another client of libvirt, which lets "
                                 "nobody else ask its QEMU until that is done (%s)"),
                               name, words);
    }
    return g_strdup_printf(
        _("the QEMU of guest '%s' has not answered another client's call for %.0f "
          "s, and until it does libvirt lets nobody else ask it (%s). A QEMU that "
          "was stopped goes on by SIGCONT at its host; 'virsh destroy' ends one "
          "that hangs, and the guest"),
        name, silence, words);
}
