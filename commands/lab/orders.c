/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/orders.h"

#include <glib/gi18n.h>

#include "shell/error.h"

enum {
    FIRST_BEAT_S = 10,
    ANSWER_S = 2,
    ANSWER_BEATS = 15, /* 0.3 s: an answer takes two or three, and one about the disk up to ten */
    CHECK_S = 20,      /* without one more block */
    PAGE = 4096,
    POLL_US = 5000,
    REPEAT_US = 500 * 1000,
};

gboolean lab_guest_is_there(Lab *lab)
{
    return lab_heartbeat(lab, TRUE).heard > lab_heartbeat(lab, FALSE).heard;
}

HeartbeatState lab_guest_heartbeat(Lab *lab)
{
    return lab_heartbeat(lab, lab_guest_is_there(lab));
}

gboolean lab_wait_for_beat(Lab *lab, Session *session, GError **error)
{
    gint64 end = bell_end(FIRST_BEAT_S);

    if (lab_boot(lab)->kernel) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("that is for the lab's own guest, and this one is yours ('lab reset "
                              "--lab-guest' starts the lab's again)"));
        return FALSE;
    }
    while (lab_guest_heartbeat(lab).beats == 0) {
        gint64 now = g_get_monotonic_time();

        if (now > end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("the lab's guest gave no sign of life within %d s"), FIRST_BEAT_S);
            return FALSE;
        }
        if (!bell_sleep(session->bell, now + POLL_US, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* --- rates --- */

typedef struct {
    gboolean disk; /* else the memory */
    guint64 rate, span;
} Order;

static gboolean send_rate(Heartbeat *port, const Order *order, GError **error)
{
    return order->disk ? heartbeat_order_write(port, order->rate, order->span, error)
                       : heartbeat_order(port, order->rate, order->span, error);
}

/* Whether the guest at @side has understood an order given at beat @before: it says so, or after so
 * many beats that the span it tells is what it made of a larger one. */
static gboolean has_confirmed(Lab *lab, gboolean side, guint64 before, const Order *order)
{
    HeartbeatState state = lab_heartbeat(lab, side);
    guint64 rate = order->disk ? state.disk.rate : state.rate;
    guint64 span = order->disk ? state.disk.span : state.span;
    gboolean same_rate = (rate + PAGE - 1) / PAGE == (order->rate + PAGE - 1) / PAGE;
    gboolean same_span =
        order->rate == 0 || (span + PAGE - 1) / PAGE == (order->span + PAGE - 1) / PAGE;

    return state.last_number > before && same_rate &&
           (same_span || state.last_number > before + ANSWER_BEATS);
}

static gboolean order_rate(Lab *lab, Session *session, const Order *order, GError **error)
{
    gint64 end = bell_end(ANSWER_S);
    gboolean told = FALSE;
    gboolean side = FALSE;
    guint64 before = 0;

    if (!lab_wait_for_beat(lab, session, error)) {
        return FALSE;
    }
    while (!told || !has_confirmed(lab, side, before, order)) {
        gint64 now = g_get_monotonic_time();

        if (!told ||
            lab_guest_is_there(lab) != side) { /* it may just have moved, and not heard us */
            side = lab_guest_is_there(lab);
            before = lab_heartbeat(lab, side).last_number;
            told = send_rate(lab_port(lab, side), order, error);
            if (!told) {
                return FALSE;
            }
        }
        if (now > end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("the lab's guest did not confirm within %d s (is it stopped?)"),
                        ANSWER_S);
            return FALSE;
        }
        if (!bell_sleep(session->bell, now + POLL_US, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean lab_dirty(Lab *lab, Session *session, guint64 rate, guint64 span, GError **error)
{
    Order order = {FALSE, rate, span};

    return order_rate(lab, session, &order, error);
}

gboolean lab_write(Lab *lab, Session *session, guint64 rate, guint64 span, GError **error)
{
    Order order = {TRUE, rate, span};

    return order_rate(lab, session, &order, error);
}

/* --- the check --- */

/* A check in progress. */
typedef struct {
    Lab *lab;
    guint64 before; /* the checks that had ended before it was ordered */
    gboolean told;
    gint64 told_at;
    guint64 blocks; /* that were looked at when there was progress last */
    gint64 progress_at;
} Check;

/* What the guest tells of its disk; FALSE while nothing is known of it where it runs now. */
static gboolean look(Lab *lab, HeartbeatDisk *disk)
{
    *disk = lab_guest_heartbeat(lab).disk;
    return disk->size > 0;
}

/* Orders the check, once more when an order got lost on a migration's way. */
static gboolean order_check(Check *check, const HeartbeatDisk *disk, gint64 now, GError **error)
{
    gboolean begun = check->told && (disk->checking || disk->checks != check->before);

    if (begun || (check->told && now < check->told_at + REPEAT_US)) {
        return TRUE;
    }
    if (!check->told) {
        check->before = disk->checks;
        check->progress_at = now;
    }
    check->told = TRUE;
    check->told_at = now;
    return heartbeat_order_check(lab_port(check->lab, lab_guest_is_there(check->lab)), error);
}

static gboolean check_gets_on(Check *check, const HeartbeatDisk *disk, gint64 now, GError **error)
{
    int patience = disk->checking ? CHECK_S : ANSWER_S;

    if (disk->blocks != check->blocks) {
        check->blocks = disk->blocks;
        check->progress_at = now;
    }
    if (now <= check->progress_at + patience * G_USEC_PER_SEC) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                _("the lab's guest got no further within %d s (is it stopped?)"), patience);
    return FALSE;
}

gboolean lab_check(Lab *lab, Session *session, HeartbeatDisk *result, GError **error)
{
    Check check = {.lab = lab, .progress_at = g_get_monotonic_time()};

    if (!lab_wait_for_beat(lab, session, error)) {
        return FALSE;
    }
    for (;;) {
        gint64 now = g_get_monotonic_time();
        gboolean known = look(lab, result);

        if (known && check.told && !result->checking && result->checks != check.before) {
            return TRUE;
        }
        if (known && !order_check(&check, result, now, error)) {
            return FALSE;
        }
        if (!check_gets_on(&check, result, now, error) ||
            !bell_sleep(session->bell, now + POLL_US, error)) {
            return FALSE;
        }
    }
}
