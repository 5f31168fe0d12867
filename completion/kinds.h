/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that an argument of a kind can be: those that are the same wherever it stands. (Kinds
 * whose words are a line of their own are candidates.c's.) */
#pragma once

#include "completion/offers.h"
#include "shell/command.h"
#include "shell/inquiry.h"

/* @before: the arguments of the same command before it; @typed: what is typed of it. */
void kinds_offer(Inquiry *inquiry, ArgumentKind kind, const char *before, const char *typed,
                 Offers *offers);
