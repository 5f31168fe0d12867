/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info migrations: what the migrations of this session came to, for comparing them. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/leaving.h"
#include "commands/migration/job.h"
#include "commands/migration/track.h"
#include "commands/outcome.h"
#include "commands/reader.h"
#include "commands/table.h"
#include "shell/session.h"
#include "shell/table.h"
#include "shell/values.h"

enum { WIDE = 110 }; /* columns that all of the table takes */

/* A migration that was begun here with -d may have ended unseen. */
static void look_for_an_end(Session *session)
{
    Guest *guests[] = {session->current, session->peer};

    for (guint i = 0; i < G_N_ELEMENTS(guests); i++) {
        g_autoptr(MigrationStatus) status = NULL;
        MigrationLimits limits;

        if (guests[i] &&
            (job_storage(guests[i]) || job_managed(guests[i]) || leaving_remembers(guests[i]))) {
            status = job_query(guests[i], &limits, NULL);
        }
        if (status) {
            leaving_forget_if_over(guests[i], status);
        }
        if (guests[i]) {
            outcome_of(guests[i]);
        }
    }
}

/* Free with g_free(). */
static char *time_cell(gint64 ms)
{
    return ms < 0 ? g_strdup("-") : duration_format(ms);
}

static char *rate_cell(guint64 bytes_per_second)
{
    return g_strdup_printf("%.1f", (double)bytes_per_second / (1 << 20));
}

static char *count_cell(guint64 count)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, count);
}

/* @narrow: only what is compared first, where the terminal has no room for more. */
static void add_row(Table *table, const MigrationSummary *summary, gboolean narrow)
{
    const char *result = migration_state_name(summary->result);
    g_autofree char *real = time_cell(summary->real_ms);
    g_autofree char *setup = time_cell(summary->setup_ms);
    g_autofree char *downtime = time_cell(summary->downtime_ms);
    g_autofree char *blackout = time_cell(summary->blackout_ms);
    g_autofree char *total = time_cell(summary->total_ms);
    g_autofree char *rate = summary->throughput ? rate_cell(summary->throughput) : g_strdup("-");
    g_autofree char *transferred = size_format(summary->transferred);
    g_autofree char *passes = count_cell(summary->passes);
    g_autofree char *normal = count_cell(summary->normal);
    g_autofree char *duplicate = count_cell(summary->duplicate);

    if (narrow) {
        table_add(table, summary->guest, summary->kind, result, downtime, blackout, total, rate,
                  transferred, passes, NULL);
    } else {
        table_add(table, summary->guest, summary->kind, result, real, setup, downtime, blackout,
                  total, rate, transferred, passes, normal, duplicate,
                  summary->typed ? summary->typed : "-", NULL);
    }
}

static Table *new_table(Session *session, gboolean narrow)
{
    const char *guest = reader_word(session, N_("guest"));
    const char *kind = reader_word(session, N_("kind"));
    const char *result = reader_word(session, N_("result"));
    const char *downtime = reader_word(session, N_("downtime"));
    const char *blackout = reader_word(session, N_("blackout"));
    const char *total = reader_word(session, N_("total"));
    const char *passes = reader_word(session, N_("passes"));

    return narrow ? table_new(guest, kind, result, downtime, blackout, total, "MiB/s",
                              reader_word(session, N_("sent")), passes, NULL)
                  : table_new(guest, kind, result, reader_word(session, N_("real")),
                              reader_word(session, N_("setup")), downtime, blackout, total, "MiB/s",
                              reader_word(session, N_("transferred")), passes,
                              reader_word(session, N_("normal")),
                              reader_word(session, N_("duplicate")), "migrate", NULL);
}

static void put_table(Session *session, const GPtrArray *ends, Reply *reply)
{
    int width = output_page_width(session->output);
    gboolean narrow = width > 0 && width < WIDE;
    g_autoptr(Table) table = new_table(session, narrow);

    if (ends->len == 0) {
        session_say(session, reply, _("No migration has ended in this session so far."));
        return;
    }
    for (guint i = 0; i < ends->len; i++) {
        add_row(table, ends->pdata[i], narrow);
    }
    table_print(table, width, reply->text);
}

/* A time as CSV and JSON have it, NULL when it is not known. */
static Json *time_json(gint64 ms)
{
    return ms < 0 ? NULL : json_object_new_int64(ms);
}

