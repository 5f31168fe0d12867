/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of each policy, poll by poll, against the tables that its original's source gives. */
#include "tests/unit/policies.h"

/* Polls every half second up to @end, as Nova does. */
static void drive_nova(Drive *drive, double end)
{
    for (double at = 0.5; at <= end; at += 0.5) {
        drive_poll(drive, at, 1, MIB);
    }
}

static void check_nova(const char *words, guint64 memory, double end, const char *done)
{
    Drive drive;

    g_test_message("%s", words);
    drive_begin(&drive, words, memory);
    drive_nova(&drive, end);
    drive_check(&drive, done);
    drive_end(&drive);
}

/* The published log of a 4 GiB guest, today's figures, the defaults, and those of Nova's own
 * documentation of the rule. */
static void test_nova_steps(void)
{
    check_nova("nova-train downtime=5000 downtime_steps=7", 4 * GIB, 2200,
               "714@0.5 1326@300.5 1938@600.5 2550@900.5 3162@1200.5 3774@1500.5 4386@1800.5 "
               "4998@2100.5");
    check_nova("nova downtime=5000 downtime_steps=7", 4 * GIB, 2200,
               "714@0.5 1326@300.5 1938@600.5 2551@900.5 3163@1200.5 3775@1500.5 4387@1800.5 "
               "5000@2100.5");
    check_nova("nova", 4 * GIB, 3300,
               "50@0.5 95@300.5 140@600.5 185@900.5 230@1200.5 275@1500.5 320@1800.5 365@2100.5 "
               "410@2400.5 455@2700.5 500@3000.5 abort@3200.5");
    check_nova("nova downtime=400 downtime_steps=10 downtime_delay=30", 3 * GIB, 1000,
               "40@0.5 76@90.5 112@180.5 148@270.5 184@360.5 220@450.5 256@540.5 292@630.5 "
               "328@720.5 364@810.5 400@900.5");
}

/* In the words of Nova's log, which has the step's time and not the poll's. */
static void test_nova_texts(void)
{
    Drive drive;

    drive_begin(&drive, "nova-train downtime=5000 downtime_steps=7", 4 * GIB);
    drive_poll(&drive, 0, 1, MIB); /* not more than 0 s */
    drive_check(&drive, "");
    drive_poll(&drive, 0.2, 1, MIB);
    g_assert_cmpstr(drive.text, ==, "Increasing downtime to 714 ms after 0 sec elapsed time");
    drive_poll(&drive, 300, 1, MIB); /* exactly: not yet */
    drive_check(&drive, "714@0.2");
    drive_poll(&drive, 907.4, 1, MIB); /* steps that were missed stay so */
    drive_check(&drive, "714@0.2 2550@907.4");
    g_assert_cmpstr(drive.text, ==, "Increasing downtime to 2550 ms after 900 sec elapsed time");
    drive_poll(&drive, 3200, 1, MIB);
    drive_poll(&drive, 3200.5, 1, MIB);
    drive_check(&drive, "714@0.2 2550@907.4 4998@3200 abort@3200.5");
    g_assert_cmpstr(drive.text, ==, "Live migration not completed after 3200 sec");
    drive_poll(&drive, 3300, 1, MIB);
    drive_check(&drive, "714@0.2 2550@907.4 4998@3200 abort@3200.5");
    drive_end(&drive);
}

static void test_nova_timeout(void)
{
    Drive drive;

    check_nova("nova completion_timeout=0", 2 * GIB, 1600,
               "50@0.5 95@150.5 140@300.5 185@450.5 230@600.5 275@750.5 320@900.5 365@1050.5 "
               "410@1200.5 455@1350.5 500@1500.5");
    check_nova("nova completion_timeout=1", GIB, 20, "50@0.5 abort@2.5");
    check_nova("nova completion_timeout=1 timeout_action=force_complete", GIB, 20,
               "50@0.5 pause@2.5");
    check_nova("nova completion_timeout=1 timeout_action=force_complete permit_post_copy=on", GIB,
               20, "50@0.5 postcopy@2.5");
    drive_begin(&drive,
                "nova completion_timeout=1 timeout_action=force_complete "
                "permit_post_copy=on",
                GIB);
    drive.can_postcopy = FALSE;
    drive_nova(&drive, 5);
    drive_check(&drive, "50@0.5 pause@2.5");
    drive_end(&drive);
}

