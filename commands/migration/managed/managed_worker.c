/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_internal.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>

#include "commands/migration/domain_job.h"
#include "commands/migration/job_stats.h"
#include "shell/reach.h"

enum {
    PAUSE_US = G_USEC_PER_SEC / 2,   /* between two tries, and two looks at a job */
    RETURN_US = 30 * G_USEC_PER_SEC, /* a libvirtd that is restarted is back by then */
    GONE_US = 3 * G_USEC_PER_SEC,    /* what is not there by then is gone */
};

/* How it ended. */
typedef struct {
    gboolean succeeded;
    gboolean aborted;
    char *error;
    Json *stats;
} Outcome;

/* --- the call --- */

static Json *completed_stats(virDomainPtr domain)
{
    DomainCall call = domain_job_stats(TRUE);

    return call.run(&call, domain, NULL) ? call.json : NULL;
}

/* The statistics stay with each side that knows the guest still. */
static gboolean migrate(ManagedMigration *self, virDomainPtr domain, Outcome *outcome)
{
    ManagedCall *call = &self->call;
    virDomainPtr there = NULL;

    if (call->driver == MANAGED_BY_SOURCE) {
        if (virDomainMigrateToURI3(domain, self->uri, call->parameters,
                                   (unsigned)call->n_parameters, call->flags) < 0) {
            return FALSE;
        }
        outcome->stats = completed_stats(domain);
        return TRUE;
    }
    there = virDomainMigrate3(domain, connection_handle(self->destination), call->parameters,
                              (unsigned)call->n_parameters, call->flags);
    if (!there) {
        return FALSE;
    }
    outcome->stats = completed_stats(there);
    virDomainFree(there);
    return TRUE;
}

/* --- after a broken connection --- */

/* What is found of the guest at the source. */
typedef enum {
    FOUND_NOTHING, /* libvirt does not know it */
    FOUND_MOVED,   /* it is shut off, having been migrated */
    FOUND_OFF,
    FOUND_UNDER_WAY, /* the migration goes on */
    FOUND_THERE,     /* it runs, or stands still, and is not being migrated */
    FOUND_NO_WAY,    /* it cannot be asked */
} Found;

static Found look_at(virDomainPtr domain)
{
    DomainCall call = domain_job_stats(FALSE);
    int active = virDomainIsActive(domain);
    gboolean under_way;

    if (active < 0) {
        return FOUND_NO_WAY;
    }
    if (!active) {
        return connection_has_migrated(domain) ? FOUND_MOVED : FOUND_OFF;
    }
    under_way = call.run(&call, domain, NULL) && job_stats_go_out(call.json);
    json_object_put(call.json);
    return under_way ? FOUND_UNDER_WAY : FOUND_THERE;
}

static Found find_at_source(const ManagedMigration *self)
{
    g_autoptr(Connection) connection = reach_silently(self->source_uri, NULL);
    virDomainPtr domain;
    virErrorPtr last;
    Found found;

    if (!connection) {
        return FOUND_NO_WAY;
    }
    domain = virDomainLookupByUUIDString(connection_handle(connection), self->uuid);
    if (!domain) {
        last = virGetLastError();
        return last && last->code == VIR_ERR_NO_DOMAIN ? FOUND_NOTHING : FOUND_NO_WAY;
    }
    found = look_at(domain);
    virDomainFree(domain);
    return found;
}

/* Whether the guest has arrived; the destination may not be reachable from here. */
static gboolean has_arrived(const ManagedMigration *self)
{
    g_autoptr(Connection) connection = reach_silently(self->uri, NULL);
    virDomainPtr domain =
        connection ? virDomainLookupByUUIDString(connection_handle(connection), self->uuid) : NULL;
    gboolean arrived = domain && virDomainIsActive(domain) == 1;

    if (domain) {
        virDomainFree(domain);
    }
    return arrived;
}

