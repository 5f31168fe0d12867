/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies' names, keys and values, and what is reckoned from them. */
#include "commands/migration/policy/policy.h"

#include <string.h>

#include "shell/error.h"

#define GIB (1ULL << 30)

static Policy *make(const char *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    Policy *policy = policy_new(list[0], (const char *const *)list + 1, &error);

    g_assert_no_error(error);
    return policy;
}

static void refused(const char *words, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) list = g_strsplit(words, " ", -1);

    g_assert_null(policy_new(list[0], (const char *const *)list + 1, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_cmpstr(error->message, ==, message);
}

/* Each has a sentence, and keys that have a name, a help and a default within their range. */
static void test_table(void)
{
    const char *const *names = policy_names();

    g_assert_cmpuint(g_strv_length((char **)names), ==, 9);
    g_assert_cmpstr(names[0], ==, "manual");
    for (; *names; names++) {
        const PolicyKey *key;
        guint i = 0;

        g_test_message("%s", *names);
        g_assert_nonnull(policy_about(*names));
        for (; (key = policy_key_at(*names, i)); i++) {
            g_assert_false(g_str_has_suffix(key->help, "."));
            g_assert_cmpfloat(key->number, >=, key->min);
            g_assert_true(key->max <= 0 || key->number <= key->max);
            g_assert_true((key->kind == POLICY_WORD) == (key->choices != NULL));
        }
        g_assert_null(policy_key_at(*names, i + 1));
        g_assert_true(i == 0 || strcmp(policy_key_at(*names, i - 1)->name, "memory") == 0);
    }
    g_assert_null(policy_about("none"));
    g_assert_null(policy_key_at("none", 0));
}

static void test_values(void)
{
    g_autoptr(Policy) policy = make("nova downtime=5000 timeout_action=force_complete "
                                    "permit_post_copy=on downtime_delay=4 memory=4G");
    g_autoptr(Policy) copy = policy_copy(policy);
    g_autofree char *words = policy_words(copy);

    g_assert_cmpstr(policy_name(policy), ==, "nova");
    g_assert_cmpfloat(policy_number(policy, "downtime"), ==, 5000);
    g_assert_cmpfloat(policy_number(policy, "downtime_steps"), ==, 10);
    g_assert_cmpfloat(policy_number(policy, "timeout_action"), ==, 1);
    g_assert_cmpfloat(policy_number(policy, "permit_post_copy"), ==, 1);
    g_assert_cmpfloat(policy_number(policy, "downtime_delay"), ==, 4);
    g_assert_cmpfloat(policy_number(policy, "memory"), ==, 4.0 * GIB);
    g_assert_cmpstr(words, ==,
                    "nova downtime=5000 downtime_delay=4 timeout_action=force_complete "
                    "permit_post_copy=on memory=4G");
}

/* What policy_words() writes is the same policy again; a default is not written. */
static void test_words(void)
{
    static const char *const same[] = {
        "manual",
        "nova",
        "nova-train memory=1536M",
        "pve downtime=0.3 speed=40",
        "vdsm-suspend monitor_interval=0.5 compressed=off",
        "kubevirt bandwidthPerMigration=64M downtimeTuning=off memory=4097b",
    };
    g_autoptr(Policy) usual = make("vdsm-very-large zerocopy=on autoConverge=on");
    g_autofree char *bare = policy_words(usual);

    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(Policy) policy = make(same[i]);
        g_autofree char *words = policy_words(policy);

        g_assert_cmpstr(words, ==, same[i]);
    }
    g_assert_cmpstr(bare, ==, "vdsm-very-large");
}

