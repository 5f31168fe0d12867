/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libvirt itself is asked or told about a guest, beside its QEMU: such a call may be held up
 * as one to the monitor may (a QEMU that is stopped), and can be given up in the same way. */
#pragma once

#include "shell/session.h"

typedef struct DomainCall DomainCall;

struct DomainCall {
    /* On another thread when the session can stop waiting; may block. TRUE, or FALSE with @error
     * (domain_call_error()). */
    gboolean (*run)(DomainCall *call, virDomainPtr domain, GError **error);
    /* How long it is waited for at most, and given up as if nobody had asked; 0: as the session's
     * commands wait. */
    double seconds;
    const char *name; /* what it does, for messages: "asking for its job"; static */
    /* What @run takes and gives. */
    guint64 number;
    unsigned flags;
    Json *json; /* the caller's when the call has succeeded */
};

/* Makes @call for @guest, and waits as for the guest's monitor. The domain need not run.
 * HMPSH_ERROR_NO_GUEST when libvirt knows it no longer, _LOST without a connection; _PENDING,
 * _TIMEOUT, _INTERRUPTED; else what @run says. */
gboolean domain_call(Guest *guest, DomainCall *call, GError **error);

/* The same for a domain that the caller has a connection to; it waits for as long as it takes. */
gboolean domain_call_at(Connection *connection, const char *uuid, DomainCall *call, GError **error);

/* libvirt's last error on this thread as HMPSH_ERROR_FAILED, in libvirt's words. FALSE. */
gboolean domain_call_error(GError **error);
