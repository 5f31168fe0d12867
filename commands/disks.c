/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/disks.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/destination.h"
#include "commands/lab/lab.h"
#include "commands/migration/capability.h"
#include "commands/migration/job.h"
#include "commands/settings.h"
#include "shell/error.h"

/* --- QEMU's own way --- */

/* Whether QEMU can copy the disks itself: they are all -drive, and it has block migration still (to
 * 9.0: then there is a capability for it). */
static gboolean is_native(Guest *guest)
{
    g_autoptr(Json) capabilities =
        monitor_qmp(guest->monitor, "query-migrate-capabilities", NULL, NULL);
    g_autoptr(Json) blocks = monitor_qmp(guest->monitor, "query-block", NULL, NULL);
    gboolean on;

    return capabilities && blocks && capability_state(capabilities, "block", &on) &&
           storage_has_only_drives(blocks);
}

static DisksOutcome without_peer(Guest *guest, gboolean incremental, GError **error)
{
    if (is_native(guest)) {
        return DISKS_NATIVE;
    }
    g_set_error(
        error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
        _("migrate %s copies the disks to the destination's QEMU, and must reach that too: "
          "name it as the peer ('attach -p DOMAIN[@URI]' or --peer), or let libvirt do it "
          "all ('migrate %s qemu+ssh://HOST/system')\n"
          "(QEMU's own block migration fails with the disks that libvirt makes, and is gone "
          "since 9.1)"),
        incremental ? "-i" : "-b", incremental ? "-i" : "-b");
    return DISKS_FAILED;
}

/* --- mirrors --- */

static gboolean check_live(const char *uri, GError **error)
{
    if (g_str_has_prefix(uri, "file:") || g_str_has_prefix(uri, "fd:")) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("disks are copied to a QEMU that waits for the guest, not with '%s'"), uri);
        return FALSE;
    }
    return raw_check_uri(uri, error);
}

static void tell_plan(Session *session, StorageMigration *storage)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (storage_plan(storage)->len == 0) {
        g_string_append(text, _("The guest has no disk to copy."));
    } else {
        storage_plan_print(storage_plan(storage), output_note_width(session->output), text);
    }
    output_note(session->output, text->str);
}

/* Lets the peer listen, after what it must be told before, and starts. */
static gboolean start(Session *session, Guest *guest, Guest *peer, StorageMigration *storage,
                      const char *uri, GError **error)
{
    gboolean arrange = strcmp(uri, "peer") == 0;
    g_autofree char *address = NULL;

    if (!storage_serve(storage, error)) {
        return FALSE;
    }
    address = arrange ? destination_listen(session, peer, error) : g_strdup(uri);
    if (!address || (settings_get(session, SETTING_RETURN_PATH) &&
                     !raw_want_return_path(guest->monitor, address, error))) {
        storage_abandon(storage);
        return FALSE;
    }
    return storage_start(storage, address, error);
}

DisksOutcome disks_migrate(Session *session, Guest *guest, const char *uri, gboolean incremental,
                           GError **error)
{
    StorageSetup setup = {
        .incremental = incremental,
        .write_blocking = settings_get(session, SETTING_WRITE_BLOCKING),
        .keeper = lab_of(session, NULL) == NULL,
    };
    gboolean arrange = strcmp(uri, "peer") == 0;
    g_autoptr(StorageMigration) storage = NULL;
    Guest *peer;

    if (!session->peer && !arrange) {
        return without_peer(guest, incremental, error);
    }
    peer = (arrange || check_live(uri, error)) ? destination_guest(session, error) : NULL;
    if (!peer || (!arrange && !destination_check_uri(peer, uri, error)) ||
        !destination_check_capabilities(guest, peer, error)) {
        return DISKS_FAILED;
    }
    setup.one_host = destination_is_here(session, peer);
    destination_disk_address(session, peer, arrange ? NULL : uri, &setup.address);
    storage = storage_new(guest, peer, &setup, error);
    if (!storage) {
        return DISKS_FAILED;
    }
    tell_plan(session, storage);
    if (storage_plan_copies(storage_plan(storage)) == 0) {
        return DISKS_NONE;
    }
    if (!start(session, guest, peer, storage, uri, error)) {
        return DISKS_FAILED;
    }
    job_set_storage(guest, g_steal_pointer(&storage));
    return DISKS_MIRRORED;
}

/* --- memory alone --- */

/* The same name on another host may be shared storage, and is not warned of. */
void disks_warn(Session *session, Guest *guest, Guest *peer)
{
    StorageSides sides = {guest->name, peer->name, TRUE};
    g_autoptr(Json) here = monitor_qmp(guest->monitor, "query-block", NULL, NULL);
    g_autoptr(Json) there = here ? monitor_qmp(peer->monitor, "query-block", NULL, NULL) : NULL;
    g_autoptr(GPtrArray) plan = there ? storage_plan_new(here, there, &sides, FALSE, NULL) : NULL;

    if (plan && storage_plan_copies(plan) > 0) {
        g_autofree char *text = g_strdup_printf(
            _("warning: the disks of '%s' are other images than those of '%s', whose "
              "contents stay behind ('migrate -b' and '-i' copy them)"),
            peer->name, guest->name);

        output_error(session->output, text);
    }
}
