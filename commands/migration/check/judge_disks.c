/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's disks: whether the destination sees the same ones, or they can be copied there. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/check/judge.h"
#include "commands/migration/check/shared_fs.h"
#include "commands/migration/storage/storage_plan.h"
#include "shell/values.h"

enum { DROPS_CACHE_SINCE = 400 }; /* QEMU 4.0 */

/* One of the guest's disks, as its XML has it. Strings are borrowed. */
typedef struct {
    char *check;        /* "disk vda" */
    const char *target; /* "vda" */
    const char *file;   /* or a block device; NULL: none */
    const char *cache;  /* NULL: QEMU's default, which is writeback */
    SharedFs place;
    gboolean read_only;
    gboolean copied;
} Disk;

static gboolean is_copied(const CheckWish *wish, const char *target)
{
    g_auto(GStrv) chosen = wish->disks ? g_strsplit(wish->disks, ",", -1) : NULL;

    return wish->copies && (!chosen || g_strv_contains((const char *const *)chosen, target));
}

static Disk disk_of(const CheckFacts *facts, const Xml *xml)
{
    const char *file = xml_get(xml, "source@file");
    Disk disk = {
        .target = xml_get(xml, "target@dev"),
        .file = file ? file : xml_get(xml, "source@dev"),
        .cache = xml_get(xml, "driver@cache"),
        .read_only = xml_find(xml, "readonly") != NULL,
    };

    disk.check = g_strdup_printf("disk %s", disk.target);
    disk.copied =
        !disk.read_only && !xml_find(xml, "shareable") && is_copied(&facts->wish, disk.target);
    disk.place = facts->source.local && file ? shared_fs(file) : SHARED_UNKNOWN;
    return disk;
}

/* Whether what this host keeps of the disk in its memory may hide what the other one writes. Two
 * kinds of cache do not (libvirt's list), and none does where QEMU drops it at the end (QAPI:
 * BlockdevOptionsFile, drop-cache, since 4.0). */
static gboolean caches_here(const CheckFacts *facts, const Disk *disk)
{
    gboolean drops = facts->source.release >= DROPS_CACHE_SINCE;

    return !drops && g_strcmp0(disk->cache, "none") != 0 &&
           g_strcmp0(disk->cache, "directsync") != 0;
}

/* --- read-only ones --- */

static void judge_medium(const CheckFacts *facts, const Disk *disk, CheckList *list)
{
    Json *image = check_member(check_member(facts->there, "images"), disk->file);
    gboolean there = json_object_get_boolean(check_member(image, "volume"));

    if (facts->peer || facts->one_host) { /* its QEMU has it open */
        return;
    }
    if (check_member(image, "pool") && !there) {
        check_add(list, CHECK_WARNING, disk->check, _("'eject' it before, or put it there"),
                  _("no storage pool at %s lists its medium %s"), check_there(facts), disk->file);
    } else if (disk->place == SHARED_NO && !there) {
        check_add(
            list, CHECK_WARNING, disk->check, _("'eject' it before, or put it there"),
            _("its medium %s is a file of this host alone, and must be at the destination too"),
            disk->file);
    }
}

/* --- shared ones --- */

/* What libvirt asks before it takes a disk for safe (qemuMigrationSrcIsSafe()). */
static void judge_unsafe(const CheckFacts *facts, const Disk *disk, CheckList *list)
{
    gboolean managed = facts->wish.way == CHECK_MANAGED;
    CheckResult bad = managed && !facts->wish.unsafe ? CHECK_BLOCKER : CHECK_WARNING;

    if (disk->place == SHARED_NO) {
        check_add(list, bad, disk->check,
                  managed ? _("'-b' copies it; '--unsafe' takes the risk")
                          : _("'-b' copies it, or shared storage at the same path on both hosts"),
                  _("%s is on a file system of this host alone"), disk->file);
    } else if (caches_here(facts, disk) && disk->place != SHARED_CLUSTER) {
        check_add(
            list, disk->place == SHARED_YES ? bad : CHECK_WARNING, disk->check,
            managed ? _("cache='none' in its <driver>, and a start anew; or '--unsafe'")
                    : _("cache='none' in its <driver>, and a start anew"),
            _("its cache is '%s': what this host keeps in memory of %s the other one may not see"),
            disk->cache ? disk->cache : _("writeback, the default"), disk->file);
    } else {
        check_add(list, CHECK_OK, disk->check, NULL,
                  disk->place == SHARED_UNKNOWN ? _("%s, cache '%s'")
                                                : _("%s is on shared storage, cache '%s'"),
                  disk->file, disk->cache ? disk->cache : _("default"));
    }
    if (disk->place == SHARED_UNKNOWN) {
        check_untold(list, _("whether the hosts share the storage of %s"), disk->file);
    }
}

/* Whether the destination has the image, when a storage pool there can tell. */
static void judge_presence(const CheckFacts *facts, const Disk *disk, CheckList *list)
{
    Json *image = check_member(check_member(facts->there, "images"), disk->file);
    const char *pool = json_get_string(image, "pool");
    gboolean there = json_object_get_boolean(check_member(image, "volume"));
    g_autofree char *way_out =
        pool ? g_strdup_printf(_("make it there; 'virsh pool-refresh %s' there, if it is"), pool)
             : NULL;

    if (there) {
        return;
    }
    if (pool && (!disk->copied || facts->wish.incremental)) { /* a pool sees new files late */
        check_add(list, disk->copied ? CHECK_BLOCKER : CHECK_WARNING, disk->check, way_out,
                  _("the storage pool %s at %s does not list %s"), pool, check_there(facts),
                  disk->file);
    } else if (!pool && facts->there) {
        check_untold(list, _("whether %s is at %s (no storage pool of its directory there)"),
                     disk->file, check_there(facts));
    }
}

