/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/policy_replay.h"

#include "commands/migration/forecast.h"

typedef struct {
    const MigrationCourse *whole;
    MigrationCourse *course; /* up to now */
    guint looks, events;     /* how many of them are in it */
    gint64 begun;            /* by the clock of the course */
    PolicyRun *run;
    gboolean postcopy; /* it would have been possible */
    gboolean limited;  /* the policy has set a downtime limit */
    guint64 limit;     /* that one, ms */
    PolicyReplay *replay;
    gboolean over;
} Replay;

static void action_free(gpointer data)
{
    ReplayedAction *action = data;

    policy_action_clear(&action->action);
    g_free(action);
}

void policy_replay_free(PolicyReplay *replay)
{
    if (replay) {
        g_ptr_array_unref(replay->actions);
        g_free(replay);
    }
}

static double seconds_at(const Replay *replay, gint64 time)
{
    return (double)(time - replay->begun) / G_USEC_PER_SEC;
}

/* Where the migration stands at the newest look. */
static void describe(const Replay *replay, ReplayedAction *place)
{
    g_autoptr(Forecast) forecast = forecast_new(replay->course);
    const CourseSample *last = course_last(replay->course);
    guint64 limit = replay->limited ? replay->limit : last->limits.downtime_ms;

    place->pass = forecast->pass;
    place->working_set = forecast->working_set;
    if (!migration_status_threshold(last->status, limit, &place->threshold)) {
        place->threshold = 0;
    }
}

/* W fits as soon as a pass begins with no more than the limit allows. */
static void check_switchover(Replay *replay, double now)
{
    const CourseSample *last = course_last(replay->course);
    ReplayedAction place = {.seconds = now};

    if (!replay->limited || !migration_state_is_precopy(migration_status_state(last->status))) {
        return;
    }
    describe(replay, &place);
    if (place.working_set > 0 && place.threshold > 0 && place.working_set <= place.threshold) {
        place.action.downtime_ms = replay->limit;
        replay->replay->switchover = place;
        replay->replay->switches = TRUE;
        replay->over = TRUE;
    }
}

/* Takes over what was seen until @time. */
static void advance(Replay *replay, gint64 time)
{
    const GPtrArray *events = course_events(replay->whole);

    while (replay->looks < course_length(replay->whole) && !replay->over) {
        const CourseSample *look = course_sample(replay->whole, replay->looks);

        if (look->time > time) {
            return;
        }
        for (; replay->events < events->len; replay->events++) {
            const CourseEvent *event = events->pdata[replay->events];

            if (event->time > look->time) {
                break;
            }
            course_add_event(replay->course, event);
        }
        course_add(replay->course, look->status, &look->limits, look->time);
        replay->looks++;
        check_switchover(replay, seconds_at(replay, look->time));
    }
}

static void take(Replay *replay, double elapsed, PolicyAction *action)
{
    ReplayedAction *taken = g_new0(ReplayedAction, 1);

    if (action->deed == DEED_DOWNTIME) {
        replay->limited = TRUE;
        replay->limit = action->downtime_ms;
    }
    taken->seconds = elapsed;
    describe(replay, taken);
    taken->action = *action;
    *action = (PolicyAction){0};
    g_ptr_array_add(replay->replay->actions, taken);
    replay->over = taken->action.deed == DEED_ABORT || taken->action.deed == DEED_POSTCOPY ||
                   taken->action.deed == DEED_PAUSE;
}

static void poll(Replay *replay, double elapsed)
{
    const CourseSample *last = course_last(replay->course);

    while (last && !replay->over) {
        g_auto(PolicyAction) action = {0};

        policy_poll(replay->run, elapsed, last->status, replay->postcopy || last->limits.postcopy,
                    &action);
        if (action.deed == DEED_NONE) {
            break;
        }
        take(replay, elapsed, &action);
    }
    if (last && !replay->over) {
        check_switchover(replay, elapsed);
    }
}

/* When the migration began, by its first look that runs. */
static gint64 find_begin(const MigrationCourse *course)
{
    for (guint i = 0; i < course_length(course); i++) {
        const CourseSample *look = course_sample(course, i);

        if (migration_state_is_running(migration_status_state(look->status))) {
            return look->time -
                   (gint64)migration_status_number(look->status, FIELD_TOTAL_TIME_MS) * 1000;
        }
    }
    return course_sample(course, 0)->time;
}

/* The guest's memory, as far as the looks tell. */
static guint64 find_memory(const MigrationCourse *course)
{
    guint64 memory = 0;

    for (guint i = 0; i < course_length(course); i++) {
        memory = MAX(memory, migration_status_number(course_sample(course, i)->status,
                                                     FIELD_RAM_TOTAL_BYTES));
    }
    return memory;
}

static void begin(Replay *replay, const Policy *policy, const PolicyGuest *guest)
{
    PolicyStart start;

    policy_start(policy, guest, &start);
    replay->course = course_new();
    replay->begun = find_begin(replay->whole);
    replay->run = policy_run_new(policy, guest);
    replay->postcopy = start.postcopy;
    replay->limited = start.sets_downtime;
    replay->limit = start.downtime_ms;
}

PolicyReplay *policy_replay(const Policy *policy, const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);
    PolicyGuest guest = {.memory = find_memory(course)};
    Replay replay = {.whole = course, .replay = g_new0(PolicyReplay, 1)};
    double elapsed;
    double end;

    replay.replay->actions = g_ptr_array_new_with_free_func(action_free);
    begin(&replay, policy, &guest);
    end = seconds_at(&replay, last->time);
    elapsed = policy_first_poll(policy);
    while (elapsed <= end && !replay.over) {
        advance(&replay, replay.begun + (gint64)(elapsed * G_USEC_PER_SEC));
        poll(&replay, elapsed);
        elapsed += policy_run_interval(replay.run);
    }
    replay.replay->seconds = end;
    replay.replay->end = migration_status_state(last->status);
    course_free(replay.course);
    policy_run_free(replay.run);
    return replay.replay;
}
