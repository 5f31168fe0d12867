/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed before: for words that no list has (a rate, a pattern). */
#pragma once

#include "completion/offers.h"

/* Offers the words that followed @before, a line's beginning, in lines of the history; the newest
 * first. */
void earlier_offer(const char *before, Offers *offers);
