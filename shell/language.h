/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language that hmpsh speaks: that of the locale, where doc/po has it. What belongs to QEMU's
 * HMP, names, and everything with --json stays as it is.
 *
 * A text that a reader sees is marked with _() where it is used, or with N_() in a table and _()
 * where the table is shown (glib/gi18n.h). */
#pragma once

/* Once, before any thread and before anything is said. Numbers are written as in C. A locale that
 * the system lacks is taken from those that come with hmpsh. Where the character set is not UTF-8
 * everything is in English. Gives the name of the one that the environment asks for messages in,
 * when hmpsh speaks its language but the locale is not to be had: everything is in English then.
 * Else NULL. Free with g_free(). */
char *language_setup(void);

/* From here on everything is in English, whatever the locale; libvirt's messages too. */
void language_leave(void);
