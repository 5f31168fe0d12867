/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How large a guest is, as a policy counts it. */
#pragma once

#include "commands/migration/policy/policy.h"
#include "shell/session.h"

/* Asks @guest's QEMU for its memory with what was plugged in (QAPI: MemoryInfo, 2.11 and later),
 * and with
 * @disks libvirt for the sizes of the images of its disks, as Nova counts them (the file's
 * length; one that libvirt cannot tell is left out). policy_guest_clear() in any case. */
gboolean policy_guest_ask(Guest *guest, gboolean disks, PolicyGuest *size, GError **error);
void policy_guest_clear(PolicyGuest *size);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PolicyGuest, policy_guest_clear)
