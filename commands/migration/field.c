/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/field.h"

#include <glib/gi18n.h>

/* clang-format off */
static const MigrationFieldInfo fields[] = {
    [FIELD_STATUS] = {"status", "status", "Migration status",
        N_("where the migration is"), KIND_TEXT, UNIT_NONE},
    [FIELD_TOTAL_TIME_MS] = {"total-time", "total-time", "total time",
        N_("time since the migration began, or that it took"), KIND_NUMBER, UNIT_MS},
    [FIELD_SETUP_TIME_MS] = {"setup-time", "setup-time", "setup",
        N_("time from the beginning to the first pass"), KIND_NUMBER, UNIT_MS},
    [FIELD_EXPECTED_DOWNTIME_MS] = {"expected-downtime", "expected-downtime", "expected downtime",
        N_("how long the guest would stand still if it were switched over now"),
        KIND_NUMBER, UNIT_MS},
    [FIELD_DOWNTIME_MS] = {"downtime", "downtime", "downtime",
        N_("how long the guest stood still"), KIND_NUMBER, UNIT_MS},
    [FIELD_REMAINING_BYTES] = {"remaining-all", "remaining", "remaining",
        N_("what is left of memory and devices"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_ERROR_DESC] = {"error-desc", "error-desc", "error",
        N_("why the migration failed or stopped"), KIND_TEXT, UNIT_NONE},
    [FIELD_BLOCKED_REASONS] = {"blocked-reasons", "blocked-reasons", "Outgoing migration blocked",
        N_("what in the guest forbids its migration"), KIND_LIST, UNIT_NONE},
    [FIELD_SOCKET_ADDRESS] = {"socket-address", "socket-address", "socket address",
        N_("where the destination listens"), KIND_LIST, UNIT_NONE},

    [FIELD_RAM_TRANSFERRED_BYTES] = {"transferred", "ram.transferred", "transferred ram",
        N_("what was sent"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_MBPS] = {"mbps", "ram.mbps", "throughput",
        N_("how fast it is sent; when completed, the average"), KIND_REAL, UNIT_MBPS},
    [FIELD_RAM_REMAINING_BYTES] = {"remaining", "ram.remaining", "remaining ram",
        N_("memory left in this pass"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_TOTAL_BYTES] = {"total", "ram.total", "total ram",
        N_("the guest's memory"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_DUPLICATE_PAGES] = {"duplicate", "ram.duplicate", "duplicate",
        N_("pages full of zeroes, told of instead of sent"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_RAM_SKIPPED_PAGES] = {"skipped", "ram.skipped", "skipped",
        N_("always 0, gone in QEMU 9.1"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_RAM_NORMAL_PAGES] = {"normal", "ram.normal", "normal",
        N_("pages sent whole"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_RAM_NORMAL_BYTES] = {"normal-bytes", "ram.normal-bytes", "normal bytes",
        N_("what the pages sent whole amount to"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_DIRTY_SYNC_COUNT] = {"dirty-sync-count", "ram.dirty-sync-count", "dirty sync count",
        N_("how often dirty pages were looked for: the number of the pass"),
        KIND_NUMBER, UNIT_NONE},
    [FIELD_RAM_PAGE_SIZE_BYTES] = {"page-size", "ram.page-size", "page size",
        N_("the size of one page"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_MULTIFD_BYTES] = {"multifd-bytes", "ram.multifd-bytes", "multifd bytes",
        N_("what was sent through multifd's channels"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_PAGES_PER_SECOND] = {"pages-per-second", "ram.pages-per-second", "pages-per-second",
        N_("how fast pages are dealt with"), KIND_NUMBER, UNIT_PAGES_PER_SECOND},
    [FIELD_RAM_DIRTY_PAGES_PER_SECOND] = {"dirty-pages-rate", "ram.dirty-pages-rate",
        "dirty pages rate",
        N_("how fast the guest dirtied pages in the last pass; on a full link, as fast as it "
           "sends"),
        KIND_NUMBER, UNIT_PAGES_PER_SECOND},
    [FIELD_RAM_POSTCOPY_REQUESTS] = {"postcopy-requests", "ram.postcopy-requests",
        "postcopy request count",
        N_("pages that the destination asked for"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_RAM_PRECOPY_BYTES] = {"precopy-bytes", "ram.precopy-bytes", "precopy ram",
        N_("what was sent while the guest ran at the source"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_DOWNTIME_BYTES] = {"downtime-bytes", "ram.downtime-bytes", "downtime ram",
        N_("what was sent while the guest stood still"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_POSTCOPY_BYTES] = {"postcopy-bytes", "ram.postcopy-bytes", "postcopy ram",
        N_("what was sent while the guest ran at the destination"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_RAM_ZERO_COPY_FALLBACKS] = {"dirty-sync-missed-zero-copy",
        "ram.dirty-sync-missed-zero-copy", "Zero-copy-send fallbacks happened",
        N_("how often the kernel copied although zero-copy-send was on"), KIND_NUMBER, UNIT_NONE},

    [FIELD_DISK_TRANSFERRED_BYTES] = {"disk-transferred", "disk.transferred", "transferred disk",
        N_("what was sent of the disks"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_DISK_REMAINING_BYTES] = {"disk-remaining", "disk.remaining", "remaining disk",
        N_("what is left of the disks"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_DISK_TOTAL_BYTES] = {"disk-total", "disk.total", "total disk",
        N_("the size of the disks; it grows by what the guest writes meanwhile"), KIND_NUMBER,
        UNIT_BYTES},
    [FIELD_DISK_MBPS] = {"disk-mbps", "disk.mbps", "disk throughput",
        N_("how fast the disks are copied"), KIND_REAL, UNIT_MBPS},

    [FIELD_XBZRLE_CACHE_BYTES] = {"xbzrle-cache-size", "xbzrle-cache.cache-size", "cache size",
        N_("the size of the cache"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_XBZRLE_TRANSFERRED_BYTES] = {"xbzrle-bytes", "xbzrle-cache.bytes",
        "xbzrle transferred", N_("what XBZRLE's pages amounted to"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_XBZRLE_PAGES] = {"xbzrle-pages", "xbzrle-cache.pages", "xbzrle pages",
        N_("pages sent as a difference"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_XBZRLE_MISS_PAGES] = {"xbzrle-cache-miss", "xbzrle-cache.cache-miss",
        "xbzrle cache miss", N_("pages that were not in the cache"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_XBZRLE_MISS_RATE] = {"xbzrle-cache-miss-rate", "xbzrle-cache.cache-miss-rate",
        "xbzrle cache miss rate", N_("their share in the last pass, 0 to 1"), KIND_REAL, UNIT_NONE},
    [FIELD_XBZRLE_ENCODING_RATE] = {"xbzrle-encoding-rate", "xbzrle-cache.encoding-rate",
        "xbzrle encoding rate",
        N_("how many times smaller the pages became"), KIND_REAL, UNIT_NONE},
    [FIELD_XBZRLE_OVERFLOWS] = {"xbzrle-overflow", "xbzrle-cache.overflow", "xbzrle overflow",
        N_("pages too different to be worth it"), KIND_NUMBER, UNIT_NONE},

    [FIELD_COMPRESSION_PAGES] = {"compression-pages", "compression.pages", "compression pages",
        N_("pages sent compressed"), KIND_NUMBER, UNIT_PAGES},
    [FIELD_COMPRESSION_BUSY] = {"compression-busy", "compression.busy", "compression busy",
        N_("how often no thread was free to compress"), KIND_NUMBER, UNIT_NONE},
    [FIELD_COMPRESSION_BUSY_RATE] = {"compression-busy-rate", "compression.busy-rate",
        "compression busy rate", N_("its share in the last pass, 0 to 1"), KIND_REAL, UNIT_NONE},
    [FIELD_COMPRESSION_BYTES] = {"compression-bytes", "compression.compressed-size",
        "compressed size", N_("what the compressed pages amounted to"), KIND_NUMBER, UNIT_BYTES},
    [FIELD_COMPRESSION_RATE] = {"compression-rate", "compression.compression-rate",
        "compression rate", N_("how many times smaller the pages became"), KIND_REAL, UNIT_NONE},

    [FIELD_CPU_THROTTLE_PERCENT] = {"cpu-throttle-percentage", "cpu-throttle-percentage",
        "cpu throttle percentage", N_("how much auto-converge slows the guest down"), KIND_NUMBER,
        UNIT_PERCENT},
    [FIELD_DIRTY_LIMIT_THROTTLE_US] = {"dirty-limit-throttle-time",
        "dirty-limit-throttle-time-per-round", "dirty-limit throttle time",
        N_("how long dirty-limit held the vCPUs back in a round"), KIND_NUMBER, UNIT_US},
    [FIELD_DIRTY_LIMIT_RING_FULL_US] = {"dirty-limit-ring-full-time",
        "dirty-limit-ring-full-time", "dirty-limit ring full time",
        N_("how long it takes to fill the dirty ring"), KIND_NUMBER, UNIT_US},

    [FIELD_POSTCOPY_BLOCKTIME_MS] = {"postcopy-blocktime", "postcopy-blocktime",
        "postcopy blocktime",
        N_("how long all vCPUs at once waited for pages"), KIND_NUMBER, UNIT_MS},
    [FIELD_POSTCOPY_VCPU_BLOCKTIME_MS] = {"postcopy-vcpu-blocktime", "postcopy-vcpu-blocktime",
        "postcopy vcpu blocktime", N_("how long each vCPU waited for pages"), KIND_LIST, UNIT_MS},
    [FIELD_POSTCOPY_LATENCY_NS] = {"postcopy-latency", "postcopy-latency", "postcopy latency",
        N_("how long a page took to come, on average"), KIND_NUMBER, UNIT_NS},
    [FIELD_POSTCOPY_LATENCY_DIST] = {"postcopy-latency-dist", "postcopy-latency-dist",
        "postcopy latency distribution", N_("how many pages took 1 to 2 us, 2 to 4 us, and so on"),
        KIND_LIST, UNIT_NONE},
    [FIELD_POSTCOPY_VCPU_LATENCY_NS] = {"postcopy-vcpu-latency", "postcopy-vcpu-latency",
        "postcopy vcpu latencies", N_("how long a page took to come, for each vCPU"),
        KIND_LIST, UNIT_NS},
    [FIELD_POSTCOPY_NON_VCPU_LATENCY_NS] = {"postcopy-non-vcpu-latency",
        "postcopy-non-vcpu-latency", "postcopy non-vcpu latencies",
        N_("how long a page took to come, for QEMU's other threads"), KIND_NUMBER, UNIT_NS},

    [FIELD_VFIO_TRANSFERRED_BYTES] = {"vfio-transferred", "vfio.transferred",
        "vfio device transferred", N_("what was sent of VFIO devices"), KIND_NUMBER, UNIT_BYTES},

    [FIELD_DRIVER] = {"driver", "driver", "driver",
        N_("who drives it: raw (QEMU alone), or managed (libvirt)"), KIND_TEXT, UNIT_NONE},
    [FIELD_BEGUN_BY] = {"begun-by", "begun-by", "begun by",
        N_("who began it: this shell, or somebody else"), KIND_TEXT, UNIT_NONE},
    [FIELD_ROLE] = {"role", "role", "role",
        N_("what the guest that is looked at is to it: source or destination"),
        KIND_TEXT, UNIT_NONE},
};
/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(fields) == N_FIELDS);

const MigrationFieldInfo *migration_field_info(MigrationField field)
{
    g_return_val_if_fail(field < N_FIELDS, NULL);
    return &fields[field];
}

gboolean migration_field_find(const char *name, MigrationField *field)
{
    for (MigrationField each = 0; each < N_FIELDS; each++) {
        if (g_str_equal(name, fields[each].key)) {
            *field = each;
            return TRUE;
        }
    }
    for (MigrationField each = 0; each < N_FIELDS; each++) {
        if (g_str_equal(name, fields[each].path)) {
            *field = each;
            return TRUE;
        }
    }
    return FALSE;
}

const char *migration_unit_name(MigrationUnit unit)
{
    static const char *const names[] = {
        [UNIT_NONE] = "",
        [UNIT_BYTES] = N_("bytes"),
        [UNIT_MS] = "ms",
        [UNIT_US] = "us",
        [UNIT_NS] = "ns",
        [UNIT_PAGES] = N_("pages"),
        [UNIT_MBPS] = "Mbit/s",
        [UNIT_PERCENT] = "%",
        [UNIT_PAGES_PER_SECOND] = N_("pages/s"),
        [UNIT_BYTES_PER_SECOND] = N_("bytes/s"),
    };

    return names[unit];
}