static void conclude(const ManagedMigration *self, Found found, Outcome *outcome)
{
    g_autofree char *why = g_steal_pointer(&outcome->error);
    const char *text;

    outcome->aborted = FALSE;
    outcome->succeeded = found == FOUND_MOVED || (found == FOUND_NOTHING && has_arrived(self));
    if (outcome->succeeded) {
        return;
    }
    text =
        found == FOUND_THERE ? _("libvirt has ended the migration, and the guest is where it was")
        : found == FOUND_OFF ? _("the guest is shut off at the source")
        : found == FOUND_NOTHING
            ? _("the guest is gone from the source, and is not seen at the destination")
            : _("libvirt at the source does not answer, and what became of the guest is not known");
    outcome->error = g_strdup_printf(_("the connection broke (%s): %s"), why, text);
}

/* Whether @found is to be looked at again. What is not there may not be there yet: a libvirtd that
 * has just been started may not have found its guests (11.3: seen). @gone: since when it is not. */
static gboolean is_not_sure(Found found, gint64 end, gint64 *gone)
{
    gint64 now = g_get_monotonic_time();

    if (found != FOUND_NOTHING && found != FOUND_OFF) {
        *gone = 0;
        return found == FOUND_UNDER_WAY || (found == FOUND_NO_WAY && now < end);
    }
    *gone = *gone ? *gone : now;
    return now - *gone < GONE_US;
}

/* The source's libvirt is tried again for a while; a migration that goes on without this process is
 * looked at until it ends. */
static void find_out(const ManagedMigration *self, Outcome *outcome)
{
    gint64 end = g_get_monotonic_time() + RETURN_US;
    Found found = find_at_source(self);
    gint64 gone = 0;

    while (is_not_sure(found, end, &gone)) {
        if (found == FOUND_UNDER_WAY) {
            end = g_get_monotonic_time() + RETURN_US;
        }
        g_usleep(PAUSE_US);
        found = find_at_source(self);
    }
    conclude(self, found, outcome);
}

/* --- the thread --- */

static gboolean is_broken(Connection *connection)
{
    return connection && virConnectIsAlive(connection_handle(connection)) != 1;
}

static void work(ManagedMigration *self, Outcome *outcome)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection_handle(self->source), self->uuid);
    virErrorPtr last;

    outcome->succeeded = domain && migrate(self, domain, outcome);
    if (!outcome->succeeded) {
        last = virGetLastError();
        outcome->aborted = last && last->code == VIR_ERR_OPERATION_ABORTED;
        outcome->error = g_strdup(virGetLastErrorMessage());
        if (domain && is_broken(self->source)) {
            find_out(self, outcome);
        }
    }
    if (domain) {
        virDomainFree(domain);
    }
}

static void tell(const ManagedMigration *self, const Outcome *outcome)
{
    g_autofree char *text =
        g_strdup_printf(outcome->succeeded ? _("the migration of '%s' to %s is completed")
                        : outcome->aborted ? _("the migration of '%s' to %s was cancelled")
                                           : _("the migration of '%s' to %s failed"),
                        self->name, self->uri);
    g_autofree char *whole =
        outcome->error ? g_strdup_printf(_("%s: %s"), text, outcome->error) : NULL;

    output_note(self->session->output, whole ? whole : text);
}

gpointer managed_work(gpointer data)
{
    ManagedMigration *self = data;
    Bell *bell = self->session->bell;
    Outcome outcome = {0};
    gboolean announce;

    work(self, &outcome);
    bell_lock(bell);
    announce = self->announce;
    self->over = self->news = TRUE;
    self->succeeded = outcome.succeeded;
    self->aborted = outcome.aborted;
    self->error = outcome.error;
    self->stats = outcome.stats;
    self->ended = g_get_monotonic_time();
    bell_ring(bell);
    bell_unlock(bell);
    if (announce) {
        tell(self, &outcome);
    }
    managed_unref(self);
    return NULL;
}
