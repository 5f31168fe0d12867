/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/progress_view.h"

#include "commands/migration/progress.h"
#include "commands/migration/track.h"

struct ProgressView {
    Output *output;
    guint64 pass;     /* the last that was told */
    int percent;      /* of the disks, the last that was told; -1: none */
    gint64 next_tell; /* the disks not before */
};

ProgressView *view_new(Output *output)
{
    ProgressView *view = g_new0(ProgressView, 1);

    view->output = output;
    view->percent = -1;
    return view;
}

/* What QEMU's own `migrate -b` tells while it waits: once a second, and 100 at the end. */
static void tell_disks(ProgressView *view, const MigrationStatus *status)
{
    guint64 total = migration_status_number(status, FIELD_DISK_TOTAL_BYTES);
    guint64 done = migration_status_number(status, FIELD_DISK_TRANSFERRED_BYTES);
    gint64 now = g_get_monotonic_time();
    double percent = 100;

    if (!migration_status_has(status, FIELD_DISK_REMAINING_BYTES) || view->percent == 100 ||
        (migration_status_copies_disks(status, &percent) && now < view->next_tell)) {
        return;
    }
    if (percent > view->percent && (total == 0 || done > 0 || percent < 100)) {
        g_autofree char *line = g_strdup_printf("Completed %d %%", (int)percent);

        view->percent = (int)percent;
        view->next_tell = now + G_USEC_PER_SEC;
        output_note(view->output, line);
    }
}

/* Without a live line: whether @status is news. A guest that is being switched over is in no pass.
 */
static gboolean is_news(const ProgressView *view, const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return state == MIGRATION_COMPLETED ||
           (state != MIGRATION_DEVICE &&
            migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT) != view->pass);
}

void view_show(ProgressView *view, const MigrationStatus *status, const Forecast *forecast,
               const MigrationLimits *limits)
{
    gboolean lively = output_can_live(view->output);
    int width = lively ? output_width(view->output) - 1 : 0;
    g_autofree char *line = NULL;

    if (output_mode(view->output)->json) {
        return;
    }
    if (!lively) {
        tell_disks(view, status);
        if (!is_news(view, status)) {
            return;
        }
    }
    view->pass = migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT);
    line = migration_progress_line(status, forecast, limits, width);
    if (lively) {
        output_live(view->output, line);
    } else {
        output_note(view->output, line);
    }
}

void view_end(ProgressView *view)
{
    if (view) {
        output_live(view->output, NULL);
        g_free(view);
    }
}

/* --- waiting --- */

typedef struct {
    ProgressView *view;
    Guest *guest;
} Watch;

static void show_look(const MigrationStatus *status, gpointer data)
{
    Watch *watch = data;
    const MigrationCourse *course = track_course(watch->guest);
    const CourseSample *last = course_last(course);
    g_autoptr(Forecast) forecast = forecast_new(course);

    view_show(watch->view, status, forecast, last ? &last->limits : &(MigrationLimits){0});
}

/* Whether a person reads what the migration came to right after the live line. */
static gboolean is_told_in_full(Session *session, const MigrationStatus *status)
{
    return status && session->setup.interactive && !output_mode(session->output)->quiet &&
           migration_state_is_over(migration_status_state(status));
}

MigrationStatus *view_wait(Guest *guest, const MigrationWait *wait, GError **error)
{
    Session *session = guest->session;
    g_autoptr(ProgressView) view = view_new(session->output);
    Watch watch = {view, guest};
    MigrationWait shown = *wait;
    MigrationStatus *status;

    shown.seen = show_look;
    shown.seen_data = &watch;
    shown.lively = output_can_live(session->output);
    status = job_wait(guest, &shown, error);
    if (is_told_in_full(session, status)) {
        output_live_erase(session->output);
    }
    return status;
}
