/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "shell/session.h"

/* Appends all that a row tells: its line, its arguments and its description. */
void help_describe(const Command *command, GString *out);
