/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate and what goes with it. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/destination.h"
#include "commands/disks.h"
#include "commands/governing.h"
#include "commands/lab/lab.h"
#include "commands/leaving.h"
#include "commands/migration/job.h"
#include "commands/migration/track.h"
#include "commands/migrate_check.h"
#include "commands/migrate_managed.h"
#include "commands/migration/managed/managed_argument.h"
#include "commands/outcome.h"
#include "commands/progress_view.h"
#include "commands/resume.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/line.h"
#include "shell/reach.h"
#include "shell/session.h"

/* A cancelled migration ends within this, unless it hangs. */
static const double CANCEL_S = 2;
static const double CANCEL_DISKS_S = 10;

/* --- waiting for the end --- */

static gboolean end_or_attention(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || migration_status_needs_attention(status) ||
           state == MIGRATION_NONE;
}

static gboolean report_end(Session *session, Guest *guest, const MigrationStatus *status,
                           Reply *reply, GError **error)
{
    MigrationState state = migration_status_state(status);

    leaving_forget_if_over(guest, status);
    reply->json = migration_status_to_json(status);
    if (migration_status_is_managed(status)) {
        return migrate_managed_report(guest, status, reply, error);
    }
    if (migration_status_needs_attention(status)) {
        session_courtesy(session, reply,
                         state == MIGRATION_PRE_SWITCHOVER
                             ? _("the migration stands at '%s' and waits: 'migrate_continue "
                                 "pre-switchover' goes on")
                             : _("the migration stands at '%s' and waits: the link was lost; see "
                                 "migrate_recover and 'migrate -r'"),
                         migration_state_name(state));
        return TRUE;
    }
    if (!job_check_completed(status, guest->name, error)) {
        return FALSE;
    }
    outcome_tell(guest, reply);
    return TRUE;
}

/* Whether Ctrl-C ends a script, and that the migration which it waits for. */
static gboolean ends_with_script(Session *session)
{
    return !session->setup.interactive && leaving_drives(session);
}

/* What ended the waiting for @guest's migration, @why (taken over), is the error. */
static void give_up_waiting(Session *session, Guest *guest, GError *why, GError **error)
{
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED) && !ends_with_script(session)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED,
                    _("interrupted: the migration of '%s' goes on ('info migrate' shows it, "
                      "'migrate_cancel' ends it)"),
                    guest->name);
        g_error_free(why);
    } else {
        g_propagate_error(error, why);
    }
}

/* Waits for the end of the migration that was just started. Giving up the wait never ends the
 * migration. */
static gboolean wait_for_end(Session *session, Guest *guest, Reply *reply, GError **error)
{
    MigrationWait wait = {.reached = end_or_attention, .seconds = -1};
    g_autoptr(GError) why = NULL;
    g_autoptr(MigrationStatus) status = view_wait(guest, &wait, &why);

    if (status) {
        return report_end(session, guest, status, reply, error);
    }
    give_up_waiting(session, guest, g_steal_pointer(&why), error);
    return FALSE;
}

/* --- the commands --- */

static const char *const LISTENING_SCHEMES[] = {
    "tcp:", "unix:", "fd:", "file:", "rdma:", "vsock:", NULL};

/* Once for each guest: who has libvirt should know what it does not know. */
static void note_raw(Guest *guest, const char *uri)
{
    Session *session = guest->session;
    gboolean into_file = g_str_has_prefix(uri, "file:") || g_str_has_prefix(uri, "fd:");
    g_autofree char *text = NULL;

    if (into_file || lab_of(session, NULL) || reach_is_embedded(guest->uri) ||
        g_datalist_get_data(&guest->notes, "warned-of-raw")) {
        return;
    }
    g_datalist_set_data(&guest->notes, "warned-of-raw", guest);
    text = g_strdup_printf(_("note: libvirt does not know of this migration: afterwards '%s' is at "
                             "this host too, paused, and 'virsh resume' would run it twice; "
                             "'migrate qemu+ssh://HOST/system' lets libvirt do it"),
                           guest->name);
    output_note(session->output, text);
}

