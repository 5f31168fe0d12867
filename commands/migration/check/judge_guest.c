/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include <libvirt/libvirt.h>

#include "commands/migration/check/judge.h"
#include "commands/migration/state.h"
#include "shell/values.h"

/* --- its state --- */

/* QAPI: RunState; those that are not here pass by themselves, or are a debugger's. */
static const struct {
    const char *state;
    CheckResult result;
    const char *reason;
    const char *way_out;
} STATES[] = {
    {"running", CHECK_OK, N_("the guest runs"), NULL},
    {"paused", CHECK_WARNING, N_("the guest is paused, and arrives so"),
     N_("'cont' lets it run before")},
    {"prelaunch", CHECK_WARNING, N_("the guest has not begun to run, and arrives so"),
     N_("'cont' lets it run before")},
    {"suspended", CHECK_WARNING, N_("the guest sleeps, and arrives so"),
     N_("'system_wakeup' wakes it")},
    {"io-error", CHECK_WARNING,
     N_("the guest stands still after an error of a disk, and arrives so"),
     N_("mend the disk ('info block'), then 'cont'")},
    {"watchdog", CHECK_WARNING, N_("the guest was stopped by its watchdog, and arrives so"),
     N_("'cont' lets it run on, 'system_reset' starts it again")},
    {"guest-panicked", CHECK_BLOCKER, N_("the guest has crashed: there is nothing to go on with"),
     N_("'system_reset', then 'cont'")},
    {"internal-error", CHECK_BLOCKER, N_("QEMU cannot go on with the guest (internal-error)"),
     N_("'system_reset', then 'cont'")},
    {"shutdown", CHECK_BLOCKER, N_("the guest is shut down"), N_("'system_reset', then 'cont'")},
    {"inmigrate", CHECK_BLOCKER, N_("this guest waits for a migration itself"),
     N_("'swap' when the peer is the one that is to move")},
    {"postmigrate", CHECK_BLOCKER, N_("the guest was migrated, and is elsewhere"),
     N_("'attach' it there; should it be gone for good, 'hmp cont' takes it back")},
    {"restore-vm", CHECK_BLOCKER,
     N_("the guest stands in restore-vm after a loadvm that failed, and QEMU 7.2 aborts when it is "
        "migrated so"),
     N_("'cont', or load a snapshot that fits")},
    {"save-vm", CHECK_BLOCKER, N_("the guest's state is being saved"), N_("wait for its end")},
};

static void judge_state(const CheckGuest *guest, CheckList *list)
{
    const char *state = json_get_string(guest->status, "status");

    for (guint i = 0; i < G_N_ELEMENTS(STATES); i++) {
        if (g_strcmp0(state, STATES[i].state) == 0) {
            check_add(list, STATES[i].result, "state",
                      STATES[i].way_out ? _(STATES[i].way_out) : NULL, "%s", _(STATES[i].reason));
            return;
        }
    }
    check_untold(list, _("the guest's state"));
}

/* --- what is under way --- */

static gboolean is_migrating(const CheckGuest *guest)
{
    const char *status = json_get_string(guest->migration, "status");

    return migration_state_is_running(migration_state_from_name(status)) &&
           g_strcmp0(json_get_string(guest->status, "status"), "inmigrate") != 0;
}

static void judge_migration(const CheckGuest *guest, CheckList *list)
{
    if (is_migrating(guest)) {
        check_add(list, CHECK_BLOCKER, "migration",
                  _("'wait migration' waits for its end, 'migrate_cancel' ends it"),
                  _("one is under way (%s), and QEMU takes no other"),
                  json_get_string(guest->migration, "status"));
    }
}

