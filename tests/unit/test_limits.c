/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate_set_speed, migrate_set_downtime and migrate_set_cache_size, and what is sent for them: to
 * a QEMU with migrate-set-parameters, and to those before it. The values are those that QEMU's own
 * commands took up to 5.2, with its messages. */
#include <string.h>

#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "tests/unit/replayed.h"

#define QUERY "{\"execute\":\"query-migrate-parameters\"}"
#define QUERY_CACHE "{\"execute\":\"query-migrate-cache-size\"}"
#define RETURN(value) "{\"return\":" value ",\"id\":\"libvirt-7\"}\n"
#define SET(name, value)                                                                           \
    "{\"execute\":\"migrate-set-parameters\",\"arguments\":{\"" name "\":" value "}}"
#define SPEED(value) SET("max-bandwidth", value)
#define DOWNTIME(value) SET("downtime-limit", value)
#define CACHE(value) SET("xbzrle-cache-size", value)
#define OLD(command, value) "{\"execute\":\"" command "\",\"arguments\":{\"value\":" value "}}"

/* What QEMUs know of their limits. */
static const char modern[] =
    "> " QUERY "\n" RETURN("{\"max-bandwidth\":33554432,\"downtime-limit\":300,"
                           "\"xbzrle-cache-size\":67108864}");
static const char qemu_2_8[] = "> " QUERY "\n" RETURN(
    "{\"max-bandwidth\":33554432,\"downtime-limit\":300}") "> " QUERY_CACHE "\n" RETURN("67108864");
static const char qemu_2_5[] =
    "> " QUERY "\n" RETURN("{\"compress-level\":1,\"compress-threads\":8}") "> " QUERY_CACHE
                                                                            "\n" RETURN("67108864");
static const char qemu_2_3[] = "> " QUERY_CACHE "\n" RETURN("67108864");

static const Command *const table[] = {limits_commands, NULL};

typedef struct {
    char *out;
    char *message; /* of the error, or NULL */
    char *sent;    /* less what only looks */
} Result;

static void result_clear(Result *result)
{
    g_free(result->out);
    g_free(result->message);
    g_free(result->sent);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* The lines of @sent that change something. */
static char *changes(const char *sent)
{
    GString *text = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(sent, "\n", -1);

    for (char **line = lines; *line; line++) {
        if (**line && !g_str_has_prefix(*line, "{\"execute\":\"query-")) {
            g_string_append_printf(text, "%s%s", text->len ? "\n" : "", *line);
        }
    }
    return g_string_free(text, FALSE);
}

/* Runs @line on a guest that knows @recording and answers @request with @answer (both may be NULL).
 */
static Result run(const char *recording, const char *line, const char *request, const char *answer,
                  gboolean interactive)
{
    g_autofree char *text =
        g_strdup_printf("%s> %s\n%s\n", recording, request ? request : "-", answer ? answer : "{}");
    const SessionSetup setup = {.commands = table, .interactive = interactive};
    const OutputMode mode = {0};
    Session *session = replayed_session(&setup, &mode);
    g_autoptr(GError) error = NULL;
    g_autofree char *sent = NULL;
    g_autofree char *err = NULL;
    Result result = {0};
    Capture capture;

    g_test_message("%s", line);
    session->current = replayed_guest(session, "web01", text);
    capture_begin(&capture);
    dispatch(session, line, &error);
    capture_end(&capture, &result.out, &err);
    g_assert_cmpstr(err, ==, "");
    sent = replay_sent(session->current->monitor);
    result.sent = request ? changes(sent) : g_steal_pointer(&sent);
    result.message = error ? g_strdup(error->message) : NULL;
    session_free(session);
    return result;
}

typedef struct {
    const char *line;
    const char *expected; /* what is sent, or the message */
} Case;

/* Each line is accepted in silence, and leads to one request. */
static void check_sent(const char *recording, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_auto(Result) result =
            run(recording, cases[i].line, cases[i].expected, "{\"return\":{}}", FALSE);

        g_assert_cmpstr(result.sent, ==, cases[i].expected);
        g_assert_cmpstr(result.message, ==, NULL);
        g_assert_cmpstr(result.out, ==, "");
    }
}

/* Each line is refused, and nothing at all is sent for it. */
static void check_refused(const char *recording, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_auto(Result) result = run(recording, cases[i].line, NULL, NULL, FALSE);

        g_assert_cmpstr(result.message, ==, cases[i].expected);
        g_assert_cmpstr(result.sent, ==, "");
        g_assert_cmpstr(result.out, ==, "");
    }
}

