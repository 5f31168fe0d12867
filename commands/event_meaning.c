/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/event_meaning.h"

#include <glib/gi18n.h>
#include <string.h>

/* In the order of QEMU's qapi/, where each event is described. The first row that fits counts. */
static const struct {
    const char *name;
    const char *key;   /* a member of the data; NULL: whatever the data is */
    const char *value; /* that it has; NULL: any */
    const char *meaning;
} MEANINGS[] = {
    /* run-state.json */
    {"SHUTDOWN", "reason", "guest-shutdown", N_("the guest has powered itself off")},
    {"SHUTDOWN", "reason", "guest-reset", N_("the guest rebooted, which here ends it")},
    {"SHUTDOWN", "reason", "guest-panic", N_("the guest panicked, which here ends it")},
    {"SHUTDOWN", "reason", "host-qmp-quit", N_("QEMU was told to quit")},
    {"SHUTDOWN", "reason", "host-signal", N_("a signal ends QEMU")},
    {"SHUTDOWN", "reason", "host-ui", N_("its window was closed")},
    {"SHUTDOWN", "reason", "host-error", N_("an error at the host ends the guest")},
    {"SHUTDOWN", NULL, NULL, N_("the guest has shut down, QEMU is about to end")},
    {"POWERDOWN", NULL, NULL, N_("the power button was pressed: the guest is asked to shut down")},
    {"RESET", "reason", "guest-reset", N_("the guest reboots")},
    {"RESET", "reason", "guest-panic", N_("the guest panicked and is reset")},
    {"RESET", "reason", "host-qmp-system-reset", N_("the reset button was pressed")},
    {"RESET", NULL, NULL, N_("the guest is reset")},
    {"STOP", NULL, NULL, N_("the guest stands still")},
    {"RESUME", NULL, NULL, N_("the guest runs")},
    {"SUSPEND", NULL, NULL, N_("the guest sleeps (suspended to memory, S3)")},
    {"SUSPEND_DISK", NULL, NULL, N_("the guest hibernates (S4), QEMU is about to end")},
    {"WAKEUP", NULL, NULL, N_("the guest has woken up")},
    {"WATCHDOG", "action", "reset", N_("the guest no longer feeds its watchdog and is reset")},
    {"WATCHDOG", "action", "shutdown",
     N_("the guest no longer feeds its watchdog and is asked to shut down")},
    {"WATCHDOG", "action", "poweroff", N_("the guest no longer feeds its watchdog and is ended")},
    {"WATCHDOG", "action", "pause", N_("the guest no longer feeds its watchdog and is stopped")},
    {"WATCHDOG", "action", "inject-nmi",
     N_("the guest no longer feeds its watchdog and gets an NMI")},
    {"WATCHDOG", NULL, NULL, N_("the guest no longer feeds its watchdog")},
    {"GUEST_PANICKED", "action", "pause",
     N_("the guest's system crashed, and the guest is stopped")},
    {"GUEST_PANICKED", "action", "poweroff",
     N_("the guest's system crashed, and the guest is ended")},
    {"GUEST_PANICKED", NULL, NULL, N_("the guest's system crashed")},
    {"GUEST_CRASHLOADED", NULL, NULL, N_("the guest's system crashed and boots its crash kernel")},
    {"GUEST_PVSHUTDOWN", NULL, NULL, N_("the guest asks to be shut down, by its pvpanic device")},
    {"MEMORY_FAILURE", "action", "ignore",
     N_("the host's memory has an error, which does no harm")},
    {"MEMORY_FAILURE", "action", "inject", N_("the host's memory has an error; the guest is told")},
    {"MEMORY_FAILURE", "action", "fatal", N_("the host's memory has an error that ends QEMU")},
    {"MEMORY_FAILURE", "action", "reset", N_("the host's memory has an error; the guest is reset")},
    {"MEMORY_FAILURE", NULL, NULL, N_("the host's memory has an error")},
    /* job.json */
    {"JOB_STATUS_CHANGE", "status", "created", N_("a job was made")},
    {"JOB_STATUS_CHANGE", "status", "running", N_("the job is at work")},
    {"JOB_STATUS_CHANGE", "status", "paused", N_("the job pauses")},
    {"JOB_STATUS_CHANGE", "status", "ready", N_("the job has caught up and can be completed")},
    {"JOB_STATUS_CHANGE", "status", "standby", N_("the job, which has caught up, pauses")},
    {"JOB_STATUS_CHANGE", "status", "waiting", N_("the job waits for others to end with it")},
    {"JOB_STATUS_CHANGE", "status", "pending", N_("the job waits to be finalised")},
    {"JOB_STATUS_CHANGE", "status", "aborting", N_("the job ends without success")},
    {"JOB_STATUS_CHANGE", "status", "concluded", N_("the job has ended")},
    {"JOB_STATUS_CHANGE", "status", "null", N_("the job is gone")},
    {"JOB_STATUS_CHANGE", NULL, NULL, N_("a job goes on")},
    /* block-core.json, block.json, block-export.json */
    {"BLOCK_IMAGE_CORRUPTED", "fatal", "true",
     N_("a disk's image is damaged and cannot be used any more")},
    {"BLOCK_IMAGE_CORRUPTED", NULL, NULL, N_("a disk's image is damaged")},
    {"BLOCK_IO_ERROR", "nospace", "true", N_("no space is left for a disk of the guest")},
    {"BLOCK_IO_ERROR", "action", "stop", N_("a disk has an error, and the guest is stopped")},
    {"BLOCK_IO_ERROR", "action", "report", N_("a disk has an error, and the guest is told")},
    {"BLOCK_IO_ERROR", "action", "ignore", N_("a disk has an error, which is passed over")},
    {"BLOCK_IO_ERROR", NULL, NULL, N_("a disk has an error")},
    {"BLOCK_JOB_COMPLETED", "error", NULL, N_("the block job failed")},
    {"BLOCK_JOB_COMPLETED", NULL, NULL, N_("the block job has done its work")},
    {"BLOCK_JOB_CANCELLED", NULL, NULL, N_("the block job was cancelled")},
    {"BLOCK_JOB_ERROR", "action", "stop", N_("the block job met an error and pauses")},
    {"BLOCK_JOB_ERROR", "action", "report", N_("the block job met an error and ends")},
    {"BLOCK_JOB_ERROR", "action", "ignore", N_("the block job met an error and goes on")},
    {"BLOCK_JOB_ERROR", NULL, NULL, N_("the block job met an error")},
    {"BLOCK_JOB_READY", NULL, NULL, N_("the block job has caught up and can be completed")},
    {"BLOCK_JOB_PENDING", NULL, NULL, N_("the block job waits to be finalised")},
    {"BLOCK_WRITE_THRESHOLD", NULL, NULL, N_("a disk has grown past the mark that was set")},
    {"QUORUM_FAILURE", NULL, NULL, N_("too few images of a quorum agree")},
    {"QUORUM_REPORT_BAD", NULL, NULL, N_("an image of a quorum has an error or differs")},
    {"DEVICE_TRAY_MOVED", "tray-open", "true", N_("a drive's tray was opened")},
    {"DEVICE_TRAY_MOVED", NULL, NULL, N_("a drive's tray was closed")},
    {"PR_MANAGER_STATUS_CHANGED", "connected", "true",
     N_("the helper for SCSI reservations is connected")},
    {"PR_MANAGER_STATUS_CHANGED", NULL, NULL, N_("the helper for SCSI reservations is lost")},
    {"BLOCK_EXPORT_DELETED", NULL, NULL, N_("a disk is no longer exported")},
    /* char.json, dump.json */
    {"VSERPORT_CHANGE", "open", "true", N_("a program in the guest has opened a serial port")},
    {"VSERPORT_CHANGE", NULL, NULL, N_("a program in the guest has closed a serial port")},
    {"DUMP_COMPLETED", "error", NULL, N_("the dump of the guest's memory failed")},
    {"DUMP_COMPLETED", NULL, NULL, N_("the dump of the guest's memory is written")},
    /* net.json, rdma.json */
    {"NIC_RX_FILTER_CHANGED", NULL, NULL, N_("the guest has changed what a network card receives")},
    {"FAILOVER_NEGOTIATED", NULL, NULL,
     N_("the guest has a standby network card, so the primary one is plugged in")},
    {"NETDEV_STREAM_CONNECTED", NULL, NULL, N_("a network backend is connected")},
    {"NETDEV_STREAM_DISCONNECTED", NULL, NULL, N_("a network backend has lost its connection")},
    {"NETDEV_VHOST_USER_CONNECTED", NULL, NULL, N_("a vhost-user network backend is connected")},
    {"NETDEV_VHOST_USER_DISCONNECTED", NULL, NULL,
     N_("a vhost-user network backend has lost its connection")},
    {"RDMA_GID_STATUS_CHANGED", NULL, NULL, N_("an address of an RDMA device came or went")},
    /* ui.json */
    {"SPICE_CONNECTED", NULL, NULL, N_("a SPICE client connects")},
    {"SPICE_INITIALIZED", NULL, NULL, N_("a SPICE client is logged in")},
    {"SPICE_DISCONNECTED", NULL, NULL, N_("a SPICE client has gone")},
    {"SPICE_MIGRATE_COMPLETED", NULL, NULL, N_("SPICE has followed the migration")},
    {"VNC_CONNECTED", NULL, NULL, N_("a VNC client connects")},
    {"VNC_INITIALIZED", NULL, NULL, N_("a VNC client is logged in")},
    {"VNC_DISCONNECTED", NULL, NULL, N_("a VNC client has gone")},
    /* migration.json, vfio.json */
    {"MIGRATION", "status", "none", N_("there is no migration")},
    {"MIGRATION", "status", "setup", N_("the migration begins")},
    {"MIGRATION", "status", "active", N_("the guest's memory is being copied")},
    {"MIGRATION", "status", "wait-unplug",
     N_("the migration waits until the guest lets go of a card")},
    {"MIGRATION", "status", "pre-switchover",
     N_("the guest stands still; the switch-over is next")},
    {"MIGRATION", "status", "device",
     N_("the switch-over: devices are sent, the guest stands still")},
    {"MIGRATION", "status", "postcopy-device",
     N_("the switch-over to post-copy: devices are sent, the guest stands still")},
    {"MIGRATION", "status", "postcopy-active",
     N_("the guest runs at the destination, the rest of its memory follows")},
    {"MIGRATION", "status", "postcopy-paused",
     N_("post-copy has lost its link: migrate -r goes on")},
    {"MIGRATION", "status", "postcopy-recover-setup",
     N_("post-copy is about to be taken up again")},
    {"MIGRATION", "status", "postcopy-recover", N_("post-copy is taken up again")},
    {"MIGRATION", "status", "completed",
     N_("the migration has ended: all of the guest has been sent or saved")},
    {"MIGRATION", "status", "failed", N_("the migration failed: 'info migrate' may say why")},
    {"MIGRATION", "status", "cancelling", N_("the migration is being cancelled")},
    {"MIGRATION", "status", "cancelled", N_("the migration was cancelled")},
    {"MIGRATION", "status", "colo", N_("two guests run in step (COLO)")},
    {"MIGRATION", NULL, NULL, N_("the migration goes on")},
    {"MIGRATION_PASS", NULL, NULL, N_("another pass over the dirty pages")},
    {"COLO_EXIT", "reason", "error", N_("the guests no longer run in step (COLO), after an error")},
    {"COLO_EXIT", NULL, NULL, N_("the guests no longer run in step (COLO)")},
    {"UNPLUG_PRIMARY", NULL, NULL, N_("the guest has let go of a network card for the migration")},
    {"VFIO_MIGRATION", NULL, NULL, N_("a host device's own migration goes on")},
    /* qdev.json */
    {"DEVICE_DELETED", NULL, NULL, N_("the device is removed")},
    {"DEVICE_UNPLUG_GUEST_ERROR", NULL, NULL, N_("the guest refuses to let go of the device")},
    /* machine.json, machine-s390x.json, misc.json, acpi.json */
    {"BALLOON_CHANGE", NULL, NULL, N_("the balloon has changed how much memory the guest has")},
    {"HV_BALLOON_STATUS_REPORT", NULL, NULL,
     N_("the guest tells how much memory it uses (Hyper-V)")},
    {"MEMORY_DEVICE_SIZE_CHANGE", NULL, NULL, N_("a memory device has another size now")},
    {"MEM_UNPLUG_ERROR", NULL, NULL, N_("the guest refuses to let go of memory")},
    {"CPU_POLARIZATION_CHANGE", NULL, NULL, N_("the guest wants its CPUs shared out differently")},
    {"RTC_CHANGE", NULL, NULL, N_("the guest has set its clock")},
    {"VFU_CLIENT_HANGUP", NULL, NULL, N_("the user of a device served to another QEMU has gone")},
    {"ACPI_DEVICE_OST", NULL, NULL, N_("the guest tells what became of a hot-plug")},
    /* shell/passthrough.c */
    {"libvirt:stopped", NULL, NULL, N_("the guest's QEMU has ended")},
    {"libvirt:disconnected", NULL, NULL,
     N_("the connection is lost, not the guest; the next command looks for it again")},
    {"libvirt:job-completed", NULL, NULL,
     N_("libvirt has completed a job with the guest: a migration, a dump")},
};