/* Starts QEMU's migration to @uri, for memory alone or with QEMU's own block migration. */
static gboolean start_raw(Session *session, Guest *guest, const char *uri, const RawStart *how,
                          GError **error)
{
    if (!how->resume && settings_get(session, SETTING_RETURN_PATH) &&
        !raw_want_return_path(guest->monitor, uri, error)) {
        return FALSE;
    }
    job_expect_raw(guest, !how->resume);
    if (!raw_start(guest->monitor, uri, how, error)) {
        job_expect_raw(guest, FALSE);
        return FALSE;
    }
    if (!how->resume) { /* that goes on with what was driven before */
        job_set_storage(guest, NULL);
    }
    leaving_remember(guest);
    return TRUE;
}

/* Lets the peer listen; the URI to migrate to. NULL with @error. Free with g_free(). */
static char *arrange_peer(Session *session, Guest *guest, gboolean resume, Governor **governor,
                          GError **error)
{
    Guest *peer;
    char *address;

    if (resume) {
        return resume_address(session, guest, error);
    }
    peer = destination_guest(session, error);
    address = peer && governing_prepare(guest, peer, FALSE, governor, error) &&
                      destination_check_capabilities(guest, peer, error)
                  ? destination_listen(session, peer, error)
                  : NULL;
    if (address) {
        disks_warn(session, guest, peer);
    }
    return address;
}

/* Whether @uri is where the peer listens, so that it is known who receives the guest. */
static gboolean is_peers(Session *session, const char *uri)
{
    return session->peer && destination_check_uri(session->peer, uri, NULL);
}

/* For the memory alone, to a URI that was given. */
static gboolean prepare_policy(Session *session, Guest *guest, const char *uri, Governor **governor,
                               GError **error)
{
    Guest *peer = is_peers(session, uri) ? session->peer : NULL;

    return governing_prepare(guest, peer, FALSE, governor, error);
}

/* Begins to copy the disks as well. TRUE: the memory is to be migrated alone, or by QEMU with them
 * as @how then says. */
static gboolean begin_disks(Session *session, Guest *guest, const char *uri, RawStart *how,
                            gboolean *begun, Governor **governor, GError **error)
{
    gboolean inc = how->inc;
    Guest *peer = session->peer ? destination_guest(session, NULL) : NULL;
    DisksOutcome outcome = governing_prepare(guest, peer, TRUE, governor, error)
                               ? disks_migrate(session, guest, uri, inc, error)
                               : DISKS_FAILED;

    how->blk = outcome == DISKS_NATIVE && !inc;
    how->inc = outcome == DISKS_NATIVE && inc;
    *begun = outcome == DISKS_MIRRORED;
    return outcome != DISKS_FAILED;
}

static gboolean begin_raw(Session *session, Guest *guest, const Arguments *arguments,
                          const char *uri, Governor **governor, GError **error)
{
    RawStart how = {
        .resume = arguments_get(arguments, "resume")->given,
        .blk = arguments_get(arguments, "blk")->given,
        .inc = arguments_get(arguments, "inc")->given,
    };
    gboolean begun = FALSE;
    g_autofree char *address = NULL;

    if ((how.blk || how.inc) &&
        (!begin_disks(session, guest, uri, &how, &begun, governor, error) || begun)) {
        return begun;
    }
    if (strcmp(uri, "peer") == 0) {
        uri = address = arrange_peer(session, guest, how.resume, governor, error);
    } else if (!how.resume && !prepare_policy(session, guest, uri, governor, error)) {
        return FALSE;
    }
    if (!uri || !start_raw(session, guest, uri, &how, error)) {
        return FALSE;
    }
    if (!how.resume) {
        note_raw(guest, uri);
    }
    return TRUE;
}

static gboolean begin(Session *session, Guest *guest, const Arguments *arguments, GError **error)
{
    const char *uri = arguments_get(arguments, "uri")->text;
    gboolean resume = arguments_get(arguments, "resume")->given;
    g_autoptr(Governor) governor = NULL;

    if (managed_is_uri(uri)) {
        return migrate_managed_begin(guest, arguments, uri, error);
    }
    if (!managed_call_refuse(arguments, uri, error) || !(resume || job_check_free(guest, error)) ||
        !begin_raw(session, guest, arguments, uri, &governor, error)) {
        return FALSE;
    }
    if (governor) {
        governor_begin(guest, g_steal_pointer(&governor));
    }
    return TRUE;
}

