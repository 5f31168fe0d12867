/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/snapshot_check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/capability.h"
#include "commands/migration/raw.h"
#include "shell/error.h"

/* QEMU's messages (block/snapshot.c and migration/savevm.c, 6.0 to 10.0). */
#define NO_DISK "no block device can store vmstate for snapshot"
#define OLD_NO_DISK "No block device can accept snapshots" /* up to 5.2 */
#define UNFIT_BEFORE "Device '"
#define UNFIT_AFTER "' is writable but does not support snapshots"

/* Capabilities with which QEMU crashes or fails: it saves and loads by the code of migrations, but
 * does not set up what these need. multifd: 7.2 and 10.0 crash at savevm and at loadvm. mapped-ram:
 * 10.0 fails, at loadvm when the disks have gone back already. block: savevm fails (up to 9.0). */
static const char *const HARMFUL[] = {"multifd", "mapped-ram", "block", NULL};

void snapshot_guest_free(SnapshotGuest *guest)
{
    if (guest) {
        snapshot_list_free(guest->list);
        g_free(guest->run_state);
        g_free(guest->capability);
        g_free(guest);
    }
}

SnapshotGuest *snapshot_guest_from_qmp(Json *status, Json *migration, Json *capabilities,
                                       Json *block)
{
    SnapshotGuest *guest = g_new0(SnapshotGuest, 1);
    gboolean on;

    guest->list = snapshot_list_from_qmp(block);
    guest->run_state = g_strdup(json_get_string(status, "status"));
    guest->migration = migration_state_from_name(json_get_string(migration, "status"));
    for (const char *const *name = HARMFUL; *name && !guest->capability; name++) {
        if (capabilities && capability_state(capabilities, *name, &on) && on) {
            guest->capability = g_strdup(*name);
        }
    }
    return guest;
}

SnapshotGuest *snapshot_guest_query(Monitor *monitor, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) status = monitor_qmp(monitor, "query-status", NULL, error);
    g_autoptr(Json) migration = status ? monitor_qmp(monitor, "query-migrate", NULL, error) : NULL;
    g_autoptr(Json) capabilities = NULL;
    g_autoptr(Json) block = NULL;

    if (!migration) {
        return NULL;
    }
    capabilities = monitor_qmp(monitor, "query-migrate-capabilities", NULL, &why);
    if (why && !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    block = monitor_qmp(monitor, "query-block", NULL, error);
    return block ? snapshot_guest_from_qmp(status, migration, capabilities, block) : NULL;
}

/* --- disks --- */

/* A QEMU has no disks of its own before an incoming migration and after an outgoing one, and says
 * then of each that it does not support snapshots. Not so 7.2 before a migration when it was told
 * `cont`, as libvirt does: it writes to images that are the source's. It saves a guest that is not
 * there, or loads one and waits on for the other. */
static const char *why_without_disks(const SnapshotGuest *guest)
{
    if (g_strcmp0(guest->run_state, "inmigrate") == 0) {
        return _("(the guest waits for a migration, and its disks are still the source's; a "
                 "snapshot is loaded into a QEMU that was started without -incoming)");
    }
    if (g_strcmp0(guest->run_state, "postmigrate") == 0) {
        return _("(the guest was migrated, and its disks went with it; should the destination be "
                 "gone for good, 'hmp cont' takes them back)");
    }
    return NULL;
}

/* What a reader calls an image's format: QEMU's raw images may have no layer of that name. */
static const char *format_name(const SnapshotDisk *disk)
{
    static const char *const plain[] = {"file", "host_device", NULL};

    if (!disk->format) {
        return _("of a format");
    }
    return g_strv_contains(plain, disk->format) ? "raw" : disk->format;
}

static char *why_unfit(const SnapshotGuest *guest, const SnapshotDisk *disk)
{
    const char *without = why_without_disks(guest);
    g_autofree char *where = NULL;

    if (without) {
        return g_strdup(without);
    }
    if (!disk) {
        return g_strdup(_("(a block node that no device uses; 'info block' shows it)"));
    }
    if (disk->fit == SNAPSHOT_FIT_YES) {
        return g_strdup_printf(_("(%s is not active: QEMU has given it up, or not yet taken it "
                                 "over; 'cont' does that)"),
                               disk->label);
    }
    where = disk->file ? g_strdup_printf("%s, %s", disk->label, disk->file) : g_strdup(disk->label);
    return g_strdup_printf(_("(%s, is %s, which keeps no snapshots; qcow2 does: 'qemu-img convert "
                             "-O qcow2' makes one of it while the guest is off)"),
                           where, format_name(disk));
}

static const char *why_no_disk(const SnapshotGuest *guest)
{
    return guest->list->disks->len
               ? _("(none of the guest's disks is of a format that keeps snapshots, as qcow2 does)")
               : _("(snapshots are kept in a disk's image, and the guest has no disk that can be "
                   "written to; a qcow2 disk, however small, is enough)");
}

static gboolean check_disks(const SnapshotGuest *guest, GError **error)
{
    gboolean without = why_without_disks(guest) != NULL;

    for (guint i = 0; i < guest->list->disks->len; i++) {
        const SnapshotDisk *disk = guest->list->disks->pdata[i];
        g_autofree char *why = NULL;

        if (without || disk->fit == SNAPSHOT_FIT_NO) {
            why = why_unfit(guest, disk);
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        UNFIT_BEFORE "%s" UNFIT_AFTER "\n%s", disk->name, why);
            return FALSE;
        }
    }
    if (guest->list->disks->len == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, NO_DISK "\n%s", why_no_disk(guest));
        return FALSE;
    }
    return TRUE;
}

