/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest of the session that libvirt is receiving: who asks it is held up for 30 s (holder.h). */
#pragma once

#include "shell/session.h"

/* FALSE with HMPSH_ERROR_FAILED when @guest is being received. Asks libvirt, not QEMU; where that
 * does not answer the guest is taken to be there. */
gboolean arrival_check(Guest *guest, GError **error);