static void test_refused(void)
{
    refused("nvoa", "there is no policy 'nvoa' (did you mean 'nova'?)");
    refused("zzz", "there is no policy 'zzz', but manual, nova, nova-train, vdsm-minimal-downtime, "
                   "vdsm-suspend, vdsm-postcopy, vdsm-very-large, pve and kubevirt");
    refused("nova downtme=500", "nova has no key 'downtme' (did you mean 'downtime'?)");
    refused("vdsm-postcopy auto_converge=on",
            "vdsm-postcopy has no key 'auto_converge' (did you mean 'autoConverge'?)");
    refused("pve x=1", "pve has no key 'x', but downtime, speed and memory");
    refused("manual x=1", "manual has no key 'x'");
    refused("nova downtime", "'downtime' is no KEY=VALUE (as in memory=4G)");
    refused("nova permit_post_copy=yes", "permit_post_copy is on or off, not 'yes'");
    refused("nova timeout_action=none", "timeout_action is abort or force_complete, not 'none'");
    refused("nova memory=big", "memory is a size (4G or 512M), not 'big'");
    refused("nova memory=4G,", "memory is a size (4G or 512M), not '4G,'");
    refused("nova bandwidth=1.5",
            "bandwidth is a whole number of MiB/s, at most 1048576, not '1.5'");
    refused("nova bandwidth=-1", "bandwidth is a whole number of MiB/s, at most 1048576, not '-1'");
    refused("nova completion_timeout=-1",
            "completion_timeout is a whole number of s per GiB, not '-1'");
    refused("nova completion_timeout=",
            "completion_timeout is a whole number of s per GiB, not ''");
}

/* The originals' minimums. */
static void test_minimums(void)
{
    static const struct {
        const char *taken, *refused;
    } cases[] = {
        {"nova downtime=100", "nova downtime=99"},
        {"nova-train downtime=100", "nova-train downtime=99"},
        {"nova downtime_steps=3", "nova downtime_steps=2"},
        {"nova downtime_delay=3", "nova downtime_delay=2.999"},
        {"nova completion_timeout=0", "nova completion_timeout=-0.1"},
        {"kubevirt steps=1", "kubevirt steps=0"},
        {"kubevirt cooldownSeconds=1", "kubevirt cooldownSeconds=0.5"},
        {"kubevirt maxDowntimeMs=1", "kubevirt maxDowntimeMs=0"},
        {"kubevirt maxDowntimeMs=2000000", "kubevirt maxDowntimeMs=2000001"},
        {"pve downtime=2000", "pve downtime=2001"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Policy) policy = make(cases[i].taken);
        g_auto(GStrv) list = g_strsplit(cases[i].refused, " ", -1);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(policy);
        g_assert_null(policy_new(list[0], (const char *const *)list + 1, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    }
}

static void check_gb(const char *words, const PolicyGuest *guest, double gb)
{
    g_autoptr(Policy) policy = make(words);

    g_assert_cmpfloat(policy_data_gb(policy, guest), ==, gb);
}

/* RAM and each disk count as 2 GiB at least; in whole ones for nova-train. */
static void test_data(void)
{
    guint64 disks[] = {0, GIB, 10 * GIB, 5 * GIB / 2};
    PolicyGuest small = {.memory = GIB / 4};
    PolicyGuest odd = {.memory = 7 * GIB / 2};
    PolicyGuest with_disks = {4 * GIB, disks, G_N_ELEMENTS(disks)};

    check_gb("nova", &small, 2);
    check_gb("nova", &odd, 3.5);
    check_gb("nova-train", &odd, 3);
    check_gb("nova", &with_disks, 4 + 2 + 2 + 10 + 2.5);
    check_gb("nova-train", &with_disks, 4 + 2 + 2 + 10 + 2);
    check_gb("nova memory=16G", &small, 16);
}

static void test_manual(void)
{
    g_autoptr(Policy) manual = make("manual");
    g_autoptr(Policy) nova = make("nova");

    g_assert_true(policy_is_manual(NULL));
    g_assert_true(policy_is_manual(manual));
    g_assert_false(policy_is_manual(nova));
    g_assert_cmpuint(policy_memory(manual, &(PolicyGuest){.memory = 5}), ==, 5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/table", test_table);
    g_test_add_func("/policy/values", test_values);
    g_test_add_func("/policy/words", test_words);
    g_test_add_func("/policy/refused", test_refused);
    g_test_add_func("/policy/minimums", test_minimums);
    g_test_add_func("/policy/data", test_data);
    g_test_add_func("/policy/manual", test_manual);
    return g_test_run();
}
