/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/storage/storage_plan.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "shell/error.h"
#include "shell/layout.h"
#include "shell/table.h"
#include "shell/values.h"

static void disk_free(gpointer data)
{
    StorageDisk *disk = data;

    g_free(disk->name);
    g_free(disk->node);
    g_free(disk->peer_node);
    g_free(disk->file);
    g_free(disk->peer_file);
    g_free(disk->backing);
    g_free(disk->peer_backing);
    g_free(disk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorageDisk, disk_free)

/* The same for both guests: the device's path or id, or the drive's name where QEMU gives neither.
 */
static const char *disk_key(Json *block)
{
    const char *device = json_get_string(block, "qdev");

    return device ? device : json_get_string(block, "device");
}

/* What a person calls it: the alias in "/machine/peripheral/virtio-disk1/virtio-backend". */
static char *disk_name(const char *key)
{
    static const char peripheral[] = "/machine/peripheral/";

    if (g_str_has_prefix(key, peripheral)) {
        const char *alias = key + strlen(peripheral);

        return g_strndup(alias, strcspn(alias, "/"));
    }
    return g_strdup(key);
}

static gboolean is_writable_disk(Json *block)
{
    return disk_key(block) && json_get_string(block, "inserted.node-name") &&
           !json_object_get_boolean(json_get(block, "inserted.ro"));
}

static Json *find_block(Json *blocks, const char *key)
{
    for (size_t i = 0; i < json_object_array_length(blocks); i++) {
        Json *block = json_object_array_get_idx(blocks, i);

        if (g_strcmp0(disk_key(block), key) == 0) {
            return block;
        }
    }
    return NULL;
}

static guint64 size_of(Json *block, const char *path)
{
    return json_object_get_uint64(json_get(block, path));
}

/* The file that @name, as QEMU gives it, comes down to: of a node that was put together by hand it
 * gives "json:" and all of its options. NULL when it is none. Free with g_free(). */
static char *plain_file(const char *name)
{
    static const char *const members[] = {"file.filename", "filename"};
    g_autoptr(Json) options = NULL;

    if (!name || !g_str_has_prefix(name, "json:")) {
        return g_strdup(name);
    }
    options = json_parse(name + strlen("json:"), NULL);
    for (size_t i = 0; options && i < G_N_ELEMENTS(members); i++) {
        const char *file = json_get_string(options, members[i]);

        if (file) {
            return g_strdup(file);
        }
    }
    return g_strdup(name);
}

/* Whether the name means the same image wherever it is seen from. */
static gboolean is_network_image(const char *file)
{
    static const char *const schemes[] = {"rbd:",   "nfs://", "iscsi://", "gluster",
                                          "nbd://", "ssh://", "https://", "http://"};
    static const char *const loopbacks[] = {"//localhost", "//127.", "//[::1]"};
    gboolean network = FALSE;

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        network = network || g_str_has_prefix(file, schemes[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(loopbacks); i++) {
        network = network && !strstr(file, loopbacks[i]);
    }
    return network;
}

/* When in doubt they are two. (Should they be one all the same, QEMU's lock on it refuses the
 * export.) A path below /dev/fdset is each QEMU's own. */
static gboolean same_image(const StorageDisk *disk, gboolean one_host)
{
    if (g_strcmp0(disk->file, disk->peer_file) != 0) {
        return FALSE;
    }
    return is_network_image(disk->file) || (one_host && g_path_is_absolute(disk->file) &&
                                            !g_str_has_prefix(disk->file, "/dev/fdset/"));
}

static gboolean refuse(const StorageDisk *disk, const StorageSides *sides, GError **error,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);

static gboolean refuse(const StorageDisk *disk, const StorageSides *sides, GError **error,
                       const char *format, ...)
{
    g_autofree char *reason = NULL;
    va_list list;

    va_start(list, format);
    reason = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("disk '%s' of '%s' (%s) %s"), disk->name,
                sides->source, disk->file, reason);
    return FALSE;
}

static gboolean check_counterpart(const StorageDisk *disk, Json *block, const StorageSides *sides,
                                  GError **error)
{
    if (!block || !json_get(block, "inserted")) {
        return refuse(disk, sides, error,
                      block
                          ? _("has no counterpart at '%s': both guests must have the same devices, "
                              "with a medium")
                          : _("has no counterpart at '%s': both guests must have the same devices"),
                      sides->destination);
    }
    if (json_object_get_boolean(json_get(block, "inserted.ro"))) {
        return refuse(disk, sides, error, _("is read-only at '%s'"), sides->destination);
    }
    return TRUE;
}

static gboolean check_sizes(const StorageDisk *disk, Json *here, Json *there,
                            const StorageSides *sides, GError **error)
{
    guint64 peer_size = size_of(there, "inserted.image.virtual-size");
    guint64 base = size_of(here, "inserted.image.backing-image.virtual-size");
    guint64 peer_base = size_of(there, "inserted.image.backing-image.virtual-size");

    if (peer_size != disk->size) {
        return refuse(
            disk, sides, error,
            _("has %" PRIu64 " bytes, and %s at '%s' has %" PRIu64 ": make it exactly as large"),
            disk->size, disk->peer_file, sides->destination, peer_size);
    }
    if (disk->top && !disk->peer_backing) {
        return refuse(disk, sides, error,
                      _("has the backing file %s, and %s at '%s' has none: create it with "
                        "'qemu-img create -f qcow2 -b BACKING -F FORMAT', or copy all with -b"),
                      disk->backing, disk->peer_file, sides->destination);
    }
    if (disk->top && base != peer_base) {
        return refuse(disk, sides, error,
                      _("has the backing file %s with %" PRIu64
                        " bytes, and at '%s' it is %s with %" PRIu64
                        ": they must have the same contents"),
                      disk->backing, base, sides->destination, disk->peer_backing, peer_base);
    }
    return TRUE;
}

static char *member(Json *block, const char *path)
{
    return g_strdup(json_get_string(block, path));
}

static StorageDisk *disk_new(Json *here, Json *blocks, const StorageSides *sides,
                             gboolean incremental, GError **error)
{
    g_autoptr(StorageDisk) disk = g_new0(StorageDisk, 1);
    const char *key = disk_key(here);
    Json *there = find_block(blocks, key);

    disk->name = disk_name(key);
    disk->node = member(here, "inserted.node-name");
    disk->file = plain_file(json_get_string(here, "inserted.file"));
    disk->size = size_of(here, "inserted.image.virtual-size");
    disk->backing = member(here, "inserted.backing_file");
    disk->top = incremental && disk->backing != NULL;
    if (!check_counterpart(disk, there, sides, error)) {
        return NULL;
    }
    disk->peer_node = member(there, "inserted.node-name");
    disk->peer_file = plain_file(json_get_string(there, "inserted.file"));
    disk->peer_backing = member(there, "inserted.backing_file");
    disk->shared = same_image(disk, sides->one_host);
    if (!disk->shared && !check_sizes(disk, here, there, sides, error)) {
        return NULL;
    }
    return g_steal_pointer(&disk);
}

GPtrArray *storage_plan_new(Json *source, Json *destination, const StorageSides *sides,
                            gboolean incremental, GError **error)
{
    g_autoptr(GPtrArray) plan = g_ptr_array_new_with_free_func(disk_free);

    for (size_t i = 0; i < json_object_array_length(source); i++) {
        Json *block = json_object_array_get_idx(source, i);
        StorageDisk *disk;

        if (!is_writable_disk(block)) {
            continue;
        }
        disk = disk_new(block, destination, sides, incremental, error);
        if (!disk) {
            return NULL;
        }
        g_ptr_array_add(plan, disk);
    }
    return g_steal_pointer(&plan);
}

guint storage_plan_copies(const GPtrArray *plan)
{
    guint copies = 0;

    for (guint i = 0; i < plan->len; i++) {
        copies += !((const StorageDisk *)plan->pdata[i])->shared;
    }
    return copies;
}

static char *chain(const char *file, const char *backing, gboolean top)
{
    g_autofree char *text = top ? g_strdup_printf(_("%s (on %s)"), file, backing) : g_strdup(file);

    return layout_clean(text);
}

void storage_plan_print(const GPtrArray *plan, int width, GString *out)
{
    g_autoptr(Table) table = table_new(_("disk"), _("size"), _("copied"), _("from"), _("to"), NULL);

    for (guint i = 0; i < plan->len; i++) {
        const StorageDisk *disk = plan->pdata[i];
        g_autofree char *size = size_format(disk->size);
        g_autofree char *from = chain(disk->file, disk->backing, disk->top);
        g_autofree char *to = chain(disk->peer_file, disk->peer_backing, disk->top);

        table_add(table, disk->name, size,
                  disk->shared ? _("shared")
                  : disk->top  ? _("top layer")
                               : _("all"),
                  from, disk->shared ? "-" : to, NULL);
    }
    table_print(table, width, out);
}

gboolean storage_has_only_drives(Json *blocks)
{
    gboolean any = FALSE;

    for (size_t i = 0; i < json_object_array_length(blocks); i++) {
        Json *block = json_object_array_get_idx(blocks, i);
        const char *drive = json_get_string(block, "device");

        if (is_writable_disk(block)) {
            if (!drive || !*drive) {
                return FALSE;
            }
            any = TRUE;
        }
    }
    return any;
}
