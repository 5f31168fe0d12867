/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's commands. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "commands/lab/orders.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/table.h"
#include "shell/values.h"

static const guint64 PAGE = 4096;
static const guint64 DEFAULT_SPAN = 64 << 20;
static const guint64 LARGEST_DISK = G_GUINT64_CONSTANT(64) << 30;
static const guint64 SMALLEST_DISK = 1 << 20;
static const gint64 SILENT_US = 500 * 1000; /* longer than that, a heartbeat has stopped */

static gboolean dirty(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    guint64 rate = arguments_get(arguments, "rate")->size;
    const Value *given = arguments_get(arguments, "span");
    Lab *lab = lab_of(session, error);
    g_autofree char *span_text = NULL;
    g_autofree char *rate_text = rate_format(rate);
    guint64 span, done;

    if (!lab || !lab_wait_for_beat(lab, session, error)) {
        return FALSE;
    }
    if (rate > 0 && rate < PAGE) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the smallest rate is 4k, one page a second; 0 ends the writing"));
        return FALSE;
    }
    span = lab_guest_heartbeat(lab).span;
    span = given->given ? given->size : span ? span : DEFAULT_SPAN;
    if (!lab_dirty(lab, session, rate, span, error)) {
        return FALSE;
    }
    done = lab_guest_heartbeat(lab).span;
    span_text = size_format(rate ? done : span);
    if (rate && done < span) {
        g_autofree char *text =
            g_strdup_printf(_("the guest has only %s of memory to write to"), span_text);

        output_error(session->output, text);
    }
    if (rate) {
        session_courtesy(session, reply, _("the guest writes %s over %s of its memory"), rate_text,
                         span_text);
    } else {
        session_courtesy(session, reply, _("the guest no longer writes"));
    }
    return TRUE;
}

/* What QEMU says about the run state, or why it does not. */
static char *run_state(Guest *guest)
{
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) status =
        guest && !lost ? monitor_qmp(guest->monitor, "query-status", NULL, &error) : NULL;
    const char *word = json_get_string(status, "status");
    gboolean there = error && !g_error_matches(error, HMPSH_ERROR, HMPSH_ERROR_LOST);

    return g_strdup(word ? word : there ? _("no answer") : _("gone"));
}

static char *beat_text(const HeartbeatState *beat, gboolean running)
{
    gint64 silent = g_get_monotonic_time() - (beat->beats ? beat->last_time : beat->heard);
    g_autofree char *since = duration_format(silent / 1000);

    if (beat->beats == 0) {
        return beat->heard ? g_strdup_printf(_("none; its console wrote %s ago"), since)
                           : g_strdup(_("none here"));
    }
    if (!running || silent > SILENT_US) {
        return g_strdup_printf(_("%" PRIu64 ", silent for %s"), beat->last_number, since);
    }
    return g_strdup_printf(_("%" PRIu64 ", alive"), beat->last_number);
}

static char *writes_text(const HeartbeatState *beat)
{
    g_autofree char *rate = rate_format(beat->rate);
    g_autofree char *span = size_format(beat->span);

    if (beat->beats == 0) {
        return g_strdup("-");
    }
    return beat->rate ? g_strdup_printf(_("%s over %s"), rate, span) : g_strdup(_("nothing"));
}

