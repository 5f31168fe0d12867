/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set and events, and the file of settings. */
#include <glib/gstdio.h>

#include "commands/settings.h"
#include "commands/settings_file.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/prompt.h"
#include "tests/unit/replayed.h"

static const Command *const table[] = {set_commands, events_commands, NULL};

static Session *session_with(const OutputMode *mode, double timeout)
{
    const SessionSetup setup = {.commands = table, .timeout = timeout};

    return replayed_session(&setup, mode);
}

/* Runs @line; what it printed, or its error's message after "error: ". Free with g_free(). */
static char *run(Session *session, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *err = NULL;
    char *out = NULL;
    Capture capture;
    gboolean fine;

    capture_begin(&capture);
    fine = dispatch(session, line, &error);
    capture_end(&capture, &out, &err);
    if (!fine) {
        g_free(out);
        out = g_strdup_printf("error: %s", error->message);
    }
    return out;
}

static void check(Session *session, const char *line, const char *expected)
{
    g_autofree char *out = run(session, line);

    g_test_message("%s", line);
    g_assert_cmpstr(out, ==, expected);
}

/* That @line fails, and its message begins with @message. */
static void refused(Session *session, const char *line, const char *message)
{
    g_autofree char *out = run(session, line);

    g_test_message("%s: %s", line, out);
    g_assert_true(g_str_has_prefix(out, "error: "));
    g_assert_true(g_str_has_prefix(out + 7, message));
}

/* What `set NAME` shows as the value. */
static void check_value(Session *session, const char *name, const char *expected)
{
    g_autofree char *line = g_strconcat("set ", name, NULL);
    g_autofree char *out = run(session, line);
    g_autofree char *start = g_strdup_printf("%-7s  %s  ", name, expected);

    g_assert_nonnull(strchr(out, '\n'));
    g_assert_true(g_str_has_prefix(strchr(out, '\n') + 1, start));
}

static void test_types(void)
{
    const OutputMode mode = {0};
    Session *session = session_with(&mode, 0);

    check_value(session, "return-path", "on");
    check(session, "set return-path off", "");
    check_value(session, "return-path", "off");
    g_assert_false(settings_get(session, SETTING_RETURN_PATH));
    check(session, "set return-path default", "");
    g_assert_true(settings_get(session, SETTING_RETURN_PATH));
    check(session, "set write-blocking  on ", "");
    g_assert_true(settings_get(session, SETTING_WRITE_BLOCKING));
    refused(session, "set return-path perhaps", "return-path is on or off, not 'perhaps'");

    check(session, "set status classic", "");
    g_assert_cmpuint(settings_value(session, SETTING_STATUS)->choice, ==, STATUS_CLASSIC);
    refused(session, "set status fair", "status is auto, pretty or classic, not 'fair'");
    check_value(session, "status", "classic");
    refused(session, "set colour purple", "colour is auto, on or off, not 'purple'");

    check(session, "set timeout 250ms", "");
    check_value(session, "timeout", "0.25");
    g_assert_cmpfloat(session->setup.timeout, ==, 0.25);
    refused(session, "set timeout -1", "timeout is a time in seconds");
    refused(session, "set timeout soon", "timeout is a time in seconds");
    refused(session, "set timeout 1 2", "timeout is a time in seconds");
    refused(session, "set timeout \"\"", "timeout is a time in seconds");
    check(session, "set timeout default", "");
    g_assert_cmpfloat(session->setup.timeout, ==, 0);

    check(session, "set prompt \"%g>  \"", "");
    g_assert_cmpstr(session->prompt, ==, "%g>  ");
    check_value(session, "prompt", "\"%g>  \"");
    check(session, "set prompt %g > ", "");
    g_assert_cmpstr(session->prompt, ==, "%g >");
    check_value(session, "prompt", "%g >");
    refused(session, "set prompt %k", "a prompt has no '%k', but %g (guest)");
    refused(session, "set prompt \"%g", "unterminated string");
    refused(session, "set prompt \"%g\" %s", "prompt: something follows the quoted value: %s");
    g_assert_cmpstr(session->prompt, ==, "%g >");
    check(session, "set prompt default", "");
    g_assert_cmpstr(session->prompt, ==, PROMPT_DEFAULT);
    check_value(session, "prompt", "\"(%g%s) \"");

    refused(session, "set color on", "there is no setting 'color' (did you mean 'colour'?)");
    refused(session, "set nonesuch on", "there is no setting 'nonesuch' ('set' lists them)");
    refused(session, "set nonesuch", "there is no setting 'nonesuch'");
    session_free(session);
}

