/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate and what goes with it. */
#include <string.h>

#include "commands/lab/lab.h"
#include "commands/migrate.h"
#include "commands/migration/progress.h"
#include "commands/migration/raw.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/session.h"

static const double CANCEL_S = 2; /* a cancelled migration ends within this, unless it hangs */

/* --- what goes on when the shell is left --- */

void migrate_remember(Session *session, const char *guest)
{
    g_datalist_set_data_full(&session->notes, "migration", g_strdup(guest), g_free);
}

void migrate_forget_if_over(Session *session, const MigrationStatus *status)
{
    if (migration_state_is_over(migration_status_state(status))) {
        g_datalist_set_data(&session->notes, "migration", NULL);
    }
}

const char *migrate_under_way(Session *session)
{
    return g_datalist_get_data(&session->notes, "migration");
}

/* --- the peer as destination --- */

/* The peer, and whether its QEMU was started to receive and has not yet. NULL with the error. */
static Guest *look_at_peer(Session *session, gboolean *waits, GError **error)
{
    Guest *peer = session_peer(session, error);
    g_autoptr(Json) status = peer ? monitor_qmp(peer->monitor, "query-status", NULL, error) : NULL;

    *waits = g_strcmp0(json_get_string(status, "status"), "inmigrate") == 0;
    return status ? peer : NULL;
}

/* Where the peer shall listen. In the lab a unix socket; else TCP, on one host its loopback (a QEMU
 * run by a system libvirtd may be kept from sockets elsewhere by AppArmor or SELinux). */
static char *choose_listening_uri(Session *session, Lab *lab, Guest *peer)
{
    g_autofree char *here = virConnectGetHostname(connection_handle(session->current->home));
    g_autofree char *there = virConnectGetHostname(connection_handle(peer->home));

    if (lab) {
        g_autofree char *socket = lab_migration_socket(lab);

        return g_strconcat("unix:", socket, NULL);
    }
    return g_strdup_printf("tcp:%s:0", g_strcmp0(here, there) == 0 || !there ? "127.0.0.1" : there);
}

/* Lets the peer listen; the URI to migrate to. NULL with the error. */
static char *arrange_peer(Session *session, GError **error)
{
    Lab *lab = lab_of(session, NULL);
    g_autoptr(GError) gone = NULL;
    gboolean waits;
    Guest *peer = look_at_peer(session, &waits, &gone);
    g_autofree char *uri = NULL;
    char *address = NULL;

    if (lab && lab_is_running(lab) && g_error_matches(gone, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        g_clear_error(&gone);
        output_note(session->output, "the lab starts a new destination");
        peer = lab_renew_destination(lab, session, &gone) ? look_at_peer(session, &waits, &gone)
                                                          : NULL;
    }
    if (!peer) {
        g_propagate_error(error, g_steal_pointer(&gone));
        return NULL;
    }
    if (!waits) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "the peer '%s' does not wait for a migration: %s", peer->name,
                    lab ? "'lab reset' makes a fresh pair"
                        : "start its QEMU with '-incoming defer'");
        return NULL;
    }
    address = raw_listening_at(peer->monitor);
    if (address) { /* an earlier try got no further */
        return address;
    }
    uri = choose_listening_uri(session, lab, peer);
    if (!raw_listen(peer->monitor, uri, &address, error)) {
        g_prefix_error(error, "the peer '%s' cannot listen at %s: ", peer->name, uri);
        return NULL;
    }
    return address;
}

/* --- waiting for the end --- */

typedef struct {
    Session *session;
    RawLimits limits;
    guint64 pass; /* the last one that was told */
} Watch;

static gboolean end_or_attention(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || migration_state_needs_attention(state) ||
           state == MIGRATION_NONE;
}

static void show_progress(const MigrationStatus *status, gpointer data)
{
    Watch *watch = data;
    Output *output = watch->session->output;
    gboolean lively = output_can_live(output);
    int width = lively ? output_width(output) - 1 : 0;
    MigrationState state = migration_status_state(status);
    guint64 pass = migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT);
    g_autofree char *line = NULL;

    if (!lively && pass == watch->pass && state != MIGRATION_COMPLETED) {
        return;
    }
    watch->pass = pass;
    line = migration_progress_line(status, width, watch->limits.downtime_ms);
    if (lively) {
        output_live(output, line);
    } else {
        output_note(output, line);
    }
}

static gboolean report_end(Session *session, Guest *guest, const MigrationStatus *status,
                           Reply *reply, GError **error)
{
    MigrationState state = migration_status_state(status);

    migrate_forget_if_over(session, status);
    reply->json = migration_status_to_json(status);
    if (migration_state_needs_attention(state)) {
        session_courtesy(session, reply, "the migration stands at '%s' and waits: %s",
                         migration_state_name(state),
                         state == MIGRATION_PRE_SWITCHOVER
                             ? "'migrate_continue pre-switchover' goes on"
                             : "the link was lost; see migrate_recover and 'migrate -r'");
        return TRUE;
    }
    if (!raw_check_completed(status, guest->name, error)) {
        return FALSE;
    }
    return TRUE;
}

/* Waits for the end of the migration that was just started. Giving up the wait never ends the
 * migration. */
