/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/options.h"

#include <string.h>

#include "shell/error.h"

/* @line as a command line, split as a POSIX shell would. */
static gboolean parse(Options *options, const char *line, GError **error)
{
    g_autofree char *whole = g_strconcat("hmpsh ", line, NULL);
    g_auto(GStrv) argv = NULL;
    GError *why = NULL;

    *options = (Options){0};
    g_shell_parse_argv(whole, NULL, &argv, &why);
    g_assert_no_error(why);
    return options_parse(options, argv, error);
}

/* What is set, in a fixed order. Free with g_free(). */
static char *describe(const Options *options)
{
    const struct {
        const char *name;
        gboolean on;
    } switches[] = {
        {"lab", options->lab},
        {"keep-going", options->keep_going},
        {"read-only", options->read_only},
        {"json", options->json},
        {"echo", options->echo},
        {"quiet", options->quiet},
        {"version", options->version},
        {"self-test", options->self_test},
        {"manual", options->manual},
    };
    const struct {
        const char *name;
        const char *value;
    } strings[] = {
        {"uri", options->uri},   {"peer", options->peer},         {"lab-dir", options->lab_dir},
        {"file", options->file}, {"complete", options->complete}, {"domain", options->domain},
    };
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (switches[i].on) {
            g_string_append_printf(text, "%s ", switches[i].name);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (strings[i].value) {
            g_string_append_printf(text, "%s=%s ", strings[i].name, strings[i].value);
        }
    }
    if (options->timeout != 0) {
        g_string_append_printf(text, "timeout=%g ", options->timeout);
    }
    for (char **word = options->words; word && *word; word++) {
        g_string_append_printf(text, "<%s>", *word);
    }
    return g_strchomp(g_string_free(text, FALSE));
}

typedef struct {
    const char *line;
    const char *expected;
} Case;

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_auto(Options) options;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        g_test_message("hmpsh %s", cases[i].line);
        g_assert_true(parse(&options, cases[i].line, &error));
        g_assert_no_error(error);
        text = describe(&options);
        g_assert_cmpstr(text, ==, cases[i].expected);
        g_assert_true(!options.words || options.words[0]); /* NULL where there are none */
    }
}

static void test_each(void)
{
    static const Case cases[] = {
        {"", ""},
        {"-c qemu:///session", "uri=qemu:///session"},
        {"--connect=qemu+ssh://b/system", "uri=qemu+ssh://b/system"},
        {"-p web02@qemu:///session", "peer=web02@qemu:///session"},
        {"--peer web02", "peer=web02"},
        {"-l", "lab"},
        {"--lab --lab-dir=/tmp/x", "lab lab-dir=/tmp/x"},
        {"-f x.hmp", "file=x.hmp"},
        {"--file=-", "file=-"},
        {"-k", "keep-going"},
        {"--keep-going", "keep-going"},
        {"-r", "read-only"},
        {"--read-only", "read-only"},
        {"-j", "json"},
        {"--json", "json"},
        {"-t 2.5", "timeout=2.5"},
        {"--timeout=10", "timeout=10"},
        {"-t 0", ""},
        {"-e", "echo"},
        {"--echo", "echo"},
        {"-q", "quiet"},
        {"--quiet", "quiet"},
        {"-V", "version"},
        {"--version", "version"},
        {"--complete='migrate -'", "complete=migrate -"},
        {"--complete ''", "complete="},
        {"--self-test", "self-test"},
        {"--manual", "manual"},
        {"-krjq -t 1 -c qemu:///system -p b a",
         "keep-going read-only json quiet uri=qemu:///system peer=b domain=a timeout=1"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

/* Options end at the first word: what follows reaches the command whole. */
static void test_words(void)
{
    static const Case cases[] = {
        {"web01", "domain=web01"},
        {"web01 'info migrate'", "domain=web01 <info migrate>"},
        {"web01 migrate -d tcp:h:1", "domain=web01 <migrate><-d><tcp:h:1>"},
        {"-j web01 info -k --json", "json domain=web01 <info><-k><--json>"},
        {"web01 -j", "domain=web01 <-j>"},
        {"web01 hmp 'a b' '' -- x", "domain=web01 <hmp><a b><><--><x>"},
        {"-- web01 stop", "domain=web01 <stop>"},
        {"-q -- -web01", "quiet domain=-web01"},
        {"--lab", "lab"},
        {"--lab migrate -d peer", "lab <migrate><-d><peer>"},
        {"-l 'info migrate'", "lab <info migrate>"},
        {"-f x web01", "file=x domain=web01"},
        {"größe 'ä ö'", "domain=größe <ä ö>"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_refused(void)
{
    static const struct {
        const char *line;
        const char *about; /* a part of the message */
    } cases[] = {
        {"--lab -c qemu:///system", "--lab brings its own guests"},
        {"--lab -p web02", "--lab brings its own guests"},
        {"--lab-dir=/tmp/x", "--lab-dir goes with --lab"},
        {"--lab --lab-dir=x", "--lab-dir takes an absolute path"},
        {"-f x web01 info migrate", "--file does not go with a command"},
        {"-f x --lab stop", "--file does not go with a command"},
        {"-t -1", "--timeout takes a number of seconds"},
        {"-t nan", "--timeout takes a number of seconds"},
        {"-t soon", "soon"},
        {"-t 1s web01", "1s"},
        {"-t ''", "-t"},
        {"-t", "-t"},
        {"--timeout", "--timeout"},
        {"-x", "-x"},
        {"--nonsense", "--nonsense"},
        {"-jx web01", "-jx"},
        {"-c", "-c"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Options) options;
        g_autoptr(GError) error = NULL;

        g_test_message("hmpsh %s", cases[i].line);
        g_assert_false(parse(&options, cases[i].line, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_USAGE);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i].about));
        g_assert_cmpint(error_exit_status(error), ==, EXIT_USAGE);
    }
}

static void test_help(void)
{
    if (g_test_subprocess()) {
        g_auto(Options) options;

        parse(&options, "--help", NULL);
        g_assert_not_reached();
    }
    g_test_trap_subprocess(NULL, 20 * G_USEC_PER_SEC, 0);
    g_test_trap_assert_passed(); /* the exit status is 0 */
    g_test_trap_assert_stdout("*DOMAIN*COMMAND*--connect=URI*--timeout=SECONDS*");
    g_test_trap_assert_stdout_unmatched("*--manual*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/options/each", test_each);
    g_test_add_func("/options/words", test_words);
    g_test_add_func("/options/refused", test_refused);
    g_test_add_func("/options/help", test_help);
    return g_test_run();
}
