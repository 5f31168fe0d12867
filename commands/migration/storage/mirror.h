/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks copied from a running guest to another one's images: the steps, each on one guest. The
 * destination serves its disks by NBD (QMP: nbd-server-start, block-export-add; QEMU 5.2), the
 * source mirrors its own to them (blockdev-add, blockdev-mirror). libvirt knows nothing of it, and
 * does not mind. Everything that is made has a name that begins with MIRROR_PREFIX, and nothing
 * else is ever removed. */
#pragma once

#include "commands/migration/storage/storage_plan.h"
#include "shell/monitor.h"

#define MIRROR_PREFIX "hmpsh-"

/* Where the destination serves: a unix socket, or a host and a port. */
typedef struct {
    char *path; /* NULL: by TCP */
    char *host; /* as the source reaches it */
    char *bind; /* where the destination listens */
    char *port; /* NULL until mirror_serve() has found one */
} MirrorAddress;

void mirror_address_clear(MirrorAddress *address);

/* --- the destination --- */

/* Starts its NBD server; by TCP at the first free port of those that libvirt's own migrations use
 * (49152 to 49215: firewalls let them through), which is noted in @address. @tls is the id of a TLS
 * credentials object there, or NULL. */
gboolean mirror_serve(Monitor *monitor, MirrorAddress *address, const char *tls, GError **error);

/* Lets the server export @node, as number @index. It makes an incoming guest's image active, so
 * that one that somebody else uses is refused here. */
gboolean mirror_export(Monitor *monitor, guint index, const char *node, GError **error);

/* Ends the server with its exports. */
gboolean mirror_end_server(Monitor *monitor, GError **error);

/* Whether it still serves the exports 0 to @count - 1; else HMPSH_ERROR_FAILED. While nothing is
 * written, the source does not notice when they are gone. */
gboolean mirror_is_served(Monitor *monitor, guint count, GError **error);

/* --- the source --- */

typedef struct {
    const MirrorAddress *address;
    const char *tls;          /* the id of a TLS credentials object, or NULL */
    const char *tls_hostname; /* whom its certificate shall name, or NULL */
    guint64 speed;            /* bytes per second for this disk, 0: without a limit */
    gboolean write_blocking;  /* the guest's writes wait for the destination */
} MirrorSetup;

/* Begins to mirror @disk to export @index. */
gboolean mirror_begin(Monitor *monitor, guint index, const StorageDisk *disk,
                      const MirrorSetup *setup, GError **error);

/* How far the mirrors 0 to @count - 1 are, together. A mirror's length grows as the guest writes,
 * and is 0 for an empty layer. */
typedef struct {
    guint64 done; /* bytes */
    guint64 total;
    gboolean ready;     /* all are in step with the guest */
    gboolean concluded; /* all have ended, without an error */
} MirrorProgress;

/* Asks for it. HMPSH_ERROR_FAILED when one of them has failed or is not there. */
gboolean mirror_look(Monitor *monitor, guint count, MirrorProgress *progress, GError **error);

/* Shares @bytes_per_second (0: without a limit) among the mirrors that run. */
gboolean mirror_set_speed(Monitor *monitor, guint64 bytes_per_second, GError **error);

/* The same for all mirrors of the guest, by whomever: libvirt, which copies its disks, does not let
 * its own be changed. */
gboolean mirror_set_speed_of_all(Monitor *monitor, guint64 bytes_per_second, GError **error);

/* Lets the guest's writes wait for the destination from now on, where QEMU can change that (8.2:
 * block-job-change); elsewhere nothing happens. */
void mirror_block_writes(Monitor *monitor, guint count);

/* Ends mirrors that are ready, without force: what is still dirty is copied, and then they conclude
 * (mirror_look()). Not by job-cancel, which loses it, nor by job-complete, which moves the source
 * to the destination's disks. */
gboolean mirror_finish(Monitor *monitor, guint count, GError **error);

/* Removes concluded mirrors and their nodes. */
gboolean mirror_drop(Monitor *monitor, guint count, GError **error);

/* --- either side --- */

/* Whether there is anything of a migration with disks: 1 yes, 0 no, -1 with @error. */
int mirror_is_there(Monitor *monitor, GError **error);

/* Removes all that there is, as well as it can: mirrors by force, nodes, exports, and the NBD
 * server when it has no other exports. TRUE when nothing is left; *@found tells whether there was
 * anything (may be NULL). Harmless to a guest that runs on its own disks. */
gboolean mirror_tidy(Monitor *monitor, gboolean *found, GError **error);
