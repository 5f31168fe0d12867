/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plans beforehand, and what policies would have done to recorded migrations. */
#include "commands/migration/policy/policy_replay.h"
#include "commands/migration/recording/recording.h"
#include "tests/unit/policies.h"

static GPtrArray *plan_of(const char *words)
{
    g_autoptr(Policy) policy = policy_of(words);
    PolicyGuest guest = {.memory = 4 * GIB};

    return policy_plan(policy, &guest);
}

/* The plan as "714@0 1326@300", of what is a matter of passes "150@20/2". */
static void check(const char *words, const char *expected, double ends)
{
    g_autoptr(GPtrArray) plan = plan_of(words);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < plan->len; i++) {
        const PolicyLine *line = plan->pdata[i];

        g_assert_nonnull(line->when);
        g_string_append(text, i ? " " : "");
        if (line->deed == DEED_DOWNTIME) {
            g_string_append_printf(text, "%" G_GUINT64_FORMAT, line->downtime_ms);
        } else {
            g_string_append(text, line->what);
        }
        g_string_append_printf(text, "@%g", line->seconds);
        if (line->pass) {
            g_string_append_printf(text, "/%" G_GUINT64_FORMAT, line->pass);
        }
    }
    g_test_message("%s", words);
    g_assert_cmpstr(text->str, ==, expected);
    g_assert_cmpfloat(policy_plan_abort(plan), ==, ends);
}

static void test_nova(void)
{
    check("nova-train downtime=5000 downtime_steps=7",
          "714@0 1326@300 1938@600 2550@900 3162@1200 3774@1500 4386@1800 4998@2100 abort@3200",
          3200);
    check("nova downtime=5000 downtime_steps=7",
          "714@0 1326@300 1938@600 2551@900 3163@1200 3775@1500 4387@1800 5000@2100 abort@3200",
          3200);
    check("nova completion_timeout=100", "50@0 95@300 abort@400", 400);
    check("nova downtime_steps=3 timeout_action=force_complete permit_post_copy=on",
          "166@0 277@300 388@600 500@900 post-copy@3200", -1);
    check("nova downtime_steps=3 timeout_action=force_complete completion_timeout=0",
          "166@0 277@300 388@600 500@900", -1);
}

static void test_vdsm(void)
{
    check("vdsm-minimal-downtime", "150@20/2 200@30/3 300@40/4 400@50/5 500@60/7 abort@70/8", 70);
    check("vdsm-postcopy monitor_interval=1", "150@2/2 200@3/3 post-copy@4/4 abort@5/5", 5);
    check("vdsm-very-large", "400@20/2 500@30/3 700@40/4 1000@50/5 1500@60/7 5000@70/8 abort@80/9",
          80);
}

static void test_others(void)
{
    check("manual", "", -1);
    check("pve downtime=250", "500000@7 1000000@13 2000000@19", -1);
    check("kubevirt",
          "150@0 257@10/3 364@20/3 471@30/3 578@40/3 685@50/3 792@60/3 899@70/3 900@80/3 "
          "abort@150 abort@750",
          150);
    check("kubevirt downtimeTuning=off progressTimeout=0 allowWorkloadDisruption=on",
          "pause the guest@750 abort@1500", 1500);
    check("kubevirt downtimeTuning=off progressTimeout=0 completionTimeoutPerGiB=0", "", -1);
}

static void test_words(void)
{
    g_autoptr(GPtrArray) nova = plan_of("nova");
    g_autoptr(GPtrArray) vdsm = plan_of("vdsm-minimal-downtime");
    const PolicyLine *second = nova->pdata[1];
    const PolicyLine *first = vdsm->pdata[0];

    g_assert_cmpstr(second->when, ==, "after 300 s");
    g_assert_cmpstr(second->what, ==, "downtime limit 95 ms");
    g_assert_cmpstr(first->when, ==, "2 passes after the first poll, 20 s at the earliest");
}

/* --- recorded migrations --- */

