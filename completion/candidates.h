/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can stand at the end of an unfinished line: derived from the command rows and the live
 * guest. It reads the line with the parser's own functions, and asks by inquiry.h, whose contract
 * it keeps: it never prints, never changes the guest, and never holds anybody up. */
#pragma once

#include "completion/offers.h"
#include "shell/session.h"

typedef struct {
    size_t start;     /* the byte of the line where its last word begins */
    gboolean quoted;  /* with a quote that is not closed yet */
    GPtrArray *found; /* what that word can be: Candidate, in order, without doubles */
    gboolean cut;     /* there may be more: not all could be asked in one Tab */
    char *hint;       /* where nothing is found: what is expected there; NULL: nobody knows */
    Offers *offers;   /* owns those in @found */
} Candidates;

/* For @line, up to the cursor. Free with candidates_free(). */
Candidates *candidates_find(Session *session, const char *line);
void candidates_free(Candidates *candidates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Candidates, candidates_free)
