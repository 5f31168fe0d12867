/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row's flags and options as words. */
#pragma once

#include "completion/position.h"
#include "completion/search.h"

/* Offers those of @command that are not given yet and fit those that are; those that are words only
 * where a dash asks for them (very many: two), and letters beside other candidates only: what has
 * to be typed should not become a flag by itself. They become the hint, too, where nothing else is
 * expected. */
void option_offers_add(Search *search, const Command *command, const Position *position);

/* Offers the options, which are words, of the command that stands at @rest, for `help` to explain;
 * none where the last word does not follow it. */
void option_offers_for_help(Search *search, const char *rest);
