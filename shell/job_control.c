/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/job_control.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/* Signal handlers carry no data of ours. */
static struct {
    JobControlFunc leave;
    JobControlFunc back;
    gpointer data;
    int pipe[2]; /* the numbers of signals, from the handler to the main loop */
    guint source;
    struct sigaction stop; /* what SIGTSTP and SIGCONT did before */
    struct sigaction go_on;
    gboolean stops; /* they are ours */
    gboolean goes_on;
} control;

static void on_signal(int number)
{
    char byte = (char)number;
    int saved = errno;

    if (write(control.pipe[1], &byte, 1) < 0) {
        errno = saved; /* the pipe is full: there are enough of them */
    }
}

static void watch_for(int number)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    sigaction(number, &action, NULL);
}

/* Takes a signal, unless whoever started us wants it ignored. */
static gboolean take(int number, struct sigaction *before)
{
    gboolean ours = sigaction(number, NULL, before) == 0 && before->sa_handler != SIG_IGN;

    if (ours) {
        watch_for(number);
    }
    return ours;
}

static void give_back(int number, const struct sigaction *before, gboolean *ours)
{
    if (*ours) {
        sigaction(number, before, NULL);
    }
    *ours = FALSE;
}

static void stop(void)
{
    char byte;

    control.leave(control.data);
    sigaction(SIGTSTP, &control.stop, NULL);
    raise(SIGTSTP);
    watch_for(SIGTSTP);
    while (read(control.pipe[0], &byte, 1) == 1) {
        continue; /* the SIGCONT that has just come is dealt with */
    }
}

static gboolean on_byte(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    char byte = 0;

    if (read(fd, &byte, 1) == 1 && byte == SIGTSTP) {
        stop();
    }
    if (byte) {
        control.back(control.data);
    }
    return G_SOURCE_CONTINUE;
}

void job_control_begin(JobControlFunc leave, JobControlFunc back, gpointer data)
{
    control.leave = leave;
    control.back = back;
    control.data = data;
    if (!control.source && pipe2(control.pipe, O_CLOEXEC | O_NONBLOCK) == 0) {
        control.source = g_unix_fd_add(control.pipe[0], G_IO_IN, on_byte, NULL);
    }
    if (control.source) {
        control.stops = take(SIGTSTP, &control.stop);
        control.goes_on = take(SIGCONT, &control.go_on);
    }
}

void job_control_end(void)
{
    give_back(SIGTSTP, &control.stop, &control.stops);
    give_back(SIGCONT, &control.go_on, &control.goes_on);
}
