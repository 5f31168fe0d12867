/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migrate_managed.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/governing.h"
#include "commands/leaving.h"
#include "commands/migrate_policy.h"
#include "commands/migration/job.h"
#include "commands/migration/release.h"
#include "commands/outcome.h"
#include "shell/error.h"
#include "shell/reach.h"

/* --- beginning --- */

/* What -r goes on with. */
static gboolean check_paused(Guest *guest, GError **error)
{
    MigrationLimits limits;
    g_autoptr(MigrationStatus) status = job_query(guest, &limits, error);

    if (!status || migration_state_is_postcopy(migration_status_state(status))) {
        return status != NULL;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("no post-copy of '%s' waits to be gone on with"), guest->name);
    return FALSE;
}

static gboolean check_driver(Guest *guest, GError **error)
{
    if (!reach_is_embedded(guest->uri)) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("'%s' runs in libvirt's embedded driver, which takes part in no migration of "
                  "libvirt's: 'migrate peer' is QEMU's own"),
                guest->name);
    return FALSE;
}

/* What migrate's letters stand for. */
static unsigned flags_of(const Arguments *arguments)
{
    unsigned flags = 0;

    if (arguments_get(arguments, "blk")->given) {
        flags |= VIR_MIGRATE_NON_SHARED_DISK;
    }
    if (arguments_get(arguments, "inc")->given) {
        flags |= VIR_MIGRATE_NON_SHARED_INC;
    }
    if (arguments_get(arguments, "resume")->given) {
        flags |= VIR_MIGRATE_POSTCOPY | VIR_MIGRATE_POSTCOPY_RESUME;
    }
    return flags;
}

/* What the chosen policy adds. */
static unsigned policy_flags(Session *session, const Arguments *arguments)
{
    static const char *const without[] = {"resume", "postcopy-resume", "offline"};

    for (gsize i = 0; i < G_N_ELEMENTS(without); i++) {
        if (arguments_get(arguments, without[i])->given) {
            return 0;
        }
    }
    return governing_flags(session);
}

static void look_at_source(Guest *guest, ManagedSides *sides)
{
    g_autoptr(Json) version = monitor_qmp(guest->monitor, "query-version", NULL, NULL);

    sides->qemu = release_from_qmp(version);
    if (virConnectGetLibVersion(connection_handle(guest->home), &sides->libvirt) < 0) {
        sides->libvirt = 0;
    }
}

/* Without the policy's flags the options would do: nobody has typed what @error speaks of. */
static void blame_policy(Session *session, const Arguments *arguments, unsigned asked,
                         const ManagedSides *sides, GError **error)
{
    g_auto(ManagedCall) call = {0};

    if (managed_call_from_arguments(&call, arguments, asked, sides, NULL)) {
        g_prefix_error(error, _("with what the policy '%s' adds: "),
                       policy_name(policy_chosen(session)));
    }
}

static gboolean read_call(ManagedCall *call, Guest *guest, const Arguments *arguments,
                          GError **error)
{
    ManagedSides sides = {0};
    unsigned asked = flags_of(arguments);
    unsigned wanted = policy_flags(guest->session, arguments);

    look_at_source(guest, &sides);
    if (managed_call_from_arguments(call, arguments, asked | wanted, &sides, error)) {
        return TRUE;
    }
    if (wanted) {
        blame_policy(guest->session, arguments, asked, &sides, error);
    }
    return FALSE;
}

gboolean migrate_managed_wish(Guest *guest, const Arguments *arguments, CheckWish *wish,
                              GError **error)
{
    g_auto(ManagedCall) call = {0};

    if (!read_call(&call, guest, arguments, error)) {
        return FALSE;
    }
    wish->incremental = (call.flags & VIR_MIGRATE_NON_SHARED_INC) != 0;
    wish->copies = wish->incremental || (call.flags & VIR_MIGRATE_NON_SHARED_DISK) != 0;
    wish->unsafe = (call.flags & VIR_MIGRATE_UNSAFE) != 0;
    wish->offline = (call.flags & VIR_MIGRATE_OFFLINE) != 0;
    wish->name = arguments_get(arguments, "dname")->text;
    wish->disks = arguments_get(arguments, "migrate-disks")->text;
    wish->memory_uri = call.flags & VIR_MIGRATE_TUNNELLED
                           ? wish->uri
                           : arguments_get(arguments, "migrateuri")->text;
    return TRUE;
}