static char *disk_text(const HeartbeatDisk *disk)
{
    g_autofree char *size = size_format(disk->size);
    g_autofree char *rate = rate_format(disk->rate);
    g_autofree char *span = size_format(disk->span);
    g_autoptr(GString) text = g_string_new(disk->size ? size : "-");

    if (disk->rate) {
        g_string_append_printf(text, _(", writes %s over %s"), rate, span);
    }
    if (disk->errors) {
        g_string_append_printf(text, _(", %" PRIu64 " errors"), disk->errors);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static Json *disk_json(const HeartbeatDisk *disk)
{
    if (disk->size == 0) {
        return NULL;
    }
    return json_dict("size", json_object_new_uint64(disk->size), "rate",
                     json_object_new_uint64(disk->rate), "span", json_object_new_uint64(disk->span),
                     "written", json_object_new_uint64(disk->written), "errors",
                     json_object_new_uint64(disk->errors), NULL);
}

static void add_side(Lab *lab, Session *session, gboolean destination, Table *table, Json *list)
{
    Guest *guest = lab_find(session, destination);
    HeartbeatState beat = lab_heartbeat(lab, destination);
    const char *name = lab_name(destination);
    g_autofree char *state = run_state(guest);
    g_autofree char *beats = beat_text(&beat, strcmp(state, "running") == 0);
    g_autofree char *writes = writes_text(&beat);
    g_autofree char *disk = disk_text(&beat.disk);

    /* NULL ends the row early where the table has no column about disks */
    table_add(table, name, state, beats, writes, lab_disk(lab).size ? disk : NULL, NULL);
    json_object_array_add(list,
                          json_dict("guest", json_object_new_string(name), "state",
                                    json_object_new_string(state), "beat",
                                    beat.beats ? json_object_new_uint64(beat.last_number) : NULL,
                                    "rate", beat.beats ? json_object_new_uint64(beat.rate) : NULL,
                                    "span", beat.beats ? json_object_new_uint64(beat.span) : NULL,
                                    "disk", disk_json(&beat.disk), NULL));
}

/* Whether a QEMU of this user can have its page faults handled, which post-copy's destination needs
 * (QEMU: userfaultfd). */
static gboolean can_postcopy(void)
{
    g_autofree char *text = NULL;

    return geteuid() == 0 || access("/dev/userfaultfd", R_OK | W_OK) == 0 ||
           (g_file_get_contents("/proc/sys/vm/unprivileged_userfaultfd", &text, NULL, NULL) &&
            *text == '1');
}

static gboolean lab_status(Session *session, const Arguments *arguments G_GNUC_UNUSED, Reply *reply,
                           GError **error)
{
    Lab *lab = lab_of(session, error);
    g_autoptr(Table) table = NULL;
    HeartbeatState source, destination;
    gint64 silence;

    if (!lab || (lab_is_running(lab) && !lab_boot(lab)->kernel &&
                 !lab_wait_for_beat(lab, session, error))) {
        return FALSE;
    }
    table = table_new(_("guest"), _("state"), _("heartbeat"), _("writes"),
                      lab_disk(lab).size ? _("disk") : NULL, NULL);
    reply->json = json_object_new_array();
    add_side(lab, session, FALSE, table, reply->json);
    add_side(lab, session, TRUE, table, reply->json);
    table_print(table, output_page_width(session->output), reply->text);
    if (!can_postcopy()) {
        session_say(
            session, reply,
            _("No post-copy here: it needs root, or the sysctl vm.unprivileged_userfaultfd=1."));
    }
    source = lab_heartbeat(lab, FALSE);
    destination = lab_heartbeat(lab, TRUE);
    silence = heartbeat_silence(&source, &destination);
    if (silence >= 0) {
        g_autofree char *time = duration_format(silence / 1000);

        session_say(session, reply,
                    _("The heartbeat was silent for %s from the source to the destination."), time);
    }
    return TRUE;
}

/* What disk the options ask for; without options the one there is or was. */
static gboolean choose_disk(Lab *lab, const Arguments *arguments, GError **error)
{
    const Value *size = arguments_get(arguments, "disk");
    LabDisk disk = lab_disk(lab);

    if (size->given || arguments_get(arguments, "base")->given) {
        disk.base = arguments_get(arguments, "base")->given;
    }
    if (size->given) {
        disk.size = size->size;
    }
    if (disk.base && disk.size == 0) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("--base is about the disk, and there is none: give its size too "
                              "(--disk 64M --base)"));
        return FALSE;
    }
    if (disk.size > LARGEST_DISK || (disk.size > 0 && disk.size < SMALLEST_DISK)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("a disk has 1 MiB to 64 GiB; 0 is none"));
        return FALSE;
    }
    if (!images_can_make(&disk, error)) {
        return FALSE;
    }
    disk.size = (disk.size + IMAGES_UNIT - 1) / IMAGES_UNIT * IMAGES_UNIT;
    lab_set_disk(lab, &disk);
    return TRUE;
}

/* What the options say is to be booted; without them what was the last time. */
static gboolean choose_boot(Lab *lab, const Arguments *arguments, GError **error)
{
    const char *kernel = arguments_get(arguments, "kernel")->text;
    const char *initrd = arguments_get(arguments, "initrd")->text;
    const char *append = arguments_get(arguments, "append")->text;
    gboolean own = arguments_get(arguments, "lab-guest")->given;
    g_auto(LabBoot) boot = {0};

    if (!kernel && (initrd || append)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("%s is about a kernel of your own: name it too (--kernel FILE)"),
                    initrd ? "--initrd" : "--append");
        return FALSE;
    }
    if (kernel && own) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("--kernel and --lab-guest exclude each other"));
        return FALSE;
    }
    if (kernel && !boot_set(&boot, kernel, initrd, append, error)) {
        return FALSE;
    }
    if (kernel || own) {
        lab_set_boot(lab, &boot);
    }
    return TRUE;
}

static gboolean start_pair(Lab *lab, Session *session, Reply *reply, GError **error)
{
    if (!lab_start(lab, session, error)) {
        return FALSE;
    }
    session_courtesy(session, reply, _("'source' runs, 'destination' waits for it"));
    return TRUE;
}

