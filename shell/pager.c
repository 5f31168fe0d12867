/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/pager.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/child.h"
#include "shell/layout.h"

enum { SHELL_CANNOT_RUN_IT = 126, SHELL_FINDS_NONE = 127 };

char *pager_command(const char *chosen)
{
    const char *ours = g_getenv("HMPSH_PAGER");
    const char *usual = ours ? ours : g_getenv("PAGER");
    const char *command = chosen ? chosen : usual;
    g_autofree char *less = command ? NULL : g_find_program_in_path("less");
    g_autofree char *plain = g_strstrip(g_strdup(command ? command : less ? "less" : ""));

    return *plain && strcmp(plain, "cat") != 0 ? g_steal_pointer(&plain) : NULL;
}

static gboolean write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t written = write(fd, text, left);

        if (written <= 0) {
            return FALSE;
        }
        text += written;
        left -= (size_t)written;
    }
    return lseek(fd, 0, SEEK_SET) == 0;
}

/* Appends @text to @out as it is in a prompt of less, to which some signs mean something; "$" ends
 * the prompt. */
static void add_for_less(GString *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("?:.%\\", *text)) {
            g_string_append_c(out, '\\');
        }
        if (*text != '$') {
            g_string_append_c(out, *text);
        }
    }
}

/* What less finds around it. Who sets LESS knows it. For anybody else it has a prompt that says how
 * to leave it, and no commands that run others, write files or read them. Free with g_strfreev().
 */
static char **environment_for_less(void)
{
    g_autoptr(GString) options = g_string_new("FRXPs?e(END) ");
    char **environment = g_get_environ();

    if (g_environ_getenv(environment, "LESS")) {
        return environment;
    }
    add_for_less(options, _("q goes back"));
    g_string_append_c(options, ':');
    add_for_less(options, _("q goes back, blank goes on"));
    g_string_append(options, ".$");
    environment = g_environ_setenv(environment, "LESS", options->str, TRUE);
    return g_environ_setenv(environment, "LESSSECURE", "1", FALSE);
}

gboolean pager_show(const char *command, const char *text)
{
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    g_auto(GStrv) environment = environment_for_less();
    int file = child_file(); /* not a pipe, which would break when the user has seen enough */
    Child child = {argv, environment, file, CHILD_OURS, CHILD_OURS, TRUE};
    int status = 0;
    gboolean shown;

    if (file < 0) {
        return FALSE;
    }
    shown = write_all(file, text) && child_run(&child, &status, NULL) &&
            !(WIFEXITED(status) && (WEXITSTATUS(status) == SHELL_CANNOT_RUN_IT ||
                                    WEXITSTATUS(status) == SHELL_FINDS_NONE));
    close(file);
    return shown;
}

/* The pager for @text; NULL: it is printed as it is. */
static char *choose(Output *output, const char *chosen, const char *text)
{
    /* the prompt behind it wants a line, too */
    guint room = (guint)output_height(output) - 1;

    return output_can_draw(output) && !output_is_held(output) &&
                   layout_line_count(text, output_width(output)) > room
               ? pager_command(chosen)
               : NULL;
}

void pager_print(Output *output, const char *chosen, const char *text)
{
    g_autofree char *command = choose(output, chosen, text);
    gboolean shown = FALSE;

    if (command) {
        output_hold(output);
        shown = pager_show(command, text);
        output_release(output);
    }
    if (!shown) {
        output_text(output, text);
    }
}
