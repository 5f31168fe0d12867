/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* The program that has the terminal, for who ends it from another thread. */
static struct {
    GMutex lock;
    GPid pid;      /* 0: none */
    gboolean over; /* none may have it from now on */
} lent;

/* What the terminal and its signals were like before. */
typedef struct {
    gboolean foreground;
    struct termios modes;
    struct sigaction interrupt;
    struct sigaction quit;
} Terminal;

/* As system(3) does it: being ignored from before to after, a Ctrl-C cannot come late. */
static void lend_terminal(Terminal *terminal)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    terminal->foreground =
        tcgetattr(STDIN_FILENO, &terminal->modes) == 0 && tcgetpgrp(STDIN_FILENO) == getpgrp();
    sigaction(SIGINT, &ignore, &terminal->interrupt);
    sigaction(SIGQUIT, &ignore, &terminal->quit);
}

static gboolean was_killed(int status)
{
    return WIFSIGNALED(status) || WEXITSTATUS(status) > 128;
}

/* What a program leaves (stty) stays, unless it had no time to tidy up. */
static void take_terminal_back(const Terminal *terminal, int status)
{
    sigset_t stop, before;

    sigaction(SIGINT, &terminal->interrupt, NULL);
    sigaction(SIGQUIT, &terminal->quit, NULL);
    if (!terminal->foreground) {
        return;
    }
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU); /* it may have left us in the background */
    pthread_sigmask(SIG_BLOCK, &stop, &before);
    tcsetpgrp(STDIN_FILENO, getpgrp());
    if (was_killed(status)) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->modes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A pager or a command may be a pipeline: those that @pid runs read the terminal, too. Also wakes
 * what is stopped. */
static void hang_up(GPid pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", pid, pid);
    g_autofree char *list = NULL;
    g_auto(GStrv) children = NULL;

    g_file_get_contents(path, &list, NULL, NULL);
    children = g_strsplit(list ? list : "", " ", -1);
    kill(pid, SIGHUP); /* first, so that a shell does not go on to its next command */
    kill(pid, SIGCONT);
    for (char **child = children; *child; child++) {
        if (g_ascii_isdigit(**child)) {
            hang_up(atoi(*child));
        }
    }
}

static void note_lent(GPid pid)
{
    g_mutex_lock(&lent.lock);
    lent.pid = pid;
    if (pid && lent.over) {
        hang_up(pid);
    }
    g_mutex_unlock(&lent.lock);
}

void child_end(void)
{
    g_mutex_lock(&lent.lock);
    lent.over = TRUE;
    if (lent.pid) {
        hang_up(lent.pid);
    }
    g_mutex_unlock(&lent.lock);
}

/* Waits until @pid ends; how it did. */
static int await(GPid pid, gboolean interactive)
{
    siginfo_t info;
    int status = 0;

    note_lent(interactive ? pid : 0);
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    note_lent(0); /* before its number can be another's */
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* In the child. */
static void set_up(gpointer data G_GNUC_UNUSED)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGHUP);
}

gboolean child_run(const Child *child, int *status, GError **error)
{
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD;
    Terminal terminal;
    GPid pid;
    gboolean started;

    *status = 0;
    if (child->in == CHILD_OURS) {
        flags |= G_SPAWN_CHILD_INHERITS_STDIN;
    }
    if (child->interactive) {
        lend_terminal(&terminal);
    }
    started = g_spawn_async_with_pipes_and_fds(
        NULL, child->argv, (const char *const *)child->environment, flags, set_up, NULL,
        MAX(child->in, -1), child->out, child->err, NULL, NULL, 0, &pid, NULL, NULL, NULL, error);
    if (started) {
        *status = await(pid, child->interactive);
    }
    if (child->interactive) {
        take_terminal_back(&terminal, *status);
    }
    return started;
}

int child_file(void)
{
    return memfd_create("hmpsh", MFD_CLOEXEC);
}

static void append_visible(GString *text, const char *bytes, size_t length)
{
    const char *end = bytes + length;

    while (bytes < end) {
        const char *nul = memchr(bytes, '\0', (size_t)(end - bytes));

        g_string_append_len(text, bytes, (nul ? nul : end) - bytes);
        g_string_append(text, nul ? "\\x00" : "");
        bytes = nul ? nul + 1 : end;
    }
}

char *child_file_text(int fd)
{
    GString *text = g_string_new(NULL);
    char chunk[65536];
    ssize_t length;
    off_t at = 0;

    while ((length = pread(fd, chunk, sizeof(chunk), at)) > 0) {
        append_visible(text, chunk, (size_t)length);
        at += length;
    }
    return g_string_free(text, FALSE);
}
