/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/snapshot.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/table.h"
#include "shell/values.h"

#define PERIPHERAL "/machine/peripheral/"

static void disk_free(gpointer data)
{
    SnapshotDisk *disk = data;

    g_free(disk->name);
    g_free(disk->label);
    g_free(disk->file);
    g_free(disk->format);
    g_free(disk);
}

static void snapshot_free(gpointer data)
{
    Snapshot *snapshot = data;

    g_free(snapshot->tag);
    g_free(snapshot->id);
    g_ptr_array_unref(snapshot->disks);
    g_free(snapshot);
}

void snapshot_list_free(SnapshotList *list)
{
    if (list) {
        g_ptr_array_unref(list->disks);
        g_ptr_array_unref(list->snapshots);
        g_free(list);
    }
}

/* --- disks --- */

/* QEMU: the drivers with .bdrv_snapshot_create. A raw image passes the question on to what is below
 * it, which is mostly a file, and is worth asking only where that is a network's. */
static SnapshotFit fit_of(const char *format, const char *file)
{
    static const char *const fits[] = {"qcow2", "rbd", "sheepdog", NULL};
    static const char *const fits_not[] = {
        "bochs",     "cloop", "dmg", "file", "host_device", "luks", "nbd", "nfs",   "null-co",
        "parallels", "qcow",  "qed", "vdi",  "vhdx",        "vmdk", "vpc", "vvfat", NULL};

    if (!format) {
        return SNAPSHOT_FIT_UNKNOWN;
    }
    if (g_strv_contains(fits, format)) {
        return SNAPSHOT_FIT_YES;
    }
    if (g_strv_contains(fits_not, format) ||
        (strcmp(format, "raw") == 0 && file && g_path_is_absolute(file))) {
        return SNAPSHOT_FIT_NO;
    }
    return SNAPSHOT_FIT_UNKNOWN;
}

/* The id of the device that has the disk, from its path in QEMU's tree of objects. */
static char *label_of(Json *info, const char *name)
{
    const char *path = json_get_string(info, "qdev");

    if (!path || !*path) {
        return g_strdup(name);
    }
    if (!g_str_has_prefix(path, PERIPHERAL)) {
        return g_strdup(strchr(path, '/') ? name : path);
    }
    path += strlen(PERIPHERAL);
    return g_strndup(path, strcspn(path, "/"));
}

/* NULL for one that does not take part. */
static SnapshotDisk *disk_from_qmp(Json *info)
{
    Json *inserted = json_get(info, "inserted");
    const char *device = json_get_string(info, "device");
    const char *node = json_get_string(inserted, "node-name");
    const char *name = device && *device ? device : node ? node : "";
    SnapshotDisk *disk;

    if (!inserted || json_object_get_boolean(json_get(inserted, "ro"))) {
        return NULL;
    }
    disk = g_new0(SnapshotDisk, 1);
    disk->name = g_strdup(name);
    disk->label = label_of(info, name);
    disk->file = g_strdup(json_get_string(inserted, "file"));
    disk->format = g_strdup(json_get_string(inserted, "drv"));
    disk->fit = fit_of(disk->format, disk->file);
    return disk;
}

const SnapshotDisk *snapshot_list_disk(const SnapshotList *list, const char *name, gsize length)
{
    for (guint i = 0; i < list->disks->len; i++) {
        const SnapshotDisk *disk = list->disks->pdata[i];

        if (strlen(disk->name) == length && strncmp(disk->name, name, length) == 0) {
            return disk;
        }
    }
    return NULL;
}

/* --- snapshots --- */

static guint64 number(Json *object, const char *member)
{
    return json_object_get_uint64(json_get(object, member));
}

static Snapshot *snapshot_from_qmp(Json *info)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);
    const char *tag = json_get_string(info, "name");
    Json *icount = json_get(info, "icount");

    snapshot->tag = g_strdup(tag ? tag : "");
    snapshot->id = g_strdup(json_get_string(info, "id"));
    snapshot->disks = g_ptr_array_new();
    snapshot->date_s = (gint64)number(info, "date-sec");
    snapshot->date_ns = (gint64)number(info, "date-nsec");
    snapshot->clock_ns = number(info, "vm-clock-sec") * 1000000000 + number(info, "vm-clock-nsec");
    snapshot->counts = icount != NULL;
    snapshot->icount = json_object_get_uint64(icount);
    return snapshot;
}

/* Adds what @disk has, @infos, to those of the disks before it. */
static void add_snapshots(SnapshotList *list, const SnapshotDisk *disk, Json *infos)
{
    size_t count =
        json_object_is_type(infos, json_type_array) ? json_object_array_length(infos) : 0;

    for (size_t i = 0; i < count; i++) {
        Json *info = json_object_array_get_idx(infos, i);
        const char *tag = json_get_string(info, "name");
        Snapshot *known = (Snapshot *)snapshot_list_find(list, tag ? tag : "");
        guint64 bytes = number(info, "vm-state-size");

        if (!known) {
            known = snapshot_from_qmp(info);
            g_ptr_array_add(list->snapshots, known);
        } else if (g_ptr_array_find(known->disks, disk, NULL)) {
            continue; /* the first of a name counts */
        }
        g_ptr_array_add(known->disks, (gpointer)disk);
        if (bytes && !known->memory) {
            known->memory = disk;
            known->state_bytes = bytes;
        }
    }
}