gboolean migrate_managed_begin(Guest *guest, const Arguments *arguments, const char *uri,
                               GError **error)
{
    g_auto(ManagedCall) call = {0};
    g_autoptr(Governor) governor = NULL;
    ManagedMigration *managed;
    gboolean resume;

    if (!check_driver(guest, error)) {
        return FALSE;
    }
    if (!read_call(&call, guest, arguments, error)) {
        return FALSE;
    }
    resume = (call.flags & VIR_MIGRATE_POSTCOPY_RESUME) != 0;
    if (!(resume ? check_paused(guest, error) : job_check_free(guest, error)) ||
        !(resume || governing_prepare_managed(guest, &call, &governor, error))) {
        return FALSE;
    }
    managed = job_start_managed(guest, uri, &call, error);
    if (!managed) {
        return FALSE;
    }
    if (governor) {
        governor_begin(guest, g_steal_pointer(&governor));
    }
    if (!managed_needs_shell(managed)) {
        leaving_remember(guest);
    }
    return TRUE;
}

/* --- the end --- */

/* What can be done about a failure that libvirt tells in its own terms. NULL: nothing is known. */
static const char *advice_on(const char *why, gboolean copies_disks)
{
    if (!why) {
        return NULL;
    }
    if (strstr(why, "Unsafe migration")) {
        return copies_disks ? _("a disk that is not copied is meant; '--unsafe' takes the risk")
                            : _("'-b' copies the disks, '--unsafe' takes the risk");
    }
    if (strstr(why, "already active") || strstr(why, "already exists")) {
        return _("another guest there has this name or UUID: '--dname' gives another name");
    }
    if (strstr(why, "Storage pool not found") || strstr(why, "pre-creation of storage targets")) {
        return _("make the images at the destination first, as large (for -i with the same "
                 "backing file), or a storage pool of their directory");
    }
    return strstr(why, "still running") ? _("'migrate_pause' makes QEMU see that the link is gone")
                                        : NULL;
}

static void add_advice(GError *error, const char *advice)
{
    if (advice) {
        char *text = g_strdup_printf("%s\n(%s)", error->message, advice);

        g_free(error->message);
        error->message = text;
    }
}

/* A post-copy that libvirt has given up, or whose end QEMU sees. */
static gboolean report_lost_link(const Guest *guest, const MigrationStatus *status, GError **error)
{
    const char *why = migration_status_text(status, FIELD_ERROR_DESC);
    gboolean paused = migration_status_state(status) == MIGRATION_POSTCOPY_PAUSED;
    g_autofree char *what =
        why ? g_strdup_printf(_("the migration of '%s' lost its link in post-copy: %s: the guest "
                                "runs at the destination, and some of its memory is here still"),
                              guest->name, why)
            : g_strdup_printf(_("the migration of '%s' lost its link in post-copy: the guest runs "
                                "at the destination, and some of its memory is here still"),
                              guest->name);

    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "%s\n%s", what,
                paused ? _("(once the link is back 'migrate -r' goes on, with the options of the "
                           "first time)")
                       : _("(once the link is back QEMU may do the rest by itself; or "
                           "'migrate_pause', and then 'migrate -r' goes on, with the options of "
                           "the first time)"));
    return FALSE;
}

gboolean migrate_managed_report(Guest *guest, const MigrationStatus *status, Reply *reply,
                                GError **error)
{
    ManagedMigration *managed = job_managed(guest);
    g_autofree char *gone = monitor_lost(guest->monitor);
    g_autoptr(GError) why = NULL;

    if (migration_status_needs_attention(status)) {
        return report_lost_link(guest, status, error);
    }
    if (!job_check_completed(status, guest->name, &why)) {
        if (gone) { /* with the guest: that is worse than a failed command */
            why->code = HMPSH_ERROR_LOST;
        }
        add_advice(why, advice_on(migration_status_text(status, FIELD_ERROR_DESC),
                                  managed && managed_copies_disks(managed)));
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    outcome_tell(guest, reply);
    if (managed && managed_is_definition(managed)) {
        session_courtesy(guest->session, reply,
                         _("the definition of '%s' is at %s now; the guest runs on here"),
                         guest->name, managed_uri(managed));
    } else if (managed && gone) {
        session_courtesy(guest->session, reply, _("'attach %s' follows the guest"),
                         managed_arrives_as(managed));
    }
    return TRUE;
}
