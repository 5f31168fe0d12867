/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of parameters, against what recorded QEMUs have, and values shown and read. */
#include "commands/migration/parameter.h"

#include "commands/migration/parameter_value.h"
#include "commands/migration/release.h"
#include "tests/unit/transcript.h"

static void check_number(const ParameterInfo *info)
{
    g_assert_true(!info->max || info->number <= info->max);
    g_assert_cmpuint(info->number, >=, info->min);
    g_assert_true(!info->power_of_two || (info->number & (info->number - 1)) == 0);
    g_assert_null(info->text);
    g_assert_true(!info->changed || release_number(info->changed) > release_number(info->since));
}

static void test_rows(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    const ParameterInfo *info;

    for (guint i = 0; (info = parameter_at(i)); i++) {
        g_test_message("%s", info->name);
        g_assert_true(g_hash_table_add(names, (char *)info->name));
        g_assert_cmpuint(release_number(info->since), >=, 204);
        g_assert_true(!info->until || release_number(info->until) > release_number(info->since));
        g_assert_true(!info->now || (info->until && parameter_find(info->now)));
        g_assert_cmpuint(strlen(info->help), <=, 76);
        g_assert_false(g_str_has_suffix(info->help, "."));
        if (info->kind == PARAMETER_CHOICE) {
            g_assert_true(g_strv_contains(info->choices, info->text));
        } else if (info->kind == PARAMETER_TEXT) {
            g_assert_cmpstr(info->text, ==, "");
        } else {
            check_number(info);
        }
    }
    g_assert_cmpuint(g_hash_table_size(names), ==, 40);
}

static void test_find(void)
{
    g_assert_cmpstr(parameter_find("downtime-limit")->name, ==, "downtime-limit");
    g_assert_cmpstr(parameter_find("downtime_limit")->name, ==, "downtime-limit");
    g_assert_cmpstr(parameter_find("x_checkpoint_delay")->name, ==, "x-checkpoint-delay");
    g_assert_null(parameter_find("downtime"));
    g_assert_null(parameter_find(""));
}

/* What documents often have wrong, and what changed. */
static const struct {
    const char *name;
    guint release;
    const char *value;
} defaults[] = {
    {"downtime-limit", 1101, "300"},
    {"cpu-throttle-increment", 1101, "10"},
    {"block-incremental", 702, "false"},
    {"compress-wait-thread", 702, "true"},
    {"max-bandwidth", 501, "33554432"},
    {"max-bandwidth", 502, "134217728"},
    {"max-bandwidth", 0, "134217728"},
    {"x-checkpoint-delay", 300, "200"},
    {"x-checkpoint-delay", 301, "20000"},
    {"multifd-compression", 702, "none"},
    {"tls-creds", 702, ""},
};

static void test_defaults(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++) {
        const ParameterInfo *info = parameter_find(defaults[i].name);
        g_autoptr(Json) value = parameter_default(info, defaults[i].release);

        g_assert_cmpstr(json_object_get_string(value), ==, defaults[i].value);
        g_assert_true(parameter_is_default(info, value, defaults[i].release));
    }
    g_assert_null(parameter_default(parameter_find("cpr-exec-command"), 1101));
    g_assert_true(parameter_is_default(parameter_find("cpr-exec-command"), NULL, 1101));
    g_assert_true(parameter_is_default(parameter_find("tls-authz"), NULL, 402));
}

/* Every parameter that a QEMU has is in the table, the table gives it no other, and a QEMU that was
 * just started has the defaults. */
static void check_reply(const char *version, const char *name)
{
    g_autoptr(Json) reply = transcript_reply(version, name);
    guint release = release_number(version);
    const ParameterInfo *info;
    int expected = 0;

    json_object_object_foreach (reply, each, value) {
        g_test_message("%s: %s", version, each);
        info = parameter_find(each);
        g_assert_nonnull(info);
        g_assert_cmpstr(info->name, ==, each);
        g_assert_true(release_has(release, info->since, info->until));
        g_assert_null(parameter_unknown_text(each, release));
        g_assert_true(parameter_is_default(info, value, release));
    }
    for (guint i = 0; (info = parameter_at(i)); i++) {
        expected += info->kind != PARAMETER_LIST && release_has(release, info->since, info->until);
    }
    g_assert_cmpint(json_object_object_length(reply), ==, expected);
}

