/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `qmp NAME KEY=VALUE ...`: what can stand in it, from the schema that the guest's QEMU tells. */
#pragma once

#include "completion/offers.h"
#include "shell/inquiry.h"

/* Offers what can be the last word, typed so far as @typed, behind the words @before (the command's
 * name first). *@hint gets what is expected where no word can be told; free with g_free(). */
void qmp_words_offer(Inquiry *inquiry, const char *before, const char *typed, Offers *offers,
                     char **hint);
