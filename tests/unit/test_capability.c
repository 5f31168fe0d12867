/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of capabilities, against what recorded QEMUs have. */
#include "commands/migration/capability.h"

#include "commands/migration/release.h"
#include "tests/unit/transcript.h"

static void test_release(void)
{
    g_autoptr(Json) version =
        json_parse("{\"qemu\":{\"micro\":22,\"minor\":2,\"major\":7},\"package\":\"\"}", NULL);

    g_assert_cmpuint(release_number("7.2"), ==, 702);
    g_assert_cmpuint(release_number("2.10"), ==, 210);
    g_assert_cmpuint(release_number("11.1"), ==, 1101);
    g_assert_cmpuint(release_number(NULL), ==, 0);
    g_assert_cmpuint(release_from_qmp(version), ==, 702);
    g_assert_cmpuint(release_from_qmp(NULL), ==, 0);
    g_assert_true(release_has(901, "9.1", NULL));
    g_assert_false(release_has(900, "9.1", NULL));
    g_assert_true(release_has(900, "2.10", "9.1"));
    g_assert_false(release_has(901, "2.10", "9.1"));
    g_assert_true(release_has(0, "9.1", NULL));
    g_assert_false(release_has(0, "2.10", "9.1"));
}

static void test_rows(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    const CapabilityInfo *info;

    for (guint i = 0; (info = capability_at(i)); i++) {
        g_test_message("%s", info->name);
        g_assert_true(g_hash_table_add(names, (char *)info->name));
        g_assert_cmpuint(release_number(info->since), >, 0);
        g_assert_true(!info->until || release_number(info->until) > release_number(info->since));
        g_assert_true(!info->now || (info->until && capability_find(info->now)));
        g_assert_cmpuint(strlen(info->help), <=, 76);
        g_assert_false(g_str_has_suffix(info->help, "."));
    }
    g_assert_cmpuint(g_hash_table_size(names), ==, 26);
}

static void test_find(void)
{
    g_assert_cmpstr(capability_find("postcopy-ram")->name, ==, "postcopy-ram");
    g_assert_cmpstr(capability_find("postcopy_ram")->name, ==, "postcopy-ram");
    g_assert_null(capability_find("Postcopy-ram"));
    g_assert_null(capability_find(""));
}

/* Every capability that a QEMU has is in the table, and the table gives it no other. */
static void check_reply(const char *version, const char *name)
{
    g_autoptr(Json) reply = transcript_reply(version, name);
    guint release = release_number(version);
    const CapabilityInfo *info;
    size_t expected = 0;

    for (size_t i = 0; i < json_object_array_length(reply); i++) {
        const char *each = json_get_string(json_object_array_get_idx(reply, i), "capability");

        g_test_message("%s: %s", version, each);
        info = capability_find(each);
        g_assert_nonnull(info);
        g_assert_cmpstr(info->name, ==, each);
        g_assert_true(release_has(release, info->since, info->until));
        g_assert_null(capability_unknown_text(each, release));
    }
    for (guint i = 0; (info = capability_at(i)); i++) {
        expected += release_has(release, info->since, info->until) ? 1 : 0;
    }
    g_assert_cmpuint(json_object_array_length(reply), ==, expected);
}

static void test_recorded(void)
{
    check_reply("7.2", "idle.capabilities");
    check_reply("10.0", "idle.capabilities");
}

static void test_state(void)
{
    g_autoptr(Json) reply = transcript_reply("7.2", "postcopy-preempt.capabilities");
    gboolean on = FALSE;

    g_assert_true(capability_state(reply, "postcopy-preempt", &on));
    g_assert_true(on);
    g_assert_true(capability_state(reply, "xbzrle", &on));
    g_assert_false(on);
    g_assert_false(capability_state(reply, "mapped-ram", &on));
    g_assert_false(capability_state(NULL, "xbzrle", &on));
}

static const struct {
    const char *name;
    guint release;
    const char *text;
} unknown[] = {
    {"mapped-ram", 702, "mapped-ram: since QEMU 9.0 only"},
    {"mapped_ram", 0, "mapped-ram: since QEMU 9.0 only"},
    {"block", 1000, "block: gone since QEMU 9.1"},
    {"block", 209, "block: since QEMU 2.10 only"},
    {"x-multifd", 702, "x-multifd: called multifd since QEMU 4.0"},
    {"multifd", 211, "multifd: since QEMU 4.0 only"},
    {"multifd", 702, NULL},
    {"nonesuch", 702, NULL},
};

static void test_unknown(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_autofree char *text = capability_unknown_text(unknown[i].name, unknown[i].release);

        g_assert_cmpstr(text, ==, unknown[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capability/release", test_release);
    g_test_add_func("/capability/rows", test_rows);
    g_test_add_func("/capability/find", test_find);
    g_test_add_func("/capability/recorded", test_recorded);
    g_test_add_func("/capability/state", test_state);
    g_test_add_func("/capability/unknown", test_unknown);
    return g_test_run();
}
