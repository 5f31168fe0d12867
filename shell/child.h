/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another program, run to its end in the foreground: at a terminal, the terminal is its own. It is
 * in hmpsh's process group, so Ctrl-Z stops both and `fg` wakes both. */
#pragma once

#include <glib.h>

enum { CHILD_OURS = -1, CHILD_NULL = -2 };

typedef struct {
    const char *const *argv;  /* NULL-terminated; argv[0] is looked for in PATH */
    char *const *environment; /* NULL: ours */
    int in;                   /* a descriptor, CHILD_OURS or CHILD_NULL */
    int out;                  /* a descriptor or CHILD_OURS */
    int err;                  /* the same */
    gboolean interactive;     /* Ctrl-C is for the program alone */
} Child;

/* Runs it; *@status gets how it ended, as waitpid() has it. It does not outlive hmpsh: SIGHUP then.
 * FALSE when it cannot be started. */
gboolean child_run(const Child *child, int *status, GError **error);

/* hmpsh ends: the program that has the terminal gets SIGHUP, and so do those that it runs, so that
 * child_run() returns and the terminal is as it was, and so does one that is run from now on. From
 * any thread. */
void child_end(void);

/* A descriptor of a new file without a name, to be closed; -1 with errno when there is none. */
int child_file(void);

/* What has been written to such a file, a NUL as \x00. Free with g_free(). */
char *child_file_text(int fd);
