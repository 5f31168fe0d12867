/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of a migration against replies recorded from QEMU 7.2 and 10.0, and against what other
 * versions are known to say. */
#include "commands/migration/status.h"

#include <math.h>
#include <string.h>

#include "tests/unit/transcript.h"

static void test_fields(void)
{
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);

    for (MigrationField field = 0; field < N_FIELDS; field++) {
        const MigrationFieldInfo *info = migration_field_info(field);
        MigrationField found = N_FIELDS;

        g_test_message("field %d", (int)field);
        g_assert_nonnull(info->key);
        g_assert_true(*info->label && *info->help);
        g_assert_null(strpbrk(info->key, " .,"));
        g_assert_true(g_hash_table_add(keys, (gpointer)info->key));
        g_assert_true(g_hash_table_add(paths, (gpointer)info->path));
        g_assert_true(migration_field_find(info->key, &found));
        g_assert_cmpint(found, ==, field);
        g_assert_true(migration_field_find(info->path, &found));
        /* The one word that is a key and another's path. */
        g_assert_cmpint(found, ==,
                        field == FIELD_REMAINING_BYTES ? FIELD_RAM_REMAINING_BYTES : field);
    }
    g_assert_false(migration_field_find("nonesuch", &(MigrationField){0}));
    g_assert_cmpstr(migration_unit_name(UNIT_PAGES_PER_SECOND), ==, "pages/s");
    g_assert_cmpstr(migration_unit_name(UNIT_NONE), ==, "");
}

static void test_reading(void)
{
    g_autoptr(MigrationStatus) status = transcript_status("7.2", "xbzrle");
    g_autofree char *rate = migration_status_format(status, FIELD_XBZRLE_MISS_RATE);
    g_autofree char *absent = migration_status_format(status, FIELD_DISK_TOTAL_BYTES);

    g_assert_cmpint(migration_status_state(status), ==, MIGRATION_ACTIVE);
    g_assert_cmpuint(migration_status_number(status, FIELD_TOTAL_TIME_MS), ==, 8256);
    g_assert_cmpuint(migration_status_number(status, FIELD_RAM_REMAINING_BYTES), ==, 94224384);
    g_assert_cmpuint(migration_status_number(status, FIELD_XBZRLE_MISS_PAGES), ==, 25116);
    g_assert_cmpfloat_with_epsilon(migration_status_real(status, FIELD_RAM_MBPS), 201.58992, 1e-9);
    g_assert_cmpuint(migration_status_throughput(status), ==, 25198740);
    g_assert_cmpstr(rate, ==, "0.99");
    /* Absent is not 0: multifd-bytes was given as 0, the disks were not given. */
    g_assert_true(migration_status_has(status, FIELD_RAM_MULTIFD_BYTES));
    g_assert_false(migration_status_has(status, FIELD_DISK_TOTAL_BYTES));
    g_assert_null(absent);
    g_assert_null(migration_status_text(status, FIELD_ERROR_DESC));
}

static void test_odd_replies(void)
{
    g_autoptr(MigrationStatus) none = status_of("{}");
    g_autoptr(MigrationStatus) not_object = status_of("[1]");
    g_autoptr(MigrationStatus) null = migration_status_from_qmp(NULL);
    g_autoptr(MigrationStatus) odd =
        status_of("{\"status\":\"thinking\",\"expected-downtime\":9223372036854775807,"
                  "\"total-time\":\"soon\",\"novelty\":{\"x\":1},\"blocked-reasons\":{},"
                  "\"ram\":{\"total\":18446744073709551615,\"mbps\":3,\"novelty\":[1]}}");

    g_assert_cmpuint(none->present | not_object->present | null->present, ==, 0);
    g_assert_cmpint(migration_status_state(none), ==, MIGRATION_NONE);
    g_assert_cmpint(migration_status_state(odd), ==, MIGRATION_UNKNOWN);
    g_assert_cmpstr(migration_status_text(odd, FIELD_STATUS), ==, "thinking");
    g_assert_false(migration_status_has(odd, FIELD_EXPECTED_DOWNTIME_MS));
    g_assert_false(migration_status_has(odd, FIELD_TOTAL_TIME_MS));
    g_assert_false(migration_status_has(odd, FIELD_BLOCKED_REASONS));
    g_assert_cmpuint(migration_status_number(odd, FIELD_RAM_TOTAL_BYTES), ==, G_MAXUINT64);
    g_assert_cmpfloat(migration_status_real(odd, FIELD_RAM_MBPS), ==, 3);
}

