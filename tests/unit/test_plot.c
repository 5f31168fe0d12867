/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot's script for a course. That gnuplot understands it is tested with the whole program. */
#include "commands/migration/recording/plot.h"

#include <string.h>

#include "commands/migration/recording/recording.h"
#include "shell/error.h"
#include "tests/unit/transcript.h"

static MigrationCourse *recorded(const char *name)
{
    g_autofree char *file = g_strconcat(name, ".jsonl", NULL);
    g_autofree char *path = g_build_filename(g_getenv("RECORDINGS"), file, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Recording) recording = recording_read(path, &error);
    MigrationCourse *course = NULL;

    g_assert_no_error(error);
    for (guint i = 0; i < recording->entries->len; i++) {
        recording_follow(&course, recording->entries->pdata[i]);
    }
    return course;
}

static char *script_of(const char *name, PlotForm form, const char *guest)
{
    g_autoptr(MigrationCourse) course = recorded(name);
    PlotSetup setup = {.form = form, .guest = guest, .columns = 80};

    return plot_script(course, &setup);
}

static void check_has(const char *script, const char *text)
{
    if (!strstr(script, text)) {
        g_test_message("%s", script);
        g_error("there is no: %s", text);
    }
}

static void check_has_not(const char *script, const char *text)
{
    g_test_message("%s", text);
    g_assert_null(strstr(script, text));
}

static void test_forms(void)
{
    PlotForm form;
    g_autoptr(GError) error = NULL;

    g_assert_true(plot_form("a b.svg", &form, NULL) && form == PLOT_SVG);
    g_assert_true(plot_form("x.png", &form, NULL) && form == PLOT_PNG);
    g_assert_false(plot_form("x.jpg", &form, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_nonnull(strstr(error->message, ".svg or .png"));
}

static void test_terminals(void)
{
    g_autofree char *text = script_of("hopeless", PLOT_TEXT, "web01");
    g_autofree char *svg = script_of("hopeless", PLOT_SVG, "web01");
    g_autofree char *png = script_of("hopeless", PLOT_PNG, "web01");

    check_has(text, "set terminal dumb noenhanced 80, 50\n");
    check_has(svg, "set terminal svg noenhanced size 900,700 ");
    check_has(png, "set terminal pngcairo noenhanced size 900,700 ");
    check_has(png, "set terminal png noenhanced size 900,700\n");
    check_has(svg, "plot $looks using 1:2 with");   /* W over what is left */
    check_has(text, "plot $passes using 1:2 with"); /* where it would cover it, below */
}

static void test_hopeless(void)
{
    g_autofree char *script = script_of("hopeless", PLOT_SVG, "web01");

    check_has(script,
              "title 'Migration of web01: completed after 9.6 s, 9 passes, downtime 49 ms'");
    check_has(script, "layout 3,1");
    check_has(script, " 64.000 50.000 NaN "); /* no expected downtime in the first pass */
    check_has(script, " 64.000 50.000 1561.000 ");
    check_has(script, "'STOP, completed, RESUME'");
    check_has(script, "lc rgb '#c8c8c8'"); /* a pass */
    check_has_not(script, "disks");
}

static void test_others(void)
{
    g_autofree char *disks = script_of("disks", PLOT_SVG, NULL);
    g_autofree char *failed = script_of("failed", PLOT_PNG, NULL);
    g_autofree char *postcopy = script_of("postcopy", PLOT_PNG, NULL);

    check_has(disks, "layout 4,1 title 'Migration: completed after 4.1 s");
    check_has(disks, "MiB of disks");
    check_has(failed, "layout 2,1 title 'Migration: failed'");
    check_has(postcopy, "'postcopy-active, STOP, RESUME'");
    check_has_not(postcopy, "downtime 4 h"); /* QEMU 7.2 says so */
}

/* What others wrote stays text. */
static void test_hostile(void)
{
    g_autofree char *script = script_of("failed", PLOT_SVG, "it's `id` \"$(id)\"\nset output 'x'");

    check_has(script, "'Migration of it''s `id` \"$(id)\" set output ''x'': failed'");
    check_has_not(script, "\nset output");
}

static void test_many_passes(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    PlotSetup setup = {.form = PLOT_PNG};
    g_autofree char *script = NULL;

    for (int i = 1; i <= 300; i++) {
        g_autofree char *text =
            g_strdup_printf("{\"status\":\"active\",\"ram\":{\"dirty-sync-count\":%d,"
                            "\"remaining\":1000,\"total\":9000}}",
                            i);
        g_autoptr(MigrationStatus) status = status_of(text);

        course_add(course, status, &(MigrationLimits){0}, i * 50000);
    }
    script = plot_script(course, &setup);
    check_has_not(script, "lc rgb '#c8c8c8'");
    check_has(script, "layout 1,1");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plot/forms", test_forms);
    g_test_add_func("/plot/terminals", test_terminals);
    g_test_add_func("/plot/hopeless", test_hopeless);
    g_test_add_func("/plot/others", test_others);
    g_test_add_func("/plot/hostile", test_hostile);
    g_test_add_func("/plot/many-passes", test_many_passes);
    return g_test_run();
}