/* Neither before the migration, nor after it, nor in post-copy. */
static void test_not_concerned(void)
{
    static const MigrationState states[] = {MIGRATION_NONE, MIGRATION_COMPLETED,
                                            MIGRATION_CANCELLED, MIGRATION_POSTCOPY_ACTIVE};

    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        Drive drive;

        drive_begin(&drive, "nova completion_timeout=1", GIB);
        migration_status_set_state(drive.status, states[i]);
        drive_nova(&drive, 5);
        drive_check(&drive, "");
        drive_end(&drive);
    }
}

/* Polls every ten seconds, with @passes between any two. */
static void check_vdsm(const char *words, guint64 passes, gboolean can_postcopy, const char *done)
{
    Drive drive;

    g_test_message("%s, %" G_GUINT64_FORMAT " passes a poll", words, passes);
    drive_begin(&drive, words, 4 * GIB);
    drive.can_postcopy = can_postcopy;
    for (guint poll = 0; poll < 20; poll++) {
        drive_poll(&drive, 10 * (poll + 1), 3 + poll * passes, MIB);
    }
    drive_check(&drive, done);
    drive_end(&drive);
}

/* Passes are counted from what the first poll saw, at 10 s. */
static void test_vdsm(void)
{
    check_vdsm("vdsm-minimal-downtime", 1, TRUE,
               "150@30 200@40 300@50 400@60 500@80 abort@90"); /* passes 2 3 4 5 7 8 */
    check_vdsm("vdsm-minimal-downtime", 25, TRUE, "150@20 200@30 300@40 400@50 500@60 abort@70");
    check_vdsm("vdsm-minimal-downtime", 0, TRUE, "");
    check_vdsm("vdsm-suspend", 25, TRUE, "150@20 200@30 300@40 400@50 500@60 5000@70 abort@80");
    check_vdsm("vdsm-postcopy", 1, TRUE, "150@30 200@40 postcopy@50 abort@60");
    check_vdsm("vdsm-postcopy", 1, FALSE, "150@30 200@40 note@50 abort@60");
    check_vdsm("vdsm-very-large", 1, TRUE,
               "400@30 500@40 700@50 1000@60 1500@80 5000@90 abort@100");
}

/* A poll in the same pass does nothing, and in post-copy none does. */
static void test_vdsm_passes(void)
{
    Drive drive;

    drive_begin(&drive, "vdsm-postcopy", 4 * GIB);
    drive_poll(&drive, 10, 1, MIB);
    drive_poll(&drive, 20, 6, MIB);
    g_assert_cmpstr(drive.text, ==, "Setting downtime to 150");
    drive_poll(&drive, 30, 6, MIB);
    drive_poll(&drive, 40, 7, MIB);
    drive_poll(&drive, 50, 8, MIB);
    drive_check(&drive, "150@20 200@40 postcopy@50");
    migration_status_set_state(drive.status, MIGRATION_POSTCOPY_ACTIVE);
    drive_poll(&drive, 60, 9, MIB);
    drive_check(&drive, "150@20 200@40 postcopy@50");
    drive_end(&drive);
}

/* Six polls that see more left than the one before, or nothing. */
static void test_pve(void)
{
    Drive drive;

    drive_begin(&drive, "pve downtime=0.1", 4 * GIB);
    for (guint poll = 1; poll <= 14; poll++) {
        drive_poll(&drive, poll, 1, GIB + poll);
    }
    drive_check(&drive, "200@7 400@13");
    g_assert_cmpstr(drive.text, ==, "auto-increased downtime to continue migration: 400 ms");
    for (guint poll = 15; poll <= 25; poll++) { /* less and less; one was counted before */
        drive_poll(&drive, poll, 1, GIB - poll);
    }
    for (guint poll = 26; poll <= 30; poll++) {
        drive_poll(&drive, poll, 1, 0);
    }
    drive_check(&drive, "200@7 400@13 800@30");
    drive_end(&drive);
}

