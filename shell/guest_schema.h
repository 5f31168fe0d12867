/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A live guest's QMP schema: asked for when it is first wanted, and remembered with the guest. */
#pragma once

#include "shell/schema.h"
#include "shell/session.h"

/* The schema of @guest's QEMU; one that knows nothing where that QEMU has none to give. Borrowed
 * from the guest. NULL when it cannot be asked: HMPSH_ERROR_LOST, _TIMEOUT and their like. */
const Schema *guest_schema(Guest *guest, GError **error);

/* Whether it is remembered, so that nobody has to be asked. */
gboolean guest_schema_is_known(Guest *guest);

/* The same for a completer, which waits at most @milliseconds; NULL when no answer came. */
const Schema *guest_schema_quickly(Guest *guest, int milliseconds);
