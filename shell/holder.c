/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/holder.h"

#include <libvirt/virterror.h>

#include "shell/arrival.h"

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
    if (arrival_is_awaited(domain)) {
        return arrival_sentence(name);
    }
    silence = silence_of(domain);
    if (silence < 0) {
        return g_strdup_printf("guest '%s' is held by another client of libvirt, which lets "
                               "nobody else ask its QEMU until that is done (%s)",
                               name, words);
    }
    return g_strdup_printf("the QEMU of guest '%s' has not answered another client's call for %.0f "
                           "s, and until it does libvirt lets nobody else ask it (%s). A QEMU that "
                           "was stopped goes on by SIGCONT at its host; 'virsh destroy' ends one "
                           "that hangs, and the guest",
                           name, silence, words);
}
