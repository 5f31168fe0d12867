/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known about one migration at one moment: the model that every face shows and every
 * condition looks at. It knows nothing of where its figures came from: query-migrate, or libvirt's
 * job statistics. A figure that was not given is absent, never 0. */
#pragma once

#include "commands/migration/field.h"
#include "commands/migration/state.h"
#include "shell/json.h"

typedef union {
    guint64 number;
    double real;
    char *text;
    Json *list;
} MigrationValue;

/* Values are looked at and set through the functions below; which member of a value counts is its
 * field's kind. A plain value: it shares nothing with any other or with the reply it came from. */
typedef struct {
    guint64 present; /* bit 1 << field */
    MigrationValue values[N_FIELDS];
} MigrationStatus;

/* One without any figure. Free with migration_status_free(). */
MigrationStatus *migration_status_new(void);

/* Reads query-migrate's "return" member (borrowed). Members that are not known, not of the type
 * that QAPI gives them, or INT64_MAX (how QEMU 11.1 says that it does not know) are absent. Never
 * NULL. */
MigrationStatus *migration_status_from_qmp(Json *reply);

MigrationStatus *migration_status_copy(const MigrationStatus *status);
void migration_status_free(MigrationStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigrationStatus, migration_status_free)

/* The model in query-migrate's own shape, so that QEMU's documentation describes it; absent figures
 * are absent. The caller owns the result. */
Json *migration_status_to_json(const MigrationStatus *status);

gboolean migration_status_has(const MigrationStatus *status, MigrationField field);

/* A figure in its field's unit; 0 or NULL when absent. Text and list are borrowed. The field must
 * be of that kind. */
guint64 migration_status_number(const MigrationStatus *status, MigrationField field);
double migration_status_real(const MigrationStatus *status, MigrationField field);
const char *migration_status_text(const MigrationStatus *status, MigrationField field);
Json *migration_status_list(const MigrationStatus *status, MigrationField field);

/* Whether it is the end of a migration that came to this guest: QEMU tells it at the destination
 * too, without the figures (QEMU: fill_destination_migration_info()); libvirt with them. */
gboolean migration_status_is_arrival(const MigrationStatus *status);

/* For the makers. @text is copied; NULL makes it absent. */
void migration_status_set_number(MigrationStatus *status, MigrationField field, guint64 number);
void migration_status_set_real(MigrationStatus *status, MigrationField field, double real);
void migration_status_set_text(MigrationStatus *status, MigrationField field, const char *text);

void migration_status_set_state(MigrationStatus *status, MigrationState state);

/* Who drives it, libvirt (managed) or QEMU alone (raw), and who began it; @ours: this shell. */
void migration_status_set_driver(MigrationStatus *status, gboolean managed);
void migration_status_set_begun_by(MigrationStatus *status, gboolean ours);

/* Any figure as one word or words without a unit, as CSV has it: "14762", "201.59", "active",
 * "tcp:127.0.0.1:4444 unix:/run/m" (addresses as migrate takes them). NULL when absent. Not by the
 * locale. Free with g_free(). */
char *migration_status_format(const MigrationStatus *status, MigrationField field);

/* One item of a list, in the same way. Free with g_free(). */
char *migration_item_format(Json *item);

MigrationState migration_status_state(const MigrationStatus *status);

/* Whether it is known that somebody else began it. */
gboolean migration_status_is_foreign(const MigrationStatus *status);

/* Whether libvirt drives it. */
gboolean migration_status_is_managed(const MigrationStatus *status);

/* Whether libvirt has given up a post-copy, for the reason in "error-desc", that QEMU has not
 * ended: it may do the rest by itself, or be gone on with. */
gboolean migration_status_is_given_up(const MigrationStatus *status);

/* It stands still until somebody acts: pre-switchover, which libvirt goes on from by itself,
 * postcopy-paused, and what was given up. */
gboolean migration_status_needs_attention(const MigrationStatus *status);

/* The throughput in bytes per second (from QEMU's megabits); 0 when absent. */
guint64 migration_status_throughput(const MigrationStatus *status);

/* The same for the disks. */
guint64 migration_status_disk_throughput(const MigrationStatus *status);

/* Whether the memory left to send is a figure that means something: not before the dirty bitmap was
 * first synced, when nothing counts as dirty, and not once the migration is given up or over. */
gboolean migration_status_has_remaining(const MigrationStatus *status);

/* Whether pages are being sent for the first time: pre-copy, with figures of memory, and the dirty
 * bitmap synced no more than once (QAPI: dirty-sync-count <= 1, so too in QEMU 11.1, whose
 * MIGRATION_PASS events begin with 2). FALSE where QEMU is too old to count (before 2.1). */
gboolean migration_status_in_first_pass(const MigrationStatus *status);

/* The share of memory that the first pass has dealt with, 0 to 100; it never falls. FALSE when it
 * has no meaning: in later passes "remaining" is a saw-tooth. */
gboolean migration_status_first_pass_percent(const MigrationStatus *status, double *percent);

/* Whether disks are being copied and the memory has not begun; @percent (may be NULL) gets the
 * share of them that is done, 0 to 99: the disks grow as the guest writes. */
gboolean migration_status_copies_disks(const MigrationStatus *status, double *percent);

/* The bytes that may be left at most for QEMU to switch over: throughput times downtime limit
 * (QEMU: migration.c; avail-switchover-bandwidth, where set, takes the throughput's place). FALSE
 * when there is no throughput, in the first pass, with nothing left, and outside pre-copy. */
gboolean migration_status_threshold(const MigrationStatus *status, guint64 downtime_limit_ms,
                                    guint64 *bytes);