/* --- the values --- */

static void test_speed(void)
{
    static const Case cases[] = {
        {"migrate_set_speed 1", SPEED("1048576")},
        {"migrate_set_speed 0", SPEED("0")},
        {"migrate_set_speed -0", SPEED("0")},
        {"migrate_set_speed  32 ", SPEED("33554432")},
        {"migrate_set_speed 1.5", SPEED("1572864")},
        {"migrate_set_speed .5", SPEED("524288")},
        {"migrate_set_speed 1.k", SPEED("1024")},
        {"migrate_set_speed +1", SPEED("1048576")},
        {"migrate_set_speed 010", SPEED("10485760")},
        {"migrate_set_speed 1b", SPEED("1")},
        {"migrate_set_speed 1.0B", SPEED("1")},
        {"migrate_set_speed 100K", SPEED("102400")},
        {"migrate_set_speed 64m", SPEED("67108864")},
        {"migrate_set_speed 1G", SPEED("1073741824")},
        {"migrate_set_speed 1t", SPEED("1099511627776")},
        {"migrate_set_speed 1P", SPEED("1125899906842624")},
        {"migrate_set_speed 1e", SPEED("1152921504606846976")},
        {"migrate_set_speed 7E", SPEED("8070450532247928832")},
        {"migrate_set_speed 1e3", SPEED("1048576000")},
        {"migrate_set_speed 1e3k", SPEED("1024000")},
        {"migrate_set_speed 0x10", SPEED("16777216")},
        {"migrate_set_speed 0x10M", SPEED("16777216")},
        {"migrate_set_speed 0x1p3", SPEED("8388608")},
        {"migrate_set_speed 0.1k", SPEED("102")},
        {"migrate_set_speed 8796093022207", SPEED("9223372036853727232")},
        {"migrate_set_speed 9007199254740993b", SPEED("9007199254740993")},
    };

    check_sent(modern, cases, G_N_ELEMENTS(cases));
}

static void test_bad_speed(void)
{
#define TRY "\nTry \"help migrate_set_speed\" for more information"
#define INVALID "invalid size" TRY
#define MORE "migrate_set_speed: extraneous characters at the end of line" TRY
    static const Case cases[] = {
        {"migrate_set_speed", INVALID},
        {"migrate_set_speed ", INVALID},
        {"migrate_set_speed foo", INVALID},
        {"migrate_set_speed \"1\"", INVALID},
        {"migrate_set_speed -1", INVALID},
        {"migrate_set_speed -0.5", INVALID},
        {"migrate_set_speed inf", INVALID},
        {"migrate_set_speed nan", INVALID},
        {"migrate_set_speed 1.5b", INVALID},
        {"migrate_set_speed 8E", INVALID},
        {"migrate_set_speed 16E", INVALID},
        {"migrate_set_speed 1e300", INVALID},
        {"migrate_set_speed 8796093022208", INVALID},
        {"migrate_set_speed 9223372036854775807b", INVALID},
        {"migrate_set_speed 1MB", MORE},
        {"migrate_set_speed 1MiB", MORE},
        {"migrate_set_speed 1x", MORE},
        {"migrate_set_speed 1,5", MORE},
        {"migrate_set_speed 0x", MORE},
        {"migrate_set_speed 1 2", MORE},
        {"migrate_set_speed 1 M", MORE},
    };
#undef TRY
#undef INVALID
#undef MORE

    check_refused(modern, cases, G_N_ELEMENTS(cases));
    check_refused(qemu_2_5, cases, G_N_ELEMENTS(cases));
}

