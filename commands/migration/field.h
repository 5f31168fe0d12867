/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a migration: one row each, from which reading, every way of showing, and the
 * conditions of `wait` and `assert` are made. The source is query-migrate (QAPI: MigrationInfo,
 * MigrationStats, XBZRLECacheStats, CompressionStats, VfioStats); the numbers below are the QEMU in
 * which a member appeared, and the one that has it no longer. */
#pragma once

#include <glib.h>

typedef enum {
    FIELD_STATUS,               /* 0.14; see MigrationState */
    FIELD_TOTAL_TIME_MS,        /* 1.2 */
    FIELD_SETUP_TIME_MS,        /* 1.6 */
    FIELD_EXPECTED_DOWNTIME_MS, /* 1.3; in the first pass only the limit */
    FIELD_DOWNTIME_MS,          /* 1.3 */
    FIELD_REMAINING_BYTES,      /* 11.1; memory and devices */
    FIELD_ERROR_DESC,           /* 2.7; up to 8.1 only when failed */
    FIELD_BLOCKED_REASONS,      /* 6.0; strings */
    FIELD_SOCKET_ADDRESS,       /* 4.0; QAPI: SocketAddress, on the destination */

    FIELD_RAM_TRANSFERRED_BYTES,
    FIELD_RAM_MBPS, /* 1.6; 10^6 bits per second */
    FIELD_RAM_REMAINING_BYTES,
    FIELD_RAM_TOTAL_BYTES,
    FIELD_RAM_DUPLICATE_PAGES,        /* 1.2; pages of one byte repeated, as a rule 0 */
    FIELD_RAM_SKIPPED_PAGES,          /* 1.5 to 9.0; always 0 */
    FIELD_RAM_NORMAL_PAGES,           /* 1.2 */
    FIELD_RAM_NORMAL_BYTES,           /* 1.2 */
    FIELD_RAM_DIRTY_SYNC_COUNT,       /* 2.1; the number of the pass */
    FIELD_RAM_PAGE_SIZE_BYTES,        /* 2.10 */
    FIELD_RAM_MULTIFD_BYTES,          /* 3.0 */
    FIELD_RAM_PAGES_PER_SECOND,       /* 4.0 */
    FIELD_RAM_DIRTY_PAGES_PER_SECOND, /* 1.3; 0 until the first pass has ended */
    FIELD_RAM_POSTCOPY_REQUESTS,      /* 2.7 */
    FIELD_RAM_PRECOPY_BYTES,          /* 7.0 */
    FIELD_RAM_DOWNTIME_BYTES,         /* 7.0 */
    FIELD_RAM_POSTCOPY_BYTES,         /* 7.0 */
    FIELD_RAM_ZERO_COPY_FALLBACKS,    /* 7.1 */

    FIELD_DISK_TRANSFERRED_BYTES, /* of QEMU to 9.0; migrate -b. Its other members are always 0 */
    FIELD_DISK_REMAINING_BYTES,
    FIELD_DISK_TOTAL_BYTES,
    FIELD_DISK_MBPS, /* 10^6 bits per second */

    FIELD_XBZRLE_CACHE_BYTES, /* 1.2 */
    FIELD_XBZRLE_TRANSFERRED_BYTES,
    FIELD_XBZRLE_PAGES,
    FIELD_XBZRLE_MISS_PAGES,
    FIELD_XBZRLE_MISS_RATE,     /* 2.1; 0 to 1 */
    FIELD_XBZRLE_ENCODING_RATE, /* 5.1; bytes before to bytes after */
    FIELD_XBZRLE_OVERFLOWS,

    FIELD_COMPRESSION_PAGES, /* 3.1 to 9.0 */
    FIELD_COMPRESSION_BUSY,
    FIELD_COMPRESSION_BUSY_RATE, /* 0 to 1 */
    FIELD_COMPRESSION_BYTES,
    FIELD_COMPRESSION_RATE, /* bytes before to bytes after */

    FIELD_CPU_THROTTLE_PERCENT,     /* 2.7 */
    FIELD_DIRTY_LIMIT_THROTTLE_US,  /* 8.1 */
    FIELD_DIRTY_LIMIT_RING_FULL_US, /* 8.1 */

    FIELD_POSTCOPY_BLOCKTIME_MS,        /* 3.0; these six on the destination */
    FIELD_POSTCOPY_VCPU_BLOCKTIME_MS,   /* numbers */
    FIELD_POSTCOPY_LATENCY_NS,          /* 10.1 */
    FIELD_POSTCOPY_LATENCY_DIST,        /* 10.1; counts, item N for 2^N to 2^(N+1) us */
    FIELD_POSTCOPY_VCPU_LATENCY_NS,     /* 10.1; numbers */
    FIELD_POSTCOPY_NON_VCPU_LATENCY_NS, /* 10.1 */

    FIELD_VFIO_TRANSFERRED_BYTES, /* 5.2 */

    /* not QEMU's: what hmpsh knows (observer.h) */
    FIELD_DRIVER,   /* "raw" or "managed" */
    FIELD_BEGUN_BY, /* "this shell" or "somebody else" */
    FIELD_ROLE,     /* "source" or "destination" */

    N_FIELDS
} MigrationField;

/* What a figure is, and so how a MigrationStatus holds it. */
typedef enum {
    KIND_NUMBER, /* guint64 */
    KIND_REAL,   /* double */
    KIND_TEXT,   /* char * */
    KIND_LIST,   /* Json *, an array */
} MigrationKind;

typedef enum {
    UNIT_NONE, /* words, counts and ratios */
    UNIT_BYTES,
    UNIT_MS,
    UNIT_US,
    UNIT_NS,
    UNIT_PAGES,
    UNIT_PAGES_PER_SECOND,
    UNIT_BYTES_PER_SECOND, /* of no field; what figure.h adds */
    UNIT_MBPS,             /* 10^6 bits per second */
    UNIT_PERCENT,
} MigrationUnit;

typedef struct {
    const char *key;   /* one word, the same on every QEMU: CSV's column, assert's FIELD */
    const char *path;  /* where query-migrate has it: "ram.remaining" */
    const char *label; /* what `info migrate` of QEMU 7.2 calls it */
    const char *help;  /* what it tells, in one line */
    MigrationKind kind;
    MigrationUnit unit;
} MigrationFieldInfo;

/* The row of @field. Static. */
const MigrationFieldInfo *migration_field_info(MigrationField field);

/* The field called @name: a key, or else a path. A key is preferred where a word is both:
 * "remaining" is the memory's on every QEMU, and 11.1's with the devices is "remaining-all". FALSE
 * when there is none. */
gboolean migration_field_find(const char *name, MigrationField *field);

/* "bytes", "ms", ...; "" for UNIT_NONE. Static. */
const char *migration_unit_name(MigrationUnit unit);
