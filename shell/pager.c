/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/pager.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/child.h"

enum { TAB = 8, SHELL_CANNOT_RUN_IT = 126, SHELL_FINDS_NONE = 127 };

/* The bytes at @text that set a colour (ANSI SGR); 0: there is none. */
static size_t colour_length(const char *text)
{
    size_t length = 2;

    if (text[0] != '\033' || text[1] != '[') {
        return 0;
    }
    length += strspn(text + length, "0123456789;");
    return text[length] == 'm' ? length + 1 : 0;
}

guint pager_lines(const char *text, int columns)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    guint lines = 0;
    int column = 0;
    const char *at = valid;

    while (*at) {
        gunichar c = g_utf8_get_char(at);
        size_t colour = colour_length(at);
        int width = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;

        if (colour) {
            at += colour;
            continue;
        }
        at = g_utf8_next_char(at);
        if (c == '\n') {
            lines++;
            column = 0;
            continue;
        }
        if (c == '\t') {
            column = MIN((column / TAB + 1) * TAB, columns);
            continue;
        }
        if (column + width > columns) {
            lines++;
            column = 0;
        }
        column += width;
    }
    return lines + (column > 0);
}

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

gboolean pager_show(const char *command, const char *text)
{
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LESS", "FRX", FALSE);
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
