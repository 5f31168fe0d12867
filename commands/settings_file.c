/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/settings_file.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/settings.h"
#include "shell/error.h"
#include "shell/line.h"

/* What the command line says is stronger than the file. */
typedef struct {
    gboolean events;
    gboolean timeout;
} Said;

static gboolean read_line(Session *session, const char *line, const Said *said, GError **error)
{
    const char *at = line;
    g_autofree char *name = line_token(&at, NULL, error);
    g_autofree char *value = NULL;

    if (g_strcmp0(name, "set") == 0) {
        g_free(name);
        name = line_token(&at, NULL, error);
    }
    value = g_strchomp(g_strdup(line_rest(at)));
    if (!name || !*value) {
        if (!error || !*error) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                        _("a line is NAME VALUE, and this is '%s'"), line);
        }
        return FALSE;
    }
    if ((said->events && strcmp(name, settings_names[SETTING_EVENTS]) == 0) ||
        (said->timeout && strcmp(name, settings_names[SETTING_TIMEOUT]) == 0)) {
        return TRUE;
    }
    return settings_set(session, name, value, error);
}

static void tell(Session *session, const char *path, guint line, const char *message)
{
    g_autofree char *place = line ? g_strdup_printf(":%u", line) : g_strdup("");
    g_autofree char *text = g_strdup_printf("%s%s: %s", path, place, message);

    output_error(session->output, text);
}

void settings_load(Session *session)
{
    const Said said = {output_mode(session->output)->quiet, session->setup.timeout > 0};
    g_autofree char *path = g_build_filename(g_get_user_config_dir(), "hmpsh", "settings", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) failure = NULL;

    if (!g_file_get_contents(path, &text, NULL, &failure)) {
        if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
            !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)) {
            tell(session, path, 0, failure->message);
        }
        return;
    }
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const char *line = g_strchomp(lines[i]);
        g_autoptr(GError) error = NULL;

        if (!line_is_nothing(line) && !read_line(session, line, &said, &error)) {
            tell(session, path, i + 1, error->message);
        }
    }
}
