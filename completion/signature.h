/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of QEMU's own as a row like hmpsh's, read from its line in `help`: what lets it
 * complete and hint like the others. */
#pragma once

#include "shell/command.h"
#include "shell/hmp_help.h"

/* The row for @entry; @info: it is of `help info`, and its name becomes "info NAME". Flags stand in
 * the row where QEMU takes them, which need not be in front ("change device [-f] filename"). Sizes,
 * numbers and times are words: QEMU reads them. The row has no run function, and is good for
 * completion, hints and help only. Never NULL; everything in it is its own. Free with
 * signature_free(). */
Command *signature_command(const HmpHelp *entry, gboolean info);
void signature_free(Command *command);