static gboolean wait_for_end(Session *session, Guest *guest, Reply *reply, GError **error)
{
    Watch watch = {.session = session};
    RawWait wait = {
        .reached = end_or_attention,
        .seen = output_mode(session->output)->json ? NULL : show_progress,
        .seen_data = &watch,
        .seconds = -1,
        .lively = output_can_live(session->output),
    };
    g_autoptr(MigrationStatus) status = NULL;
    g_autoptr(GError) why = NULL;

    raw_limits(guest->monitor, &watch.limits, NULL);
    status = raw_wait(guest->monitor, &wait, &why);
    output_live(session->output, NULL);
    if (status) {
        return report_end(session, guest, status, reply, error);
    }
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED,
                    "interrupted: the migration of '%s' goes on ('info migrate' shows it, "
                    "'migrate_cancel' ends it)",
                    guest->name);
    } else {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return FALSE;
}

/* --- the commands --- */

static const char *const SCHEMES[] = {
    "peer", "tcp:", "unix:", "fd:", "file:", "rdma:", "vsock:", NULL};

static gboolean refuse_disks(const Arguments *arguments, GError **error)
{
    gboolean blk = arguments_get(arguments, "blk")->given;
    gboolean inc = arguments_get(arguments, "inc")->given;

    if (!blk && !inc) {
        return TRUE;
    }
    g_set_error(
        error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
        "migrate %s is refused: QEMU's own block migration fails with the disks that libvirt "
        "makes (-blockdev) and is gone since QEMU 9.1, and hmpsh does not copy disks yet; "
        "migrate without it when both sides see the same disks",
        blk ? "-b" : "-i");
    return FALSE;
}

static gboolean migrate(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *uri = arguments_get(arguments, "uri")->text;
    gboolean detach = arguments_get(arguments, "detach")->given;
    gboolean resume = arguments_get(arguments, "resume")->given;
    Guest *guest = session_guest(session, error);
    g_autofree char *address = NULL;

    if (!guest || !refuse_disks(arguments, error)) {
        return FALSE;
    }
    if (!detach && !monitor_listen(guest->monitor, error)) {
        return FALSE;
    }
    if (strcmp(uri, "peer") == 0) {
        address = arrange_peer(session, error);
        if (!address) {
            return FALSE;
        }
        uri = address;
    }
    if (!resume && settings_get(session, SETTING_RETURN_PATH) &&
        !raw_want_return_path(guest->monitor, uri, error)) {
        return FALSE;
    }
    if (!raw_start(guest->monitor, uri, resume, error)) {
        return FALSE;
    }
    migrate_remember(session, guest->name);
    if (detach) {
        session_courtesy(session, reply, "started; 'wait migration' waits for its end");
        return TRUE;
    }
    return wait_for_end(session, guest, reply, error);
}

static gboolean is_over(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_over(state) || state == MIGRATION_NONE;
}

/* QEMU cancels in its own time, and until then refuses another migration. */
static gboolean migrate_cancel(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                               Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);
    RawWait wait = {.reached = is_over, .seconds = CANCEL_S};
    g_autoptr(MigrationStatus) status = NULL;
    gboolean was_running;

    if (!guest || !raw_cancel(guest->monitor, &was_running, error)) {
        return FALSE;
    }
    status = raw_wait(guest->monitor, &wait, NULL);
    if (!status) {
        session_courtesy(session, reply,
                         "cancelling; until it is done QEMU takes no other migration");
    } else if (!was_running) {
        session_courtesy(session, reply, "no migration is under way");
    } else {
        migrate_forget_if_over(session, status);
        session_courtesy(session, reply,
                         migration_status_state(status) == MIGRATION_COMPLETED
                             ? "too late: the migration is completed"
                             : "cancelled; the guest stays where it is");
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
        char *message =
            g_strconcat(why->message,
                        "\n(this QEMU takes no other address now: start it again, and let "
                        "it listen at tcp:HOST:0, a free port)",
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
    session_courtesy(session, reply, "'%s' listens at %s", guest->name, address);
    return TRUE;
}

const Command migrate_commands[] = {
    {
        .name = "migrate",
        .group = "Migration",
        .help = "migrate to URI (using -d to not wait for completion)",
        .description =
            "Without -d it waits for the end, with progress; Ctrl-C ends the waiting, never the\n"
            "migration. URI is QEMU's (tcp:HOST:PORT, unix:PATH, fd:NAME, rdma:HOST:PORT,\n"
            "vsock:CID:PORT, file:PATH), or 'peer': the peer then listens by itself, and the\n"
            "migration goes there. libvirt does not know of this migration: afterwards the guest\n"
            "stays at the source too, paused.",
        .arguments =
            (const Argument[]){
                {.name = "detach",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'd',
                 .help = "do not wait for completion"},
                {.name = "blk",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'b',
                 .help = "for migration without shared storage with full copy of disk"},
                {.name = "inc",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'i',
                 .help = "for migration without shared storage with incremental copy of disk (base "
                         "image "
                         "shared between src and destination)"},
                {.name = "resume",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'r',
                 .help = "resume a paused post-copy migration"},
                {.name = "uri",
                 .kind = ARGUMENT_URI,
                 .help = "where to: a migration URI, or 'peer'",
                 .choices = SCHEMES},
                {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate,
    },
    {
        .name = "migrate_cancel",
        .group = "Migration",
        .help = "cancel the current VM migration",
        .description = "Sent as QMP, so that a refusal is heard (QEMU's HMP is silent about it).",
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate_cancel,
    },
    {
        .name = "migrate_incoming",
        .group = "Migration",
        .help = "Continue an incoming migration from an -incoming defer",
        .arguments = (const Argument[]){{.name = "uri",
                                         .kind = ARGUMENT_URI,
                                         .help = "where to listen",
                                         .choices = SCHEMES + 1 /* without the peer */},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = migrate_incoming,
    },
    {0},
};
