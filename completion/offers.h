/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that can stand at one place of a line, gathered from several sources. */
#pragma once

#include <glib.h>

typedef struct {
    char *word;       /* as the command is to get it, without quotes */
    gboolean open;    /* the same word goes on, as its end shows: "dir/", "key=", "tcp:" */
    guint rank;       /* those with less come first; equals by the alphabet */
    const char *help; /* what it means, in a line; static; or NULL */
} Candidate;

typedef struct Offers Offers;

Offers *offers_new(void);
void offers_free(Offers *offers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Offers, offers_free)

void offers_add(Offers *offers, const char *word);

/* With what it means in a line; @help is static. */
void offers_add_explained(Offers *offers, const char *word, const char *help);

/* All of @words (NULL-terminated or NULL). */
void offers_add_all(Offers *offers, const char *const *words);

/* The same, in their own order and before all others. */
void offers_add_ordered(Offers *offers, const char *const *words);

/* Takes away those that are @words (NULL-terminated). */
void offers_remove_all(Offers *offers, const char *const *words);

/* Adds all of @inner, each with @prefix before it; those in an order behind the ordered ones that
 * are there. */
void offers_add_joined(Offers *offers, const char *prefix, Offers *inner);

gboolean offers_is_empty(const Offers *offers);

/* Those that begin with @typed, in order, without doubles, and without the one that is @typed and
 * has to go on ("tcp:"): Candidate, borrowed. Free the array. */
GPtrArray *offers_sorted(Offers *offers, const char *typed);

/* The word that @typed is probably meant to be; NULL when none is near. Borrowed. */
const char *offers_closest(Offers *offers, const char *typed);
