/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings: what is written is read back from both formats, and broken files are told. */
#include "commands/migration/recording/recording.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "shell/error.h"
#include "tests/unit/transcript.h"

static const char *const ENDINGS[] = {".jsonl", ".csv"};
static const gint64 BEGUN = 1700000000 * (gint64)G_USEC_PER_SEC;
static char *directory;

/* A file in the test's directory. Free with g_free(). */
static char *place(const char *name, const char *ending)
{
    return g_strconcat(directory, "/", name, ending, NULL);
}

static char *put(const char *ending, const char *text)
{
    char *path = place("given", ending);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static RecordingWriter *create(const char *path)
{
    RecordingHead head = {(char *)"web01", (char *)"web02", BEGUN, 5000000};
    g_autoptr(GError) error = NULL;
    RecordingWriter *writer = recording_create(path, &head, &error);

    g_assert_no_error(error);
    return writer;
}

static Recording *read_back(const char *path)
{
    g_autoptr(GError) error = NULL;
    Recording *recording = recording_read(path, &error);

    g_assert_no_error(error);
    return recording;
}

static const RecordingEntry *entry_at(const Recording *recording, guint index)
{
    g_assert_cmpuint(index, <, recording->entries->len);
    return recording->entries->pdata[index];
}

static void check_same(const MigrationStatus *one, const MigrationStatus *other)
{
    g_autoptr(Json) a = migration_status_to_json(one);
    g_autoptr(Json) b = migration_status_to_json(other);
    g_autofree char *first = json_text(a);
    g_autofree char *second = json_text(b);

    g_assert_cmpstr(first, ==, second);
    g_assert_cmpuint(one->present, ==, other->present);
}

/* Writes one look and one event, and reads them again. */
static void check_round_trip(MigrationStatus *status, const char *ending)
{
    g_autofree char *path = place("round", ending);
    CourseSample sample = {6250000, status, {TRUE, 1 << 26, TRUE, 300, TRUE, FALSE}};
    g_autoptr(Json) data = json_parse("{\"a\":\"x,\\\"y\\\"\\n\",\"b\":[1,2]}", NULL);
    CourseEvent event = {6250001, 1700000000123456, TRUE, (char *)"RESUME", data};
    g_autoptr(Recording) recording = NULL;
    RecordingWriter *writer = create(path);
    const CourseSample *look;
    const CourseEvent *told;

    g_assert_true(recording_write_sample(writer, &sample, NULL));
    g_assert_true(recording_write_event(writer, &event, NULL));
    recording_close(writer);
    recording = read_back(path);
    g_assert_cmpuint(recording->entries->len, ==, 2);
    look = entry_at(recording, 0)->sample;
    told = entry_at(recording, 1)->event;
    g_assert_cmpint(look->time, ==, 1250000);
    check_same(look->status, status);
    g_assert_cmpuint(look->limits.bandwidth, ==, sample.limits.bandwidth);
    g_assert_cmpuint(look->limits.downtime_ms, ==, sample.limits.downtime_ms);
    g_assert_true(look->limits.known_bandwidth && look->limits.known_downtime);
    g_assert_true(look->limits.postcopy && !look->limits.throttles);
    g_assert_cmpint(told->time, ==, 1250001);
    g_assert_cmpint(told->stamp, ==, event.stamp);
    g_assert_true(told->destination);
    g_assert_cmpstr(told->name, ==, "RESUME");
    g_assert_true(json_object_equal(told->data, data));
}

static void check_transcript(const char *version, const char *name)
{
    g_autoptr(MigrationStatus) status = transcript_status(version, name);

    g_test_message("%s %s", version, name);
    for (size_t i = 0; i < G_N_ELEMENTS(ENDINGS); i++) {
        check_round_trip(status, ENDINGS[i]);
    }
}

static void test_every_reply(void)
{
    g_assert_cmpint(transcript_each_pair(check_transcript), >, 50);
}

static void test_odd_figures(void)
{
    static const char *const replies[] = {
        "{}",
        "{\"status\":\"new word, \\\"quoted\\\"\",\"error-desc\":\"a\\nb\\r\\nc, 'd'\"}",
        "{\"status\":\"active\",\"ram\":{\"remaining\":18446744073709551615,\"mbps\":0.1}}",
        "{\"status\":\"active\",\"ram\":{\"mbps\":268.56723456789012,\"total\":0}}",
        "{\"socket-address\":[{\"type\":\"unix\",\"path\":\"/a,b\\\"c\"}],"
        "\"blocked-reasons\":[\"one\",\"two, three\"]}",
        "{\"postcopy-vcpu-blocktime\":[1,2,3],\"postcopy-latency-dist\":[]}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        g_autoptr(MigrationStatus) status = status_of(replies[i]);

        g_test_message("%s", replies[i]);
        check_round_trip(status, ".jsonl");
        check_round_trip(status, ".csv");
    }
}

static void test_head(void)
{
    g_autofree char *path = place("head", ".jsonl");
    g_autoptr(Recording) recording = NULL;

    recording_close(create(path));
    recording = read_back(path);
    g_assert_cmpstr(recording->head.guest, ==, "web01");
    g_assert_cmpstr(recording->head.peer, ==, "web02");
    g_assert_cmpint(recording->head.begun, ==, BEGUN);
    g_assert_cmpuint(recording->entries->len, ==, 0);
}

static void test_csv_titles(void)
{
    g_autofree char *path = place("titles", ".csv");
    g_autofree char *text = NULL;

    recording_close(create(path));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "time [s],side,event,status,total-time [ms],"));
    g_assert_nonnull(strstr(text, ",mbps [Mbit/s],remaining [bytes],"));
    g_assert_nonnull(strstr(text, ",max-bandwidth [bytes/s],downtime-limit [ms],"));
}