static gboolean is_block_job(const CheckGuest *guest, const char *id)
{
    for (size_t i = 0; i < json_length(guest->block_jobs); i++) {
        Json *job = json_object_array_get_idx(guest->block_jobs, i);

        if (g_strcmp0(json_get_string(job, "device"), id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void judge_jobs(const CheckGuest *guest, CheckList *list)
{
    for (size_t i = 0; i < json_length(guest->block_jobs); i++) {
        Json *job = json_object_array_get_idx(guest->block_jobs, i);
        const char *id = json_get_string(job, "device");
        g_autofree char *name = g_strdup_printf("block job %s", id);
        g_autofree char *way_out = g_strdup_printf(
            _("'block_job_cancel %s' ends it, 'info block-jobs' shows how far it is"), id);

        check_add(list, CHECK_BLOCKER, name, way_out,
                  _("%s works on the guest's disks, and QEMU cannot hand them over"),
                  json_get_string(job, "type"));
    }
    for (size_t i = 0; i < json_length(guest->jobs); i++) {
        Json *job = json_object_array_get_idx(guest->jobs, i);
        const char *id = json_get_string(job, "id");
        const char *status = json_get_string(job, "status");
        g_autofree char *name = g_strdup_printf("job %s", id);
        g_autofree char *way_out =
            g_strdup_printf(_("wait for its end, or 'qmp job-cancel id=%s'"), id);

        if (!is_block_job(guest, id) && g_strcmp0(status, "concluded") != 0) {
            check_add(list, CHECK_BLOCKER, name, way_out, _("%s is %s"),
                      json_get_string(job, "type"), status);
        }
    }
}

/* libvirt lets one job at a time have the guest. */
static void judge_libvirt_job(const CheckGuest *guest, CheckList *list)
{
    g_autofree char *way_out =
        g_strdup_printf(_("'!virsh domjobinfo %s' shows it, '!virsh domjobabort %s' ends it"),
                        guest->name, guest->name);

    if ((guest->job == VIR_DOMAIN_JOB_BOUNDED || guest->job == VIR_DOMAIN_JOB_UNBOUNDED) &&
        !is_migrating(guest)) {
        check_add(list, CHECK_BLOCKER, "libvirt's job", way_out,
                  _("libvirt works on the guest (saves or copies it)"));
    }
}

/* --- what QEMU knows --- */

/* The id of a device that @reason names by its id or its type, and that type; NULL. Borrowed. */
static const char *named_device(const CheckGuest *guest, const char *reason, const char **type)
{
    for (size_t i = 0; i < json_length(guest->devices); i++) {
        Json *device = json_object_array_get_idx(guest->devices, i);
        const char *kind = json_get_string(device, "type");
        const char *id = json_get_string(device, "name");
        g_autofree char *model = NULL;

        if (!kind || !g_str_has_prefix(kind, "child<")) {
            continue;
        }
        model = g_strndup(kind + strlen("child<"), strcspn(kind + strlen("child<"), ">"));
        if (strstr(reason, model) || (strstr(reason, "VFIO") && g_str_has_prefix(model, "vfio"))) {
            *type = kind + strlen("child<");
            return id;
        }
    }
    return NULL;
}

/* What ends a reason why QEMU does not migrate. Free with g_free(). */
static char *way_out_of(const CheckGuest *guest, const char *reason)
{
    const char *type = NULL;
    const char *id = named_device(guest, reason, &type);

    if (id) {
        return g_strdup_printf(
            _("'device_del %s' before; 'device_add %.*s,id=%s' at the destination after"), id,
            (int)strcspn(type, ">"), type, id);
    }
    if (strstr(reason, "invtsc")) {
        return g_strdup(
            _("<feature policy='disable' name='invtsc'/> in the guest's <cpu>, and a start anew"));
    }
    if (strstr(reason, "VirtFS") || strstr(reason, "9p")) {
        return g_strdup(_("unmount it in the guest"));
    }
    return NULL;
}

static void judge_blocked(const CheckGuest *guest, CheckList *list)
{
    Json *reasons = json_get(guest->migration, "blocked-reasons");

    for (size_t i = 0; i < json_length(reasons); i++) {
        const char *reason = json_object_get_string(json_object_array_get_idx(reasons, i));
        g_autofree char *way_out = way_out_of(guest, reason);

        check_add(list, CHECK_BLOCKER, "QEMU", way_out, "%s", reason);
    }
    if (guest->release && guest->release < 600) { /* blocked-reasons: since 6.0 */
        check_untold(list, _("whether a device bars it (QEMU tells since 6.0)"));
    } else if (guest->migration && !json_length(reasons)) {
        check_add(list, CHECK_OK, "QEMU", NULL, _("no device or feature bars it"));
    }
}

/* --- limits --- */

static void judge_limits(const CheckGuest *guest, CheckList *list)
{
    Json *bandwidth = json_get(guest->parameters, "max-bandwidth");
    Json *downtime = json_get(guest->parameters, "downtime-limit");
    g_autofree char *rate = bandwidth ? rate_format(json_object_get_uint64(bandwidth)) : NULL;
    g_autofree char *pause = downtime ? duration_format(json_object_get_int64(downtime)) : NULL;

    if (!rate || !pause) {
        return;
    }
    if (json_object_get_int64(downtime) == 0) {
        check_add(list, CHECK_WARNING, "limits", "'migrate_set_downtime 0.3'",
                  _("the downtime limit is 0: a guest that writes is never done (speed: %s)"),
                  rate);
    } else {
        check_add(list, CHECK_OK, "limits", NULL, _("speed: %s; downtime limit: %s"), rate, pause);
    }
}

void judge_guest(const CheckFacts *facts, CheckList *list)
{
    const CheckGuest *guest = &facts->source;

    judge_state(guest, list);
    judge_migration(guest, list);
    judge_blocked(guest, list);
    if (!is_migrating(guest)) { /* whose jobs these may be */
        judge_jobs(guest, list);
        judge_libvirt_job(guest, list);
    }
    if (facts->wish.way != CHECK_MANAGED) { /* libvirt sets its own */
        judge_limits(guest, list);
    }
}
