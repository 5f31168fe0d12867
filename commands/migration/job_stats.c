/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/job_stats.h"

#include <libvirt/libvirt.h>

/* Which parameter of libvirt's is which figure. */
typedef struct {
    const char *name;
    MigrationField field;
} Row;

static const Row ENDS[] = {
    {VIR_DOMAIN_JOB_TIME_ELAPSED, FIELD_TOTAL_TIME_MS},
    {VIR_DOMAIN_JOB_SETUP_TIME, FIELD_SETUP_TIME_MS},
    {VIR_DOMAIN_JOB_DOWNTIME, FIELD_DOWNTIME_MS}, /* the expected one while the job goes on */
    {VIR_DOMAIN_JOB_MEMORY_TOTAL, FIELD_RAM_TOTAL_BYTES},
    {VIR_DOMAIN_JOB_MEMORY_PROCESSED, FIELD_RAM_TRANSFERRED_BYTES},
    {VIR_DOMAIN_JOB_MEMORY_REMAINING, FIELD_RAM_REMAINING_BYTES},
    {VIR_DOMAIN_JOB_MEMORY_CONSTANT, FIELD_RAM_DUPLICATE_PAGES},
    {VIR_DOMAIN_JOB_MEMORY_NORMAL, FIELD_RAM_NORMAL_PAGES},
    {VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES, FIELD_RAM_NORMAL_BYTES},
    {VIR_DOMAIN_JOB_MEMORY_ITERATION, FIELD_RAM_DIRTY_SYNC_COUNT},
    {VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE, FIELD_RAM_PAGE_SIZE_BYTES},
    {VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE, FIELD_RAM_DIRTY_PAGES_PER_SECOND},
    {VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS, FIELD_RAM_POSTCOPY_REQUESTS},
    {VIR_DOMAIN_JOB_COMPRESSION_CACHE, FIELD_XBZRLE_CACHE_BYTES},
    {VIR_DOMAIN_JOB_COMPRESSION_BYTES, FIELD_XBZRLE_TRANSFERRED_BYTES},
    {VIR_DOMAIN_JOB_COMPRESSION_PAGES, FIELD_XBZRLE_PAGES},
    {VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES, FIELD_XBZRLE_MISS_PAGES},
    {VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW, FIELD_XBZRLE_OVERFLOWS},
    {VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE, FIELD_CPU_THROTTLE_PERCENT},
};

/* Given, and 0, where no disk is copied. */
static const Row DISKS[] = {
    {VIR_DOMAIN_JOB_DISK_TOTAL, FIELD_DISK_TOTAL_BYTES},
    {VIR_DOMAIN_JOB_DISK_PROCESSED, FIELD_DISK_TRANSFERRED_BYTES},
    {VIR_DOMAIN_JOB_DISK_REMAINING, FIELD_DISK_REMAINING_BYTES},
};

static guint64 number_of(Json *stats, const char *name)
{
    return json_object_get_uint64(json_get(stats, name));
}

static gboolean is_operation(Json *stats, int operation)
{
    return json_get(stats, VIR_DOMAIN_JOB_OPERATION) &&
           number_of(stats, VIR_DOMAIN_JOB_OPERATION) == (guint64)operation;
}

/* An event has no type: it comes of what is completed. */
static gboolean is_completed(Json *stats)
{
    Json *type = json_get(stats, "type");

    return !type || json_object_get_int(type) == VIR_DOMAIN_JOB_COMPLETED;
}

static gboolean goes_on(Json *stats)
{
    int type = json_object_get_int(json_get(stats, "type"));

    return type == VIR_DOMAIN_JOB_BOUNDED || type == VIR_DOMAIN_JOB_UNBOUNDED;
}

gboolean job_stats_go_out(Json *stats)
{
    return goes_on(stats) && is_operation(stats, VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT);
}

gboolean job_stats_went_out(Json *stats)
{
    return stats && is_completed(stats) &&
           is_operation(stats, VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT);
}

gboolean job_stats_came_in(Json *stats)
{
    return stats && is_completed(stats) &&
           is_operation(stats, VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN);
}

gboolean job_stats_have_memory(Json *stats)
{
    return number_of(stats, VIR_DOMAIN_JOB_MEMORY_TOTAL) > 0;
}

static void take(Json *stats, const Row *rows, gsize n, MigrationStatus *status)
{
    for (gsize i = 0; i < n; i++) {
        if (json_get(stats, rows[i].name)) {
            migration_status_set_number(status, rows[i].field, number_of(stats, rows[i].name));
        }
    }
}

/* libvirt's rates are bytes per second. */
static void take_rate(Json *stats, const char *name, MigrationField field, MigrationStatus *status)
{
    guint64 rate = number_of(stats, name);

    if (rate > 0) {
        migration_status_set_real(status, field, (double)rate * 8 / 1e6);
    }
}

static void take_disks(Json *stats, MigrationStatus *status)
{
    if (number_of(stats, VIR_DOMAIN_JOB_DISK_TOTAL) > 0) {
        take(stats, DISKS, G_N_ELEMENTS(DISKS), status);
        take_rate(stats, VIR_DOMAIN_JOB_DISK_BPS, FIELD_DISK_MBPS, status);
    }
}

MigrationStatus *job_stats_end(Json *stats)
{
    MigrationStatus *status = migration_status_new();

    migration_status_set_state(status, MIGRATION_COMPLETED);
    take(stats, ENDS, G_N_ELEMENTS(ENDS), status);
    take_rate(stats, VIR_DOMAIN_JOB_MEMORY_BPS, FIELD_RAM_MBPS, status);
    take_disks(stats, status);
    return status;
}

void job_stats_add(Json *stats, MigrationStatus *status)
{
    take_disks(stats, status);
    if (json_get(stats, VIR_DOMAIN_JOB_TIME_ELAPSED)) {
        migration_status_set_number(status, FIELD_TOTAL_TIME_MS,
                                    number_of(stats, VIR_DOMAIN_JOB_TIME_ELAPSED));
    }
}
