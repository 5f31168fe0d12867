/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A search for candidates under way, and what it has to say where it finds none. */
#pragma once

#include "completion/offers.h"
#include "shell/command.h"
#include "shell/inquiry.h"

/* A line being completed. */
typedef struct {
    Inquiry inquiry;
    const char *word;         /* where its last word begins; within the line */
    const char *typed;        /* what is typed of that, without quotes */
    const char *arguments;    /* where those of the last command begin; within the line */
    Command *row;             /* made from QEMU's help; or NULL */
    const Argument *argument; /* what the last word is; NULL: no argument of a row */
    const char *begin;        /* where that begins */
    Offers *offers;
    gboolean free; /* the argument can be anything */
    char *hint;
    char *options; /* to be told beside the argument; NULL: none */
} Search;

/* Keeps @text (taken over) as the hint. */
void search_set_hint(Search *search, char *text);

/* Keeps @sentence (taken over; may be NULL) as the hint, that nothing begins as typed; or where the
 * guest has not been @heard, that. */
void search_hint_nothing(Search *search, char *sentence, gboolean heard);

/* Whether no list has the words of such an argument. */
gboolean search_is_free(ArgumentKind kind);

/* Whether all that was @found is one word, for a text that can be anything: that is told, not put
 * into the line. */
gboolean search_is_example(const Search *search, const GPtrArray *found);

/* What is expected where nothing was found, and what was perhaps meant. Free with g_free(); may be
 * NULL. */
char *search_hint(Search *search);