/* The names carry the units, as CSV's header does. */
static Json *summary_json(const MigrationSummary *summary)
{
    gboolean ends = summary->predicted && summary->predicted_end;

    return json_dict(
        "guest", json_object_new_string(summary->guest), "kind",
        json_object_new_string(summary->kind), "result",
        json_object_new_string(migration_state_name(summary->result)), "real-ms",
        time_json(summary->real_ms), "setup-ms", time_json(summary->setup_ms), "downtime-ms",
        time_json(summary->downtime_ms), "blackout-ms", time_json(summary->blackout_ms),
        "silence-ms", time_json(summary->silence_ms), "total-ms", time_json(summary->total_ms),
        "bytes-per-second",
        summary->throughput ? json_object_new_uint64(summary->throughput) : NULL,
        "transferred-bytes", json_object_new_uint64(summary->transferred), "disk-bytes",
        json_object_new_uint64(summary->disks), "passes", json_object_new_uint64(summary->passes),
        "normal-pages", json_object_new_uint64(summary->normal), "duplicate-pages",
        json_object_new_uint64(summary->duplicate), "migrate",
        summary->typed ? json_object_new_string(summary->typed) : NULL, "error",
        summary->error ? json_object_new_string(summary->error) : NULL, "predicted",
        summary->predicted
            ? json_object_new_string(summary->predicted_end ? "converges" : "will not converge")
            : NULL,
        "predicted-passes", ends ? json_object_new_int64(summary->predicted_passes) : NULL,
        "predicted-total-ms", ends ? json_object_new_int64(summary->predicted_total_ms) : NULL,
        "predicted-downtime-ms",
        ends ? json_object_new_int64(summary->predicted_downtime_ms) : NULL, NULL);
}

static const char *const CSV[] = {
    "guest",
    "kind",
    "result",
    "real-ms",
    "setup-ms",
    "downtime-ms",
    "blackout-ms",
    "silence-ms",
    "total-ms",
    "bytes-per-second",
    "transferred-bytes",
    "disk-bytes",
    "passes",
    "normal-pages",
    "duplicate-pages",
    "migrate",
    "error",
    "predicted",
    "predicted-passes",
    "predicted-total-ms",
    "predicted-downtime-ms",
    NULL,
};

/* A field of a CSV record (RFC 4180), empty when there is none. */
static void put_field(Json *value, GString *out)
{
    const char *text = value ? json_object_get_string(value) : "";
    g_auto(GStrv) parts = strpbrk(text, ",\"\r\n") ? g_strsplit(text, "\"", -1) : NULL;
    g_autofree char *doubled = parts ? g_strjoinv("\"\"", parts) : NULL;

    g_string_append_printf(out, doubled ? "\"%s\"" : "%s", doubled ? doubled : text);
}

static void put_csv(Json *list, GString *out)
{
    for (const char *const *name = CSV; *name; name++) {
        g_string_append_printf(out, "%s%s", name == CSV ? "" : ",", *name);
    }
    g_string_append_c(out, '\n');
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        for (const char *const *name = CSV; *name; name++) {
            g_string_append(out, name == CSV ? "" : ",");
            put_field(json_get(json_object_array_get_idx(list, i), *name), out);
        }
        g_string_append_c(out, '\n');
    }
}

static gboolean info_migrations(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error G_GNUC_UNUSED)
{
    const GPtrArray *ends = track_ends(session);

    look_for_an_end(session);
    reply->json = json_object_new_array();
    for (guint i = 0; i < ends->len; i++) {
        json_object_array_add(reply->json, summary_json(ends->pdata[i]));
    }
    if (arguments_get(arguments, "csv")->given) {
        put_csv(reply->json, reply->text);
    } else {
        put_table(session, ends, reply);
    }
    return TRUE;
}

const Command migrations_commands[] = {
    {
        .name = "info migrations",
        .group = N_("Migration"),
        .help = N_("show what the migrations of this session came to"),
        .description = N_(
            "Those that were seen to end, oldest first. Real is the time from the first look to\n"
            "the end, blackout from STOP at the source to RESUME at the destination, and migrate\n"
            "what was typed behind that word here; the rest is QEMU's or libvirt's, of a failed "
            "or\n"
            "cancelled one as it was seen last. With --csv, and with --json a list of objects:\n"
            "there the units are part of the names."),
        .arguments = (const Argument[]){{.name = "csv",
                                         .kind = ARGUMENT_FLAG,
                                         .option = "csv",
                                         .help = N_("as comma-separated values, with a header")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = info_migrations,
    },
    {0},
};