/* --- migrations --- */

static gboolean check_migration(const SnapshotGuest *guest, SnapshotVerb verb, GError **error)
{
    g_autofree char *under_way = NULL;

    if (!migration_state_is_running(guest->migration)) {
        return TRUE;
    }
    under_way =
        g_strconcat("There's a migration process in progress\n",
                    _("('wait migration' waits for its end, 'migrate_cancel' ends it)"), NULL);
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        verb == SNAPSHOT_SAVE
                            ? under_way
                            : _("refused: a migration is under way, and QEMU would stop the guest "
                                "and put its disks and memory back before it noticed ('wait "
                                "migration' waits for its end, 'migrate_cancel' ends it)"));
    return FALSE;
}

static gboolean check_capability(const SnapshotGuest *guest, SnapshotVerb verb, GError **error)
{
    const char *name = guest->capability;

    if (!name || (verb == SNAPSHOT_LOAD && strcmp(name, "block") == 0)) {
        return TRUE;
    }
    if (strcmp(name, "block") == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "Block migration and snapshots are incompatible\n%s",
                    _("('migrate_set_capability block off' first)"));
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    strcmp(name, "multifd") == 0
                        ? _("refused: the migration capability %s is on, and QEMU crashes with it; "
                            "'migrate_set_capability %s off' first")
                        : _("refused: the migration capability %s is on, and QEMU can neither save "
                            "nor load with it; 'migrate_set_capability %s off' first"),
                    name, name);
    }
    return FALSE;
}

/* --- tags --- */

static gboolean check_tag(const SnapshotList *list, const char *tag, GError **error)
{
    const Snapshot *snapshot = snapshot_list_find(list, tag);
    g_autofree char *where = NULL;
    g_autofree char *more = NULL;

    for (guint i = 0; !snapshot && i < list->snapshots->len; i++) {
        const Snapshot *other = list->snapshots->pdata[i];

        if (g_strcmp0(other->id, tag) == 0) { /* QEMU up to 3.1 takes ids too */
            return TRUE;
        }
    }
    if (snapshot && snapshot->loadable) {
        return TRUE;
    }
    where = snapshot ? snapshot_where(snapshot) : NULL;
    if (!snapshot || !snapshot->everywhere) {
        more = where ? g_strdup_printf(_("(it is only on %s)"), where) : NULL;
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "Snapshot '%s' does not exist in one or more devices%s%s", tag,
                    more ? "\n" : "", more ? more : "");
        return FALSE;
    }
    if (snapshot->memory) {
        more = g_strdup_printf(
            _("(the guest's state is on %s, and QEMU looks for it on the first disk only)"),
            snapshot->memory->label);
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                "This is a disk-only snapshot. Revert to it  offline using qemu-img%s%s",
                more ? "\n" : "", more ? more : "");
    return FALSE;
}

gboolean snapshot_check(const SnapshotGuest *guest, SnapshotVerb verb, const char *tag,
                        GError **error)
{
    if (verb == SNAPSHOT_DELETE) { /* QEMU looks first, and a migration under way bears it */
        return !why_without_disks(guest) || !guest->list->disks->len || check_disks(guest, error);
    }
    return (why_without_disks(guest) || check_migration(guest, verb, error)) &&
           check_disks(guest, error) && check_capability(guest, verb, error) &&
           (verb != SNAPSHOT_LOAD || check_tag(guest->list, tag, error));
}

/* --- afterwards --- */

/* Why QEMU named a disk that does not support snapshots; NULL when @message does not. */
static char *explain_unfit(const SnapshotGuest *guest, const char *message)
{
    const char *after = strstr(message, UNFIT_AFTER);
    const char *before = after ? g_strstr_len(message, after - message, UNFIT_BEFORE) : NULL;
    const char *name = before ? before + strlen(UNFIT_BEFORE) : NULL;

    return name ? why_unfit(guest, snapshot_list_disk(guest->list, name, (gsize)(after - name)))
                : NULL;
}

/* How a failed load leaves the guest. */
static const char *explain_load(const SnapshotGuest *guest, const char *message)
{
    if (strstr(message, "while loading VM state") || strstr(message, "VM state file")) {
        return _("(the disks are as in the snapshot, and the memory is not: the guest must not run "
                 "on. Load a snapshot that fits this QEMU (its devices, its memory's size, the "
                 "migration capabilities), or 'system_reset')");
    }
    return g_strcmp0(guest->run_state, "restore-vm") == 0
               ? _("(the guest is stopped, in 'restore-vm'; 'cont' lets it run on)")
               : NULL;
}

char *snapshot_explain(const SnapshotGuest *guest, SnapshotVerb verb, const char *message)
{
    g_autofree char *unfit = explain_unfit(guest, message);
    const char *disk =
        strstr(message, NO_DISK) || strstr(message, OLD_NO_DISK) ? why_no_disk(guest) : NULL;
    const char *load = verb == SNAPSHOT_LOAD ? explain_load(guest, message) : NULL;
    const char *first = unfit ? unfit : disk;

    if (!first && !load) {
        return NULL;
    }
    return g_strconcat(first ? first : "", first && load ? "\n" : "", load, NULL);
}