SnapshotList *snapshot_list_from_qmp(Json *block)
{
    SnapshotList *list = g_new0(SnapshotList, 1);
    size_t count =
        json_object_is_type(block, json_type_array) ? json_object_array_length(block) : 0;

    list->disks = g_ptr_array_new_with_free_func(disk_free);
    list->snapshots = g_ptr_array_new_with_free_func(snapshot_free);
    for (size_t i = 0; i < count; i++) {
        Json *info = json_object_array_get_idx(block, i);
        SnapshotDisk *disk = disk_from_qmp(info);

        if (disk) {
            g_ptr_array_add(list->disks, disk);
            add_snapshots(list, disk, json_get(info, "inserted.image.snapshots"));
        }
    }
    for (guint i = 0; i < list->snapshots->len; i++) {
        Snapshot *snapshot = list->snapshots->pdata[i];

        snapshot->everywhere = snapshot->disks->len == list->disks->len;
        snapshot->loadable = snapshot->everywhere && snapshot->memory == list->disks->pdata[0];
    }
    return list;
}

SnapshotList *snapshot_list_query(Monitor *monitor, GError **error)
{
    g_autoptr(Json) block = monitor_qmp(monitor, "query-block", NULL, error);

    return block ? snapshot_list_from_qmp(block) : NULL;
}

static gboolean is_newer(const Snapshot *a, const Snapshot *b)
{
    return a->date_s != b->date_s ? a->date_s > b->date_s : a->date_ns > b->date_ns;
}

const Snapshot *snapshot_list_find(const SnapshotList *list, const char *tag)
{
    const Snapshot *newest = NULL;

    for (guint i = 0; i < list->snapshots->len; i++) {
        const Snapshot *snapshot = list->snapshots->pdata[i];

        if (tag && strcmp(snapshot->tag, tag) == 0) {
            return snapshot;
        }
        newest = !newest || is_newer(snapshot, newest) ? snapshot : newest;
    }
    return tag ? NULL : newest;
}

/* --- faces --- */

char *snapshot_where(const Snapshot *snapshot)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < snapshot->disks->len; i++) {
        const SnapshotDisk *disk = snapshot->disks->pdata[i];

        g_string_append_printf(text, "%s%s", i ? ", " : "", disk->label);
    }
    return g_string_free(text, FALSE);
}

Json *snapshot_to_json(const Snapshot *snapshot)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(snapshot->date_s);
    g_autofree char *when = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    Json *only = snapshot->everywhere ? NULL : json_object_new_array();

    for (guint i = 0; only && i < snapshot->disks->len; i++) {
        const SnapshotDisk *disk = snapshot->disks->pdata[i];

        json_object_array_add(only, json_object_new_string(disk->name));
    }
    return json_dict("tag", json_object_new_string(snapshot->tag), "vm-state-size",
                     json_object_new_uint64(snapshot->state_bytes), "date",
                     when ? json_object_new_string(when) : NULL, "vm-clock",
                     json_real((double)snapshot->clock_ns / 1e9), "icount",
                     snapshot->counts ? json_object_new_uint64(snapshot->icount) : NULL, "only-on",
                     only, NULL);
}

static char *clock_text(guint64 ns)
{
    guint64 ms = ns / 1000000;

    return g_strdup_printf("%02" G_GUINT64_FORMAT ":%02u:%02u.%03u", ms / 3600000,
                           (guint)(ms / 60000 % 60), (guint)(ms / 1000 % 60), (guint)(ms % 1000));
}

void snapshot_list_print(const SnapshotList *list, int width, GString *out)
{
    gboolean partial = FALSE;
    g_autoptr(Table) table = NULL;

    for (guint i = 0; i < list->snapshots->len; i++) {
        partial = partial || !((const Snapshot *)list->snapshots->pdata[i])->everywhere;
    }
    table = table_new(_("tag"), _("size"), _("when"), _("guest's clock"),
                      partial ? _("only on") : NULL, NULL);
    for (guint i = 0; i < list->snapshots->len; i++) {
        const Snapshot *snapshot = list->snapshots->pdata[i];
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(snapshot->date_s);
        g_autofree char *when = date ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S") : NULL;
        g_autofree char *clock = clock_text(snapshot->clock_ns);
        g_autofree char *size =
            snapshot->memory ? size_format(snapshot->state_bytes) : g_strdup(_("disks only"));
        g_autofree char *where = snapshot->everywhere ? g_strdup("") : snapshot_where(snapshot);

        table_add(table, snapshot->tag, size, when ? when : "", clock, partial ? where : NULL,
                  NULL);
    }
    table_print(table, width, out);
}