static void test_recorded(void)
{
    check_reply("7.2", "idle.parameters");
    check_reply("10.0", "idle.parameters");
}

static void test_changed(void)
{
    g_autoptr(Json) reply = transcript_reply("7.2", "active.parameters");
    int changed = 0;

    json_object_object_foreach (reply, name, value) {
        if (!parameter_is_default(parameter_find(name), value, 702)) {
            g_assert_cmpstr(name, ==, "max-bandwidth");
            changed++;
        }
    }
    g_assert_cmpint(changed, ==, 1);
}

static const struct {
    const char *name;
    guint release;
    const char *text;
} unknown[] = {
    {"mode", 702, "mode: since QEMU 8.2 only"},
    {"zero_page_detection", 702, "zero-page-detection: since QEMU 9.0 only"},
    {"compress-level", 1000, "compress-level: gone since QEMU 9.1"},
    {"compress-level", 0, "compress-level: gone since QEMU 9.1"},
    {"block-incremental", 209, "block-incremental: since QEMU 2.10 only"},
    {"x-multifd-channels", 702, "x-multifd-channels: called multifd-channels since QEMU 4.0"},
    {"x-multifd-page-count", 702, "x-multifd-page-count: gone since QEMU 4.0"},
    {"mode", 802, NULL},
    {"nonesuch", 702, NULL},
};

static void test_unknown(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_autofree char *text = parameter_unknown_text(unknown[i].name, unknown[i].release);

        g_assert_cmpstr(text, ==, unknown[i].text);
    }
}

/* --- values --- */

static const struct {
    const char *name, *json, *text;
} shown[] = {
    {"max-bandwidth", "134217728", "128 MiB/s"},
    {"max-bandwidth", "100000000", "95.4 MiB/s"},
    {"max-bandwidth", "0", "unlimited"},
    {"max-bandwidth", "18446744073709551615", "16 EiB/s"},
    {"avail-switchover-bandwidth", "0", "measured"},
    {"max-postcopy-bandwidth", "0", "unlimited"},
    {"vcpu-dirty-limit", "1", "1 MiB/s"},
    {"vcpu-dirty-limit", "18446744073709551615", "18446744073709551615 MiB/s"},
    {"xbzrle-cache-size", "67108864", "64 MiB"},
    {"downtime-limit", "300", "300 ms"},
    {"downtime-limit", "0", "0 ms"},
    {"downtime-limit", "1000", "1 s"},
    {"downtime-limit", "1500", "1.5 s"},
    {"downtime-limit", "1234", "1234 ms"},
    {"downtime-limit", "2000000", "2000 s"},
    {"cpu-throttle-initial", "20", "20 %"},
    {"multifd-channels", "2", "2"},
    {"cpu-throttle-tailslow", "false", "off"},
    {"block-incremental", "true", "on"},
    {"multifd-compression", "\"zstd\"", "zstd"},
    {"tls-creds", "\"tls0\"", "'tls0'"},
    {"tls-creds", "\"a\\u001b[31mb\"", "'a [31mb'"},
    {"tls-creds", "\"\"", "''"},
    {"tls-authz", "null", "''"},
    {"cpr-exec-command", "[\"qemu\",\"-name\",\"a b\"]", "qemu -name \"a b\""},
    {"block-bitmap-mapping", "[{\"node-name\":\"n\"}]", "{\"node-name\":\"n\"}"},
    {"of-a-newer-qemu", "7", "7"},
    {"of-a-newer-qemu", "true", "on"},
    {"of-a-newer-qemu", "\"word\"", "word"},
    {"of-a-newer-qemu", "{\"a\":1}", "{\"a\":1}"},
};

static void test_format(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autoptr(Json) value = json_parse(shown[i].json, NULL);
        g_autofree char *text = parameter_format(parameter_find(shown[i].name), value);

        g_assert_cmpstr(text, ==, shown[i].text);
    }
}

static const struct {
    const char *name, *text;
} ranges[] = {
    {"max-bandwidth", ""},
    {"downtime-limit", "0-2000 s"},
    {"announce-step", "1 ms-10 s"},
    {"cpu-throttle-initial", "1-99 %"},
    {"multifd-channels", "1-255"},
    {"xbzrle-cache-size", "2^n"},
    {"vcpu-dirty-limit", "from 1 MiB/s"},
    {"x-rdma-chunk-size", "1 MiB-1 GiB, 2^n"},
    {"direct-io", ""},
    {"tls-creds", ""},
    {"zero-page-detection", "none, legacy, multifd"},
};

