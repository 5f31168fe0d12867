/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate -r: a raw post-copy that lost its link goes on. */
#pragma once

#include "shell/session.h"

/* Lets the peer, whose post-copy has lost its link, listen anew; the URI to resume at. Its side may
 * learn of the loss a little later than that of @guest, the source, and is waited for. Free with
 * g_free(). */
char *resume_address(Session *session, Guest *guest, GError **error);

/* QEMU 7.2 stands at 'postcopy-paused' until it has reached the destination. One that it cannot
 * reach leaves it there. */
gboolean resume_wait(Session *session, Guest *guest, GError **error);