static void test_setting(void)
{
    g_autoptr(MigrationStatus) status = migration_status_new();
    g_autoptr(MigrationStatus) copy = NULL;
    g_autoptr(Json) object = NULL;
    g_autofree char *text = NULL;

    migration_status_set_text(status, FIELD_STATUS, "active");
    migration_status_set_text(status, FIELD_STATUS, "completed");
    migration_status_set_text(status, FIELD_ERROR_DESC, "x");
    migration_status_set_text(status, FIELD_ERROR_DESC, NULL);
    migration_status_set_number(status, FIELD_RAM_TOTAL_BYTES, 0);
    migration_status_set_real(status, FIELD_RAM_MBPS, INFINITY);
    copy = migration_status_copy(status);
    migration_status_set_number(status, FIELD_RAM_TOTAL_BYTES, 5);
    migration_status_set_text(status, FIELD_STATUS, "failed");

    g_assert_cmpstr(migration_status_text(copy, FIELD_STATUS), ==, "completed");
    g_assert_false(migration_status_has(copy, FIELD_ERROR_DESC));
    g_assert_true(migration_status_has(copy, FIELD_RAM_TOTAL_BYTES));
    g_assert_cmpuint(migration_status_number(copy, FIELD_RAM_TOTAL_BYTES), ==, 0);
    g_assert_cmpuint(migration_status_throughput(copy), ==, 0);
    migration_status_set_real(copy, FIELD_RAM_MBPS, 1.5);
    object = migration_status_to_json(copy);
    text = json_text(object);
    g_assert_cmpstr(text, ==, "{\"status\":\"completed\",\"ram\":{\"mbps\":1.5,\"total\":0}}");
}

static void test_json(void)
{
    g_autoptr(MigrationStatus) status = transcript_status("10.0", "postcopy-preempt-completed.dst");
    g_autoptr(MigrationStatus) listening = transcript_status("10.0", "incoming-socket-address");
    g_autoptr(MigrationStatus) copy = migration_status_copy(listening);
    g_autoptr(MigrationStatus) none = status_of("{}");
    Json *objects[] = {migration_status_to_json(status), migration_status_to_json(copy),
                       migration_status_to_json(none)};
    static const char *const expected[] = {
        "{\"status\":\"completed\",\"postcopy-blocktime\":915,\"postcopy-vcpu-blocktime\":[915]}",
        ("{\"status\":\"setup\",\"socket-address\":["
         "{\"port\":\"39781\",\"ipv4\":true,\"host\":\"0.0.0.0\",\"type\":\"inet\"}]}"),
        "{}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *text = json_text(objects[i]);

        g_assert_cmpstr(text, ==, expected[i]);
        json_object_put(objects[i]);
    }
}

/* Every member that QEMU sent is in what we would send, with the same value. */
static void check_member(Json *ours, Json *theirs, const char *where)
{
    json_object_object_foreach (theirs, name, value) {
        g_autofree char *path = g_strconcat(where, name, NULL);
        Json *our_value = json_get(ours, path);

        /* Of a disk QEMU fills in three members. */
        if (g_str_equal(where, "disk.") && !our_value) {
            g_assert_cmpfloat(json_object_get_double(value), ==, 0);
            continue;
        }
        g_test_message("%s", path);
        g_assert_nonnull(our_value);
        if (json_object_is_type(value, json_type_object)) {
            g_autofree char *inside = g_strconcat(path, ".", NULL);

            check_member(ours, value, inside);
        } else if (json_object_is_type(our_value, json_type_double)) {
            g_assert_cmpfloat(json_object_get_double(our_value), ==, json_object_get_double(value));
        } else {
            g_assert_true(json_object_equal(our_value, value));
        }
    }
}

