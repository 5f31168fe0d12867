/* SPDX-License-Identifier: GPL-3.0-or-later */
/* savevm, loadvm, delvm and info snapshots: a guest's state kept in its own disks, which another
 * QEMU can go on from.
 *
 * They are sent to QEMU's HMP, whose choice of disks they share. The jobs that QEMU has for the
 * same since 6.0 (QMP snapshot-save, -load, -delete) would gain nothing: the whole work is done in
 * one piece by the thread that runs the monitor, too, so that nothing is answered meanwhile, not
 * even the command that starts the job, and progress goes from 0 of 1 to 1 of 1 (seen with 7.2 and
 * 10.0). And they can run in a vCPU's thread, where QEMU aborts (QEMU: snapshot_save_job_run()
 * leaves the work to whoever polls its AioContext). */
#include "commands/snapshot.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/job.h"
#include "commands/migration/snapshot_check.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/stopwatch.h"
#include "shell/values.h"

#define UNDER_WAY "snapshot" /* the session's note of it */

/* What @verb does to the snapshot @tag (NULL: one without a name yet). Free with g_free(). */
static char *doing(SnapshotVerb verb, const char *tag)
{
    if (!tag) {
        return g_strdup(_("saving"));
    }
    switch (verb) {
    case SNAPSHOT_LOAD:
        return g_strdup_printf(_("loading '%s'"), tag);
    case SNAPSHOT_DELETE:
        return g_strdup_printf(_("deleting '%s'"), tag);
    case SNAPSHOT_SAVE:
        break;
    }
    return g_strdup_printf(_("saving '%s'"), tag);
}

/* That it goes on, with @message, why nobody waits for it. Free with g_free(). */
static char *goes_on(SnapshotVerb verb, const char *message)
{
    switch (verb) {
    case SNAPSHOT_LOAD:
        return g_strdup_printf(_("%s; loading goes on"), message);
    case SNAPSHOT_DELETE:
        return g_strdup_printf(_("%s; deleting goes on"), message);
    case SNAPSHOT_SAVE:
        break;
    }
    return g_strdup_printf(_("%s; saving goes on"), message);
}

static const struct {
    const char *meanwhile;
    const char *interrupted;
} VERBS[] = {
    [SNAPSHOT_SAVE] = {N_("the guest stands still meanwhile"),
                       N_("interrupted: saving goes on, and until it is done the guest stands "
                          "still and its monitor takes no other command")},
    [SNAPSHOT_LOAD] = {N_("the guest stands still meanwhile"),
                       N_("interrupted: loading goes on, and until it is done the guest stands "
                          "still and its monitor takes no other command")},
    [SNAPSHOT_DELETE] = {N_("the guest may stand still meanwhile"),
                         N_("interrupted: deleting goes on, and until it is done the guest stands "
                            "still and its monitor takes no other command")},
};

const char *snapshot_under_way(Session *session)
{
    return g_datalist_get_data(&session->notes, UNDER_WAY);
}

static const char *tag_of(const Arguments *arguments)
{
    return arguments_get(arguments, "tag")->text;
}

/* Whether courtesies are heard, and so worth a question to QEMU. */
static gboolean is_told(Session *session)
{
    const OutputMode *mode = output_mode(session->output);

    return session->setup.interactive && !mode->quiet && !mode->json;
}

/* --- waiting --- */

/* Nobody waits any more, but QEMU does not know. */
static void add_that_it_goes_on(SnapshotVerb verb, GError *error)
{
    char *message = g_error_matches(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)
                        ? g_strdup(_(VERBS[verb].interrupted))
                        : goes_on(verb, error->message);

    g_free(error->message);
    error->message = message;
}

static void add_reason(Guest *guest, SnapshotVerb verb, GError *error)
{
    g_autoptr(SnapshotGuest) now = snapshot_guest_query(guest->monitor, NULL);
    g_autofree char *reason = now ? snapshot_explain(now, verb, error->message) : NULL;

    if (reason) {
        char *message = g_strconcat(error->message, "\n", reason, NULL);

        g_free(error->message);
        error->message = message;
    }
}

