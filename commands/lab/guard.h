/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard: a process that ends the lab when the shell ends, by whatever way. libvirt's embedded
 * driver has no autodestroy, and its QEMUs outlive it. */
#pragma once

#include <glib.h>

typedef struct Guard Guard;

/* Forks the guard of the lab in @dir, which no other lab may use: one that is just ending is waited
 * for. Call before any thread exists. With @remove it removes @dir at the end, else only the
 * disks and what libvirt notes of running guests. NULL with HMPSH_ERROR_FAILED. */
Guard *guard_new(const char *dir, gboolean remove, GError **error);

/* Ends the lab's QEMUs, and returns when none is left. */
void guard_finish(Guard *guard);
