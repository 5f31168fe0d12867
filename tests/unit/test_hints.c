/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab says where there is nothing to complete. */
#include "shell/history.h"
#include "tests/unit/prompt.h"

static void test_values(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_hint(prompt, "migrate_set_downtime ",
               "value: seconds, 0 to 2000, e.g. 0.3 or 300ms; now 300 ms");
    check_hint(prompt, "migrate_set_downtime 0.", /* typed on, it stays */
               "value: seconds, 0 to 2000, e.g. 0.3 or 300ms; now 300 ms");
    check_hint(prompt, "migrate_set_speed ",
               "value: bytes per second, MiB/s without a suffix; now 128 MiB/s");
    check_hint(prompt, "migrate_set_parameter downtime-limit ",
               "value: how long the guest may pause; for the switch-over, 0-2000 s; "
               "now 300 ms");
    check_hint(prompt, "peer migrate_set_speed ",
               "value: bytes per second, MiB/s without a suffix; now 128 MiB/s");
    check_hint(prompt, "sleep ", "seconds: seconds, e.g. 0.3 or 300ms");
    check_hint(prompt, "wait completed ", "[seconds]: at most so long");
    check_hint(prompt, "watch -n ", "seconds: how often");
    session_detach(prompt->session, FALSE);
    check_hint(prompt, "migrate_set_downtime ", "value: seconds, 0 to 2000, e.g. 0.3 or 300ms");
}

static void test_meant(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_hint(prompt, "migrate_set_sped", "did you mean 'migrate_set_speed'?");
    check_hint(prompt, "devcie_add", "did you mean 'device_add'?");
    check_hint(prompt, "zzz", "no command begins with 'zzz'");
    check_hint(prompt, "devcie_add foo", "unknown: 'devcie_add' (did you mean 'device_add'?)");
    check_hint(prompt, "zzz foo", "unknown: 'zzz'");
    check_hint(prompt, "info migarte", "did you mean 'migrate'?");
    check_hint(prompt, "info blokc ", "unknown: 'blokc' (did you mean 'block'?)");
    check_hint(prompt, "migrate_set_capability xbzlre", "did you mean 'xbzrle'?");
    check_hint(prompt, "peer migrate_set_capability maped-ram", "did you mean 'mapped-ram'?");
    check_hint(prompt, "wait compelted", "did you mean 'completed'?");
    check_hint(prompt, "lab strat", "did you mean 'start'?");
}

static void test_ends(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_hint(prompt, "migrate tcp:h:1 ", "nothing more is expected");
    check_hint(prompt, "migrate -d --zzz", "options: [-b] [-i] [-r] [-n] [--option...]");
    check_hint(prompt, "migrate --tunneled", "did you mean '--tunnelled'?");
    check_hint(prompt, "swap ", "nothing more is expected");
    check_hint(prompt, "lab start ",
               "options: [--disk size] [--base] [--kernel file] [--initrd file] [--append words] "
               "[--lab-guest]");
    check_hint(
        prompt, "lab start --base ",
        "options: [--disk size] [--kernel file] [--initrd file] [--append words] [--lab-guest]");
    check_hint(prompt, "{\"execute\": ", "QMP as JSON: {\"execute\": NAME, \"arguments\": {...}}");
    check_hint(prompt, "snapshot_blkdev ", "device: a block device or node; options: [-n]");
    check_hint(prompt, "grep -i ",
               "pattern: what the lines contain, e.g. status; options: [-c] [-v]");
    check_hint(prompt, "balloon ", "target: request VM to change its memory allocation (in MB)");
    check_hint(prompt, "log ", "item1[,...]: what to log, with commas; none ends it; e.g. none");
}

/* Words that no list has: as they were typed before at the same place. */
static void test_earlier(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    history_remember("lab dirty 200M 100M");
    history_remember("lab dirty 20M");
    history_remember("lab write 300M");
    check(prompt, "lab dirty 2", "20M 200M");
    check(prompt, "lab dirty 200M 1", "100M");
    check(prompt, "lab write 3", "300M");
    check_hint(prompt, "lab dirty 201M", "rate: bytes per second, MiB/s without a suffix");
    check_hint(prompt, "lab dirty 3", "rate: bytes per second, MiB/s without a suffix");
    check_hint(prompt, "lab dirty ", "rate: bytes per second, MiB/s without a suffix");
    g_assert_true(history_forget(NULL));
}

/* Words that the row is asked for one by one: a hint is about the very one that is typed. */
static void test_words_of_row(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "migrate_policy nova down", "downtime= downtime_steps= downtime_delay=");
    check(prompt, "migrate_policy nova downtime=300  down", "downtime_steps= downtime_delay=");
    check(prompt, "migrate_policy nova timeout_action=f", "timeout_action=force_complete");
    check_hint(prompt, "migrate_policy pve speed=",
               "[key=value...]: speed: the maximum speed; 0: 16 GiB/s (0 MiB/s)");
    check_hint(prompt, "migrate_policy pve memory=1G speed=4",
               "[key=value...]: speed: the maximum speed; 0: 16 GiB/s (0 MiB/s)");
    check_hint(prompt, "migrate_policy pve sped", "did you mean 'speed='?");
    check(prompt, "migrate_policy pve --", "--");
    check(prompt, "migrate_policy pve -- ", "replay");
    check_hint(prompt, "migrate_policy pve -- replay x ",
               "[speed]: how many times as fast as it was; 0: without waiting");
}

static void add(const char *path, void (*func)(Prompt *, gconstpointer))
{
    g_test_add(path, Prompt, NULL, prompt_set_up, func, prompt_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/hints/values", test_values);
    add("/hints/meant", test_meant);
    add("/hints/ends", test_ends);
    add("/hints/earlier", test_earlier);
    add("/hints/words-of-row", test_words_of_row);
    return g_test_run();
}
