/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small process that outlives this one: should hmpsh be killed in the middle of a migration that
 * only it can bring to its end, the keeper has it cancelled by another hmpsh, so that no guest is
 * left standing at the switch-over and no disk is copied for ever. */
#pragma once

#include <glib.h>

typedef struct Keeper Keeper;

/* A guest, as another process finds it. */
typedef struct {
    const char *uri; /* NULL: the default connection */
    const char *uuid;
} KeeperGuest;

/* Starts one for the migration of @source to @destination. NULL when there can be none (the
 * migration then goes without). */
Keeper *keeper_new(const KeeperGuest *source, const KeeperGuest *destination);

/* From now on the guest may have left the source: when it has, the keeper is to run it at the
 * destination. NULL is fine here and below. */
void keeper_expect_arrival(Keeper *keeper);

/* The migration has come to its end: the keeper leaves without a trace. */
void keeper_dismiss(Keeper *keeper);

/* What became of the migration could not be found out: the keeper sees to it, as if this process
 * were gone. */
void keeper_call(Keeper *keeper);