static void check_round_trip(const char *version, const char *name)
{
    g_autoptr(Json) reply = transcript_reply(version, name);
    g_autoptr(MigrationStatus) status = migration_status_from_qmp(reply);
    g_autoptr(Json) json = migration_status_to_json(status);

    g_test_message("%s/%s", version, name);
    check_member(json, reply, "");
}

static void test_round_trip(void)
{
    g_assert_cmpint(transcript_each_pair(check_round_trip), >=, 100);
}

static void test_states(void)
{
    static const struct {
        const char *name;
        gboolean over, running, attention, precopy, postcopy;
    } states[] = {
        {"none", 0, 0, 0, 0, 0},
        {"setup", 0, 1, 0, 0, 0},
        {"active", 0, 1, 0, 1, 0},
        {"pre-switchover", 0, 1, 1, 0, 0},
        {"device", 0, 1, 0, 0, 0},
        {"wait-unplug", 0, 1, 0, 0, 0},
        {"postcopy-device", 0, 1, 0, 0, 1},
        {"postcopy-active", 0, 1, 0, 0, 1},
        {"postcopy-paused", 0, 1, 1, 0, 1},
        {"postcopy-recover-setup", 0, 1, 0, 0, 1},
        {"postcopy-recover", 0, 1, 0, 0, 1},
        {"colo", 0, 1, 0, 0, 0},
        {"cancelling", 0, 1, 0, 0, 0},
        {"failing", 0, 1, 0, 0, 0},
        {"cancelled", 1, 0, 0, 0, 0},
        {"completed", 1, 0, 0, 0, 0},
        {"failed", 1, 0, 0, 0, 0},
        {"unknown", 0, 1, 0, 1, 0}, /* any other word */
    };

    g_assert_cmpint(G_N_ELEMENTS(states), ==, MIGRATION_UNKNOWN + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        MigrationState state = migration_state_from_name(states[i].name);
        g_autoptr(MigrationStatus) status = migration_status_new();

        g_test_message("%s", states[i].name);
        migration_status_set_text(status, FIELD_STATUS, states[i].name);
        g_assert_cmpint(state, ==, i);
        g_assert_cmpstr(migration_state_name(state), ==, states[i].name);
        g_assert_cmpint(migration_state_is_over(state), ==, states[i].over);
        g_assert_cmpint(migration_state_is_running(state), ==, states[i].running);
        g_assert_cmpint(migration_status_needs_attention(status), ==, states[i].attention);
        migration_status_set_text(status, FIELD_DRIVER, "managed"); /* libvirt lets it go on */
        g_assert_cmpint(migration_status_needs_attention(status), ==,
                        states[i].attention && state != MIGRATION_PRE_SWITCHOVER);
        g_assert_cmpint(migration_state_is_precopy(state), ==, states[i].precopy);
        g_assert_cmpint(migration_state_is_postcopy(state), ==, states[i].postcopy);
    }
    g_assert_cmpint(migration_state_from_name(NULL), ==, MIGRATION_NONE);
    g_assert_cmpint(migration_state_from_name("thinking"), ==, MIGRATION_UNKNOWN);
}

/* The percentage of a migration in @state, or -1. */
static double percent_of(const char *state, const char *ram)
{
    g_autofree char *json = g_strdup_printf("{\"status\":\"%s\",\"ram\":{%s}}", state, ram);
    g_autoptr(MigrationStatus) status = status_of(json);
    double percent = -1;

    g_assert_cmpint(migration_status_first_pass_percent(status, &percent), ==, percent >= 0);
    return percent;
}

