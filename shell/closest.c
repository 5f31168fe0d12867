/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/closest.h"

#include <string.h>

enum {
    CHARS_PER_MISTAKE = 3,
    MOST_MISTAKES = 3,
    LEAST_PART = 4, /* characters of a word that is looked for inside others */
    /* Badness of a word that only begins with, or contains, what was typed; its length is added. */
    BEGINS = 1 << 10,
    CONTAINS = 1 << 20,
};

/* @word with the differences taken out that do not count. Free with g_free(). */
static char *fold(const char *word)
{
    return g_strdelimit(g_ascii_strdown(word, -1), "_", '-');
}

/* How many characters have to be changed, added, taken away or swapped with their neighbour to make
 * @a into @b (the "optimal string alignment" distance). */
static size_t distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    g_autofree size_t *rows = g_new(size_t, 3 * (length + 1));
    size_t *older = rows;
    size_t *old = older + length + 1;
    size_t *row = old + length + 1;

    for (size_t j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1]; i++) {
        size_t *free_row = older;

        older = old;
        old = row;
        row = free_row;
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            row[j] = old[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = MIN(row[j], MIN(old[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = MIN(row[j], older[j - 2] + 1);
            }
        }
    }
    return row[length];
}

/* How far @candidate is from @word, both folded; G_MAXSIZE: too far. */
static size_t badness(const char *word, const char *candidate)
{
    size_t length = strlen(word);
    size_t mistakes = distance(word, candidate);
    const char *part = length >= LEAST_PART ? strstr(candidate, word) : NULL;

    if (mistakes <= MIN(length / CHARS_PER_MISTAKE, MOST_MISTAKES)) {
        return mistakes;
    }
    if (part) {
        return (part == candidate ? BEGINS : CONTAINS) + strlen(candidate);
    }
    return G_MAXSIZE;
}

const char *closest(const char *word, const char *const *list)
{
    g_autofree char *folded = fold(word);
    const char *best = NULL;
    size_t least = G_MAXSIZE;

    for (; *list; list++) {
        g_autofree char *candidate = fold(*list);
        size_t bad = badness(folded, candidate);

        if (bad < least) {
            least = bad;
            best = *list;
        }
    }
    return best;
}
