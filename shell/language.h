/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language that hmpsh speaks: that of the locale, where doc/po has it. What belongs to QEMU's
 * HMP, names, and everything with --json stays as it is.
 *
 * A text that a reader sees is marked with _() where it is used, or with N_() in a table and _()
 * where the table is shown (glib/gi18n.h). */
#pragma once

/* Once, before any thread and before anything is said. Numbers are written as in C. */
void language_setup(void);

/* From here on everything is in English, whatever the locale; libvirt's messages too. */
void language_leave(void);
