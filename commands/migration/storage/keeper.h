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

/* The migration has come to its end: the keeper leaves without a trace. NULL is fine. */
void keeper_dismiss(Keeper *keeper);