/* In milliseconds, cut off. */
static void test_downtime(void)
{
    static const Case cases[] = {
        {"migrate_set_downtime 1", DOWNTIME("1000")},
        {"migrate_set_downtime 1.", DOWNTIME("1000")},
        {"migrate_set_downtime +1", DOWNTIME("1000")},
        {"migrate_set_downtime 0", DOWNTIME("0")},
        {"migrate_set_downtime -0", DOWNTIME("0")},
        {"migrate_set_downtime 0.3", DOWNTIME("300")},
        {"migrate_set_downtime .1", DOWNTIME("100")},
        {"migrate_set_downtime 100ms", DOWNTIME("100")},
        {"migrate_set_downtime 1e-3", DOWNTIME("1")},
        {"migrate_set_downtime 1e3", DOWNTIME("1000000")},
        {"migrate_set_downtime 2000", DOWNTIME("2000000")},
        {"migrate_set_downtime 2000000ms", DOWNTIME("2000000")},
        {"migrate_set_downtime 0x10", DOWNTIME("16000")},
        {"migrate_set_downtime 0x1p-1", DOWNTIME("500")},
        {"migrate_set_downtime 1500us", DOWNTIME("1")},
        {"migrate_set_downtime 1500000us", DOWNTIME("1500")},
        {"migrate_set_downtime 999us", DOWNTIME("0")},
        {"migrate_set_downtime 1ns", DOWNTIME("0")},
        {"migrate_set_downtime 1e9ns", DOWNTIME("1000")},
        {"migrate_set_downtime 0.0299", DOWNTIME("29")},
        {"migrate_set_downtime 1.9999", DOWNTIME("1999")},
    };

    check_sent(modern, cases, G_N_ELEMENTS(cases));
}

static void test_bad_downtime(void)
{
#define TRY "\nTry \"help migrate_set_downtime\" for more information"
#define RANGE                                                                                      \
    "Error: Parameter 'downtime_limit' expects an integer in the range of 0 to 2000 seconds"
    static const Case cases[] = {
        {"migrate_set_downtime", "Number expected" TRY},
        {"migrate_set_downtime abc", "Number expected" TRY},
        {"migrate_set_downtime \"1\"", "Number expected" TRY},
        {"migrate_set_downtime nan", "Bad number" TRY},
        {"migrate_set_downtime -inf", "Bad number" TRY},
        {"migrate_set_downtime 1s", "Unknown unit suffix" TRY},
        {"migrate_set_downtime 1m", "Unknown unit suffix" TRY},
        {"migrate_set_downtime 1ms2", "Unknown unit suffix" TRY},
        {"migrate_set_downtime 100MS", "Unknown unit suffix" TRY},
        {"migrate_set_downtime 1,5", "Unknown unit suffix" TRY},
        {"migrate_set_downtime 1 2",
         "migrate_set_downtime: extraneous characters at the end of line" TRY},
        {"migrate_set_downtime 100 ms",
         "migrate_set_downtime: extraneous characters at the end of line" TRY},
        {"migrate_set_downtime -1", RANGE},
        {"migrate_set_downtime -0.0001", RANGE},
        {"migrate_set_downtime -1ns", RANGE},
        {"migrate_set_downtime 2000.001", RANGE},
        {"migrate_set_downtime 2001", RANGE},
        {"migrate_set_downtime 1e300", RANGE},
        {"migrate_set_downtime -1e300", RANGE},
    };
#undef TRY
#undef RANGE

    check_refused(modern, cases, G_N_ELEMENTS(cases));
    check_refused(qemu_2_5, cases, G_N_ELEMENTS(cases));
}

static void test_cache_size(void)
{
    static const Case cases[] = {
        {"migrate_set_cache_size 64", CACHE("67108864")},
        {"migrate_set_cache_size 1g", CACHE("1073741824")},
        {"migrate_set_cache_size 4096b", CACHE("4096")},
        {"migrate_set_cache_size 0", CACHE("0")}, /* QEMU has something to say about these */
        {"migrate_set_cache_size 3m", CACHE("3145728")},
    };
    static const Case bad[] = {
        {"migrate_set_cache_size",
         "invalid size\nTry \"help migrate_set_cache_size\" for more information"},
        {"migrate_set_cache_size 1MB",
         "migrate_set_cache_size: extraneous characters at the end of line\n"
         "Try \"help migrate_set_cache_size\" for more information"},
        {"info migrate_cache_size x",
         "migrate_cache_size: extraneous characters at the end of line\n"
         "Try \"help info migrate_cache_size\" for more information"},
    };

    check_sent(modern, cases, G_N_ELEMENTS(cases));
    check_refused(modern, bad, G_N_ELEMENTS(bad));
}

static void test_info_cache_size(void)
{
    static const char *const recordings[] = {modern, qemu_2_8, qemu_2_5, qemu_2_3};

    for (size_t i = 0; i < G_N_ELEMENTS(recordings); i++) {
        g_auto(Result) result = run(recordings[i], "info migrate_cache_size", "none", NULL, FALSE);

        g_assert_cmpstr(result.message, ==, NULL);
        g_assert_cmpstr(result.out, ==, "xbzrel cache size: 65536 kbytes\n");
        g_assert_cmpstr(result.sent, ==, "");
    }
}

