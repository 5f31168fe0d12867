/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/domain_job.h"

#include <glib/gi18n.h>

#include "shell/typed_parameters.h"

static gboolean run_stats(DomainCall *call, virDomainPtr domain, GError **error)
{
    virTypedParameterPtr parameters = NULL;
    int count = 0;
    int type = VIR_DOMAIN_JOB_NONE;

    if (virDomainGetJobStats(domain, &type, &parameters, &count, call->flags) < 0) {
        return domain_call_error(error);
    }
    call->json = typed_parameters_to_json(parameters, count);
    json_object_object_add(call->json, "type", json_object_new_int(type));
    virTypedParamsFree(parameters, count);
    return TRUE;
}

DomainCall domain_job_stats(gboolean completed)
{
    return (DomainCall){
        .run = run_stats,
        .name = _("asking libvirt for the job"),
        .flags =
            completed ? VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED : 0,
    };
}

static gboolean run_abort(DomainCall *call, virDomainPtr domain, GError **error)
{
    int result =
        call->flags ? virDomainAbortJobFlags(domain, call->flags) : virDomainAbortJob(domain);

    return result == 0 || domain_call_error(error);
}

DomainCall domain_job_abort(gboolean postcopy)
{
    return (DomainCall){
        .run = run_abort,
        .name = _("ending libvirt's job"),
        .flags = postcopy ? VIR_DOMAIN_ABORT_JOB_POSTCOPY : 0,
    };
}

static gboolean run_set_speed(DomainCall *call, virDomainPtr domain, GError **error)
{
    return virDomainMigrateSetMaxSpeed(domain, (unsigned long)call->number, 0) == 0 ||
           domain_call_error(error);
}

DomainCall domain_job_set_speed(guint64 mib_per_second)
{
    return (DomainCall){
        .run = run_set_speed, .name = _("setting libvirt's speed"), .number = mib_per_second};
}

static gboolean run_set_downtime(DomainCall *call, virDomainPtr domain, GError **error)
{
    return virDomainMigrateSetMaxDowntime(domain, call->number, 0) == 0 || domain_call_error(error);
}

DomainCall domain_job_set_downtime(guint64 milliseconds)
{
    return (DomainCall){
        .run = run_set_downtime, .name = _("setting libvirt's downtime"), .number = milliseconds};
}

static gboolean run_was_migrated(DomainCall *call, virDomainPtr domain,
                                 GError **error G_GNUC_UNUSED)
{
    call->number = connection_has_migrated(domain);
    return TRUE;
}

DomainCall domain_job_was_migrated(void)
{
    return (DomainCall){.run = run_was_migrated, .name = _("asking libvirt for its state")};
}

static gboolean run_is_postcopy(DomainCall *call, virDomainPtr domain, GError **error)
{
    int state = VIR_DOMAIN_NOSTATE;
    int reason = 0;

    if (virDomainGetState(domain, &state, &reason, 0) < 0) {
        return domain_call_error(error);
    }
    call->number = state == VIR_DOMAIN_PAUSED && (reason == VIR_DOMAIN_PAUSED_POSTCOPY ||
                                                  reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
    return TRUE;
}

DomainCall domain_job_is_postcopy(void)
{
    return (DomainCall){.run = run_is_postcopy, .name = _("asking libvirt for its state")};
}

static gboolean run_suspend(DomainCall *call G_GNUC_UNUSED, virDomainPtr domain, GError **error)
{
    return virDomainSuspend(domain) == 0 || domain_call_error(error);
}

DomainCall domain_job_suspend(void)
{
    return (DomainCall){.run = run_suspend, .name = _("pausing the guest")};
}

static gboolean run_resume(DomainCall *call G_GNUC_UNUSED, virDomainPtr domain, GError **error)
{
    return virDomainResume(domain) == 0 || domain_call_error(error);
}

DomainCall domain_job_resume(void)
{
    return (DomainCall){.run = run_resume, .name = _("resuming the guest")};
}

static gboolean run_start_postcopy(DomainCall *call, virDomainPtr domain, GError **error)
{
    return virDomainMigrateStartPostCopy(domain, call->flags) == 0 || domain_call_error(error);
}

DomainCall domain_job_start_postcopy(void)
{
    return (DomainCall){.run = run_start_postcopy, .name = _("switching to post-copy")};
}
