/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate -r: a raw post-copy that lost its link goes on. */
#pragma once

#include "shell/session.h"

/* Lets the peer, whose post-copy has lost its link, listen anew; the URI to resume at. Its side may
 * learn of the loss a little later than that of @guest, the source, and is waited for. Free with
 * g_free(). */
char *resume_address(Session *session, Guest *guest, GError **error);

/* Waits, a second at most, until the post-copy of @guest that QEMU was told to resume has reached
 * its destination. HMPSH_ERROR_FAILED, saying what to do, when it still stands without; INTERRUPTED
 * after Ctrl-C. A look that fails says nothing of the migration: it is taken to go on. */
gboolean resume_wait(Session *session, Guest *guest, GError **error);
