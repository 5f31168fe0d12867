/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded replies of QEMU (TRANSCRIPTS), for the unit tests that look at migrations. */
#pragma once

#include "commands/migration/status.h"

/* The file @name of QEMU @version ("7.2"), with plain newlines; a failed test when there is none.
 * Free with g_free(). */
static inline char *transcript_text(const char *version, const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("TRANSCRIPTS"), version, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\r\n", -1);
    return g_strjoinv("\n", lines);
}

/* What query-migrate returned in the state @name; a file without a "return" is that itself. Free
 * with json_object_put(). */
static inline Json *transcript_reply(const char *version, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".json", NULL);
    g_autofree char *text = transcript_text(version, file);
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) reply = json_parse(text, &error);
    Json *inner = json_get(reply, "return");

    g_assert_no_error(error);
    return json_object_get(inner ? inner : reply);
}

static inline MigrationStatus *transcript_status(const char *version, const char *name)
{
    g_autoptr(Json) reply = transcript_reply(version, name);

    return migration_status_from_qmp(reply);
}

/* The model of a reply written in the test. */
static inline MigrationStatus *status_of(const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) reply = json_parse(json, &error);

    g_assert_no_error(error);
    return migration_status_from_qmp(reply);
}

/* Calls @func with version and name of each state whose `info migrate` and query-migrate were both
 * recorded, and counts them. */
static inline int transcript_each_pair(void (*func)(const char *version, const char *name))
{
    static const char *const versions[] = {"7.2", "10.0"};
    int count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *path = g_build_filename(g_getenv("TRANSCRIPTS"), versions[i], NULL);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *file;

        g_assert_nonnull(dir);
        while ((file = g_dir_read_name(dir))) {
            g_autofree char *name = g_strndup(file, strlen(file) - MIN(strlen(file), 5));
            g_autofree char *other = g_strconcat(path, "/", name, ".txt", NULL);
            g_autofree char *text = NULL;

            if (g_str_has_suffix(file, ".json") && g_file_get_contents(other, &text, NULL, NULL) &&
                g_str_has_prefix(text, "globals:")) {
                func(versions[i], name);
                count++;
            }
        }
    }
    return count;
}