static PolicyReplay *replay_of(const char *words, const char *recording)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("RECORDINGS"), recording, NULL);
    g_autoptr(Recording) read = recording_read(path, &error);
    g_autoptr(MigrationCourse) course = NULL;
    g_autoptr(Policy) policy = policy_of(words);

    g_assert_no_error(error);
    for (guint i = 0; i < read->entries->len; i++) {
        recording_follow(&course, read->entries->pdata[i]);
    }
    return policy_replay(policy, course);
}

static const ReplayedAction *action_of(const PolicyReplay *replay, guint i)
{
    g_assert_cmpuint(i, <, replay->actions->len);
    return replay->actions->pdata[i];
}

/* 64 MiB/s and a W of 100 MiB: 1.6 s are needed, and what gives less does not end it. */
static void test_replay_hopeless(void)
{
    g_autoptr(PolicyReplay) replay =
        replay_of("vdsm-minimal-downtime monitor_interval=1", "hopeless.jsonl");
    g_autoptr(PolicyReplay) nothing = replay_of("pve", "hopeless.jsonl");
    g_autoptr(PolicyReplay) enough =
        replay_of("kubevirt initialMs=1700 maxDowntimeMs=1700", "hopeless.jsonl");
    const ReplayedAction *first = action_of(replay, 0);

    g_assert_cmpuint(replay->actions->len, ==, 4);
    g_assert_false(replay->switches);
    g_assert_cmpuint(first->action.downtime_ms, ==, 150);
    g_assert_cmpfloat(fabs((double)first->working_set / MIB - 100), <, 2);
    g_assert_cmpuint(first->threshold / MIB, ==, 9);
    g_assert_cmpint(replay->end, ==, MIGRATION_COMPLETED);

    g_assert_cmpuint(nothing->actions->len, ==, 0);
    g_assert_false(nothing->switches);

    g_assert_true(enough->switches);
    g_assert_cmpuint(enough->switchover.working_set, <=, enough->switchover.threshold);
    g_assert_cmpuint(enough->switchover.pass, <=, 3);
    g_assert_cmpfloat(enough->switchover.seconds, <, 7);
}

/* What the policy ends is not followed any further. */
static void test_replay_abort(void)
{
    g_autoptr(PolicyReplay) replay = replay_of("nova completion_timeout=1", "hopeless.jsonl");

    g_assert_cmpuint(replay->actions->len, ==, 2);
    g_assert_cmpint(action_of(replay, 1)->action.deed, ==, DEED_ABORT);
    g_assert_cmpfloat(action_of(replay, 1)->seconds, ==, 2.5);
}

/* W would have fitted into the limit soon after. */
static void test_replay_too_early(void)
{
    g_autoptr(PolicyReplay) aborted =
        replay_of("nova downtime=3600 downtime_steps=3 downtime_delay=3 completion_timeout=1",
                  "hopeless.jsonl");
    g_autoptr(PolicyReplay) patient =
        replay_of("nova downtime=3600 downtime_steps=3 downtime_delay=3", "hopeless.jsonl");

    g_assert_cmpuint(aborted->actions->len, ==, 2);
    g_assert_false(aborted->switches);
    g_assert_cmpuint(patient->actions->len, ==, 2);
    g_assert_true(patient->switches);
}

static void test_replay_short(void)
{
    g_autoptr(PolicyReplay) replay = replay_of("nova", "failed.jsonl");

    g_assert_cmpuint(replay->actions->len, ==, 0);
    g_assert_cmpint(replay->end, ==, MIGRATION_FAILED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-plan/nova", test_nova);
    g_test_add_func("/policy-plan/vdsm", test_vdsm);
    g_test_add_func("/policy-plan/others", test_others);
    g_test_add_func("/policy-plan/words", test_words);
    g_test_add_func("/policy-plan/replay/hopeless", test_replay_hopeless);
    g_test_add_func("/policy-plan/replay/abort", test_replay_abort);
    g_test_add_func("/policy-plan/replay/too-early", test_replay_too_early);
    g_test_add_func("/policy-plan/replay/short", test_replay_short);
    return g_test_run();
}
