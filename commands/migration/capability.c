/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/capability.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/release.h"

/* clang-format off */
static const CapabilityInfo table[] = {
    {"auto-converge", "1.6", NULL, NULL,
     N_("slows a guest that dirties memory too fast; not with dirty-limit")},
    {"dirty-limit", "8.1", NULL, NULL,
     N_("slows only the vCPUs that dirty too fast; needs KVM's dirty ring")},
    {"postcopy-ram", "2.6", NULL, NULL,
     N_("allows migrate_start_postcopy; on both sides; with multifd since 10.1")},
    {"postcopy-preempt", "7.1", NULL, NULL,
     N_("post-copy: a connection for pages asked for; needs postcopy-ram")},
    {"postcopy-blocktime", "3.0", NULL, NULL,
     N_("post-copy: counts how long vCPUs wait; at the destination")},
    {"release-ram", "2.9", NULL, NULL,
     N_("post-copy: the source frees what it has sent")},
    {"multifd", "4.0", NULL, NULL,
     N_("memory goes through several connections; on both sides; not with xbzrle")},
    {"zero-copy-send", "7.1", NULL, NULL,
     N_("multifd sends without copying; no TLS, no compression; locks memory")},
    {"xbzrle", "1.2", NULL, NULL,
     N_("sends pages again as differences; not with multifd")},
    {"return-path", "2.10", NULL, NULL,
     N_("the destination answers; so completed means that it has the guest")},
    {"switchover-ack", "8.1", NULL, NULL,
     N_("the destination must agree to the switch-over; needs return-path")},
    {"pause-before-switchover", "2.11", NULL, NULL,
     N_("waits for migrate_continue; with the guest stopped, before the switch-over")},
    {"late-block-activate", "3.0", NULL, NULL,
     N_("the destination takes disks only at cont; not when the migration ends")},
    {"dirty-bitmaps", "2.12", NULL, NULL,
     N_("takes the disks' named dirty bitmaps along; on both sides")},
    {"events", "2.4", NULL, NULL,
     N_("tells of states and passes; libvirt sets it, leave it on")},
    {"validate-uuid", "4.2", NULL, NULL,
     N_("a destination with another UUID refuses")},
    {"mapped-ram", "9.0", NULL, NULL,
     N_("file: each page has its place in it; not with xbzrle or post-copy")},
    {"background-snapshot", "6.0", NULL, NULL,
     N_("saves this moment's state; while the guest runs on; alone only")},
    {"x-ignore-shared", "4.0", NULL, NULL,
     N_("leaves out memory that both QEMUs share; not with post-copy")},
    {"rdma-pin-all", "2.0", NULL, NULL,
     N_("rdma: pins all memory beforehand; on both sides")},
    {"x-colo", "2.8", NULL, NULL,
     N_("COLO: keeps two guests in step; needs return-path since 11.0")},

    {"zero-blocks", "1.6", "11.0", NULL,
     N_("block: zeroes are told of, not sent")},
    {"compress", "2.4", "9.1", NULL,
     N_("compresses pages in threads; on both sides; not with multifd or xbzrle")},
    {"block", "2.10", "9.1", NULL,
     N_("sends the disks too, as migrate -b; fails with libvirt's disks")},
    {"x-postcopy-ram", "2.5", "2.6", "postcopy-ram",
     N_("allows migrate_start_postcopy; on both sides")},
    {"x-multifd", "2.11", "4.0", "multifd",
     N_("memory goes through several connections; on both sides")},
};
/* clang-format on */

/* QEMU: migration/savevm.c (loadvm_postcopy_handle_advise(),
 * configuration_validate_capabilities()), migration/multifd.c, migration/ram.c. */
const char *const capability_both[] = {"postcopy-ram", "multifd",         "mapped-ram",
                                       "compress",     "x-ignore-shared", NULL};

const CapabilityInfo *capability_at(guint i)
{
    return i < G_N_ELEMENTS(table) ? &table[i] : NULL;
}

const CapabilityInfo *capability_find(const char *name)
{
    g_autofree char *plain = g_strdelimit(g_strdup(name), "_", '-');

    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].name, plain) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

gboolean capability_state(Json *reply, const char *name, gboolean *state)
{
    size_t n = json_object_is_type(reply, json_type_array) ? json_object_array_length(reply) : 0;

    for (size_t i = 0; i < n; i++) {
        Json *entry = json_object_array_get_idx(reply, i);

        if (g_strcmp0(json_get_string(entry, "capability"), name) == 0) {
            *state = json_object_get_boolean(json_get(entry, "state")) != 0;
            return TRUE;
        }
    }
    return FALSE;
}

char *capability_unknown_text(const char *name, guint release)
{
    const CapabilityInfo *info = capability_find(name);

    return info ? release_lack_text(release, info->name, info->since, info->until, info->now)
                : NULL;
}
