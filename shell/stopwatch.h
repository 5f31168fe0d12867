/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A live line that tells for how long something has been going on, while the thread that waits for
 * it can show nothing itself: QEMU answers nobody until it is done. */
#pragma once

#include "shell/output.h"

typedef struct Stopwatch Stopwatch;

/* Shows "@what  1.2 s  @note" as the live line from half a second on, until stopwatch_stop(). The
 * main loop must run meanwhile, on another thread. Nothing where there can be no live line. */
Stopwatch *stopwatch_start(Output *output, const char *what, const char *note);

/* Takes the line away and gives the time since the start in milliseconds. Frees @watch. */
gint64 stopwatch_stop(Stopwatch *watch);
