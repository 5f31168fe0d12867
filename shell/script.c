/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shell/dispatch.h"
#include "shell/line.h"

enum { NESTED_MAX = 20 };

static void echo_line(Session *session, const char *line)
{
    const char *name = session->current ? session->current->name : "no guest";
    g_autofree char *text = line_is_nothing(line)
                                ? g_strconcat(line, "\n", NULL)
                                : g_strdup_printf("(%s) %s\n", name, line_rest(line));

    output_text(session->output, text);
}

/* Whether the script goes on after @error, which is then printed and done with. */
static gboolean goes_on(Session *session, GError **error)
{
    if (!session->setup.keep_going ||
        g_error_matches(*error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        return FALSE;
    }
    output_error(session->output, (*error)->message);
    if (session->first_failure == EXIT_OK) {
        session->first_failure = error_exit_status(*error);
    }
    g_clear_error(error);
    return TRUE;
}

static gboolean run_stream(Session *session, FILE *stream, const char *name, GError **error)
{
    g_autoptr(GError) why = NULL;
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;

    while (!why && !session->leaving && getline(&line, &size, stream) >= 0) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (session->setup.echo) {
            echo_line(session, line);
        }
        if (!dispatch(session, line, &why)) {
            g_prefix_error(&why, "%s:%u: ", name, number);
            goes_on(session, &why);
        }
    }
    free(line);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

gboolean script_run(Session *session, const char *path, GError **error)
{
    gboolean standard_input = strcmp(path, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(path, "re");
    gboolean fine;

    if (!stream) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "cannot read '%s': %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    if (session->nested >= NESTED_MAX) {
        fclose(stream);
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    "'%s' is %d scripts deep: does it run itself?", path, NESTED_MAX);
        return FALSE;
    }
    session->nested++;
    fine = run_stream(session, stream, standard_input ? "<stdin>" : path, error);
    session->nested--;
    if (!standard_input) {
        fclose(stream);
    }
    return fine;
}
