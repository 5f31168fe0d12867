/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/forecast.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "commands/migration/advice.h"
#include "shell/values.h"

static const double SHRINKS = 0.95;  /* W by the W before: more than that is standing still */
static const double EDGE = 1.05;     /* a little above the threshold the throughput may carry it */
static const double LONGEST_S = 1e7; /* an ETA beyond that tells nothing */
static const guint64 THROTTLE_MAX = 99; /* QEMU: max-cpu-throttle's default */
enum {
    TREND_PASSES = 4,
    STALLED_US = 3 * G_USEC_PER_SEC,
    GAVE_IT_TIME = 4, /* in that pass a guest that was never watched has had its chances */
};

/* A forecast being made. */
typedef struct {
    Forecast *self;
    const MigrationCourse *course;
    const CourseSample *last;
    const MigrationStatus *status;
    MigrationState state;
    guint64 throughput; /* bytes per second, smoothed; 0: not known */
} Maker;

static const char *const words[] = {
    [VERDICT_NONE] = "",
    [VERDICT_STARTING] = N_("starting"),
    [VERDICT_DISKS] = N_("copying disks"),
    [VERDICT_COPYING] = N_("copying"),
    [VERDICT_CONVERGING] = N_("converging"),
    [VERDICT_THROTTLED] = N_("throttling"),
    [VERDICT_STALLED] = N_("stalled"),
    [VERDICT_HOPELESS] = N_("will not converge"),
    [VERDICT_WAITING] = N_("waiting"),
    [VERDICT_SWITCHING] = N_("switching over"),
    [VERDICT_POSTCOPY] = N_("post-copy"),
    [VERDICT_ENDING] = N_("ending"),
    [VERDICT_COMPLETED] = N_("completed"),
    [VERDICT_FAILED] = N_("failed"),
    [VERDICT_CANCELLED] = N_("cancelled"),
};

const char *verdict_word(Verdict verdict)
{
    return words[verdict];
}

const char *verdict_shown(Verdict verdict)
{
    return *words[verdict] ? _(words[verdict]) : "";
}

void forecast_free(Forecast *forecast)
{
    if (forecast) {
        g_free(forecast->reason);
        g_free(forecast->eta_means);
        g_strfreev(forecast->advice);
        g_free(forecast);
    }
}

/* --- small parts --- */