/* What a script always got for one setting; of all of them, those that are as usual are marked. */
static void test_list(void)
{
    const OutputMode mode = {0};
    Session *session = session_with(&mode, 0);
    g_autofree char *all = NULL;
    g_auto(GStrv) lines = NULL;

    check(session, "set return-path",
          "setting      value  meaning\n"
          "return-path  on     migrate turns QEMU's return-path capability on, so that 'completed' "
          "means that the destination has it\n");
    check(session, "set status pretty", "");
    all = run(session, "set");
    lines = g_strsplit(all, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + N_SETTINGS + 1);
    for (guint i = 0; i < N_SETTINGS; i++) {
        gboolean usual = i != SETTING_STATUS && i != SETTING_EVENTS;

        g_assert_true(g_str_has_prefix(lines[i + 1], settings_names[i]));
        g_assert_cmpint(strstr(lines[i + 1], " (default)  ") != NULL, ==, usual);
    }
    session_free(session);
}

/* Types that no setting has as yet, or not in full. */
static void test_values(void)
{
    static const char *const words[] = {"on", "off", NULL};
    const SettingForm count = {SETTING_COUNT, .most = 100000};
    const SettingForm text = {SETTING_TEXT, .words = words};
    g_auto(SettingValue) value = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) json = NULL;
    g_autofree char *shown = NULL;

    g_assert_true(setting_value_read(&count, "history", "100000", &value, &error));
    g_assert_cmpuint(value.count, ==, 100000);
    json = setting_value_json(&count, &value);
    g_assert_cmpint(json_object_get_int64(json), ==, 100000);
    g_assert_false(setting_value_read(&count, "history", "100001", &value, &error));
    g_assert_cmpstr(error->message, ==, "history is a number from 0 to 100000, not '100001'");
    g_assert_false(setting_value_read(&count, "history", "-1", &value, NULL));
    g_assert_false(setting_value_read(&count, "history", "1e3", &value, NULL));
    g_assert_cmpuint(value.count, ==, 100000);
    g_assert_true(setting_value_read(&text, "pager", "less -R", &value, NULL));
    g_assert_cmpstr(value.text, ==, "less -R");
    g_assert_false(setting_value_read(&text, "pager", "\xff", &value, NULL));
    g_assert_true(setting_value_read(&text, "pager", "\"\\\"a b\\\" \"", &value, NULL));
    g_assert_cmpstr(value.text, ==, "\"a b\" ");
    shown = setting_value_text(&text, &value);
    g_assert_cmpstr(shown, ==, "\"\\\"a b\\\" \"");
    g_assert_true(setting_value_words(&text) == words);
}

static void test_json(void)
{
    const OutputMode mode = {.json = TRUE};
    Session *session = session_with(&mode, 2.5);
    g_autofree char *out = run(session, "set");
    g_autoptr(Json) object = json_parse(out, NULL);
    Json *values = json_get(object, "return");

    g_assert_cmpint(json_object_object_length(values), ==, N_SETTINGS);
    g_assert_cmpstr(json_get_string(values, "colour"), ==, "auto");
    g_assert_cmpstr(json_get_string(values, "prompt"), ==, "(%g%s) ");
    g_assert_true(json_object_get_boolean(json_get(values, "return-path")));
    g_assert_cmpfloat(json_object_get_double(json_get(values, "timeout")), ==, 2.5);
    session_free(session);
}

static void test_events(void)
{
    const OutputMode mode = {0};
    const OutputMode quiet = {.quiet = TRUE};
    Session *session = session_with(&mode, 0);

    check_value(session, "events", "default");
    check(session, "events \"a b|STOP\"", "");
    check_value(session, "events", "a b|STOP");
    check(session, "events", "events that match 'a b|STOP' are shown at the prompt\n");
    refused(session, "events \"(\"", "the pattern '(' is wrong at byte 1");
    refused(session, "set events [", "the pattern '[' is wrong");
    check_value(session, "events", "a b|STOP");
    check(session, "set events off", "");
    check(session, "events", "no events are shown at the prompt\n");
    check(session, "events on", "");
    check(session, "events", "all events are shown at the prompt\n");
    check(session, "events default", "");
    check_value(session, "events", "default");
    session_free(session);

    session = session_with(&quiet, 0);
    check_value(session, "events", "off");
    check(session, "events default", "");
    check_value(session, "events", "default");
    session_free(session);
}

