/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/progress.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "shell/layout.h"
#include "shell/values.h"

#define BAR_CELLS 10
#define MAX_PIECES 10

enum { BRIEF_RANK = 3 }; /* before pieces of this rank go, what has a brief form takes it */

typedef struct {
    char *text;
    const char *brief; /* the same in less room; NULL: there is none */
    int rank;          /* 0: stays; the highest goes first */
    gboolean clings;   /* to the piece before, which must not go before it does */
} Piece;

/* Pieces in the order in which they are shown. */
typedef struct {
    Piece pieces[MAX_PIECES];
    int count;
} Line;

/* Adds @text (taken over); NULL adds nothing. */
static void add(Line *line, int rank, char *text)
{
    if (text) {
        g_assert(line->count < MAX_PIECES);
        line->pieces[line->count++] = (Piece){text, NULL, rank, FALSE};
    }
}

static void add_clinging(Line *line, int rank, char *text)
{
    add(line, rank, text);
    line->pieces[line->count - 1].clings = TRUE;
}

static void add_with_brief(Line *line, int rank, const char *text, const char *brief)
{
    add(line, rank, g_strdup(text));
    line->pieces[line->count - 1].brief = brief;
}

static char *join(const Line *line)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < line->count; i++) {
        const Piece *piece = &line->pieces[i];

        if (text->len && !piece->clings) {
            g_string_append(text, "  ");
        }
        g_string_append(text, piece->text);
    }
    return g_string_free(text, FALSE);
}

/* Makes all brief that can be. FALSE: nothing can, or it is already. */
static gboolean make_brief(Line *line)
{
    gboolean any = FALSE;

    for (int i = 0; i < line->count; i++) {
        Piece *piece = &line->pieces[i];

        if (piece->brief) {
            g_free(piece->text);
            piece->text = g_strdup(piece->brief);
            piece->brief = NULL;
            any = TRUE;
        }
    }
    return any;
}

/* Takes the least important piece away. FALSE when only those that stay are left. */
static gboolean shorten(Line *line)
{
    int worst = 0;

    for (int i = 1; i < line->count; i++) {
        worst = line->pieces[i].rank > line->pieces[worst].rank ? i : worst;
    }
    if (line->count > 0 && line->pieces[worst].rank <= BRIEF_RANK && make_brief(line)) {
        return TRUE;
    }
    if (line->count <= 1 || line->pieces[worst].rank == 0) {
        return FALSE;
    }
    g_free(line->pieces[worst].text);
    line->count--;
    for (int i = worst; i < line->count; i++) {
        line->pieces[i] = line->pieces[i + 1];
    }
    return TRUE;
}

/* @phrase with @value for its "%s". Free with g_free(). */
static char *fill(const char *phrase, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(phrase, "%s", -1);

    return g_strjoinv(value, parts);
}

/* @phrase with the bytes in @field. Free with g_free(). */
static char *amount(const MigrationStatus *status, MigrationField field, const char *phrase)
{
    g_autofree char *size = size_format(migration_status_number(status, field));

    return fill(phrase, size);
}

static char *duration(const MigrationStatus *status, MigrationField field, const char *phrase)
{
    guint64 ms = migration_status_number(status, field);
    g_autofree char *time = duration_format((gint64)MIN(ms, G_MAXINT64));

    return migration_status_has(status, field) ? fill(phrase, time) : NULL;
}

static void add_over(Line *line, const MigrationStatus *status)
{
    add(line, 3, duration(status, FIELD_TOTAL_TIME_MS, _("in %s")));
    add(line, 2, duration(status, FIELD_DOWNTIME_MS, _("downtime %s")));
    if (migration_status_has(status, FIELD_RAM_TRANSFERRED_BYTES)) {
        add(line, 4, amount(status, FIELD_RAM_TRANSFERRED_BYTES, _("%s sent")));
    }
}

/* What the pieces are made from. */
typedef struct {
    const MigrationStatus *status;
    const Forecast *forecast;      /* or NULL */
    const MigrationLimits *limits; /* or NULL */
    MigrationState state;
    gboolean disks; /* they are being copied, before the memory */
} View;

static guint64 number(const View *view, MigrationField field)
{
    return migration_status_number(view->status, field);
}

static gboolean percent_of(const View *view, double *percent)
{
    if (view->forecast && view->forecast->has_percent) {
        *percent = view->forecast->percent;
        return TRUE;
    }
    return migration_status_copies_disks(view->status, percent) ||
           migration_status_first_pass_percent(view->status, percent);
}

static void add_pass(Line *line, const View *view)
{
    guint64 pass = number(view, FIELD_RAM_DIRTY_SYNC_COUNT);
    double percent = 0;

    if (percent_of(view, &percent)) {
        add(line, 5, layout_bar(percent, BAR_CELLS));
        add(line, 1, g_strdup_printf("%d %%", (int)percent));
    }
    if (view->disks) {
        add(line, 3, g_strdup(_("disks")));
    } else if (pass && migration_state_is_precopy(view->state)) {
        add(line, 3, g_strdup_printf(_("pass %" PRIu64), pass));
    }
}

/* The amount at which QEMU switches over; 0: not known. */
static guint64 threshold_of(const View *view)
{
    guint64 threshold = 0;

    if (view->forecast) {
        return view->forecast->threshold;
    }
    if (view->limits && view->limits->downtime_ms && !view->disks) {
        migration_status_threshold(view->status, view->limits->downtime_ms, &threshold);
    }
    return threshold;
}

