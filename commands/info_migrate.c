/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info migrate: the status of the migration, pretty on a terminal, as QEMU 7.2 writes it elsewhere,
 * as an object with --json. */
#include <glib/gi18n.h>

#include "commands/migration/classic.h"
#include "commands/migration/job.h"
#include "commands/migration/pretty.h"
#include "shell/sparkline.h"
#include "commands/migration/track.h"
#include "commands/settings.h"
#include "commands/table.h"
#include "shell/session.h"

static void add_pretty(Guest *guest, const MigrationStatus *status, const MigrationLimits *limits,
                       const Forecast *forecast, GString *text)
{
    Output *output = guest->session->output;
    MigrationPretty options = {
        .colour = output_has_colour(output),
        .width = output_width(output),
        .limits = limits,
        .forecast = forecast,
        .course = track_course(guest),
        .ascii = sparkline_needs_ascii(),
    };

    migration_pretty(status, &options, text);
}

static gboolean is_pretty(Session *session)
{
    guint face = settings_value(session, SETTING_STATUS)->choice;

    return !output_mode(session->output)->json &&
           (face == STATUS_AUTO ? output_is_pretty(session->output) : face == STATUS_PRETTY);
}

static gboolean info_migrate(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                             Reply *reply, GError **error)
{
    Guest *guest = job_guest(session, 0, error);
    MigrationLimits limits;
    g_autoptr(MigrationStatus) status = guest ? job_query(guest, &limits, error) : NULL;
    g_autoptr(Forecast) forecast = NULL;

    if (!status) {
        return FALSE;
    }
    forecast = forecast_new(track_course(guest));
    if (is_pretty(session)) {
        add_pretty(guest, status, &limits, forecast, reply->text);
        return TRUE;
    }
    migration_classic(status, reply->text);
    reply->json = migration_status_to_json(status);
    forecast_add_json(forecast, reply->json);
    return TRUE;
}

const Command info_migrate_commands[] = {
    {
        .name = "info migrate",
        .group = N_("Migration"),
        .help = N_("show migration status"),
        .description = N_(
            "On a terminal: state, progress and figures for a reader. Elsewhere: the lines of "
            "QEMU\n"
            "7.2, whatever the QEMU ('hmp info migrate' prints this QEMU's own). 'set status' "
            "chooses\n"
            "between the two. With --json: an object in the shape of QMP's query-migrate, and what "
            "is\n"
            "to be expected: verdict, reason, advice (command lines that would end it), percent "
            "(of\n"
            "the first pass), pass, left, threshold (what may be left for the switch-over),\n"
            "working-set (what was dirty when the pass began), eta (seconds) and eta-means, each\n"
            "where it has a meaning."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_migrate,
    },
    {0},
};
