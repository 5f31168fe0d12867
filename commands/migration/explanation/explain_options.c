/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libvirt's flags and typed parameters, by virsh's options: what their own table (managed_list.h)
 * does not say already. Sources: libvirt-domain.h, docs/manpages/virsh.rst. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_options[] = {
    {"live",
     NULL,
     NULL,
     N_("Leave it: --no-live is for a guest that may stand still."),
     NULL,
     "--no-live, pre-copy"},
    {.name = NULL},
};
