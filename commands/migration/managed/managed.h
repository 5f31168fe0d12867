/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration that this shell lets libvirt do (virDomainMigrate3(), virDomainMigrateToURI3()). The
 * call does not return before the end, so a thread with connections of its own makes it; how far it
 * is, is looked at as with anybody else's (observer.h). Should the connection break meanwhile, the
 * thread finds out what became of the guest. */
#pragma once

#include "commands/migration/managed/managed_call.h"
#include "commands/migration/observer.h"
#include "shell/session.h"

typedef struct ManagedMigration ManagedMigration;

/* Begins to migrate @guest, whose observer is @observer, to the libvirt at @uri, as @call (taken
 * over) says. It is reached here
 * where this process is to drive the migration, which then ends with it; otherwise the source's
 * libvirt reaches it. HMPSH_ERROR_FAILED, _LOST or _INTERRUPTED where it cannot begin. */
ManagedMigration *managed_start(Guest *guest, const char *uri, MigrationObserver *observer,
                                ManagedCall *call, GError **error);

ManagedMigration *managed_ref(ManagedMigration *self);

/* Gives one reference back; one that goes on is left to itself. NULL is fine. */
void managed_unref(ManagedMigration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManagedMigration, managed_unref)

/* Whether it is the migration of @guest: of its QEMU, so that one that has come back later has
 * nothing to do with it. */
gboolean managed_is_of(ManagedMigration *self, const Guest *guest);

/* The guest's name, and the URI it goes to. Borrowed. */
const char *managed_guest(const ManagedMigration *self);
const char *managed_uri(const ManagedMigration *self);

/* Where the guest is found afterwards, as session_attach() takes it. Borrowed. */
const char *managed_arrives_as(const ManagedMigration *self);

gboolean managed_is_over(ManagedMigration *self);

/* How it has ended, or MIGRATION_NONE. Any thread. */
MigrationState managed_result(ManagedMigration *self);

/* Whether it ends with this process. */
gboolean managed_needs_shell(const ManagedMigration *self);

/* Whether the definition alone is sent. */
gboolean managed_is_definition(const ManagedMigration *self);

/* Whether disks are copied too. */
gboolean managed_copies_disks(const ManagedMigration *self);

/* The figures now, or how it ended: of a failed one "error-desc" is libvirt's reason. @observer is
 * the guest's. Errors are observer_look()'s; a guest that is gone before libvirt says how the
 * migration has ended is waited for. */
MigrationStatus *managed_query(ManagedMigration *self, Guest *guest, MigrationObserver *observer,
                               GError **error);

/* For migration_wait(): set when it is over. */
gboolean *managed_news(ManagedMigration *self);

/* From now on nobody waits for it: its end is told by itself, at a prompt. */
void managed_announce(ManagedMigration *self, gboolean announce);

/* Asks libvirt for its end. HMPSH_ERROR_FAILED with libvirt's reason. */
gboolean managed_cancel(ManagedMigration *self, Guest *guest, GError **error);

/* Waits until it is over, or @end (monotonic, microseconds). FALSE with HMPSH_ERROR_INTERRUPTED
 * after Ctrl-C. */
gboolean managed_wait_until(ManagedMigration *self, gint64 end, GError **error);

/* Waits for its end, however long that takes. FALSE with libvirt's reason when it was not a good
 * one, or HMPSH_ERROR_INTERRUPTED. */
gboolean managed_wait(ManagedMigration *self, GError **error);

/* This process is about to end: asks for the end of one that needs it, without waiting. */
void managed_abandon(ManagedMigration *self);

/* What became of it since, by @end (monotonic, microseconds) at the latest: a sentence. Free with
 * g_free(). */
char *managed_fate(ManagedMigration *self, gint64 end);

/* Whether this was called before: somebody was warned that leaving cancels it. */
gboolean managed_was_warned_of(ManagedMigration *self);