/* --- the QEMUs --- */

/* Before 2.8 the limits are no parameters, before 2.11 the cache's size is none. */
static void test_old(void)
{
    static const Case limits[] = {
        {"migrate_set_speed 32", OLD("migrate_set_speed", "33554432")},
        {"migrate_set_speed 7E", OLD("migrate_set_speed", "8070450532247928832")},
        {"migrate_set_downtime 0.5", OLD("migrate_set_downtime", "0.5")},
        {"migrate_set_downtime 250ms", OLD("migrate_set_downtime", "0.25")},
        {"migrate_set_downtime 1999.5", OLD("migrate_set_downtime", "1999.5")},
    };
    static const Case cache[] = {
        {"migrate_set_cache_size 64", OLD("migrate-set-cache-size", "67108864")},
    };
    static const Case parameters[] = {
        {"migrate_set_speed 32", SPEED("33554432")},
        {"migrate_set_downtime 0.5", DOWNTIME("500")},
    };

    check_sent(qemu_2_3, limits, G_N_ELEMENTS(limits));
    check_sent(qemu_2_3, cache, G_N_ELEMENTS(cache));
    check_sent(qemu_2_5, limits, G_N_ELEMENTS(limits));
    check_sent(qemu_2_5, cache, G_N_ELEMENTS(cache));
    check_sent(qemu_2_8, parameters, G_N_ELEMENTS(parameters));
    check_sent(qemu_2_8, cache, G_N_ELEMENTS(cache));
}

/* QEMU's own refusal, as its monitor would write it. */
static void test_refused_by_qemu(void)
{
    static const char answer[] =
        "{\"error\":{\"class\":\"GenericError\",\"desc\":\"Parameter 'xbzrle_cache_size' expects a "
        "power of two no less than the target page size\"}}";
    g_auto(Result) result = run(modern, "migrate_set_cache_size 3", CACHE("3145728"), answer, TRUE);

    g_assert_cmpstr(result.message, ==,
                    "Error: Parameter 'xbzrle_cache_size' expects a power of two no less than the "
                    "target page size");
    g_assert_cmpstr(result.out, ==, "");
}

/* At a prompt what was set is said, and what it was where QEMU tells. */
static void test_at_a_prompt(void)
{
    static const struct {
        const char *recording;
        const char *line;
        const char *request;
        const char *text;
    } cases[] = {
        {modern, "migrate_set_speed 64", SPEED("67108864"),
         "max-bandwidth is now 64 MiB/s (was 32 MiB/s)\n"},
        {modern, "migrate_set_speed 0", SPEED("0"),
         "max-bandwidth is now unlimited (was 32 MiB/s)\n"},
        {modern, "migrate_set_downtime 1.5", DOWNTIME("1500"),
         "downtime-limit is now 1500 ms (was 300 ms)\n"},
        {modern, "migrate_set_cache_size 128", CACHE("134217728"),
         "xbzrle-cache-size is now 128 MiB (was 64 MiB)\n"},
        {qemu_2_5, "migrate_set_speed 64", OLD("migrate_set_speed", "67108864"),
         "the maximum speed is now 64 MiB/s\n"},
        {qemu_2_5, "migrate_set_downtime 1.5", OLD("migrate_set_downtime", "1.5"),
         "the maximum downtime is now 1500 ms\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Result) result =
            run(cases[i].recording, cases[i].line, cases[i].request, "{\"return\":{}}", TRUE);

        g_assert_cmpstr(result.message, ==, NULL);
        g_assert_cmpstr(result.sent, ==, cases[i].request);
        g_assert_cmpstr(result.out, ==, cases[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/limits/speed", test_speed);
    g_test_add_func("/limits/bad-speed", test_bad_speed);
    g_test_add_func("/limits/downtime", test_downtime);
    g_test_add_func("/limits/bad-downtime", test_bad_downtime);
    g_test_add_func("/limits/cache-size", test_cache_size);
    g_test_add_func("/limits/info-cache-size", test_info_cache_size);
    g_test_add_func("/limits/old", test_old);
    g_test_add_func("/limits/refused-by-qemu", test_refused_by_qemu);
    g_test_add_func("/limits/at-a-prompt", test_at_a_prompt);
    return g_test_run();
}