/* The same without beginning: migrate_check with all that the migration is told. */
static gboolean check(Session *session, Guest *guest, const Arguments *arguments, Reply *reply,
                      GError **error)
{
    const char *uri = arguments_get(arguments, "uri")->text;
    gboolean incremental = arguments_get(arguments, "inc")->given;
    CheckWish wish = {
        .uri = uri,
        .copies = incremental || arguments_get(arguments, "blk")->given,
        .incremental = incremental,
    };
    gboolean good = managed_is_uri(uri) ? migrate_managed_wish(guest, arguments, &wish, error)
                                        : managed_call_refuse(arguments, uri, error);

    reply->verbatim = TRUE; /* blockers are none of QEMU's errors */
    return good && migrate_check(session, guest, &wish, reply, error);
}

/* Whether a post-copy that QEMU has agreed to go on with does, as far as is known. */
static gboolean goes_on(Session *session, Guest *guest, const Arguments *arguments, GError **error)
{
    GError *why = NULL;

    if (!arguments_get(arguments, "resume")->given ||
        managed_is_uri(arguments_get(arguments, "uri")->text) ||
        resume_wait(session, guest, &why)) {
        return TRUE;
    }
    give_up_waiting(session, guest, why, error);
    return FALSE;
}

/* What stands behind the command's word. */
static const char *typed_behind(const char *line)
{
    g_autofree char *word = line_word(&line);

    return line_rest(line);
}

static gboolean migrate(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    gboolean detach = arguments_get(arguments, "detach")->given;
    Guest *guest = session_guest(session, error);

    if (guest && arguments_get(arguments, "check")->given) {
        return check(session, guest, arguments, reply, error);
    }
    if (!guest || !monitor_listen(guest->monitor, error)) {
        return FALSE;
    }
    outcome_expect(guest);
    if (!begin(session, guest, arguments, error)) {
        return FALSE;
    }
    track_begin(guest, typed_behind(arguments->line));
    if (!goes_on(session, guest, arguments, error)) {
        return FALSE;
    }
    if (detach) {
        if (job_managed(guest)) {
            managed_announce(job_managed(guest), TRUE);
        }
        session_courtesy(session, reply, _("started; 'wait migration' waits for its end"));
        return TRUE;
    }
    return wait_for_end(session, guest, reply, error);
}

/* QEMU cancels in its own time, and until then refuses another migration. */
static gboolean migrate_cancel(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                               Reply *reply, GError **error)
{
    Guest *guest = job_guest(session, 0, error);
    MigrationWait wait = {.reached = migration_has_ended};
    g_autoptr(MigrationStatus) status = NULL;
    gboolean was_running, tidied;

    if (!guest || !job_cancel(guest, session->peer, &was_running, &tidied, error)) {
        return FALSE;
    }
    wait.seconds = job_storage(guest) ? CANCEL_DISKS_S : CANCEL_S;
    status = job_wait(guest, &wait, NULL);
    if (!status) {
        session_courtesy(session, reply,
                         _("cancelling; until it is done QEMU takes no other migration"));
    } else if (tidied) {
        session_courtesy(session, reply,
                         _("what was left of a migration with disks is removed; the guest is where "
                           "it was"));
    } else if (!was_running) {
        session_courtesy(session, reply, _("no migration is under way"));
    } else {
        leaving_forget_if_over(guest, status);
        session_courtesy(session, reply,
                         migration_status_state(status) == MIGRATION_COMPLETED
                             ? _("too late: the migration is completed")
                             : _("cancelled; the guest stays where it is"));
    }
    return TRUE;
}

/* A QEMU that failed to listen may be of no more use: 10.0 stays in `setup` and refuses every other
 * address (seen), 7.2 takes another one. */
static void explain_stuck(Monitor *monitor, GError *why)
{
    g_autoptr(MigrationStatus) status = raw_query(monitor, NULL);
    g_autofree char *address = raw_listening_at(monitor);

    if (status && migration_status_state(status) == MIGRATION_SETUP && !address) {
        char *message = g_strconcat(why->message, "\n",
                                    _("(this QEMU takes no other address now: start it again, "
                                      "and let it listen at tcp:HOST:0, a free port)"),
                                    NULL);

        g_free(why->message);
        why->message = message;
    }
}

