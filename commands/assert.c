/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assert: what a script demands of a migration. */
#include <glib/gi18n.h>

#include "commands/migration/condition.h"
#include "commands/migration/job.h"
#include "commands/migration/track.h"
#include "commands/outcome.h"
#include "commands/table.h"
#include "shell/line.h"
#include "shell/session.h"

static gboolean assert_command(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    const char *field = arguments_get(arguments, "field")->text;
    g_autoptr(Condition) condition = condition_new(field, arguments_get(arguments, "op")->text,
                                                   arguments_get(arguments, "value")->text, error);
    Guest *guest = condition ? job_guest(session, 0, error) : NULL;
    MigrationLimits limits;
    g_autoptr(MigrationStatus) status = guest ? job_query(guest, &limits, error) : NULL;
    g_auto(Figure) figure = {0};
    g_autofree char *text = NULL;

    if (!status) {
        return FALSE;
    }
    figure_get(condition_figure(condition),
               &(FigureSource){status, track_course(guest), outcome_of(guest)}, &figure);
    if (!condition_check(condition, &figure, error)) {
        return FALSE;
    }
    text = figure_text(condition_figure(condition), &figure);
    session_courtesy(session, reply, _("%s is %s"), field, text);
    reply->json = json_dict(field, figure_json(condition_figure(condition), &figure), NULL);
    return TRUE;
}

static char **field_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before G_GNUC_UNUSED)
{
    return g_strdupv((char **)figure_names());
}

static char **value_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before)
{
    g_autofree char *field = line_token(&before, NULL, NULL);

    return field ? g_strdupv((char **)condition_words(field)) : NULL;
}

const Command assert_commands[] = {
    {
        .name = "assert",
        .group = N_("Migration"),
        .help = N_("fail unless a figure of the migration is as it should be"),
        .description = N_(
            "FIELD is a figure of 'info migrate' by its name in query-migrate (downtime,\n"
            "ram.remaining), or one of passes, pass, percent, left, threshold, working-set, "
            "trend,\n"
            "eta, verdict, throughput, real-time, blackout (STOP at the source to RESUME at the\n"
            "destination) and silence (of the lab guest's heartbeat). OP is < <= > >= == or !=, "
            "and\n"
            "for words == != or ~ (a pattern). VALUE is in units that fit: 64M, 100k, 4096b (MiB\n"
            "without one); 300ms, 2s, 50us (seconds without one); 500Mbit/s, 64MiB/s; 33%. Words\n"
            "with blanks are quoted. When it does not hold, the command fails and says what the\n"
            "figure is; so it does when the figure has no value now."),
        .arguments = (const Argument[]){{.name = "field",
                                         .kind = ARGUMENT_FIELD,
                                         .help = N_("a figure's name"),
                                         .words = field_words},
                                        {.name = "op",
                                         .kind = ARGUMENT_WORD,
                                         .help = N_("a comparison"),
                                         .choices = condition_operators},
                                        {.name = "value",
                                         .kind = ARGUMENT_WORD,
                                         .help = N_("what it is compared with"),
                                         .words = value_words},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = assert_command,
    },
    {0},
};
