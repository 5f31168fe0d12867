/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's commands about its guests' disks. */
#include <glib/gi18n.h>
#include <inttypes.h>

#include "commands/lab/orders.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/values.h"

static const guint64 DEFAULT_SPAN = 64 << 20;

/* The lab, if it runs and its guests have disks. */
static Lab *lab_with_disks(Session *session, GError **error)
{
    Lab *lab = lab_of(session, error);

    if (lab && lab_disk(lab).size == 0) {
        g_set_error_literal(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("the lab's guests have no disk ('lab reset --disk 64M' gives them one)"));
        return NULL;
    }
    if (lab && !lab_is_running(lab)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the lab is stopped ('lab start' starts it)"));
        return NULL;
    }
    return lab;
}

static gboolean lab_write_command(Session *session, const Arguments *arguments, Reply *reply,
                                  GError **error)
{
    guint64 rate = arguments_get(arguments, "rate")->size;
    const Value *given = arguments_get(arguments, "span");
    Lab *lab = lab_with_disks(session, error);
    g_autofree char *rate_text = rate_format(rate);
    g_autofree char *span_text = NULL;
    guint64 span, done;

    if (!lab || !lab_wait_for_beat(lab, session, error)) {
        return FALSE;
    }
    if ((rate > 0 && rate < HEARTBEAT_BLOCK) || (given->given && given->size < HEARTBEAT_BLOCK)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the smallest rate is 4k, one block a second, and the smallest span "
                              "one block; a rate of 0 ends the writing"));
        return FALSE;
    }
    span = lab_guest_heartbeat(lab).disk.span;
    span = given->given ? given->size : span ? span : MIN(DEFAULT_SPAN, lab_disk(lab).size);
    if (!lab_write(lab, session, rate, span, error)) {
        return FALSE;
    }
    done = lab_guest_heartbeat(lab).disk.span;
    span_text = size_format(rate ? done : span);
    if (rate && done < span) {
        g_autofree char *text = g_strdup_printf(
            _("the guest writes to the first %s of its disk and no further"), span_text);

        output_error(session->output, text);
    }
    if (rate) {
        session_courtesy(session, reply, _("the guest writes %s over %s of its disk"), rate_text,
                         span_text);
    } else {
        session_courtesy(session, reply, _("the guest no longer writes to its disk"));
    }
    return TRUE;
}

static gboolean lab_check_command(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                                  Reply *reply, GError **error)
{
    Lab *lab = lab_with_disks(session, error);
    g_autofree char *errors = NULL;
    HeartbeatDisk disk;

    if (!lab || !lab_check(lab, session, &disk, error)) {
        return FALSE;
    }
    errors = disk.errors
                 ? g_strdup_printf(_("; of its reads and writes %" PRIu64 " failed"), disk.errors)
                 : g_strdup("");
    if (disk.bad > 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("%" PRIu64 " of %" PRIu64 " blocks are not as the guest wrote them%s"),
                    disk.bad, disk.blocks, errors);
        return FALSE;
    }
    session_say(session, reply, _("%" PRIu64 " blocks of 4 KiB as they were written%s"),
                disk.blocks, errors);
    reply->json = json_dict("blocks", json_object_new_uint64(disk.blocks), "bad",
                            json_object_new_uint64(disk.bad), "errors",
                            json_object_new_uint64(disk.errors), NULL);
    return TRUE;
}

/* Whether the source's guest stands still, and all it wrote is in its image; one that is gone does,
 * too. */
static gboolean source_is_still(Session *session, GError **error)
{
    Guest *guest = lab_find(session, FALSE);
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) status = NULL;
    g_autoptr(Json) stopped = NULL;

    if (!guest) {
        g_set_error_literal(
            error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST,
            _("whether the source's guest runs is not known here ('attach source')"));
        return FALSE;
    }
    if (lost) {
        return TRUE;
    }
    status = monitor_qmp(guest->monitor, "query-status", NULL, &why);
    if (json_object_get_boolean(json_get(status, "running"))) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the source's guest runs and writes to its disk: stop it first"));
        return FALSE;
    }
    /* of a guest that is stopped already, QEMU flushes the disks */
    stopped = status ? monitor_qmp(guest->monitor, "stop", NULL, &why) : NULL;
    if (!stopped && !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

static gboolean lab_copy_command(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                                 Reply *reply, GError **error)
{
    Lab *lab = lab_with_disks(session, error);

    if (!lab || !source_is_still(session, error) || !lab_copy_to_destination(lab, session, error)) {
        return FALSE;
    }
    session_courtesy(session, reply,
                     _("'destination' is paused, its disk a copy of the source's ('peer loadvm "
                       "TAG' and 'peer cont' let the guest go on there)"));
    return TRUE;
}

const Command lab_disk_commands[] = {
    {
        .name = "lab write",
        .group = N_("Lab"),
        .help = N_("let the lab's guest write to its disk at this rate"),
        .description = N_(
            "RATE is in bytes per second, MiB/s without a suffix; 0 ends the writing. SPAN is how\n"
            "much of the disk is written to, over and over from its beginning: at first 64 MiB, "
            "then\n"
            "as it was, 256 MiB at most. The guest remembers what it wrote, for 'lab check'."),
        .arguments = (const Argument[]){{.name = "rate",
                                         .kind = ARGUMENT_SIZE,
                                         .help = N_("bytes per second, MiB/s without a suffix")},
                                        {.name = "span",
                                         .kind = ARGUMENT_SIZE,
                                         .optional = TRUE,
                                         .help = N_("bytes of the disk, MiB without a suffix")},
                                        {0}},
        .run = lab_write_command,
    },
    {
        .name = "lab check",
        .group = N_("Lab"),
        .help = N_("let the lab's guest read back all that it wrote to its disk, and compare"),
        .description = N_("Where it runs now; meanwhile it writes nothing to the disk."),
        .flags = COMMAND_LOOKS,
        .run = lab_check_command,
    },
    {
        .name = "lab copy",
        .group = N_("Lab"),
        .help = N_("give the destination a copy of the stopped source's disk"),
        .description =
            N_("For a static migration: 'savevm TAG' and 'stop' at the source, 'lab copy', then\n"
               "'peer loadvm TAG' and 'peer cont'. savevm needs disks made with --base. The "
               "destination\n"
               "is started anew, paused, and does not wait for a migration then."),
        .run = lab_copy_command,
    },
    {0},
};
