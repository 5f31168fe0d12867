/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/memory_sample.h"

#include <string.h>

#include "shell/error.h"

enum {
    PAGE = 4096,
    PAGES = 8 * MEMORY_PARTS, /* eight of each part: twice, that is a second for a guest here */
    GROUP = PAGES / 2,
    STRIDE = 97, /* prime: pages from everywhere come early */
    LONGEST_US = G_USEC_PER_SEC,
    FEW = 64, /* of no more than that, changes are not told */
};

/* One page that is looked at. */
typedef struct {
    guint64 address;
    gboolean read;
    gboolean zero;
    guint hash;
    gint64 time;
} Look;

/* --- QEMU's replies --- */

/* "  0000000000100000-000000000fffffff (prio 0, ram): pc.ram @0000000000100000 KVM". Of it the
 * whole pages: beside them may be a device's registers, which reading might change. */
static gboolean take_range(const char *line, MemoryRange *range)
{
    const char *type = strstr(line, "(prio ");
    char *end = NULL;
    guint64 first;
    guint64 last;

    type = type ? strstr(type, ", ") : NULL;
    if (!type || !(g_str_has_prefix(type, ", ram)") || g_str_has_prefix(type, ", rom)"))) {
        return FALSE;
    }
    first = g_ascii_strtoull(line, &end, 16);
    if (*end != '-') {
        return FALSE;
    }
    last = g_ascii_strtoull(end + 1, NULL, 16);
    range->first = (first + PAGE - 1) & ~(guint64)(PAGE - 1);
    range->size = (last - range->first + 1) & ~(guint64)(PAGE - 1);
    return range->first >= first && last >= range->first && range->size > 0;
}

GArray *memory_ranges_parse(const char *text)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(MemoryRange));
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    gboolean ours = FALSE;

    for (char **line = lines; *line; line++) {
        MemoryRange range;

        if (g_str_has_prefix(*line, "FlatView")) {
            ours = FALSE;
        } else if (g_str_has_prefix(*line, " AS \"memory\"")) {
            ours = TRUE;
        } else if (ours && take_range(*line, &range)) {
            g_array_append_val(ranges, range);
        }
    }
    return ranges;
}

gboolean memory_is_zero(const char *text, gboolean *read)
{
    *read = FALSE;
    for (const char *at = strstr(text, "0x"); at; at = strstr(at, "0x")) {
        at += 2;
        *read = TRUE;
        if (at[strspn(at, "0")] != '\0' && g_ascii_isxdigit(at[strspn(at, "0")])) {
            return FALSE;
        }
    }
    return *read;
}

/* --- looking --- */

static guint64 sum_of(const GArray *ranges)
{
    guint64 sum = 0;

    for (guint i = 0; i < ranges->len; i++) {
        sum += g_array_index(ranges, MemoryRange, i).size;
    }
    return sum;
}

/* The address of the page at @offset into all ranges. */
static guint64 address_at(const GArray *ranges, guint64 offset)
{
    for (guint i = 0; i < ranges->len; i++) {
        const MemoryRange *range = &g_array_index(ranges, MemoryRange, i);

        if (offset < range->size) {
            return (range->first + offset) & ~(guint64)(PAGE - 1);
        }
        offset -= range->size;
    }
    return 0;
}

/* One page from each PAGES-th of the memory, by chance. */
static void choose(Look *looks, const GArray *ranges, guint64 memory)
{
    guint64 stratum = memory / PAGES;

    for (guint i = 0; i < PAGES; i++) {
        guint64 inside = (guint64)(g_random_double() * (double)stratum);

        looks[i] = (Look){.address = address_at(ranges, i * stratum + inside)};
    }
}

/* Reads the page; its text (free with g_free()), or NULL after a failure that ends it all. */
static char *read_page(Monitor *monitor, const Look *look, GError **error)
{
    g_autofree char *line =
        g_strdup_printf("xp /%ugx 0x%" G_GINT64_MODIFIER "x", PAGE / 8, look->address);

    return monitor_hmp(monitor, line, error);
}

/* What the second looks come to. */
typedef struct {
    guint count, changed;
    gint64 time; /* between the two looks, in all */
} Changes;

static gboolean look_first(Monitor *monitor, Look *look, GError **error)
{
    g_autofree char *text = read_page(monitor, look, error);

    if (text) {
        look->zero = memory_is_zero(text, &look->read);
        look->hash = g_str_hash(text);
        look->time = g_get_monotonic_time();
    }
    return text != NULL;
}

static gboolean look_again(Monitor *monitor, const Look *look, Changes *changes, GError **error)
{
    g_autofree char *text = look->read ? read_page(monitor, look, error) : NULL;

    if (text) {
        changes->count++;
        changes->changed += g_str_hash(text) != look->hash;
        changes->time += g_get_monotonic_time() - look->time;
    }
    return text || !look->read;
}

/* Looks at the pages in groups, at each group twice, until @end. */
static gboolean look_at_all(Monitor *monitor, Look *looks, gint64 end, Changes *changes,
                            GError **error)
{
    for (guint i = 0; i < 2 * PAGES && g_get_monotonic_time() < end; i++) {
        guint in_order = i / (2 * GROUP) * GROUP + i % GROUP;
        Look *look = &looks[in_order * STRIDE % PAGES];
        gboolean again = i % (2 * GROUP) >= GROUP;

        if (!(again ? look_again(monitor, look, changes, error)
                    : look_first(monitor, look, error))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The shares of the parts; a part of which nothing was read is like the whole. */
static void count_filled(const Look *looks, MemorySample *sample)
{
    guint read[MEMORY_PARTS] = {0};
    guint filled[MEMORY_PARTS] = {0};
    guint all = 0;

    for (guint i = 0; i < PAGES; i++) {
        guint part = i * MEMORY_PARTS / PAGES;

        read[part] += looks[i].read;
        filled[part] += looks[i].read && !looks[i].zero;
        sample->pages += looks[i].read;
        all += looks[i].read && !looks[i].zero;
    }
    for (guint i = 0; i < MEMORY_PARTS; i++) {
        sample->filled[i] =
            read[i] ? (double)filled[i] / read[i] : (double)all / MAX(sample->pages, 1);
    }
}

void memory_sample_put(const MemorySample *sample, SimulationBasis *basis)
{
    basis->memory = sample->memory;
    for (guint i = 0; i < MEMORY_PARTS; i++) {
        basis->filled[i] = sample->filled[i];
    }
}

gboolean memory_sample(Monitor *monitor, MemorySample *sample, GError **error)
{
    g_autofree char *tree = monitor_hmp(monitor, "info mtree -f", error);
    g_autoptr(GArray) ranges = tree ? memory_ranges_parse(tree) : NULL;
    g_autofree Look *looks = g_new0(Look, PAGES);
    Changes changes = {0};

    *sample = (MemorySample){0};
    if (!ranges) {
        return FALSE;
    }
    sample->memory = sum_of(ranges);
    if (sample->memory < (guint64)PAGES * PAGE) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            "'info mtree -f' tells of no memory that could be looked at");
        return FALSE;
    }
    choose(looks, ranges, sample->memory);
    if (!look_at_all(monitor, looks, g_get_monotonic_time() + LONGEST_US, &changes, error)) {
        return FALSE;
    }
    count_filled(looks, sample);
    if (changes.count > FEW) {
        sample->seconds = (double)changes.time / changes.count / G_USEC_PER_SEC;
        sample->changed = (double)changes.changed / changes.count;
    }
    return TRUE;
}
