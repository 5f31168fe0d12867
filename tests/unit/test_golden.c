/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three faces of `info migrate` for every recorded state, as golden files in tests/golden. With
 * REGENERATE set in the environment they are written anew; look at the difference before keeping
 * it. */
#include "commands/migration/classic.h"
#include "commands/migration/pretty.h"
#include "tests/unit/transcript.h"

typedef struct {
    const char *version;
    GPtrArray *names;
} States;

static States found[2] = {{"7.2", NULL}, {"10.0", NULL}};

static void note_state(const char *version, const char *name)
{
    States *states = &found[g_str_equal(version, "7.2") ? 0 : 1];

    g_ptr_array_add(states->names, g_strdup(name));
}

static int compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static void add_faces(const char *version, const char *name, GString *out)
{
    g_autoptr(MigrationStatus) status = transcript_status(version, name);
    g_autoptr(Json) json = migration_status_to_json(status);
    g_autofree char *text = json_text(json);
    MigrationPretty options = {
        .width = 80, .limits = &(MigrationLimits){.bandwidth = 24 << 20, .downtime_ms = 300}};

    g_string_append_printf(out, "=== %s: classic\n", name);
    migration_classic(status, out);
    g_string_append_printf(out, "=== %s: pretty\n", name);
    migration_pretty(status, &options, out);
    g_string_append_printf(out, "=== %s: JSON\n%s\n", name, text);
}

static void check_version(gconstpointer data)
{
    const States *states = data;
    g_autofree char *file = g_strdup_printf("info-migrate-%s.txt", states->version);
    g_autofree char *path = g_build_filename(g_getenv("GOLDEN"), file, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < states->names->len; i++) {
        add_faces(states->version, states->names->pdata[i], out);
    }
    if (g_getenv("REGENERATE")) {
        g_file_set_contents(path, out->str, -1, &error);
        g_assert_no_error(error);
    }
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(states->names->len, >=, 30);
    if (!g_str_equal(expected, out->str)) {
        g_auto(GStrv) wanted = g_strsplit(expected, "\n", -1);
        g_auto(GStrv) got = g_strsplit(out->str, "\n", -1);

        for (guint i = 0; wanted[i] && got[i]; i++) {
            g_assert_cmpstr(got[i], ==, wanted[i]);
        }
        g_assert_cmpuint(g_strv_length(got), ==, g_strv_length(wanted));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++) {
        found[i].names = g_ptr_array_new_with_free_func(g_free);
    }
    transcript_each_pair(note_state);
    for (size_t i = 0; i < G_N_ELEMENTS(found); i++) {
        g_autofree char *path = g_strconcat("/golden/info-migrate/", found[i].version, NULL);

        g_ptr_array_sort(found[i].names, compare);
        g_test_add_data_func(path, &found[i], check_version);
    }
    return g_test_run();
}