static void add_left(Line *line, const View *view)
{
    const MigrationStatus *status = view->status;
    MigrationField left = view->disks ? FIELD_DISK_REMAINING_BYTES : FIELD_RAM_REMAINING_BYTES;
    MigrationField total = view->disks ? FIELD_DISK_TOTAL_BYTES : FIELD_RAM_TOTAL_BYTES;
    guint64 threshold = threshold_of(view);

    if (!view->disks && !migration_status_has_remaining(status)) {
        return;
    }
    add(line, 2, amount(status, left, _("%s left")));
    if (threshold) {
        g_autofree char *size = size_format(threshold);

        add_clinging(line, 6, g_strdup_printf(_(", switch-over at %s"), size));
    } else if (view->disks || migration_status_in_first_pass(status) ||
               migration_state_is_postcopy(view->state)) {
        add_clinging(line, 6, amount(status, total, _(" of %s")));
    }
    if (!view->disks && number(view, FIELD_DISK_REMAINING_BYTES) > 0) {
        add_clinging(line, 6, amount(status, FIELD_DISK_REMAINING_BYTES, _(", disks %s behind")));
    }
}

static void add_speed(Line *line, const View *view)
{
    guint64 throughput = migration_status_throughput(view->status);
    guint64 disks = migration_status_disk_throughput(view->status);
    guint64 throttle = number(view, FIELD_CPU_THROTTLE_PERCENT);
    guint64 rate = view->disks && disks ? disks : throughput;
    gboolean sends =
        view->disks ||
        (number(view, FIELD_RAM_REMAINING_BYTES) &&
         (migration_state_is_precopy(view->state) || view->state == MIGRATION_POSTCOPY_ACTIVE));

    if (rate && sends) {
        add(line, 4, rate_format(rate));
        if (view->limits && view->limits->bandwidth && migration_state_is_precopy(view->state)) {
            g_autofree char *limit = rate_format(view->limits->bandwidth);

            add_clinging(line, 8, g_strdup_printf(_(" of %s"), limit));
        }
    }
    if (throttle && migration_state_is_precopy(view->state)) {
        /* it is the guest that pays */
        add(line, 3, g_strdup_printf(_("throttled %" PRIu64 " %%"), throttle));
    }
}

/* Whether the verdict says more than the state. */
static gboolean says_more(const View *view)
{
    Verdict verdict = view->forecast ? view->forecast->verdict : VERDICT_NONE;

    return verdict == VERDICT_HOPELESS || verdict == VERDICT_STALLED;
}

/* What is to be expected: the time to the end, or that there is none. */
static void add_outlook(Line *line, const View *view)
{
    const Forecast *forecast = view->forecast;

    if (!forecast) {
        return;
    }
    if (says_more(view)) {
        add_with_brief(line, 1, verdict_shown(forecast->verdict),
                       forecast->verdict == VERDICT_HOPELESS ? _("not converging") : NULL);
    } else if (forecast->has_eta) {
        g_autofree char *time = duration_format((gint64)(forecast->eta * 1000));

        add(line, 4, g_strdup_printf(_("%s to go"), time));
    }
}

/* The piece that every line begins with: the state, and why it ended. Free with g_free(). */
static char *beginning(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);
    const char *word = migration_status_text(status, FIELD_STATUS);
    const char *error = migration_status_text(status, FIELD_ERROR_DESC);
    g_autofree char *text = NULL;

    if (!word) {
        return g_strdup(migration_status_has(status, FIELD_SOCKET_ADDRESS)
                            ? _("waiting for an incoming migration")
                            : _("no migration"));
    }
    if (error && (migration_state_is_over(state) || state == MIGRATION_FAILING)) {
        text = g_strconcat(word, ": ", error, NULL);
    }
    return layout_clean(text ? text : word);
}

static void add_pieces(Line *line, const View *view)
{
    gboolean dispensable = view->state == MIGRATION_ACTIVE && says_more(view);

    add(line, dispensable ? BRIEF_RANK : 0, beginning(view->status));
    if (!migration_status_needs_attention(view->status)) {
        /* it goes on by itself */
    } else if (view->state == MIGRATION_PRE_SWITCHOVER) {
        add_with_brief(line, 1, _("waits for migrate_continue"), _("needs migrate_continue"));
    } else if (migration_status_is_managed(view->status)) {
        add_with_brief(line, 1, _("waits for migrate -r"), _("needs migrate -r"));
    } else {
        add_with_brief(line, 1, _("waits for migrate_recover and migrate -r"),
                       _("needs migrate_recover"));
    }
    if (migration_state_is_over(view->state)) {
        add_over(line, view->status);
    } else if (migration_state_is_running(view->state)) {
        add_pass(line, view);
        add_left(line, view);
        add_speed(line, view);
        add_outlook(line, view);
    }
}

char *migration_progress_line(const MigrationStatus *status, const Forecast *forecast,
                              const MigrationLimits *limits, int width)
{
    View view = {status, forecast, limits, migration_status_state(status),
                 migration_status_copies_disks(status, NULL)};
    Line line = {0};
    g_autofree char *text = NULL;

    add_pieces(&line, &view);
    text = join(&line);
    while (width > 0 && layout_columns(text) > width && shorten(&line)) {
        g_free(text);
        text = join(&line);
    }
    for (int i = 0; i < line.count; i++) {
        g_free(line.pieces[i].text);
    }
    return width > 0 ? layout_cut(text, width) : g_steal_pointer(&text);
}