static void judge(Maker *maker, Verdict verdict, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void judge(Maker *maker, Verdict verdict, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_free(maker->self->reason);
    maker->self->verdict = verdict;
    maker->self->reason = g_strdup_vprintf(format, list);
    va_end(list);
}

static void set_eta(Maker *maker, double seconds, const char *means)
{
    if (isfinite(seconds) && seconds >= 0 && seconds < LONGEST_S) {
        maker->self->has_eta = TRUE;
        maker->self->eta = seconds;
        g_free(maker->self->eta_means);
        maker->self->eta_means = g_strdup(means);
    }
}

static guint64 number(const Maker *maker, MigrationField field)
{
    return migration_status_number(maker->status, field);
}

/* --- the passes --- */

/* The newest passes that are known, newest first: up to @most. One that has just begun counts when
 * it settles; or at once when its W is no more than @enough, or there is none from just before. */
static guint known_passes(const MigrationCourse *course, guint64 enough, const CoursePass **found,
                          guint most)
{
    const GArray *passes = course_passes(course);
    const CoursePass *begun = NULL;
    guint count = 0;

    for (guint i = passes->len; i > 0 && count < most; i--) {
        const CoursePass *pass = &g_array_index(passes, CoursePass, i - 1);

        if (!pass->known || pass->number <= 1) {
            continue;
        }
        if (i == passes->len && !pass->settled && pass->working_set > enough) {
            begun = pass;
            continue;
        }
        if (begun && count == 0 && pass->number + 1 < begun->number) {
            found[count++] = begun;
        }
        if (count < most) {
            found[count++] = pass;
        }
    }
    if (begun && count == 0) {
        found[count++] = begun;
    }
    return count;
}

/* W by the W of a pass before, as the mean over the newest passes; 0: not known. */
static double trend_of(const MigrationCourse *course, guint64 enough)
{
    const CoursePass *found[TREND_PASSES];
    guint count = known_passes(course, enough, found, G_N_ELEMENTS(found));
    const CoursePass *newest = found[0];
    const CoursePass *oldest = count ? found[count - 1] : NULL;

    if (count < 2 || oldest->working_set == 0) {
        return 0;
    }
    return pow((double)newest->working_set / (double)oldest->working_set,
               1.0 / (double)(newest->number - oldest->number));
}

/* Whether W really becomes smaller: the newest passes say so, and after many the newest W is below
 * those of the passes before, too. One pass with little, or one with much, is not a trend. */
static gboolean shrinks(const Maker *maker)
{
    const CoursePass *found[2 * TREND_PASSES];
    guint count = known_passes(maker->course, maker->self->threshold, found, G_N_ELEMENTS(found));
    gboolean lower = TRUE;

    for (guint i = TREND_PASSES; count == G_N_ELEMENTS(found) && i < count; i++) {
        lower = lower && (double)found[0]->working_set < SHRINKS * (double)found[i]->working_set;
    }
    return maker->self->trend > 0 && maker->self->trend < SHRINKS && lower;
}

/* How long it takes until the set that shrinks by @trend a pass is below the threshold. */
static double shrinking_time(const Maker *maker, double trend)
{
    double left = (double)maker->self->left;
    double set = (double)maker->self->working_set;
    double sum = left;

    while (set * trend > (double)maker->self->threshold) {
        set *= trend;
        sum += set;
        if (sum > LONGEST_S * (double)maker->throughput) {
            break;
        }
    }
    return sum / (double)maker->throughput;
}

/* --- what each state tells --- */

static void judge_first_pass(Maker *maker)
{
    guint64 rate = course_progress_rate(maker->course);

    if (rate == 0) {
        rate = maker->throughput;
    }
    judge(maker, VERDICT_COPYING, _("the memory is sent for the first time"));
    if (rate && maker->self->has_left) {
        set_eta(maker, (double)maker->self->left / (double)rate, _("to the end of the first pass"));
    }
}

/* The guest writes as fast as its disks are copied, or faster. */
static void judge_endless_disks(Maker *maker, guint64 written)
{
    g_autofree char *rate = rate_format(written);

    judge(maker, VERDICT_HOPELESS,
          _("the guest writes %s to its disks, and no less is left than before (another try, with "
            "'set write-blocking on' before it, would make its writes wait)"),
          rate);
    g_strfreev(maker->self->advice);
    maker->self->advice = migration_disk_advice(written, &maker->last->limits);
}

static void judge_disks(Maker *maker)
{
    guint64 rate, written;

    if (!course_disk_rates(maker->course, &rate, &written)) {
        judge(maker, VERDICT_DISKS,
              _("the disks are copied, and kept in step; the memory follows"));
    } else if (rate == 0) {
        judge_endless_disks(maker, written);
    } else {
        judge(maker, VERDICT_DISKS,
              _("the disks are copied, and kept in step; the memory follows"));
        set_eta(maker, (double)maker->self->left / (double)rate, _("to the end of the disks"));
    }
}

static void judge_throttle(Maker *maker, const char *set, const char *threshold)
{
    guint64 percent = number(maker, FIELD_CPU_THROTTLE_PERCENT);

    if (percent) {
        judge(maker, VERDICT_THROTTLED,
              _("%s are dirty at each pass and %s may be left: the guest is slowed by %" PRIu64
                " %%, and more with time"),
              set, threshold, percent);
    } else {
        judge(maker, VERDICT_THROTTLED,
              _("%s are dirty at each pass and %s may be left: the guest will be slowed until it "
                "converges"),
              set, threshold);
    }
}

/* The set does not shrink, and is too large. */
static void judge_standing(Maker *maker, const char *set, const char *threshold)
{
    gboolean gave_up = number(maker, FIELD_CPU_THROTTLE_PERCENT) >= THROTTLE_MAX;

    if (maker->last->limits.throttles && !gave_up) {
        judge_throttle(maker, set, threshold);
        return;
    }
    judge(maker, VERDICT_HOPELESS,
          gave_up ? _("%s are dirty again at each pass, and only %s may be left, with the guest "
                      "slowed as far as it goes")
                  : _("%s are dirty again at each pass, and only %s may be left"),
          set, threshold);
    g_strfreev(maker->self->advice);
    maker->self->advice =
        migration_advice(maker->self->working_set, maker->throughput, &maker->last->limits);
}

static void judge_passes(Maker *maker)
{
    Forecast *self = maker->self;
    gboolean watched = self->trend > 0;
    g_autofree char *set = size_format(self->working_set);
    g_autofree char *threshold = size_format(self->threshold);

    if (self->working_set == 0 || self->threshold == 0 || maker->throughput == 0) {
        judge(maker, VERDICT_COPYING, _("what was dirtied meanwhile is sent again"));
    } else if (self->working_set <= self->threshold) {
        judge(maker, VERDICT_CONVERGING, _("%s were dirty, and %s may be left"), set, threshold);
        set_eta(maker, (double)self->left / (double)maker->throughput,
                _("if the guest dirties no more than in the last pass"));
    } else if (shrinks(maker)) {
        judge(maker, VERDICT_CONVERGING,
              _("%s were dirty, by a factor of %.2f a pass, and %s may be left"), set, self->trend,
              threshold);
        set_eta(maker, shrinking_time(maker, self->trend), _("if it goes on shrinking like that"));
    } else if ((double)self->working_set <= EDGE * (double)self->threshold) {
        judge(maker, VERDICT_CONVERGING,
              _("%s were dirty, hardly more than the %s that may be left"), set, threshold);
    } else if (watched || self->pass >= GAVE_IT_TIME) {
        judge_standing(maker, set, threshold);
    } else {
        judge(maker, VERDICT_COPYING,
              _("%s were dirtied meanwhile and %s may be left: the next pass will tell"), set,
              threshold);
    }
}

static void judge_precopy(Maker *maker)
{
    gint64 stuck = course_stuck_for(maker->course);

    if (stuck >= STALLED_US) {
        judge(maker, VERDICT_STALLED, _("nothing has been sent for %.0f s"),
              (double)stuck / G_USEC_PER_SEC);
    } else if (migration_status_copies_disks(maker->status, NULL)) {
        judge_disks(maker);
    } else if (!migration_status_has(maker->status, FIELD_RAM_TOTAL_BYTES)) {
        judge(maker, VERDICT_STARTING, _("nothing has been sent yet"));
    } else if (migration_status_in_first_pass(maker->status)) {
        judge_first_pass(maker);
    } else if (maker->self->left == 0) {
        judge(maker, VERDICT_SWITCHING, _("nothing is left but the switch-over"));
    } else {
        judge_passes(maker);
    }
}

static void judge_postcopy(Maker *maker)
{
    judge(maker, VERDICT_POSTCOPY, _("the guest runs at the destination, its last pages follow"));
    if (maker->self->has_left && maker->throughput) {
        set_eta(maker, (double)maker->self->left / (double)maker->throughput, _("to the end"));
    }
}

static void judge_end(Maker *maker, Verdict verdict, const char *fallback)
{
    const char *why = migration_status_text(maker->status, FIELD_ERROR_DESC);

    judge(maker, verdict, "%s", why ? why : fallback);
}

static void judge_state(Maker *maker)
{
    switch (maker->state) {
    case MIGRATION_NONE:
        judge(maker, VERDICT_NONE, _("no migration has been started"));
        break;
    case MIGRATION_SETUP:
    case MIGRATION_WAIT_UNPLUG:
        judge(maker, VERDICT_STARTING, _("the connection is being made"));
        break;
    case MIGRATION_PRE_SWITCHOVER:
        if (migration_status_needs_attention(maker->status)) {
            judge(maker, VERDICT_WAITING,
                  _("the guest stands still: 'migrate_continue pre-switchover'"));
        } else {
            judge(maker, VERDICT_SWITCHING, _("the guest stands still until libvirt goes on"));
        }
        break;
    case MIGRATION_POSTCOPY_PAUSED:
        judge(maker, VERDICT_WAITING,
              migration_status_is_managed(maker->status)
                  ? _("the link was lost: 'migrate -r' goes on")
                  : _("the link was lost: 'migrate_recover', then 'migrate -r'"));
        break;
    case MIGRATION_DEVICE:
        judge(maker, VERDICT_SWITCHING, _("the guest stands still and is on its way"));
        break;
    case MIGRATION_CANCELLING:
    case MIGRATION_FAILING:
        judge(maker, VERDICT_ENDING, _("the guest stays where it is"));
        break;
    case MIGRATION_COMPLETED:
        judge_end(maker, VERDICT_COMPLETED,
                  migration_status_is_arrival(maker->status) ? _("the guest has arrived here")
                                                             : _("the guest has moved"));
        break;
    case MIGRATION_FAILED:
        judge_end(maker, VERDICT_FAILED, _("QEMU gave no reason"));
        break;
    case MIGRATION_CANCELLED:
        judge_end(maker, VERDICT_CANCELLED, _("the guest stays where it is"));
        break;
    default:
        if (migration_state_is_postcopy(maker->state)) {
            judge_postcopy(maker);
        } else {
            judge_precopy(maker);
        }
    }
}

/* The figures that have a meaning now. */
static void find_figures(Maker *maker)
{
    Forecast *self = maker->self;
    gboolean disks = migration_status_copies_disks(maker->status, NULL);
    gboolean precopy = migration_state_is_precopy(maker->state);
    const CoursePass *newest;
    double percent;

    if (course_percent(maker->course, &percent)) {
        self->has_percent = TRUE;
        self->percent = CLAMP((int)percent, 0, 100);
    }
    self->pass = precopy && !disks ? number(maker, FIELD_RAM_DIRTY_SYNC_COUNT) : 0;
    self->has_left = disks || migration_status_has_remaining(maker->status);
    if (self->has_left) {
        self->left = number(maker, disks ? FIELD_DISK_REMAINING_BYTES : FIELD_RAM_REMAINING_BYTES);
    }
    if (!precopy || disks || migration_status_in_first_pass(maker->status)) {
        return;
    }
    if (maker->last->limits.known_downtime) {
        self->threshold =
            (guint64)((double)maker->throughput * (double)maker->last->limits.downtime_ms / 1000);
    }
    if (known_passes(maker->course, self->threshold, &newest, 1) &&
        newest->number + 1 >= self->pass) {
        self->working_set = newest->working_set;
        self->trend = trend_of(maker->course, self->threshold);
    }
}

Forecast *forecast_new(const MigrationCourse *course)
{
    Forecast *self = g_new0(Forecast, 1);
    Maker maker = {.self = self, .course = course, .last = course_last(course)};

    self->advice = g_new0(char *, 1);
    if (!maker.last) {
        judge(&maker, VERDICT_NONE, _("no migration has been started"));
        return self;
    }
    maker.status = maker.last->status;
    maker.state = migration_status_state(maker.status);
    maker.throughput = course_throughput(course);
    if (maker.last->limits.bandwidth) { /* a moment's rate may be more, and does not last */
        maker.throughput = MIN(maker.throughput, maker.last->limits.bandwidth);
    }
    find_figures(&maker);
    judge_state(&maker);
    return self;
}

/* --- as JSON --- */

static void add_number(Json *object, const char *name, gboolean has, guint64 value)
{
    if (has) {
        json_object_object_add(object, name, json_object_new_uint64(value));
    }
}

void forecast_add_json(const Forecast *forecast, Json *object)
{
    Json *advice = json_object_new_array();

    for (char **line = forecast->advice; *line; line++) {
        json_object_array_add(advice, json_object_new_string(*line));
    }
    if (forecast->verdict != VERDICT_NONE) {
        json_object_object_add(object, "verdict",
                               json_object_new_string(verdict_word(forecast->verdict)));
        json_object_object_add(object, "reason", json_object_new_string(forecast->reason));
    }
    if (*forecast->advice) {
        json_object_object_add(object, "advice", json_object_get(advice));
    }
    json_object_put(advice);
    add_number(object, "percent", forecast->has_percent, (guint64)forecast->percent);
    add_number(object, "pass", forecast->pass > 0, forecast->pass);
    add_number(object, "left", forecast->has_left, forecast->left);
    add_number(object, "threshold", forecast->threshold > 0, forecast->threshold);
    add_number(object, "working-set", forecast->working_set > 0, forecast->working_set);
    if (forecast->has_eta) {
        json_object_object_add(object, "eta", json_real(forecast->eta));
        json_object_object_add(object, "eta-means", json_object_new_string(forecast->eta_means));
    }
}
