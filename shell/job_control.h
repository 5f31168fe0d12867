/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-Z while a line is edited, or while a command has a screen of its own: the terminal is given
 * back in order before the process stops, and taken again when it goes on. On the main thread. (For
 * other commands the terminal is as it was found.) */
#pragma once

#include <glib.h>

typedef void (*JobControlFunc)(gpointer data);

/* A signal that is ignored stays so, as under a shell without job control. From now on @leave is
 * called before the process stops for SIGTSTP, and @back after it went on, or for a SIGCONT without
 * that; @back may come twice. */
void job_control_begin(JobControlFunc leave, JobControlFunc back, gpointer data);

/* The signals do again what they did before. Once more than begun does no harm. */
void job_control_end(void);
