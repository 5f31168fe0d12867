/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries out a policy for one guest's migration, by a thread with connections of its own, whatever
 * the prompt does: each step is told in one line. Whether it is QEMU's own migration, one with
 * disks, or one that libvirt manages: the policy's settings are made before it begins, and put back
 * at its end. */
#pragma once

#include "commands/migration/policy/policy_engine.h"
#include "shell/session.h"

typedef struct Governor Governor;

typedef struct {
    const Policy *policy;    /* copied */
    const PolicyGuest *size; /* the guest as the policy counts it */
    gboolean managed;        /* libvirt will drive it: what it sets by itself is left to it */
    gboolean disks;          /* they are copied too, by whomever: no post-copy then */
} GovernorWish;

/* Gets ready for a migration of @guest that is about to begin, to @peer (may be NULL: not known),
 * and makes the policy's settings. What it cannot do it tells, and the policy does without.
 * HMPSH_ERROR_LOST, _INTERRUPTED, or _FAILED as QEMU refuses a setting. */
Governor *governor_prepare(Guest *guest, Guest *peer, const GovernorWish *wish, GError **error);

/* Lets go of one whose migration did not begin: its settings are put back. */
void governor_free(Governor *governor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Governor, governor_free)

/* The migration of @guest has begun: @governor (taken over) is at work until its end. */
void governor_begin(Guest *guest, Governor *governor);

/* The migration of @guest is over: waits, for some seconds at most, until its governor, if it has
 * one, has put everything back. */
void governor_settle(Guest *guest);

/* Whether a migration of @guest was governed here, be it over or not. */
gboolean governor_is_known(Guest *guest);

/* The policy that governs @guest's migration, which goes on; NULL: none does. Borrowed until the
 * session's thread does something else. */
const Policy *governor_of(Guest *guest);

/* From now on the policy does nothing more about the migration of @guest; what it has set stays
 * until the end. FALSE: none governs it. */
gboolean governor_release(Guest *guest);

/* The shell is about to end, and the migration goes on: what stays as the policy has set it, as a
 * sentence; NULL: nothing to tell. Free with g_free(). */
char *governor_leave(Guest *guest);
