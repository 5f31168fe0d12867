/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/shared_fs.h"

#include <glib.h>
#include <sys/vfs.h>

/* statfs(2); those that libvirt takes for shared (docs: "sharedFilesystems", and FUSE's GlusterFS
 * and so on, which cannot be told from another FUSE by this number). */
static const struct {
    guint32 magic;
    SharedFs kind;
} TYPES[] = {
    {0x6969, SHARED_YES},         /* NFS */
    {0xff534d42, SHARED_YES},     /* CIFS */
    {0xfe534d42, SHARED_YES},     /* SMB2 */
    {0x517b, SHARED_YES},         /* SMB */
    {0x5346414f, SHARED_YES},     /* AFS */
    {0x01161970, SHARED_CLUSTER}, /* GFS2 */
    {0x7461636f, SHARED_CLUSTER}, /* OCFS2 */
    {0x00c36400, SHARED_CLUSTER}, /* Ceph */
    {0x47504653, SHARED_CLUSTER}, /* GPFS */
    {0x0bd00bd0, SHARED_CLUSTER}, /* Lustre */
    {0x65735546, SHARED_UNKNOWN}, /* FUSE: anything */
    {0x01021997, SHARED_UNKNOWN}, /* 9p: this host may be a guest itself */
};

SharedFs shared_fs(const char *path)
{
    struct statfs found;

    if (statfs(path, &found) != 0) {
        return SHARED_UNKNOWN;
    }
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        if (TYPES[i].magic == (guint32)found.f_type) {
            return TYPES[i].kind;
        }
    }
    return SHARED_NO;
}