/* The saw-tooth: one poll in three sees more. Where nothing was sent, none counts. */
static void test_pve_saw_tooth(void)
{
    Drive drive;

    drive_begin(&drive, "pve", 4 * GIB);
    for (guint poll = 1; poll <= 24; poll++) {
        drive_poll(&drive, poll, 1, GIB - poll % 3 * MIB);
    }
    drive_check(&drive, "200@18");
    drive.sent--;
    drive_poll(&drive, 25, 1, 2 * GIB);
    drive_check(&drive, "200@18");
    drive_end(&drive);
}

static void test_pve_cap(void)
{
    Drive drive;

    drive_begin(&drive, "pve downtime=900", 4 * GIB);
    for (guint poll = 1; poll <= 40; poll++) {
        drive_poll(&drive, poll, 1, GIB + poll);
    }
    drive_check(&drive, "1800000@7 2000000@13");
    drive_end(&drive);
}

/* Ten times as often once less is left than a poll sends on average. */
static void test_intervals(void)
{
    static const struct {
        const char *words;
        double seconds;
    } cases[] = {{"nova", 0.5},
                 {"vdsm-suspend", 10},
                 {"vdsm-suspend monitor_interval=2", 2},
                 {"pve", 1},
                 {"kubevirt", 0.4}};
    Drive drive;

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Policy) policy = policy_of(cases[i].words);

        g_assert_cmpfloat(policy_interval(policy), ==, cases[i].seconds);
    }
    drive_begin(&drive, "pve", 4 * GIB);
    drive.sent = 100 * MIB;
    drive_poll(&drive, 1, 1, GIB);
    drive_poll(&drive, 2, 1, 80 * MIB);
    g_assert_cmpfloat(policy_run_interval(drive.run), ==, 1);
    drive_poll(&drive, 3, 1, 30 * MIB);
    g_assert_cmpfloat(policy_run_interval(drive.run), ==, 0.1);
    drive_end(&drive);
}

/* In pass 3 from @third s on, every 0.4 s; less and less is left. */
static void drive_kubevirt(Drive *drive, double third, double end)
{
    for (guint poll = 1; poll * 0.4 <= end; poll++) {
        drive_poll(drive, poll * 0.4, poll * 0.4 < third ? 2 : 3, GIB - poll);
    }
}

static void test_kubevirt_steps(void)
{
    Drive drive;

    drive_begin(&drive, "kubevirt", 4 * GIB);
    drive_kubevirt(&drive, 0, 100);
    drive_check(&drive, "150@0.4 257@10.4 364@20.4 471@30.4 578@40.4 685@50.4 792@60.4 899@70.4 "
                        "900@80.4");
    g_assert_cmpstr(drive.text, ==, "downtime tuning: max_downtime 899ms -> 900ms (ceiling=900ms)");
    drive_end(&drive);

    drive_begin(&drive, "kubevirt maxDowntimeMs=1050", 4 * GIB);
    drive_kubevirt(&drive, 75, 140);
    drive_check(&drive, "150@0.4 278@75.2 406@85.2 534@95.2 662@105.2 790@115.2 918@125.2 "
                        "1046@135.2");
    drive_end(&drive);

    drive_begin(&drive, "kubevirt downtimeTuning=off", 4 * GIB);
    drive_kubevirt(&drive, 0, 700);
    drive_check(&drive, "");
    drive_end(&drive);
}

static void check_timeout(const char *keys, gboolean can_postcopy, double end, const char *done)
{
    g_autofree char *words = g_strconcat("kubevirt downtimeTuning=off", keys, NULL);
    Drive drive;

    g_test_message("%s", words);
    drive_begin(&drive, words, 4 * GIB);
    drive.can_postcopy = can_postcopy;
    drive_kubevirt(&drive, 0, end);
    drive_check(&drive, done);
    drive_end(&drive);
}

