/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a table: people read them at a terminal, programs elsewhere. */
#pragma once

#include "shell/session.h"

/* @word, marked with N_() or "", in the reader's language at a terminal; elsewhere as it is. */
const char *reader_word(const Session *session, const char *word);