/* Whether @data's member @key has @value (NULL: any). */
static gboolean has_value(Json *data, const char *key, const char *value)
{
    Json *member = json_get(data, key);

    return member && (!value || strcmp(json_object_get_string(member), value) == 0);
}

const char *event_meaning(const MonitorEvent *event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(MEANINGS); i++) {
        if (strcmp(MEANINGS[i].name, event->name) == 0 &&
            (!MEANINGS[i].key || has_value(event->data, MEANINGS[i].key, MEANINGS[i].value))) {
            return _(MEANINGS[i].meaning);
        }
    }
    return NULL;
}

/* --- for who asks about an event that has not come --- */

/* Rows of one event stand together. */
static gpointer gather_names(gpointer data G_GNUC_UNUSED)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (size_t i = 0; i < G_N_ELEMENTS(MEANINGS); i++) {
        if (i == 0 || strcmp(MEANINGS[i].name, MEANINGS[i - 1].name) != 0) {
            g_strv_builder_add(names, MEANINGS[i].name);
        }
    }
    return g_strv_builder_end(names);
}

const char *const *event_names(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, gather_names, NULL);
}

char **event_meanings(const char *name)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(MEANINGS); i++) {
        const char *key = MEANINGS[i].key;
        const char *value = MEANINGS[i].value;
        const char *meaning = _(MEANINGS[i].meaning);

        if (strcmp(MEANINGS[i].name, name) != 0) {
            continue;
        }
        if (key) {
            g_ptr_array_add(lines, g_strdup_printf("%s%s%s: %s", key, value ? "=" : "",
                                                   value ? value : "", meaning));
        } else {
            g_ptr_array_insert(lines, 0, g_strdup(meaning));
        }
    }
    if (lines->len == 0) {
        return NULL;
    }
    g_ptr_array_add(lines, NULL);
    return g_strdupv((char **)lines->pdata);
}