/* --- copied ones --- */

/* The size the guest sees of the disk called @target, in bytes; 0: not known. QEMU names it by its
 * file. */
static guint64 size_of(const CheckGuest *guest, const char *file)
{
    for (size_t i = 0; i < json_length(guest->blocks); i++) {
        Json *block = json_object_array_get_idx(guest->blocks, i);

        if (g_strcmp0(json_get_string(block, "inserted.file"), file) == 0) {
            return json_object_get_uint64(json_get(block, "inserted.image.virtual-size"));
        }
    }
    return 0;
}

static void judge_copied(const CheckFacts *facts, const Disk *disk, CheckList *list)
{
    Json *image = check_member(check_member(facts->there, "images"), disk->file);
    const char *pool = json_get_string(image, "pool");
    guint64 size = size_of(&facts->source, disk->file);
    guint64 used = json_object_get_uint64(check_member(image, "allocation"));
    guint64 available = json_object_get_uint64(check_member(image, "available"));
    g_autofree char *sized = size_format(size);
    g_autofree char *room = size_format(available);
    guint before = list->rows->len;

    judge_presence(facts, disk, list);
    if (list->rows->len > before) {
        return;
    }
    if (pool && size > used && size - used > available) {
        check_add(list, CHECK_WARNING, disk->check, _("make room there"),
                  _("it is to be copied, has %s, and the pool %s at %s has room for %s"), sized,
                  pool, check_there(facts), room);
    } else if (pool) {
        check_add(list, CHECK_OK, disk->check, NULL, _("%s is copied, %s, into the pool %s"),
                  disk->file, sized, pool);
    } else {
        check_add(list, CHECK_OK, disk->check, NULL, _("%s is copied, %s"), disk->file, sized);
    }
}

static void judge_disk(const CheckFacts *facts, const Disk *disk, CheckList *list)
{
    if (disk->copied) {
        judge_copied(facts, disk, list);
    } else {
        judge_unsafe(facts, disk, list);
        judge_presence(facts, disk, list);
    }
}

/* --- by what both QEMUs say --- */

static void judge_pair(const CheckFacts *facts, const StorageDisk *disk, CheckList *list)
{
    g_autofree char *check = g_strdup_printf("disk %s", disk->name);
    g_autofree char *size = size_format(disk->size);
    gboolean one_name = g_strcmp0(disk->file, disk->peer_file) == 0;
    gboolean alone =
        facts->source.local && g_path_is_absolute(disk->file) && shared_fs(disk->file) == SHARED_NO;

    if (disk->shared) {
        check_add(list, CHECK_OK, check, NULL, _("both ends have %s"), disk->file);
    } else if (facts->wish.copies) {
        check_add(list, CHECK_OK, check, NULL,
                  disk->top ? _("the top layer of %s is copied to %s")
                            : _("all of %s is copied to %s"),
                  size, disk->peer_file);
    } else if (one_name && !alone && !facts->one_host) {
        check_untold(list, _("whether %s is the same file on both hosts"), disk->file);
    } else {
        check_add(list, CHECK_BLOCKER, check, _("'migrate -b peer' copies it"),
                  _("'%s' has another image, %s, and the contents of %s would stay behind"),
                  facts->peer->name, disk->peer_file, disk->file);
    }
}

static void judge_pairs(const CheckFacts *facts, CheckList *list)
{
    StorageSides sides = {facts->source.name, facts->peer->name, facts->one_host};
    g_autoptr(GError) why = NULL;
    g_autoptr(GPtrArray) plan = storage_plan_new(facts->source.blocks, facts->peer->blocks, &sides,
                                                 facts->wish.incremental, &why);

    if (!plan) {
        check_add(list, CHECK_BLOCKER, "disks", NULL, "%s", why->message);
        return;
    }
    for (guint i = 0; i < plan->len; i++) {
        judge_pair(facts, plan->pdata[i], list);
    }
}

/* A kernel of the host's, or its firmware. */
static void judge_boot_files(const CheckFacts *facts, CheckList *list)
{
    for (guint i = 0; check_boot_files[i]; i++) {
        const char *file = xml_get(facts->source.xml, check_boot_files[i]);
        Json *image = file ? check_member(check_member(facts->there, "images"), file) : NULL;

        if (file && !json_object_get_boolean(check_member(image, "volume"))) {
            check_untold(list, _("whether %s has %s"), check_there(facts), file);
        }
    }
}

void judge_disks(const CheckFacts *facts, CheckList *list)
{
    const Xml *devices = xml_find(facts->source.xml, "devices");
    const Xml *xml;

    for (guint i = 0; (xml = xml_child(devices, "disk", i)); i++) {
        Disk disk = disk_of(facts, xml);

        if (disk.file && disk.read_only) {
            judge_medium(facts, &disk, list);
        } else if (disk.file && !facts->peer && !facts->wish.offline) {
            judge_disk(facts, &disk, list);
        }
        g_free(disk.check);
    }
    if (facts->peer && facts->source.blocks && facts->peer->blocks) {
        judge_pairs(facts, list);
    }
    if (facts->there && facts->wish.way == CHECK_MANAGED) {
        judge_boot_files(facts, list);
    }
}
