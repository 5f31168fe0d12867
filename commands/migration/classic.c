/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/classic.h"

typedef enum {
    PLAIN,  /* as it is */
    KBYTES, /* bytes in units of 1024, rounded down */
} ClassicScale;

typedef struct {
    MigrationField field;
    const char *suffix;
    ClassicScale scale;
    gboolean hide_zero;
} ClassicLine;

/* QEMU's order (QEMU 5.1 to 10.0: hmp_info_migrate). The last column: no line for 0. */
static const ClassicLine lines[] = {
    {FIELD_EXPECTED_DOWNTIME_MS, " ms", PLAIN, FALSE},
    {FIELD_DOWNTIME_MS, " ms", PLAIN, FALSE},
    {FIELD_SETUP_TIME_MS, " ms", PLAIN, FALSE},
    {FIELD_RAM_TRANSFERRED_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_MBPS, " mbps", PLAIN, FALSE},
    {FIELD_RAM_REMAINING_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_TOTAL_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_DUPLICATE_PAGES, " pages", PLAIN, FALSE},
    {FIELD_RAM_SKIPPED_PAGES, " pages", PLAIN, FALSE},
    {FIELD_RAM_NORMAL_PAGES, " pages", PLAIN, FALSE},
    {FIELD_RAM_NORMAL_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_DIRTY_SYNC_COUNT, "", PLAIN, FALSE},
    {FIELD_RAM_PAGE_SIZE_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_MULTIFD_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_RAM_PAGES_PER_SECOND, "", PLAIN, FALSE},
    {FIELD_RAM_DIRTY_PAGES_PER_SECOND, " pages", PLAIN, TRUE},
    {FIELD_RAM_POSTCOPY_REQUESTS, "", PLAIN, TRUE},
    {FIELD_RAM_PRECOPY_BYTES, " kbytes", KBYTES, TRUE},
    {FIELD_RAM_DOWNTIME_BYTES, " kbytes", KBYTES, TRUE},
    {FIELD_RAM_POSTCOPY_BYTES, " kbytes", KBYTES, TRUE},
    {FIELD_RAM_ZERO_COPY_FALLBACKS, " times", PLAIN, TRUE},
    {FIELD_DISK_TRANSFERRED_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_DISK_REMAINING_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_DISK_TOTAL_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_XBZRLE_CACHE_BYTES, " bytes", PLAIN, FALSE},
    {FIELD_XBZRLE_TRANSFERRED_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_XBZRLE_PAGES, " pages", PLAIN, FALSE},
    {FIELD_XBZRLE_MISS_PAGES, " pages", PLAIN, FALSE},
    {FIELD_XBZRLE_MISS_RATE, "", PLAIN, FALSE},
    {FIELD_XBZRLE_ENCODING_RATE, "", PLAIN, FALSE},
    {FIELD_XBZRLE_OVERFLOWS, "", PLAIN, FALSE},
    {FIELD_COMPRESSION_PAGES, " pages", PLAIN, FALSE},
    {FIELD_COMPRESSION_BUSY, "", PLAIN, FALSE},
    {FIELD_COMPRESSION_BUSY_RATE, "", PLAIN, FALSE},
    {FIELD_COMPRESSION_BYTES, " kbytes", KBYTES, FALSE},
    {FIELD_COMPRESSION_RATE, "", PLAIN, FALSE},
    {FIELD_CPU_THROTTLE_PERCENT, "", PLAIN, FALSE},
    {FIELD_DIRTY_LIMIT_THROTTLE_US, " us", PLAIN, FALSE},
    {FIELD_DIRTY_LIMIT_RING_FULL_US, " us", PLAIN, FALSE},
    {FIELD_POSTCOPY_BLOCKTIME_MS, "", PLAIN, FALSE},
};

static void put_line(const MigrationStatus *status, const ClassicLine *line, GString *out)
{
    const MigrationFieldInfo *info = migration_field_info(line->field);
    g_autofree char *value = NULL;

    if (!migration_status_has(status, line->field)) {
        return;
    }
    if (info->kind == KIND_NUMBER) {
        guint64 number = migration_status_number(status, line->field);

        if (line->hide_zero && number == 0) {
            return;
        }
        value =
            g_strdup_printf("%" G_GUINT64_FORMAT, line->scale == KBYTES ? number >> 10 : number);
    } else {
        value = migration_status_format(status, line->field);
    }
    g_string_append_printf(out, "%s: %s%s\n", info->label, value, line->suffix);
}

/* The items of @field, each between @before and @after. */
static void put_items(const MigrationStatus *status, MigrationField field, const char *before,
                      const char *after, GString *out)
{
    Json *list = migration_status_list(status, field);

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        g_autofree char *item = migration_item_format(json_object_array_get_idx(list, i));

        g_string_append_printf(out, "%s%s%s", before, item, after);
    }
}

static void put_status(const MigrationStatus *status, GString *out)
{
    const char *word = migration_status_text(status, FIELD_STATUS);
    const char *error = migration_status_text(status, FIELD_ERROR_DESC);

    g_string_append_printf(out, "Migration status: %s", word);
    if (error && migration_status_state(status) == MIGRATION_FAILED) {
        g_string_append_printf(out, " (%s)", error);
    }
    g_string_append_printf(out, "\ntotal time: %" G_GUINT64_FORMAT " ms\n",
                           migration_status_number(status, FIELD_TOTAL_TIME_MS));
}

void migration_classic(const MigrationStatus *status, GString *out)
{
    static const ClassicLine vfio = {FIELD_VFIO_TRANSFERRED_BYTES, " kbytes", KBYTES, FALSE};

    if (migration_status_has(status, FIELD_BLOCKED_REASONS)) {
        g_string_append(out, "Outgoing migration blocked:\n");
        put_items(status, FIELD_BLOCKED_REASONS, "  ", "\n", out);
    }
    if (migration_status_has(status, FIELD_STATUS)) {
        put_status(status, out);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        put_line(status, &lines[i], out);
    }
    if (migration_status_has(status, FIELD_POSTCOPY_VCPU_BLOCKTIME_MS)) {
        g_string_append(out, "postcopy vcpu blocktime: ");
        put_items(status, FIELD_POSTCOPY_VCPU_BLOCKTIME_MS, "", ",", out);
        g_string_truncate(out, out->len - (out->str[out->len - 1] == ','));
        g_string_append_c(out, '\n');
    }
    if (migration_status_has(status, FIELD_SOCKET_ADDRESS)) {
        g_string_append(out, "socket address: [\n");
        put_items(status, FIELD_SOCKET_ADDRESS, "\t", "\n", out);
        g_string_append(out, "]\n");
    }
    put_line(status, &vfio, out);
}