/* What a newer hmpsh writes, or another program has made of it. */
static void test_newer(void)
{
    g_autofree char *csv = put(".csv", "\xef\xbb\xbfnew,status,time [s],colour [nm],remaining "
                                       "[bytes]\r\nx,active,1.5,7,\"42\"\r\n\r\n,,2,,\r\n");
    g_autofree char *jsonl =
        put(".jsonl", "{\"hmpsh-recording\":1,\"new\":2}\n\n{\"time\":1,\"kind\":\"new\"}\n"
                      "{\"time\":2,\"status\":{\"status\":\"active\",\"new\":{}},\"new\":1}\n");
    g_autoptr(Recording) one = read_back(csv);
    g_autoptr(Recording) other = read_back(jsonl);

    g_assert_cmpuint(one->entries->len, ==, 2);
    g_assert_cmpuint(
        migration_status_number(entry_at(one, 0)->sample->status, FIELD_RAM_REMAINING_BYTES), ==,
        42);
    g_assert_false(entry_at(one, 0)->sample->limits.known_bandwidth);
    g_assert_cmpuint(other->entries->len, ==, 1);
    g_assert_null(other->head.guest);
}

static void test_in_order(void)
{
    g_autofree char *path = put(".jsonl", "{\"hmpsh-recording\":1}\n"
                                          "{\"time\":2,\"event\":\"B\"}\n"
                                          "{\"time\":1,\"event\":\"A\"}\n"
                                          "{\"time\":2,\"event\":\"C\"}\n");
    g_autoptr(Recording) recording = read_back(path);

    g_assert_cmpstr(entry_at(recording, 0)->event->name, ==, "A");
    g_assert_cmpstr(entry_at(recording, 1)->event->name, ==, "B");
    g_assert_cmpstr(entry_at(recording, 2)->event->name, ==, "C");
}

