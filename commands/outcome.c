/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/outcome.h"

#include "commands/lab/lab.h"
#include "commands/migration/track.h"
#include "shell/layout.h"

enum {
    LONGEST_US = G_USEC_PER_SEC / 3,
    STEP_US = 10 * 1000,
};

static Guest *other_guest(Guest *guest)
{
    return guest == guest->session->current ? guest->session->peer : guest->session->current;
}

void outcome_expect(Guest *guest)
{
    Guest *other = other_guest(guest);

    if (other) {
        monitor_listen(other->monitor, NULL);
    }
}

/* Whether the clocks of the two QEMUs are two hosts'. */
static gboolean have_two_clocks(Guest *guest, Guest *other)
{
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;

    if (!other || other->home == guest->home) {
        return FALSE;
    }
    here = virConnectGetHostname(connection_handle(guest->home));
    there = virConnectGetHostname(connection_handle(other->home));
    return g_strcmp0(here, there) != 0;
}

/* In the lab: for how long the guest's heartbeat was silent, in ms; -1: not known. */
static gint64 silence_of(Guest *guest)
{
    Lab *lab = lab_of(guest->session, NULL);
    HeartbeatState source, destination;
    gint64 silence;

    if (!lab || guest != lab_find(guest->session, FALSE) || !lab_find(guest->session, TRUE)) {
        return -1;
    }
    source = lab_heartbeat(lab, FALSE);
    destination = lab_heartbeat(lab, TRUE);
    silence = heartbeat_silence(&source, &destination);
    return silence < 0 ? -1 : (silence + 500) / 1000;
}

/* Takes what has come since the end. TRUE when there is nothing more to come. */
static gboolean update(Guest *guest, MigrationSummary *summary)
{
    const MigrationCourse *course = track_course(guest);
    const CourseSample *last = course_last(course);
    gint64 blackout;

    track_look(guest, last->status, &last->limits); /* for the events */
    blackout = course_blackout(course);
    summary->blackout_ms = blackout < 0 ? -1 : (blackout + 500) / 1000;
    summary->silence_ms = silence_of(guest);
    return summary->blackout_ms >= 0 && (summary->silence_ms >= 0 || !lab_of(guest->session, NULL));
}

/* Waits for what comes after the end; once, it either comes at once or never. */
static void settle(Guest *guest, MigrationSummary *summary)
{
    Guest *other = other_guest(guest);
    gint64 end = g_get_monotonic_time() + LONGEST_US;

    if (summary->settled || summary->result != MIGRATION_COMPLETED) {
        return;
    }
    summary->settled = TRUE;
    summary->two_clocks = have_two_clocks(guest, other);
    while (!update(guest, summary) && other && g_get_monotonic_time() < end &&
           bell_sleep(guest->session->bell, g_get_monotonic_time() + STEP_US, NULL)) {
    }
}

const MigrationSummary *outcome_of(Guest *guest)
{
    const CourseSample *last = course_last(track_course(guest));
    const GPtrArray *ends = track_ends(guest->session);

    if (!last || !migration_state_is_over(migration_status_state(last->status))) {
        return NULL;
    }
    for (guint i = ends->len; i > 0; i--) {
        MigrationSummary *summary = ends->pdata[i - 1];

        if (g_str_equal(summary->guest, guest->name)) {
            settle(guest, summary);
            return summary;
        }
    }
    return NULL;
}

void outcome_tell(Guest *guest, Reply *reply)
{
    Session *session = guest->session;
    const MigrationSummary *summary =
        session->setup.interactive && !output_mode(session->output)->json ? outcome_of(guest)
                                                                          : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) page = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    if (!summary || summary->result != MIGRATION_COMPLETED) {
        return;
    }
    summary_print(summary, text);
    lines = g_strsplit(g_strchomp(text->str), "\n", -1);
    for (char **line = lines; *line; line++) {
        layout_put(page, output_width(guest->session->output), NULL, *line);
    }
    session_courtesy(guest->session, reply, "%s", g_strchomp(page->str));
}
