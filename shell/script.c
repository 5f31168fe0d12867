/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/script.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "shell/dispatch.h"
#include "shell/line.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin a UTF-8 file with it */

enum { NESTED_MAX = 20 };

void script_echo(Session *session, const char *line)
{
    const char *name = session->current ? session->current->name : _("no guest");
    g_autofree char *text = line_is_nothing(line)
                                ? g_strconcat(line, "\n", NULL)
                                : g_strdup_printf("(%s) %s\n", name, line_rest(line));

    output_text(session->output, text);
}

/* With --keep-going: @error is printed and done with. Ctrl-C ends a script all the same. */
static void keep_going(Session *session, GError **error)
{
    if (!session->setup.keep_going ||
        g_error_matches(*error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        return;
    }
    output_error(session->output, (*error)->message);
    if (session->first_failure == EXIT_OK) {
        session->first_failure = error_exit_status(*error);
    }
    g_clear_error(error);
}

gboolean script_line(Session *session, const char *line, const char *name, unsigned number,
                     GError **error)
{
    g_autoptr(GError) why = NULL;

    if (bell_check_interrupted(session->bell, &why) || !dispatch(session, line, &why)) {
        g_prefix_error(&why, "%s:%u: ", name, number);
        keep_going(session, &why);
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

/* Takes the line's end away: a blank behind the last argument may mean something. */
static void cut_end(char *line)
{
    size_t length = strlen(line);

    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) {
        line[--length] = '\0';
    }
}

static gboolean run_stream(Session *session, FILE *stream, const char *name, const char *who,
                           GError **error)
{
    g_autoptr(GError) why = NULL;
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;

    while (!why && !session->leaving && !output_failed(session->output) &&
           getline(&line, &size, stream) >= 0) {
        number++;
        cut_end(line);
        if (number == 1 && g_str_has_prefix(line, BYTE_ORDER_MARK)) {
            memmove(line, line + strlen(BYTE_ORDER_MARK),
                    strlen(line + strlen(BYTE_ORDER_MARK)) + 1);
        }
        if (session->setup.echo) {
            script_echo(session, line);
        }
        script_line(session, line, name, number, &why);
    }
    free(line);
    if (!why && ferror(stream)) { /* a directory, for one */
        g_set_error(&why, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%scannot read '%s': %s"), who, name,
                    g_strerror(errno));
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return TRUE;
}

gboolean script_run(Session *session, const char *path, const char *who, GError **error)
{
    gboolean standard_input = strcmp(path, "-") == 0;
    FILE *stream;
    gboolean fine;

    if (session->nested >= NESTED_MAX) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("%s'%s' is %d scripts deep: does it run itself?"), who, path, NESTED_MAX);
        return FALSE;
    }
    stream = standard_input ? stdin : fopen(path, "re");
    if (!stream) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%scannot read '%s': %s"), who, path,
                    g_strerror(errno));
        return FALSE;
    }
    session->nested++;
    fine = run_stream(session, stream, standard_input ? "<stdin>" : path, who, error);
    session->nested--;
    if (!standard_input) {
        fclose(stream);
    }
    return fine;
}
