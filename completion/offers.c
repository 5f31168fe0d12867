/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/offers.h"

#include <string.h>

#include "shell/closest.h"

static const guint UNRANKED = G_MAXUINT;

struct Offers {
    GPtrArray *list; /* of Candidate */
    guint ranked;    /* how many have a rank */
};

static void candidate_free(gpointer data)
{
    Candidate *candidate = data;

    g_free(candidate->word);
    g_free(candidate);
}

Offers *offers_new(void)
{
    Offers *offers = g_new0(Offers, 1);

    offers->list = g_ptr_array_new_with_free_func(candidate_free);
    return offers;
}

void offers_free(Offers *offers)
{
    g_ptr_array_unref(offers->list);
    g_free(offers);
}

/* @word is taken over. */
static void add(Offers *offers, char *word, guint rank, const char *help)
{
    Candidate *candidate = g_new(Candidate, 1);
    gboolean open = *word && strchr("/=:.", word[strlen(word) - 1]);

    *candidate = (Candidate){word, open, rank, help};
    g_ptr_array_add(offers->list, candidate);
}

void offers_add(Offers *offers, const char *word)
{
    add(offers, g_strdup(word), UNRANKED, NULL);
}

void offers_add_explained(Offers *offers, const char *word, const char *help)
{
    add(offers, g_strdup(word), UNRANKED, help);
}

void offers_add_all(Offers *offers, const char *const *words)
{
    for (; words && *words; words++) {
        offers_add(offers, *words);
    }
}

void offers_add_ordered(Offers *offers, const char *const *words)
{
    for (; words && *words; words++) {
        add(offers, g_strdup(*words), offers->ranked++, NULL);
    }
}

void offers_remove_all(Offers *offers, const char *const *words)
{
    for (guint i = offers->list->len; i > 0; i--) {
        const Candidate *candidate = offers->list->pdata[i - 1];

        if (g_strv_contains(words, candidate->word)) {
            g_ptr_array_remove_index(offers->list, i - 1);
        }
    }
}

void offers_add_joined(Offers *offers, const char *prefix, Offers *inner)
{
    for (guint i = 0; i < inner->list->len; i++) {
        const Candidate *candidate = inner->list->pdata[i];

        add(offers, g_strconcat(prefix, candidate->word, NULL),
            candidate->rank == UNRANKED ? UNRANKED : offers->ranked + candidate->rank,
            candidate->help);
    }
    offers->ranked += inner->ranked;
}

gboolean offers_is_empty(const Offers *offers)
{
    return offers->list->len == 0;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const Candidate *one = *(const Candidate *const *)a;
    const Candidate *other = *(const Candidate *const *)b;

    return one->rank != other->rank ? (one->rank > other->rank) - (one->rank < other->rank)
                                    : strcmp(one->word, other->word);
}

GPtrArray *offers_sorted(Offers *offers, const char *typed)
{
    GPtrArray *sorted = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    g_ptr_array_sort(offers->list, compare);
    for (guint i = 0; i < offers->list->len; i++) {
        Candidate *candidate = offers->list->pdata[i];

        if (g_str_has_prefix(candidate->word, typed) &&
            !(candidate->open && strcmp(candidate->word, typed) == 0) && /* typed already */
            g_hash_table_add(seen, candidate->word)) {
            g_ptr_array_add(sorted, candidate);
        }
    }
    return sorted;
}

const char *offers_closest(Offers *offers, const char *typed)
{
    g_autoptr(GPtrArray) bare = g_ptr_array_new_with_free_func(g_free); /* without "=" and so on */
    const char *near;

    for (guint i = 0; i < offers->list->len; i++) {
        const Candidate *candidate = offers->list->pdata[i];

        g_ptr_array_add(
            bare, g_strndup(candidate->word, strlen(candidate->word) - (candidate->open ? 1 : 0)));
    }
    g_ptr_array_add(bare, NULL);
    near = closest(typed, (const char *const *)bare->pdata);
    for (guint i = 0; near && i < offers->list->len; i++) {
        if (bare->pdata[i] == near) {
            return ((const Candidate *)offers->list->pdata[i])->word;
        }
    }
    return NULL;
}