static void test_percent(void)
{
    g_autoptr(MigrationStatus) first = transcript_status("7.2", "active-pass1");
    g_autoptr(MigrationStatus) later = transcript_status("7.2", "active");
    g_autoptr(MigrationStatus) given_up = transcript_status("7.2", "setup-cancelled");
    double percent = -1;

    g_assert_true(migration_status_first_pass_percent(first, &percent));
    g_assert_cmpfloat_with_epsilon(percent, 11.894, 0.001);
    g_assert_false(migration_status_first_pass_percent(later, &percent));
    g_assert_false(migration_status_first_pass_percent(given_up, &percent));

    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":3,\"dirty-sync-count\":1"),
                      ==, 25);
    g_assert_cmpfloat(percent_of("novel", "\"total\":4,\"remaining\":3,\"dirty-sync-count\":1"), ==,
                      25);
    /* Memory plugged in, or dirtied, can leave more than there was. */
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":5,\"dirty-sync-count\":1"),
                      ==, 0);
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":0,\"dirty-sync-count\":1"),
                      ==, 100);
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":0,\"dirty-sync-count\":0"),
                      ==, -1);
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":1,\"dirty-sync-count\":0"),
                      ==, 75);
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":3,\"dirty-sync-count\":2"),
                      ==, -1);
    g_assert_cmpfloat(percent_of("active", "\"total\":4,\"remaining\":3"), ==, -1);
    g_assert_cmpfloat(percent_of("active", "\"total\":0,\"remaining\":0,\"dirty-sync-count\":1"),
                      ==, -1);
    g_assert_cmpfloat(percent_of("completed", "\"total\":4,\"remaining\":0,\"dirty-sync-count\":1"),
                      ==, -1);
    g_assert_cmpfloat(
        percent_of("cancelling", "\"total\":4,\"remaining\":3,\"dirty-sync-count\":1"), ==, -1);
}

static void test_threshold(void)
{
    g_autoptr(MigrationStatus) first = transcript_status("7.2", "active-pass1");
    g_autoptr(MigrationStatus) later = transcript_status("7.2", "active");
    g_autoptr(MigrationStatus) post = transcript_status("7.2", "postcopy-active");
    guint64 bytes = 0;

    /* 201.58992 Mbit/s for 300 ms */
    g_assert_true(migration_status_threshold(later, 300, &bytes));
    g_assert_cmpuint(bytes, ==, 7559622);
    g_assert_false(migration_status_threshold(first, 300, &bytes));
    g_assert_false(migration_status_threshold(post, 300, &bytes));
}

static void test_lists(void)
{
    g_autoptr(MigrationStatus) status =
        status_of("{\"blocked-reasons\":[\"a b\",\"c\"],\"postcopy-vcpu-blocktime\":[3,1],"
                  "\"socket-address\":[{\"type\":\"unix\",\"path\":\"/x\"},{\"type\":\"new\"}]}");
    g_autofree char *reasons = migration_status_format(status, FIELD_BLOCKED_REASONS);
    g_autofree char *times = migration_status_format(status, FIELD_POSTCOPY_VCPU_BLOCKTIME_MS);
    g_autofree char *addresses = migration_status_format(status, FIELD_SOCKET_ADDRESS);

    g_assert_cmpstr(reasons, ==, "a b c");
    g_assert_cmpstr(times, ==, "3 1");
    g_assert_cmpstr(addresses, ==, "unix:/x {\"type\":\"new\"}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/status/fields", test_fields);
    g_test_add_func("/status/reading", test_reading);
    g_test_add_func("/status/odd-replies", test_odd_replies);
    g_test_add_func("/status/setting", test_setting);
    g_test_add_func("/status/json", test_json);
    g_test_add_func("/status/round-trip", test_round_trip);
    g_test_add_func("/status/states", test_states);
    g_test_add_func("/status/percent", test_percent);
    g_test_add_func("/status/threshold", test_threshold);
    g_test_add_func("/status/lists", test_lists);
    return g_test_run();
}
