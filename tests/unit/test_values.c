/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/values.h"

#include <locale.h>

#include "shell/error.h"

#define MIB (G_GUINT64_CONSTANT(1) << 20)

typedef struct {
    const char *text;
    guint64 bytes;
    const char *rest;
} Size;

static void check_size(const Size *expected, guint64 unit)
{
    const char *text = expected->text;
    guint64 bytes = 0;
    g_autoptr(GError) error = NULL;

    g_assert_true(size_parse(&text, unit, &bytes, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(bytes, ==, expected->bytes);
    g_assert_cmpstr(text, ==, expected->rest);
}

static void check_bad_size(const char *bad, guint64 unit)
{
    const char *text = bad;
    guint64 bytes = 42;
    g_autoptr(GError) error = NULL;

    g_assert_false(size_parse(&text, unit, &bytes, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_cmpstr(error->message, ==, "invalid size");
    g_assert_true(text == bad);
    g_assert_cmpuint(bytes, ==, 42);
}

/* What migrate_set_speed took, as measured on QEMU 2.11, 4.2 and 5.2. */
static void test_size(void)
{
    static const Size good[] = {
        {"1", MIB, ""},
        {"0", 0, ""},
        {"1.5", 1572864, ""},
        {".5", 524288, ""},
        {"1.", MIB, ""},
        {"1.k", 1024, ""},
        {"1b", 1, ""},
        {"1B", 1, ""},
        {"1k", 1024, ""},
        {"1K", 1024, ""},
        {"1e", MIB << 40, ""},
        {"1E", MIB << 40, ""},
        {"1e3", 1048576000, ""},
        {"1e3k", 1024000, ""},
        {"0x10", 16777216, ""},
        {"0x10M", 16777216, ""},
        {"0x1p3", 8388608, ""},
        {"0x1.8", 1572864, ""},
        {"0x", 0, "x"},
        {"010", 10 * MIB, ""},
        {"08", 8 * MIB, ""},
        {"+1", MIB, ""},
        {"-0", 0, ""},
        {"1.0b", 1, ""},
        {"1x", MIB, "x"},
        {"1 2", MIB, " 2"},
        {"1MB", MIB, "B"},
        {"1MiB", MIB, "iB"},
        {"1,5", MIB, ",5"},
        {"7E", 8070450532247928832, ""},
        {"8796093022207", 9223372036853727232, ""},
        {"0.1k", 102, ""},
        {"0.3k", 307, ""},
        /* Beyond the measured: every letter, blanks, exactness. */
        {"1m", MIB, ""},
        {"1g", MIB << 10, ""},
        {"1t", MIB << 20, ""},
        {"1P", MIB << 30, ""},
        {" \t\v1k k", 1024, " k"},
        {"1e+", MIB << 40, "+"},
        {"1ee", MIB << 40, "e"},
        {"0x10b", 0x10b * MIB, ""},
        {"+0x10k", 16384, ""},
        {"9007199254740993b", 9007199254740993, ""},
        {"9007199254740991k", 9007199254740991 << 10, ""},
        {"9223372036854775295b", 9223372036854775295, ""},
    };
    static const char *const bad[] = {
        "-1",
        "-0.5",
        "inf",
        "nan",
        "foo",
        "",
        "  ",
        "1.5b",
        "0.5b",
        "8E",
        "16E",
        "8796093022208",
        "9223372036854775807b",
        "9223372036854775296b",
        "9007199254740992k",
        "99999999999999999999b",
        "1e400",
        "1e-400",
        "\"1\"",
        "k",
        ".",
        "+",
        "- 1",
        "-1b",
    };
    static const Size bytes[] = {
        {"1", 1, ""},
        {"1k", 1024, ""},
        {"1.0", 1, ""},
        {"1.5k", 1536, ""},
        {"+0x20000000000001", 9007199254740993, ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        check_size(&good[i], MIB);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        check_bad_size(bad[i], MIB);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++) {
        check_size(&bytes[i], 1);
    }
    check_bad_size("1.5", 1);
}

/* What migrate_set_downtime took, as measured on QEMU 2.11, 4.2 and 5.2. */
static void test_time(void)
{
    static const struct {
        const char *text;
        gint64 milliseconds;
        const char *rest;
    } cases[] = {
        {"1", 1000, ""},
        {"1.", 1000, ""},
        {"+1", 1000, ""},
        {"0", 0, ""},
        {"-0", 0, ""},
        {"0.1", 100, ""},
        {".1", 100, ""},
        {"100ms", 100, ""},
        {"1e-3", 1, ""},
        {"1e3", 1000000, ""},
        {"2000", 2000000, ""},
        {"0x10", 16000, ""},
        {"0x1p-1", 500, ""},
        {"1500us", 1, ""},
        {"1500000us", 1500, ""},
        {"999us", 0, ""},
        {"1ns", 0, ""},
        {"1e9ns", 1000, ""},
        {"0.0299", 29, ""},
        {"1.9999", 1999, ""},
        {"0.0009999", 0, ""},
        {"1.001", 1000, ""},
        {"100 ms", 100000, " ms"},
        {"1 2", 1000, " 2"},
        {"-1", -1000, ""},
        {"2000.1", 2000100, ""},
        {" \v100ms\tx", 100, "\tx"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *text = cases[i].text;
        double seconds = 42;
        g_autoptr(GError) error = NULL;

        g_assert_true(time_parse(&text, &seconds, &error));
        g_assert_no_error(error);
        g_assert_cmpint((gint64)(seconds * 1000), ==, cases[i].milliseconds);
        g_assert_cmpstr(text, ==, cases[i].rest);
    }
}

static void test_time_errors(void)
{
    static const char *const cases[][2] = {
        {"1s", "Unknown unit suffix"},
        {"1m", "Unknown unit suffix"},
        {"1ms2", "Unknown unit suffix"},
        {"1mss", "Unknown unit suffix"},
        {"100MS", "Unknown unit suffix"},
        {"1,5", "Unknown unit suffix"},
        {"1x", "Unknown unit suffix"},
        {"nan", "Bad number"},
        {"inf", "Bad number"},
        {"-nan", "Bad number"},
        {"1e999", "Bad number"},
        {"abc", "Number expected"},
        {"\"1\"", "Number expected"},
        {"", "Number expected"},
        {"  ", "Number expected"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *text = cases[i][0];
        double seconds = 42;
        g_autoptr(GError) error = NULL;

        g_assert_false(time_parse(&text, &seconds, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
        g_assert_cmpstr(error->message, ==, cases[i][1]);
        g_assert_true(text == cases[i][0]);
        g_assert_cmpfloat(seconds, ==, 42);
    }
}

static void test_switch(void)
{
    static const char *const bad[] = {"",    " ",    "ON",     "Off", "o",
                                      "onn", "offf", "\"on\"", "yes", "on,"};
    const char *text = " on off";
    gboolean on = FALSE;

    g_assert_true(switch_parse(&text, &on, NULL));
    g_assert_true(on);
    g_assert_cmpstr(text, ==, " off");
    g_assert_true(switch_parse(&text, &on, NULL));
    g_assert_false(on);
    g_assert_cmpstr(text, ==, "");
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        text = bad[i];
        g_assert_false(switch_parse(&text, &on, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
        g_assert_cmpstr(error->message, ==, "Expected 'on' or 'off'");
        g_assert_true(text == bad[i]);
    }
}

static void test_format_size(void)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {512, "512 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {1075, "1 KiB"},
        {1076, "1.1 KiB"},
        {65536, "64 KiB"},
        {102348, "99.9 KiB"},
        {102349, "100 KiB"},
        {1048063, "1023 KiB"},
        {1048064, "1 MiB"},
        {1572864, "1.5 MiB"},
        {128 * MIB, "128 MiB"},
        {3435973837, "3.2 GiB"},
        {G_MAXINT64, "8 EiB"},
        {G_MAXUINT64, "16 EiB"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = size_format(cases[i].bytes);

        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_format_rate(void)
{
    g_autofree char *none = rate_format(0);
    g_autofree char *one = rate_format(1);
    g_autofree char *rate = rate_format(64 * MIB);

    g_assert_cmpstr(none, ==, "unlimited");
    g_assert_cmpstr(one, ==, "1 B/s");
    g_assert_cmpstr(rate, ==, "64 MiB/s");
}

static void test_format_duration(void)
{
    static const struct {
        gint64 milliseconds;
        const char *text;
    } cases[] = {
        {0, "0 ms"},
        {300, "300 ms"},
        {999, "999 ms"},
        {1000, "1 s"},
        {1049, "1 s"},
        {1249, "1.2 s"},
        {9949, "9.9 s"},
        {9950, "10 s"},
        {12400, "12 s"},
        {59499, "59 s"},
        {59500, "1 min"},
        {61000, "1 min 1 s"},
        {200000, "3 min 20 s"},
        {3599499, "59 min 59 s"},
        {3599500, "1 h"},
        {3720000, "1 h 2 min"},
        {93600000, "26 h"},
        {-1500, "-1.5 s"},
        {G_MAXINT64, "2562047788015 h 13 min"},
        {G_MININT64, "-2562047788015 h 13 min"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = duration_format(cases[i].milliseconds);

        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* Where one is installed, a locale with a decimal comma must change nothing. */
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
        setlocale(LC_ALL, "");
    }
    g_test_add_func("/values/size", test_size);
    g_test_add_func("/values/time", test_time);
    g_test_add_func("/values/time-errors", test_time_errors);
    g_test_add_func("/values/switch", test_switch);
    g_test_add_func("/values/format-size", test_format_size);
    g_test_add_func("/values/format-rate", test_format_rate);
    g_test_add_func("/values/format-duration", test_format_duration);
    return g_test_run();
}