static gboolean lab_start_command(Session *session, const Arguments *arguments, Reply *reply,
                                  GError **error)
{
    Lab *lab = lab_of(session, error);

    if (!lab) {
        return FALSE;
    }
    if (lab_is_running(lab)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the lab runs already ('lab reset' makes a fresh pair)"));
        return FALSE;
    }
    return choose_disk(lab, arguments, error) && choose_boot(lab, arguments, error) &&
           start_pair(lab, session, reply, error);
}

static gboolean lab_stop_command(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                                 Reply *reply, GError **error)
{
    Lab *lab = lab_of(session, error);

    if (!lab) {
        return FALSE;
    }
    lab_stop(lab, session);
    session_courtesy(session, reply, _("the lab's guests are gone ('lab start' makes new ones)"));
    return TRUE;
}

static gboolean lab_reset(Session *session, const Arguments *arguments, Reply *reply,
                          GError **error)
{
    Lab *lab = lab_of(session, error);

    if (!lab || !choose_disk(lab, arguments, error) || !choose_boot(lab, arguments, error)) {
        return FALSE;
    }
    lab_stop(lab, session);
    return start_pair(lab, session, reply, error);
}

#define START_DESCRIPTION                                                                          \
    N_("With --disk each guest has a disk of its own, fresh and empty, for 'lab write'; --disk 0 " \
       "is\n"                                                                                      \
       "without. With --base it is a qcow2 overlay on a base that both guests only read.\n"        \
       "With --kernel they boot a Linux of yours instead of the lab's own guest: 'lab console' "   \
       "shows what\n"                                                                              \
       "it writes to its serial port, 'lab type' answers. --lab-guest is the lab's own again.\n"   \
       "Without options the guests are made as they were the last time, at first without disks.")

static const Argument START_OPTIONS[] = {
    {.name = "size",
     .kind = ARGUMENT_SIZE,
     .option = "disk",
     .help = N_("a disk of this size, MiB without a suffix, 1 MiB to 64 GiB")},
    {.name = "base",
     .kind = ARGUMENT_FLAG,
     .option = "base",
     .help = N_("as an overlay on a common base")},
    {.name = "file",
     .kind = ARGUMENT_FILE,
     .option = "kernel",
     .help = N_("a Linux kernel to boot, x86")},
    {.name = "file",
     .kind = ARGUMENT_FILE,
     .option = "initrd",
     .help = N_("its initial file system")},
    {.name = "words",
     .kind = ARGUMENT_TEXT,
     .option = "append",
     .help = N_("the kernel's command line, instead of 'console=ttyS0 quiet'")},
    {.name = "lab-guest",
     .kind = ARGUMENT_FLAG,
     .option = "lab-guest",
     .help = N_("the lab's own guest again")},
    {0}};

const Command lab_commands[] = {
    {
        .name = "lab dirty",
        .group = N_("Lab"),
        .help = N_("let the lab's guest write to its memory at this rate"),
        .description = N_(
            "RATE is in bytes per second, MiB/s without a suffix; 0 ends the writing. SPAN is how\n"
            "much of the memory is written to, over and over (first 64 MiB, then as it was)."),
        .arguments = (const Argument[]){{.name = "rate",
                                         .kind = ARGUMENT_SIZE,
                                         .help = N_("bytes per second, MiB/s without a suffix")},
                                        {.name = "span",
                                         .kind = ARGUMENT_SIZE,
                                         .optional = TRUE,
                                         .help = N_("bytes of memory, MiB without a suffix")},
                                        {0}},
        .run = dirty,
    },
    {
        .name = "lab status",
        .group = N_("Lab"),
        .help = N_("show the state, the heartbeat and the writing of both guests"),
        .flags = COMMAND_LOOKS,
        .run = lab_status,
    },
    {
        .name = "lab",
        .group = N_("Lab"),
        .help = N_("the same as 'lab status'; 'help lab' lists the lab's other commands"),
        .flags = COMMAND_LOOKS,
        .run = lab_status,
    },
    {
        .name = "lab reset",
        .group = N_("Lab"),
        .help = N_("end both guests and start a fresh pair"),
        .description = START_DESCRIPTION,
        .arguments = START_OPTIONS,
        .run = lab_reset,
    },
    {.name = "lab stop",
     .group = N_("Lab"),
     .help = N_("end both guests"),
     .run = lab_stop_command},
    {.name = "lab start",
     .group = N_("Lab"),
     .help = N_("start both guests again"),
     .description = START_DESCRIPTION,
     .arguments = START_OPTIONS,
     .run = lab_start_command},
    {0},
};
