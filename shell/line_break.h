/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a line may be broken: as much of UAX #14 as a text in English or Chinese needs. */
#pragma once

#include <glib.h>

/* The end of what stays together at the beginning of @text, which is valid UTF-8 and not empty:
 * before the next blank, or, as in Chinese no blanks stand between words, beside a wide character.
 * Not before a closing sign (，。、；：）」”！？), nor behind an opening one (（「“). */
const char *line_break_next(const char *text);