/* What came, in the order in which it came here, the newest 20. */
static void test_newest(void)
{
    const OutputMode mode = {.json = TRUE};
    Session *session = session_with(&mode, 0);
    g_autofree char *out = NULL;
    g_autoptr(Json) object = NULL;
    Json *list, *first, *last;

    session->current = replayed_guest(session, "web01", "");
    session->peer = replayed_guest(session, "web02", "");
    for (int i = 0; i < 25; i++) {
        Guest *guest = i % 2 ? session->peer : session->current;

        monitor_take_event(guest->monitor, "MIGRATION_PASS",
                           json_dict("pass", json_object_new_int(i), NULL), (100 - i) * 1000000);
        g_usleep(2);
    }
    out = run(session, "events");
    object = json_parse(out, NULL);
    list = json_get(object, "return");
    g_assert_cmpuint(json_object_array_length(list), ==, 20);
    first = json_object_array_get_idx(list, 0);
    last = json_object_array_get_idx(list, 19);
    g_assert_cmpint(json_object_get_int(json_get(first, "data.pass")), ==, 5);
    g_assert_cmpstr(json_get_string(first, "guest"), ==, "web02");
    g_assert_cmpint(json_object_get_int(json_get(last, "data.pass")), ==, 24);
    g_assert_cmpstr(json_get_string(last, "event"), ==, "MIGRATION_PASS");
    g_assert_cmpfloat(json_object_get_double(json_get(last, "timestamp")), ==, 76);
    session_free(session);
}

/* --- the file --- */

/* Loads @text (NULL: there is no file); what was complained of, with the file's path cut. */
static char *load(Session *session, const char *text)
{
    g_autofree char *dir = g_build_filename(g_get_user_config_dir(), "hmpsh", NULL);
    g_autofree char *path = g_build_filename(dir, "settings", NULL);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_auto(GStrv) parts = NULL;
    Capture capture;

    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    g_unlink(path);
    g_assert_true(!text || g_file_set_contents(path, text, -1, NULL));
    capture_begin(&capture);
    settings_load(session);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(out, ==, "");
    parts = g_strsplit(err, path, -1);
    return g_strjoinv("FILE", parts);
}

static void test_file(void)
{
    const OutputMode mode = {0};
    const OutputMode quiet = {.quiet = TRUE};
    Session *session = session_with(&mode, 0);
    g_autofree char *none = load(session, NULL);
    g_autofree char *good = load(session, "# mine\n\n  status classic\nset prompt \"%g> \"\r\n"
                                          "timeout 5");
    g_autofree char *bad = NULL;
    g_autofree char *said = NULL;

    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(good, ==, "");
    g_assert_cmpuint(settings_value(session, SETTING_STATUS)->choice, ==, STATUS_CLASSIC);
    g_assert_cmpstr(session->prompt, ==, "%g> ");
    g_assert_cmpfloat(session->setup.timeout, ==, 5);
    bad = load(session, "colour purple\nstop\nset\nmigrate peer\nstatus pretty\n\"a\n");
    g_assert_cmpstr(bad, ==,
                    "FILE:1: colour is auto, on or off, not 'purple'\n"
                    "FILE:2: a line is NAME VALUE, and this is 'stop'\n"
                    "FILE:3: a line is NAME VALUE, and this is 'set'\n"
                    "FILE:4: there is no setting 'migrate' ('set' lists them)\n"
                    "FILE:6: unterminated string\n");
    g_assert_cmpuint(settings_value(session, SETTING_STATUS)->choice, ==, STATUS_PRETTY);
    session_free(session);

    session = session_with(&quiet, 7); /* the command line's word counts */
    said = load(session, "events on\ntimeout 5\nstatus pretty\n");
    g_assert_cmpstr(said, ==, "");
    g_assert_cmpfloat(session->setup.timeout, ==, 7);
    g_assert_cmpstr(settings_value(session, SETTING_EVENTS)->text, ==, "off");
    g_assert_cmpuint(settings_value(session, SETTING_STATUS)->choice, ==, STATUS_PRETTY);
    session_free(session);
}

int main(int argc, char **argv)
{
    g_autofree char *home = g_dir_make_tmp("hmpsh-test-XXXXXX", NULL);
    g_autofree char *dir = g_build_filename(home, "hmpsh", NULL);
    g_autofree char *file = g_build_filename(dir, "settings", NULL);
    int status;

    g_setenv("XDG_CONFIG_HOME", home, TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings/types", test_types);
    g_test_add_func("/settings/list", test_list);
    g_test_add_func("/settings/values", test_values);
    g_test_add_func("/settings/json", test_json);
    g_test_add_func("/settings/events", test_events);
    g_test_add_func("/settings/newest", test_newest);
    g_test_add_func("/settings/file", test_file);
    status = g_test_run();
    g_unlink(file);
    g_rmdir(dir);
    g_rmdir(home);
    return status;
}