static gboolean migrate_incoming(Session *session, const Arguments *arguments, Reply *reply,
                                 GError **error)
{
    Guest *guest = session_guest(session, error);
    g_autofree char *address = NULL;
    g_autoptr(GError) why = NULL;

    if (!guest) {
        return FALSE;
    }
    if (!raw_listen(guest->monitor, arguments_get(arguments, "uri")->text, &address, &why)) {
        explain_stuck(guest->monitor, why);
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    session_courtesy(session, reply, _("'%s' listens at %s"), guest->name, address);
    return TRUE;
}

const Command migrate_commands[] = {
    {
        .name = "migrate",
        .group = N_("Migration"),
        .help = N_("migrate to URI (using -d to not wait for completion)"),
        .description =
            N_("Without -d it waits for the end and shows how far it is; Ctrl-C ends the\n"
               "waiting, not the migration.\n"
               "URI decides who migrates.\n"
               "With libvirt's (qemu+ssh://HOST/system; qemu+tcp, qemu+tls, qemu+unix) libvirt\n"
               "does: a managed migration, the one for production. The guest is started there\n"
               "and ended here. virsh's options go with it (the long ones), and --live is the\n"
               "default. Without --p2p this shell drives it, and it ends with the shell.\n"
               "With QEMU's (tcp:HOST:PORT, unix:PATH, fd:NAME, rdma:HOST:PORT, vsock:CID:PORT,\n"
               "file:PATH) or 'peer' QEMU does, alone: a raw migration, for labs and debugging.\n"
               "libvirt does not know of it: afterwards the guest stays at the source too,\n"
               "paused. A 'peer' listens by itself; on another host it does so at all addresses,\n"
               "and is reached as its URI names that host, or by the host's name.\n"
               "With -b or -i the writable disks are copied first: all of each, or only what is\n"
               "above the backing file, which must be there with the same contents. Managed,\n"
               "they are --copy-storage-all and --copy-storage-inc: libvirt copies each disk\n"
               "that is not marked <shareable/>, or those of --migrate-disks. Raw, the disks\n"
               "that the two sides do not share are mirrored to an NBD server that the peer runs\n"
               "meanwhile; its images must exist and be as large (the lab makes its own). This\n"
               "shell drives that: at its end, or by a signal, the migration is cancelled, and\n"
               "only a script's good end waits for it. Until the switch-over everything can be\n"
               "undone (migrate_cancel).\n"
               "-r goes on with a post-copy that lost its link: raw, when migrate_recover has\n"
               "made the destination listen again, which 'migrate -r peer' does itself; managed,\n"
               "as --postcopy-resume does, with the options of the first time.\n"
               "-n begins nothing: it looks whether the migration can work, as migrate_check\n"
               "does, with all that is said here."),
        .arguments =
            (const Argument[]){
                {.name = "detach",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'd',
                 .help = N_("do not wait for completion")},
                {.name = "blk",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'b',
                 .help = N_("for migration without shared storage with full copy of disk")},
                {.name = "inc",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'i',
                 .help =
                     N_("for migration without shared storage with incremental copy of disk (base "
                        "image "
                        "shared between src and destination)")},
                {.name = "resume",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'r',
                 .help = N_("resume a paused post-copy migration")},
                {.name = "check",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'n',
                 .help = N_("begin nothing: look whether it can work, as migrate_check does")},
                MANAGED_ARGUMENTS{.name = "uri",
                                  .kind = ARGUMENT_URI,
                                  .help =
                                      N_("where to: libvirt's URI there (qemu+ssh://HOST/system), "
                                         "QEMU's (tcp:HOST:PORT), or 'peer'"),
                                  .choices = destination_schemes},
                {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate,
    },
    {
        .name = "migrate_cancel",
        .group = N_("Migration"),
        .help = N_("cancel the current VM migration"),
        .description =
            N_("Sent as QMP, so that a refusal is heard (QEMU's HMP is silent about it)."),
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate_cancel,
    },
    {
        .name = "migrate_incoming",
        .group = N_("Migration"),
        .help = N_("Continue an incoming migration from an -incoming defer"),
        .arguments = (const Argument[]){{.name = "uri",
                                         .kind = ARGUMENT_URI,
                                         .help = N_("where to listen"),
                                         .choices = LISTENING_SCHEMES},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate_incoming,
    },
    {0},
};
