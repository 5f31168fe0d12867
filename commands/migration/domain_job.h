/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libvirt is asked and told of a guest's migration job, as calls for domain_call.h. */
#pragma once

#include "shell/domain_call.h"

/* The statistics of the job that goes on (job_stats.h), or with @completed of the last one, which
 * stay. Its .json is them. */
DomainCall domain_job_stats(gboolean completed);

/* Ends the job; with @postcopy only breaks its link off, so that a post-copy can be gone on with
 * (libvirt 8.5). */
DomainCall domain_job_abort(gboolean postcopy);

/* The most that is sent per second, in MiB, by the job that goes on or by the next ones. 0: as much
 * as can be. */
DomainCall domain_job_set_speed(guint64 mib_per_second);

/* The most that the guest may stand still, in milliseconds. */
DomainCall domain_job_set_downtime(guint64 milliseconds);

/* Whether the guest is shut off because it was migrated: .number is TRUE then. */
DomainCall domain_job_was_migrated(void);

/* Whether the guest is a source in post-copy: .number is TRUE then. */
DomainCall domain_job_is_postcopy(void);

/* Lets the guest stand still, and run on. */
DomainCall domain_job_suspend(void);
DomainCall domain_job_resume(void);

/* Switches to post-copy. */
DomainCall domain_job_start_postcopy(void);