static void test_range(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
        const ParameterInfo *info = parameter_find(ranges[i].name);
        g_autofree char *text = parameter_range(info, info->choices);

        g_assert_cmpstr(text, ==, ranges[i].text);
    }
}

static const struct {
    const char *name, *typed, *sent;
} values[] = {
    /* What HMP takes stays byte for byte, the rest of what it does not take too. */
    {"max-bandwidth", "1", NULL},
    {"max-bandwidth", "1.5", NULL},
    {"max-bandwidth", "1.", NULL},
    {"max-bandwidth", "010", NULL},
    {"max-bandwidth", "+1", NULL},
    {"max-bandwidth", "1g", NULL},
    {"max-bandwidth", "1G", NULL},
    {"max-bandwidth", "1b", NULL},
    {"max-bandwidth", "1e", NULL},
    {"max-bandwidth", "1e3", NULL},
    {"max-bandwidth", "0x10", NULL},
    {"max-bandwidth", "0x10M", NULL},
    {"max-bandwidth", "-1", NULL},
    {"max-bandwidth", "abc", NULL},
    {"max-bandwidth", "1MB", NULL}, /* 10^6 or 2^20? */
    {"max-bandwidth", "1Mbit", NULL},
    {"max-bandwidth", "1,5", NULL},
    {"max-bandwidth", "1 2", NULL},
    {"max-bandwidth", ".", NULL},
    {"max-bandwidth", "1/s", NULL},
    {"max-bandwidth", "1biB", NULL},
    {"xbzrle-cache-size", "64M/s", NULL},
    {"downtime-limit", "300", NULL},
    {"downtime-limit", "0.3", NULL},
    {"downtime-limit", "1k", NULL},
    {"downtime-limit", "5m", NULL},
    {"downtime-limit", "0x10", NULL},
    {"downtime-limit", "-1s", NULL},
    {"downtime-limit", "1e3s", NULL},
    {"downtime-limit", "1min", NULL},
    {"downtime-limit", "99999999999999999999s", NULL},
    {"cpu-throttle-initial", "20", NULL},
    {"cpu-throttle-initial", "2.5%", NULL},
    {"cpu-throttle-initial", "20s", NULL},
    {"multifd-channels", "4", NULL},
    {"multifd-channels", "4%", NULL},
    {"vcpu-dirty-limit", "100M", NULL},
    {"vcpu-dirty-limit", "0.3MiB/s", NULL},
    {"direct-io", "yes", NULL},
    {"tls-creds", "\"tls0\"", NULL},
    {"tls-creds", "a \"b\"", NULL},
    {"tls-creds", "\"\"", NULL},
    {"multifd-compression", "\"a b\"", NULL},
    {"multifd-compression", "\"zl", NULL},
    {"multifd-compression", "\"\"", NULL},
    {"block-bitmap-mapping", "[]", NULL},

    {"max-bandwidth", " 1 \t", "1"},
    {"tls-creds", "tls0 ", "tls0"},
    {"max-bandwidth", ".5", "0.5"},
    {"max-bandwidth", ".5g", "0.5g"},
    {"max-bandwidth", "64MiB", "64M"},
    {"max-bandwidth", "64mib/s", "64m"},
    {"max-bandwidth", "64 MiB/s", "64M"},
    {"max-bandwidth", "1.5 GiB/s", "1.5G"},
    {"max-bandwidth", "64 M", "64M"},
    {"max-bandwidth", "100 B/s", "100B"},
    {"max-postcopy-bandwidth", "1 MiB/s", "1M"},
    {"xbzrle-cache-size", "64 MiB", "64M"},
    {"xbzrle-cache-size", "64KiB", "64K"},
    {"downtime-limit", "0.5s", "500"},
    {"downtime-limit", ".5s", "500"},
    {"downtime-limit", "0.5 s", "500"},
    {"downtime-limit", "300ms", "300"},
    {"downtime-limit", "300 ms", "300"},
    {"downtime-limit", "1500us", "2"},
    {"downtime-limit", "1000000ns", "1"},
    {"downtime-limit", "1.001s", "1001"},
    {"downtime-limit", "2000s", "2000000"},
    {"announce-max", "1s", "1000"},
    {"cpu-throttle-initial", "20%", "20"},
    {"cpu-throttle-initial", "20 %", "20"},
    {"vcpu-dirty-limit", "100 MiB/s", "100"},
    {"vcpu-dirty-limit", "1.5GiB/s", "1536"},
    {"max-bandwidth", "\"1\"", "1"},
    {"downtime-limit", "\"0.5 s\"", "500"},
    {"multifd-compression", "\"zlib\"", "zlib"},
    {"direct-io", "\"on\"", "on"},

    {"of-a-newer-qemu", "20% ", "20%"},
    {"of-a-newer-qemu", "\"a\"", NULL},
};