static void test_cut_off(void)
{
    static const struct {
        const char *ending, *text;
    } files[] = {
        {".jsonl", "{\"hmpsh-recording\":1}\n{\"time\":1,\"event\":\"A\"}\n{\"time\":2,\"ev"},
        {".csv", "time [s],event,status,data\n1,A,,\n2,B,,\"{"},
        {".csv", "time [s],event,status,data\n1,A,,\n2,B"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = put(files[i].ending, files[i].text);
        g_autoptr(Recording) recording = read_back(path);

        g_assert_cmpuint(recording->entries->len, ==, 1);
    }
}

static void test_broken(void)
{
    static const struct {
        const char *ending, *text, *error;
    } files[] = {
        {".jsonl", "", ":1: this is no recording of hmpsh: it is empty"},
        {".jsonl", "hello\n", ":1: not JSON"},
        {".jsonl", "[]\n", ":1: an object is expected"},
        {".jsonl", "{\"time\":1}\n", ":1: this is no recording of hmpsh"},
        {".jsonl", "{\"hmpsh-recording\":2}\n", ":1: a recording of version 2"},
        {".jsonl", "{\"hmpsh-recording\":1}\n{\"event\":\"A\"}\n", ":2: it has no time"},
        {".jsonl", "{\"hmpsh-recording\":1}\n\n{\"event\":\n\n", ":3: not JSON"},
        {".jsonl", "{\"hmpsh-recording\":1}\n{\"time\":1e99,\"event\":\"A\"}\n", ":2: its time"},
        {".csv", "a,b\n", ":1: this is no recording of hmpsh"},
        {".csv", "time [s],status\n1\n", ":2: 1 fields where the header has 2"},
        {".csv", "time [s],status\n1,a\nx,b\n", ":3: 'x' in the column 'time'"},
        {".csv", "time [s],status,total\n1,\"a\nb\",1\n2,a,-5\n", ":4: '-5' in the column 'total'"},
        {".csv", "time [s],status,mbps\n1,a,fast\n", ":2: 'fast' in the column 'mbps'"},
        {".csv", "time [s],status,blocked-reasons\n1,a,why\n", ":2: 'why' in the column"},
        {".csv", "time [s],status\n1,\"a\n2,b\n", ":2: a quotation mark has no other"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = put(files[i].ending, files[i].text);
        g_autofree char *expected = g_strconcat(path, files[i].error, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_null(recording_read(path, &error));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, expected));
    }
}

static void test_files(void)
{
    g_autofree char *none = place("none", ".jsonl");
    g_autofree char *full = place("full", ".csv");
    RecordingHead head = {0};
    g_autoptr(GError) ending = NULL;
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) where = NULL;
    g_autoptr(GError) space = NULL;

    g_assert_null(recording_create("x.txt", &head, &ending));
    g_assert_error(ending, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_nonnull(strstr(ending->message, ".jsonl or .csv"));
    g_assert_null(recording_read(none, &missing));
    g_assert_true(g_str_has_suffix(missing->message, ": No such file or directory"));
    g_assert_null(recording_create("/nonexistent/x.csv", &head, &where));
    g_assert_nonnull(strstr(where->message, "cannot write '/nonexistent/x.csv': No such"));
    g_assert_cmpint(symlink("/dev/full", full), ==, 0);
    g_assert_null(recording_create(full, &head, &space));
    g_assert_nonnull(strstr(space->message, "No space left"));
    g_unlink(full);
}

/* Real ones, and what a course makes of them. */
static void test_recordings(void)
{
    static const struct {
        const char *name;
        MigrationState end;
        guint passes;
    } recordings[] = {
        {"converging", MIGRATION_COMPLETED, 3},    {"hopeless", MIGRATION_COMPLETED, 8},
        {"auto-converge", MIGRATION_COMPLETED, 5}, {"postcopy", MIGRATION_COMPLETED, 4},
        {"cancelled", MIGRATION_CANCELLED, 4},     {"failed", MIGRATION_FAILED, 0},
        {"disks", MIGRATION_COMPLETED, 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(recordings); i++) {
        g_autofree char *name = g_strconcat(recordings[i].name, ".jsonl", NULL);
        g_autofree char *path = g_build_filename(g_getenv("RECORDINGS"), name, NULL);
        g_autoptr(Recording) recording = read_back(path);
        g_autoptr(MigrationCourse) course = NULL;

        g_test_message("%s", name);
        for (guint j = 0; j < recording->entries->len; j++) {
            recording_follow(&course, entry_at(recording, j));
        }
        g_assert_cmpint(migration_status_state(course_last(course)->status), ==, recordings[i].end);
        g_assert_cmpuint(course_passes(course)->len, >=, recordings[i].passes);
    }
}

/* Two migrations, one after the other: the course is the second one's. */
static void test_follow(void)
{
    static const guint lengths[] = {1, 2, 2, 0, 1};
    g_autofree char *path =
        put(".jsonl", "{\"hmpsh-recording\":1}\n"
                      "{\"time\":1,\"status\":{\"status\":\"active\",\"total-time\":10}}\n"
                      "{\"time\":2,\"status\":{\"status\":\"failed\"}}\n"
                      "{\"time\":3,\"side\":\"source\",\"event\":\"STOP\"}\n"
                      "{\"time\":4,\"side\":\"source\",\"event\":\"MIGRATION\","
                      "\"data\":{\"status\":\"setup\"}}\n"
                      "{\"time\":5,\"status\":{\"status\":\"active\",\"total-time\":7}}\n");
    g_autoptr(Recording) recording = read_back(path);
    g_autoptr(MigrationCourse) course = NULL;

    for (guint i = 0; i < recording->entries->len; i++) {
        recording_follow(&course, entry_at(recording, i));
        g_assert_cmpuint(course_length(course), ==, lengths[i]);
    }
    g_assert_cmpuint(course_events(course)->len, ==, 1);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    directory = g_dir_make_tmp("recording-XXXXXX", NULL);
    g_assert_nonnull(directory);
    g_test_add_func("/recording/every-reply", test_every_reply);
    g_test_add_func("/recording/odd-figures", test_odd_figures);
    g_test_add_func("/recording/head", test_head);
    g_test_add_func("/recording/csv-titles", test_csv_titles);
    g_test_add_func("/recording/newer", test_newer);
    g_test_add_func("/recording/in-order", test_in_order);
    g_test_add_func("/recording/cut-off", test_cut_off);
    g_test_add_func("/recording/broken", test_broken);
    g_test_add_func("/recording/files", test_files);
    g_test_add_func("/recording/recordings", test_recordings);
    g_test_add_func("/recording/follow", test_follow);
    status = g_test_run();
    {
        g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *path = place(name, "");

            g_unlink(path);
        }
    }
    g_rmdir(directory);
    g_free(directory);
    return status;
}
