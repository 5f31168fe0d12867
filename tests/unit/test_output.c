/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes where when nobody watches: there is no terminal here. And what errors mean. */
#include "shell/output.h"

#include "shell/error.h"
#include "tests/unit/capture.h"

static void test_streams(gconstpointer data)
{
    const OutputMode *mode = data;
    Output *output;
    Capture capture;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(mode);
    output_text(output, "a result");
    output_text(output, "");
    output_text(output, " of 50 %s\n");
    output_error(output, "an error");
    output_error(output, "an error with its newline\n");
    output_note(output, "a courtesy");
    output_live(output, "a live line");
    output_live(output, NULL);
    output_free(output);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(out, ==, "a result of 50 %s\n");
    g_assert_cmpstr(err, ==,
                    mode->quiet ? "an error\nan error with its newline\n"
                                : "an error\nan error with its newline\na courtesy\n");
}

static void test_no_terminal(gconstpointer data)
{
    const OutputMode *mode = data;
    Capture capture;
    Output *output;
    gboolean pretty, colour, live;
    int width;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(mode);
    pretty = output_is_pretty(output);
    colour = output_has_colour(output);
    live = output_can_live(output);
    width = output_width(output);
    capture_end(&capture, &out, &err);
    g_assert_false(pretty);
    g_assert_false(colour);
    g_assert_false(live);
    g_assert_cmpint(width, ==, 80);
    g_assert_cmpint(output_mode(output)->json, ==, mode->json);
    g_assert_cmpint(output_mode(output)->quiet, ==, mode->quiet);
    g_assert_cmpint(output_mode(output)->interactive, ==, mode->interactive);
    output_free(output);
}

/* --- a line being edited --- */

static void write_hide(gpointer data)
{
    fputs(data, stdout);
    fputs("hide ", stdout);
}

static void write_show(gpointer data)
{
    fputs(data, stdout);
    fputs("show ", stdout);
}

static gpointer print_elsewhere(gpointer data)
{
    output_text(data, "elsewhere ");
    return NULL;
}

/* What is printed appears above the line being edited, and only the main thread touches that. */
static void test_prompt(void)
{
    const OutputMode mode = {0};
    Output *output;
    Capture capture;
    char name[] = "prompt ";
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(&mode);
    output_text(output, "before ");
    output_set_prompt(output, write_hide, write_show, name);
    output_text(output, "here ");
    g_thread_join(g_thread_new("print", print_elsewhere, output));
    fputs("| ", stdout); /* the other thread's is still on its way */
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    output_set_prompt(output, NULL, NULL, NULL);
    g_thread_join(g_thread_new("print", print_elsewhere, output));
    output_free(output);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(out, ==,
                    "before prompt hide here prompt show | prompt hide elsewhere prompt show "
                    "elsewhere ");
    g_assert_cmpstr(err, ==, "");
}

/* --- the screen is another's --- */

/* Nothing is printed meanwhile, but for what is drawn; afterwards everything is, in order. */
static void test_hold(void)
{
    const OutputMode mode = {0};
    Output *output;
    Capture capture;
    gboolean held, free_again;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(&mode);
    output_hold(output);
    output_hold(output);
    g_thread_join(g_thread_new("print", print_elsewhere, output));
    output_text(output, "here ");
    output_error(output, "an error");
    output_release(output);
    output_draw(output, "drawn ");
    held = output_is_held(output);
    output_release(output);
    free_again = !output_is_held(output);
    output_text(output, "after");
    output_free(output);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(out, ==, "drawn elsewhere here after");
    g_assert_cmpstr(err, ==, "an error\n");
    g_assert_true(held);
    g_assert_true(free_again);
}

static void test_hold_of_very_much(void)
{
    const OutputMode mode = {0};
    Output *output;
    Capture capture;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_auto(GStrv) lines = NULL;

    capture_begin(&capture);
    output = output_new(&mode);
    output_hold(output);
    for (int i = 1; i <= 2500; i++) {
        g_autofree char *line = g_strdup_printf("line %d\n", i);

        output_text(output, line);
    }
    output_release(output);
    output_hold(output);
    output_release(output);
    output_free(output);
    capture_end(&capture, &out, &err);
    lines = g_strsplit(out, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 1001);
    g_assert_cmpstr(lines[0], ==, "line 1501");
    g_assert_cmpstr(lines[999], ==, "line 2500");
    g_assert_cmpstr(err, ==, "1500 older lines that came meanwhile are left out\n");
}

/* --- errors --- */

static void test_errors(void)
{
    static const struct {
        HmpshError code;
        ExitStatus status;
        const char *class;
    } cases[] = {
        {HMPSH_ERROR_FAILED, 1, "GenericError"}, {HMPSH_ERROR_NOT_FOUND, 1, "CommandNotFound"},
        {HMPSH_ERROR_SYNTAX, 1, "Syntax"},       {HMPSH_ERROR_TIMEOUT, 1, "Timeout"},
        {HMPSH_ERROR_PENDING, 1, "Pending"},     {HMPSH_ERROR_INTERRUPTED, 1, "Interrupted"},
        {HMPSH_ERROR_USAGE, 2, "Usage"},         {HMPSH_ERROR_NO_GUEST, 3, "NoGuest"},
        {HMPSH_ERROR_LOST, 3, "Lost"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = g_error_new_literal(HMPSH_ERROR, cases[i].code, "x");

        g_assert_cmpint(error_exit_status(error), ==, cases[i].status);
        g_assert_cmpstr(error_class(error), ==, cases[i].class);
    }
}

/* Another library's error, whatever its number is. */
static void test_foreign_errors(void)
{
    static const int codes[] = {0, HMPSH_ERROR_LOST, 999, -1};

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, codes[i], "x");

        g_assert_cmpint(error_exit_status(foreign), ==, EXIT_COMMAND_FAILED);
        g_assert_cmpstr(error_class(foreign), ==, "GenericError");
    }
}

int main(int argc, char **argv)
{
    static const OutputMode plain = {0};
    static const OutputMode json = {.json = TRUE};
    static const OutputMode quiet = {.quiet = TRUE};
    static const OutputMode shell = {.interactive = TRUE};

    g_setenv("TERM", "xterm-256color", TRUE);
    g_unsetenv("NO_COLOR");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/output/streams/plain", &plain, test_streams);
    g_test_add_data_func("/output/streams/json", &json, test_streams);
    g_test_add_data_func("/output/streams/quiet", &quiet, test_streams);
    g_test_add_data_func("/output/no-terminal/plain", &plain, test_no_terminal);
    g_test_add_data_func("/output/no-terminal/json", &json, test_no_terminal);
    g_test_add_data_func("/output/no-terminal/interactive", &shell, test_no_terminal);
    g_test_add_func("/output/prompt", test_prompt);
    g_test_add_func("/output/hold", test_hold);
    g_test_add_func("/output/hold-of-very-much", test_hold_of_very_much);
    g_test_add_func("/error/ours", test_errors);
    g_test_add_func("/error/foreign", test_foreign_errors);
    return g_test_run();
}