/* Sends the line and waits until QEMU has done it; *@ms gets how long that took. */
static gboolean carry_out(Session *session, Guest *guest, SnapshotVerb verb,
                          const Arguments *arguments, Reply *reply, gint64 *ms, GError **error)
{
    g_autofree char *what = doing(verb, tag_of(arguments));
    g_autoptr(GError) why = NULL;
    Stopwatch *watch;

    g_datalist_set_data_full(&session->notes, UNDER_WAY,
                             g_strdup_printf(_("'%s' of '%s'"), arguments->line, guest->name),
                             g_free);
    watch = stopwatch_start(session->output, what, _(VERBS[verb].meanwhile));
    dispatch_forward(session, arguments, reply, &why);
    *ms = stopwatch_stop(watch);
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED) ||
        g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT)) {
        add_that_it_goes_on(verb, why);
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    g_datalist_set_data(&session->notes, UNDER_WAY, NULL);
    if (!why) {
        return TRUE;
    }
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)) {
        add_reason(guest, verb, why);
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

/* The current guest, when nothing stands in the way of @verb. */
static Guest *checked_guest(Session *session, SnapshotVerb verb, const char *tag, GError **error)
{
    Guest *guest = session_guest(session, error);
    StorageMigration *storage = guest ? job_storage(guest) : NULL;
    g_autoptr(SnapshotGuest) state = NULL;

    if (storage && !storage_is_over(storage)) {
        g_set_error_literal(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("refused: the guest's disks are being migrated ('migrate_cancel' ends "
              "that)"));
        return NULL;
    }
    state = guest ? snapshot_guest_query(guest->monitor, error) : NULL;
    return state && snapshot_check(state, verb, tag, error) ? guest : NULL;
}

/* --- the commands --- */

static gboolean savevm(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *tag = tag_of(arguments);
    Guest *guest = checked_guest(session, SNAPSHOT_SAVE, tag, error);
    g_autoptr(SnapshotList) list = NULL;
    const Snapshot *saved;
    gint64 ms;

    if (!guest || !carry_out(session, guest, SNAPSHOT_SAVE, arguments, reply, &ms, error)) {
        return FALSE;
    }
    list = is_told(session) || output_mode(session->output)->json
               ? snapshot_list_query(guest->monitor, NULL)
               : NULL;
    saved = list ? snapshot_list_find(list, tag) : NULL;
    if (saved) {
        g_autofree char *size = size_format(saved->state_bytes);
        g_autofree char *time = duration_format(ms);

        reply->json = snapshot_to_json(saved);
        session_courtesy(session, reply, _("saved as '%s': %s in %s"), saved->tag, size, time);
    }
    return TRUE;
}

static gboolean loadvm(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *tag = tag_of(arguments);
    Guest *guest = checked_guest(session, SNAPSHOT_LOAD, tag, error);
    gint64 ms;

    if (!guest || !carry_out(session, guest, SNAPSHOT_LOAD, arguments, reply, &ms, error)) {
        return FALSE;
    }
    if (is_told(session)) {
        g_autoptr(Json) run = monitor_qmp(guest->monitor, "query-status", NULL, NULL);
        gboolean runs = json_object_get_boolean(json_get(run, "running"));
        g_autofree char *time = duration_format(ms);

        session_courtesy(
            session, reply,
            runs ? _("loaded '%s' in %s; the guest runs on from there")
                 : _("loaded '%s' in %s; the guest was stopped and stays so ('cont' lets it run)"),
            tag, time);
    }
    return TRUE;
}

static gboolean delvm(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *tag = tag_of(arguments);
    Guest *guest = checked_guest(session, SNAPSHOT_DELETE, tag, error);
    g_autoptr(SnapshotList) before = NULL;
    gint64 ms;

    if (!guest) {
        return FALSE;
    }
    before = is_told(session) ? snapshot_list_query(guest->monitor, NULL) : NULL;
    if (!carry_out(session, guest, SNAPSHOT_DELETE, arguments, reply, &ms, error)) {
        return FALSE;
    }
    if (before) {
        session_courtesy(session, reply,
                         snapshot_list_find(before, tag) ? _("deleted '%s'")
                                                         : _("there was no snapshot '%s'"),
                         tag);
    }
    return TRUE;
}

static gboolean info_snapshots(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    Guest *guest = session_guest(session, error);
    g_autoptr(SnapshotList) list = NULL;

    if (!guest) {
        return FALSE;
    }
    if (!output_is_pretty(session->output) && !output_mode(session->output)->json) {
        return dispatch_forward(session, arguments, reply, error);
    }
    list = snapshot_list_query(guest->monitor, error);
    if (!list) {
        return FALSE;
    }
    reply->json = json_object_new_array();
    for (guint i = 0; i < list->snapshots->len; i++) {
        json_object_array_add(reply->json, snapshot_to_json(list->snapshots->pdata[i]));
    }
    if (list->snapshots->len > 0) {
        snapshot_list_print(list, output_page_width(session->output), reply->text);
    } else {
        session_say(session, reply, _("There is no snapshot available."));
    }
    return TRUE;
}

const Command snapshot_commands[] = {
    {
        .name = "savevm",
        .group = N_("Snapshots"),
        .help = N_("save a VM snapshot. If no tag is provided, a new snapshot is created"),
        .description = N_(
            "The guest's state and its disks', kept in the disks' images, all of them qcow2; it "
            "stands\n"
            "still meanwhile. A snapshot with that tag is replaced. A copy of the images starts\n"
            "elsewhere where this guest was: 'loadvm' there is a migration without a network.\n"
            "Refused while a migration is under way, and with the capability multifd, which "
            "crashes\n"
            "QEMU. Ctrl-C ends the waiting, not the saving."),
        .arguments = (const Argument[]){{.name = "tag",
                                         .kind = ARGUMENT_SNAPSHOT,
                                         .optional = TRUE,
                                         .help = N_("its name; without one vm-YYYYMMDDHHMMSS")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = savevm,
    },
    {
        .name = "loadvm",
        .group = N_("Snapshots"),
        .help = N_("restore a VM snapshot from its tag"),
        .description = N_(
            "Memory, devices and disks go back; a guest that ran runs on from there, one that was\n"
            "stopped stays so. The QEMU must be as it was: the same devices and memory. What is "
            "not\n"
            "there is refused before the guest is stopped. Refused while a migration is under "
            "way,\n"
            "and with the capability multifd, which crashes QEMU."),
        .arguments = (const Argument[]){{.name = "tag",
                                         .kind = ARGUMENT_SNAPSHOT,
                                         .help = N_("which one ('info snapshots')")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = loadvm,
    },
    {
        .name = "delvm",
        .group = N_("Snapshots"),
        .help = N_("delete a VM snapshot from its tag"),
        .description = N_("From all disks that have it; silent when none has."),
        .arguments = (const Argument[]){{.name = "tag",
                                         .kind = ARGUMENT_SNAPSHOT,
                                         .help = N_("which one ('info snapshots')")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = delvm,
    },
    {
        .name = "info snapshots",
        .group = N_("Snapshots"),
        .help = N_("show the currently saved VM snapshots"),
        .description =
            N_("On a terminal a table, elsewhere QEMU's own text. With --json: a list of objects, "
               "with\n"
               "\"tag\", \"vm-state-size\" (bytes), \"date\" (UTC), \"vm-clock\" (seconds), "
               "\"icount\" "
               "where\n"
               "instructions are counted, and \"only-on\", a list of disks, where others lack it: "
               "such "
               "a\n"
               "one cannot be loaded."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_snapshots,
    },
    {0},
};
