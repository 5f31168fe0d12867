/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Getting back a guest whose connection broke, for a command that waits: libvirtd may be started
 * again, and QEMU runs on meanwhile. */
#pragma once

#include "shell/session.h"

/* Says what happened, and tries to reach @guest (the current one or the peer) again until it is
 * there, for 30 s or @seconds (negative: no limit of the caller's), whichever is less. With it its
 * other guest is looked for, if that was lost in the same way. Its monitor is another one then;
 * what is known about its QEMU stays, see guest_get_back(). HMPSH_ERROR_INTERRUPTED after Ctrl-C,
 * _LOST when it does not come back or was found to be gone. */
gboolean session_regain(Session *session, Guest *guest, double seconds, GError **error);

/* session_guest() for a command that waits @seconds (negative: without a limit): a connection that
 * is lost is waited for. */
Guest *session_guest_waiting(Session *session, double seconds, GError **error);