/* 4 GiB are 5 GB, so that 150 s per GiB are 750 s; whole seconds are compared. */
static void test_kubevirt_timeout(void)
{
    check_timeout("", TRUE, 800, "abort@751.2");
    check_timeout(" completionTimeoutPerGiB=0", TRUE, 2000, "");
    check_timeout(" allowPostCopy=on", TRUE, 800, "abort@751.2");
    check_timeout(" allowWorkloadDisruption=on", TRUE, 1600, "pause@751.2 abort@1501.2");
    check_timeout(" allowWorkloadDisruption=on allowPostCopy=on", TRUE, 1600, "postcopy@751.2");
    check_timeout(" allowWorkloadDisruption=on allowPostCopy=on", FALSE, 800, "pause@751.2");
}

/* Any poll that sees less left than the one before is progress, so a saw-tooth always is. */
static void test_kubevirt_progress(void)
{
    Drive drive;

    drive_begin(&drive, "kubevirt downtimeTuning=off completionTimeoutPerGiB=0", GIB);
    for (guint poll = 1; poll <= 1000; poll++) {
        drive_poll(&drive, poll * 0.4, 1, GIB - poll % 5 * MIB);
    }
    drive_check(&drive, "");
    for (guint poll = 1001; poll <= 1500; poll++) {
        drive_poll(&drive, poll * 0.4, 1, GIB);
    }
    drive_check(&drive, "abort@550.8"); /* the last dip was at 399.6 s */
    g_assert_cmpstr(drive.text, ==, "Aborting migration: stuck for 151 seconds");
    drive_end(&drive);
}

static void check_start(const char *words, const char *expected)
{
    g_autoptr(Policy) policy = policy_of(words);
    PolicyGuest guest = {.memory = 4 * GIB};
    PolicyStart start;
    g_autofree char *text = NULL;

    policy_start(policy, &guest, &start);
    text = policy_start_words(&start);
    g_assert_cmpstr(text, ==, expected);
}

static void test_start(void)
{
    check_start("manual", "");
    check_start("nova", "");
    check_start("nova bandwidth=64 permit_auto_converge=on",
                "max-bandwidth 64 MiB/s, auto-converge on");
    check_start("nova permit_post_copy=on permit_auto_converge=on", "postcopy-ram on");
    check_start("vdsm-minimal-downtime", "downtime-limit 100 ms, auto-converge on");
    check_start("vdsm-suspend autoConverge=off", "downtime-limit 100 ms, xbzrle on");
    check_start("vdsm-postcopy max_bandwidth=52",
                "downtime-limit 100 ms, max-bandwidth 52 MiB/s, auto-converge on, postcopy-ram on");
    check_start("vdsm-very-large", "downtime-limit 300 ms, auto-converge on");
    check_start("pve", "downtime-limit 100 ms, max-bandwidth 16 GiB/s, xbzrle-cache-size 512 MiB, "
                       "auto-converge on, xbzrle on");
    check_start("pve speed=100 memory=10G", "downtime-limit 100 ms, max-bandwidth 100 MiB/s, "
                                            "xbzrle-cache-size 1 GiB, auto-converge on, xbzrle on");
    check_start("kubevirt bandwidthPerMigration=64M allowAutoConverge=on allowPostCopy=on",
                "max-bandwidth 64 MiB/s, auto-converge on, postcopy-ram on");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-engine/nova/steps", test_nova_steps);
    g_test_add_func("/policy-engine/nova/texts", test_nova_texts);
    g_test_add_func("/policy-engine/nova/timeout", test_nova_timeout);
    g_test_add_func("/policy-engine/not-concerned", test_not_concerned);
    g_test_add_func("/policy-engine/vdsm", test_vdsm);
    g_test_add_func("/policy-engine/vdsm/passes", test_vdsm_passes);
    g_test_add_func("/policy-engine/pve", test_pve);
    g_test_add_func("/policy-engine/pve/saw-tooth", test_pve_saw_tooth);
    g_test_add_func("/policy-engine/pve/cap", test_pve_cap);
    g_test_add_func("/policy-engine/intervals", test_intervals);
    g_test_add_func("/policy-engine/kubevirt/steps", test_kubevirt_steps);
    g_test_add_func("/policy-engine/kubevirt/timeout", test_kubevirt_timeout);
    g_test_add_func("/policy-engine/kubevirt/progress", test_kubevirt_progress);
    g_test_add_func("/policy-engine/start", test_start);
    return g_test_run();
}