static void test_to_hmp(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *sent = parameter_to_hmp(parameter_find(values[i].name), values[i].typed);

        g_test_message("%s '%s'", values[i].name, values[i].typed);
        g_assert_cmpstr(sent, ==, values[i].sent ? values[i].sent : values[i].typed);
    }
}

/* What is shown can be typed. */
static void test_back(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        const ParameterInfo *info = parameter_find(values[i].name);
        g_autofree char *once = parameter_to_hmp(info, values[i].typed);
        g_autofree char *twice = parameter_to_hmp(info, once);

        g_assert_cmpstr(once, ==, twice);
    }
}

static void check_choices(const char *version, const char *name, const char *words)
{
    g_autoptr(Json) schema = version ? transcript_reply(version, "qmp-schema-migration") : NULL;
    g_auto(GStrv) choices = parameter_choices(name, schema);
    g_autofree char *text = choices ? g_strjoinv(" ", choices) : NULL;

    g_assert_cmpstr(text, ==, words);
}

static void test_choices(void)
{
    check_choices("7.2", "multifd-compression", "none zlib zstd");
    check_choices("10.0", "mode", "normal cpr-reboot cpr-transfer");
    check_choices("10.0", "zero_page_detection", "none legacy multifd");
    check_choices(NULL, "mode", "normal cpr-reboot cpr-transfer cpr-exec");
    check_choices("7.2", "mode", "normal cpr-reboot cpr-transfer cpr-exec");
    check_choices("7.2", "block-incremental", "on off");
    check_choices(NULL, "direct-io", "on off");
    check_choices("7.2", "max-bandwidth", NULL);
    check_choices("7.2", "tls-creds", NULL);
    check_choices("7.2", "block-bitmap-mapping", NULL);
    check_choices("7.2", "nonesuch", NULL);
}

/* A parameter that only the schema knows. */
static void test_newer_choices(void)
{
    g_autoptr(Json) schema = json_parse(
        "[{\"name\":\"migrate-set-parameters\",\"meta-type\":\"command\",\"arg-type\":\"1\"},"
        "{\"name\":\"1\",\"members\":[{\"name\":\"new-switch\",\"type\":\"bool\"},"
        "{\"name\":\"new-words\",\"type\":\"2\"}]},"
        "{\"name\":\"2\",\"meta-type\":\"enum\",\"values\":[\"a\",\"b\"]},"
        "{\"name\":\"bool\",\"meta-type\":\"builtin\",\"json-type\":\"boolean\"}]",
        NULL);
    g_auto(GStrv) words = parameter_choices("new-words", schema);
    g_auto(GStrv) states = parameter_choices("new-switch", schema);

    g_assert_cmpuint(g_strv_length(words), ==, 2);
    g_assert_cmpstr(words[1], ==, "b");
    g_assert_cmpstr(states[0], ==, "on");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parameter/rows", test_rows);
    g_test_add_func("/parameter/find", test_find);
    g_test_add_func("/parameter/defaults", test_defaults);
    g_test_add_func("/parameter/recorded", test_recorded);
    g_test_add_func("/parameter/changed", test_changed);
    g_test_add_func("/parameter/unknown", test_unknown);
    g_test_add_func("/parameter/format", test_format);
    g_test_add_func("/parameter/range", test_range);
    g_test_add_func("/parameter/to_hmp", test_to_hmp);
    g_test_add_func("/parameter/back", test_back);
    g_test_add_func("/parameter/choices", test_choices);
    g_test_add_func("/parameter/newer_choices", test_newer_choices);
    return g_test_run();
}
