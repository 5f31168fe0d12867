/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events for a reader: their lines, and what they mean. */
#include "commands/event_line.h"
#include "commands/event_meaning.h"
#include "shell/layout.h"
#include "tests/unit/transcript.h"

enum { LONGEST = 80 };

static const char *meaning_of(const char *name, const char *data)
{
    g_autoptr(Json) json = data ? json_parse(data, NULL) : NULL;
    MonitorEvent event = {.name = (char *)name, .data = json};

    return event_meaning(&event);
}

static void check_meaning(const char *name)
{
    const char *meaning = meaning_of(name, NULL);

    g_test_message("%s", name);
    g_assert_nonnull(meaning);
    g_assert_cmpint(layout_columns(meaning), <=, LONGEST);
    g_assert_false(g_str_has_suffix(meaning, "."));
}

/* Every event that a QEMU can send has a meaning. */
static void test_all(gconstpointer version)
{
    g_autoptr(Json) schema = transcript_reply(version, "qmp-schema-events");

    g_assert_cmpuint(json_object_array_length(schema), >, 50);
    for (size_t i = 0; i < json_object_array_length(schema); i++) {
        check_meaning(json_get_string(json_object_array_get_idx(schema, i), "name"));
    }
}

static void test_others(void)
{
    check_meaning("CPU_POLARIZATION_CHANGE"); /* of s390x */
    check_meaning("libvirt:stopped");
    check_meaning("libvirt:job-completed");
    g_assert_null(meaning_of("WHATEVER_COMES_NEXT", NULL));
}

/* The statuses of a migration, the reasons of a reset and so on each have words of their own. */
static void test_values(void)
{
    static const char *const statuses[] = {
        "none",
        "setup",
        "cancelling",
        "cancelled",
        "active",
        "postcopy-active",
        "postcopy-paused",
        "postcopy-recover",
        "completed",
        "failed",
        "colo",
        "pre-switchover",
        "device",
        "wait-unplug",
        "postcopy-recover-setup",
    };
    const char *unknown = meaning_of("MIGRATION", "{\"status\": \"something new\"}");

    g_assert_cmpstr(unknown, ==, meaning_of("MIGRATION", NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *data = g_strdup_printf("{\"status\": \"%s\"}", statuses[i]);

        g_assert_cmpstr(meaning_of("MIGRATION", data), !=, unknown);
    }
    g_assert_cmpstr(meaning_of("BLOCK_IO_ERROR", "{\"action\": \"stop\", \"nospace\": true}"), ==,
                    "no space is left for a disk of the guest");
    g_assert_cmpstr(meaning_of("BLOCK_IO_ERROR", "{\"action\": \"stop\", \"nospace\": false}"), ==,
                    "a disk has an error, and the guest is stopped");
    g_assert_cmpstr(meaning_of("BLOCK_JOB_COMPLETED", "{\"error\": \"no luck\"}"), ==,
                    "the block job failed");
    g_assert_cmpstr(meaning_of("BLOCK_JOB_COMPLETED", "{\"len\": 1}"), ==,
                    "the block job has done its work");
    g_assert_cmpstr(meaning_of("RESET", "{\"reason\": 1}"), ==, "the guest is reset");
    g_assert_cmpstr(meaning_of("RESET", "[]"), ==, "the guest is reset");
}

/* The line from behind the time, which is local. */
static char *line_of(const char *name, const char *data, const EventLook *look)
{
    g_autoptr(Json) json = data ? json_parse(data, NULL) : NULL;
    MonitorEvent event = {
        .name = (char *)name, .data = json, .stamp = G_GINT64_CONSTANT(1700000000000000)};
    g_autoptr(GString) out = g_string_new("> ");

    event_put(out, "web01", &event, look);
    g_assert_true(
        g_regex_match_simple("^> (\033\\[36m)?\\d\\d:\\d\\d:\\d\\d web01: ", out->str, 0, 0));
    return g_strdup(strstr(out->str, "web01: ") + strlen("web01: "));
}

static void check_line(const char *name, const char *data, EventLook look, const char *expected)
{
    g_autofree char *line = line_of(name, data, &look);

    g_assert_cmpstr(line, ==, expected);
}

static void test_lines(void)
{
    static const char active[] = "{\"status\": \"active\"}";

    check_line("STOP", NULL, (EventLook){0}, "STOP\n");
    check_line("STOP", NULL, (EventLook){.meaning = TRUE}, "STOP (the guest stands still)\n");
    check_line("STOP", NULL, (EventLook){.meaning = TRUE, .colour = TRUE},
               "STOP\033[0m (the guest stands still)\n");
    check_line("X_NEW", "{\"a\": 1, \"b\": {\"c\": \"d\"}}", (EventLook){.meaning = TRUE},
               "X_NEW a=1 b={\"c\":\"d\"}\n");
    check_line("X_NEW", "{\"a\": \"b\\n\\u001b[31m\"}", (EventLook){0}, "X_NEW a=b  [31m\n");
    check_line("X_NEW", "[1]", (EventLook){0}, "X_NEW\n");
    check_line("MIGRATION", active, (EventLook){.meaning = TRUE, .count = 1204},
               "MIGRATION status=active x 1204 (the guest's memory is being copied)\n");
    check_line("MIGRATION", active, (EventLook){.meaning = TRUE, .count = 2, .differ = TRUE},
               "MIGRATION x 2 (the migration goes on)\n");
}

/* The meaning stays on the line where it fits, else below; in a narrow window it is left out. */
static void test_width(void)
{
    static const char active[] = "{\"status\": \"active\"}";
    EventLook look = {.meaning = TRUE, .width = 76};

    check_line("MIGRATION", active, look,
               "MIGRATION status=active (the guest's memory is being copied)\n");
    look.width = 75;
    check_line("MIGRATION", active, look,
               "MIGRATION status=active\n         (the guest's memory is being copied)\n");
    look.width = 60;
    check_line("MIGRATION", active, look,
               "MIGRATION status=active\n         (the guest's memory is being copied)\n");
    look.width = 59;
    check_line("MIGRATION", active, look, "MIGRATION status=active\n");
    check_line("RESUME", NULL, look, "RESUME (the guest runs)\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/event-line/meaning/7.2", "7.2", test_all);
    g_test_add_data_func("/event-line/meaning/10.0", "10.0", test_all);
    g_test_add_func("/event-line/meaning/others", test_others);
    g_test_add_func("/event-line/meaning/values", test_values);
    g_test_add_func("/event-line/lines", test_lines);
    g_test_add_func("/event-line/width", test_width);
    return g_test_run();
}
