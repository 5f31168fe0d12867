/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of parameters and capabilities, for recorded replies, as golden files in tests/golden.
 * With REGENERATE set in the environment they are written anew; look at the difference before
 * keeping it. */
#include "commands/migration/parameter_pretty.h"

#include "shell/layout.h"
#include "commands/migration/release.h"
#include "tests/unit/transcript.h"

typedef void (*Pretty)(Json *reply, const ParameterPretty *options, GString *out);

static const struct {
    const char *name;
    Pretty pretty;
} replies[] = {
    {"idle.parameters", parameter_pretty},    {"active.parameters", parameter_pretty},
    {"tls-psk.parameters", parameter_pretty}, {"multifd-zstd-active.parameters", parameter_pretty},
    {"idle.capabilities", capability_pretty}, {"postcopy-preempt.capabilities", capability_pretty},
};

static int compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* The recorded replies of that kind ("active.parameters", ...), in order. */
static GPtrArray *recorded(const char *version, const char *kind)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(g_getenv("TRANSCRIPTS"), version, NULL);
    g_autofree char *suffix = g_strdup_printf(".%s.json", kind);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *file;

    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir))) {
        if (g_str_has_suffix(file, suffix)) {
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".json")));
        }
    }
    g_ptr_array_sort(names, compare);
    return names;
}

/* Every recorded reply of that kind at one width. */
static void add_all(const char *version, const char *kind, Pretty pretty, Json *schema,
                    GString *out)
{
    g_autoptr(GPtrArray) names = recorded(version, kind);
    ParameterPretty options = {.width = 80, .release = release_number(version), .schema = schema};

    g_assert_cmpuint(names->len, >=, 10);
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(Json) reply = transcript_reply(version, names->pdata[i]);

        g_string_append_printf(out, "=== %s\n", (const char *)names->pdata[i]);
        pretty(reply, &options, out);
    }
}

static void add_tables(const char *version, GString *out)
{
    static const int widths[] = {60, 80, 100, 0};
    g_autoptr(Json) schema = transcript_reply(version, "qmp-schema-migration");

    add_all(version, "parameters", parameter_pretty, schema, out);
    add_all(version, "capabilities", capability_pretty, schema, out);

    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        g_autoptr(Json) reply = transcript_reply(version, replies[i].name);

        for (size_t j = 0; j < G_N_ELEMENTS(widths); j++) {
            ParameterPretty options = {
                .width = widths[j], .release = release_number(version), .schema = schema};

            g_string_append_printf(out, "=== %s: width %d\n", replies[i].name, widths[j]);
            replies[i].pretty(reply, &options, out);
        }
    }
}

static void test_golden(gconstpointer data)
{
    const char *version = data;
    g_autofree char *file = g_strdup_printf("info-migrate-parameters-%s.txt", version);
    g_autofree char *path = g_build_filename(g_getenv("GOLDEN"), file, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) wanted = NULL;
    g_auto(GStrv) got = NULL;

    add_tables(version, out);
    if (g_getenv("REGENERATE")) {
        g_file_set_contents(path, out->str, -1, &error);
        g_assert_no_error(error);
    }
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    wanted = g_strsplit(expected, "\n", -1);
    got = g_strsplit(out->str, "\n", -1);
    for (guint i = 0; wanted[i] && got[i]; i++) {
        g_assert_cmpstr(got[i], ==, wanted[i]);
    }
    g_assert_cmpuint(g_strv_length(got), ==, g_strv_length(wanted));
}

/* @text without its two colour sequences. Free with g_free(). */
static char *without_colour(const char *text)
{
    g_auto(GStrv) begins = g_strsplit(text, "\033[1;33m", -1);
    g_autofree char *once = g_strjoinv("", begins);
    g_auto(GStrv) ends = g_strsplit(once, "\033[0m", -1);

    return g_strjoinv("", ends);
}

static void check_page(Json *reply, Pretty pretty, int width)
{
    ParameterPretty options = {.width = width, .release = 702};
    g_autoptr(GString) plain = g_string_new(NULL);
    g_autoptr(GString) colourful = g_string_new(NULL);
    g_autofree char *same = NULL;
    g_auto(GStrv) lines = NULL;

    pretty(reply, &options, plain);
    options.colour = TRUE;
    pretty(reply, &options, colourful);
    same = without_colour(colourful->str);
    g_assert_cmpstr(same, ==, plain->str);
    lines = g_strsplit(plain->str, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_assert_cmpint(layout_columns(*line), <=, width);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
}

static void test_fit(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        g_autoptr(Json) reply = transcript_reply("7.2", replies[i].name);

        for (int width = 40; width <= 200; width++) {
            check_page(reply, replies[i].pretty, width);
        }
    }
}

/* What a newer QEMU may have, and hostile text. */
static void test_strange(void)
{
    g_autoptr(Json) parameters = json_parse(
        "{\"zz\":1,\"new-one\":\"w\",\"tls-creds\":\"a\\u001b[2Jb and longer than that\","
        "\"tls-authz\":null,\"max-bandwidth\":33554432,\"null-one\":null}",
        NULL);
    g_autoptr(Json) capabilities = json_parse("[{\"capability\":\"newer\",\"state\":true},"
                                              "{\"capability\":\"xbzrle\",\"state\":false}]",
                                              NULL);
    g_autoptr(GString) out = g_string_new(NULL);

    parameter_pretty(parameters, &(ParameterPretty){.width = 60, .release = 501}, out);
    g_assert_cmpstr(out->str, ==,
                    "  Name           Value                     Default   Range\n"
                    "  max-bandwidth  32 MiB/s                  32 MiB/s\n"
                    "* tls-creds      'a [2Jb and longer th...  ''\n"
                    "  tls-authz      ''                        ''\n"
                    "  new-one        w\n"
                    "  zz             1\n"
                    "* not the default\n");
    g_string_truncate(out, 0);
    capability_pretty(capabilities, &(ParameterPretty){.width = 60, .colour = TRUE}, out);
    g_assert_cmpstr(out->str, ==,
                    "  Name    State  Meaning\n"
                    "  xbzrle  off    sends pages again as differences\n"
                    "* \033[1;33mnewer\033[0m   \033[1;33mon\033[0m\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/parameter_pretty/golden/7.2", "7.2", test_golden);
    g_test_add_data_func("/parameter_pretty/golden/10.0", "10.0", test_golden);
    g_test_add_func("/parameter_pretty/fit", test_fit);
    g_test_add_func("/parameter_pretty/strange", test_strange);
    return g_test_run();
}
