/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/reader.h"

#include <glib/gi18n.h>

const char *reader_word(const Session *session, const char *word)
{
    return *word && output_is_pretty(session->output) ? _(word) : word;
}
