/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that a command line holds as text, read as QEMU's human monitor reads them, and sizes,
 * rates and durations written for a reader. Nothing here depends on the locale.
 *
 * The *_parse() functions skip blanks, read one value at *@text and move *@text past it. They do
 * not judge what follows: QEMU has its own message for that ("extraneous characters at the end of
 * line"). Errors are HMPSH_ERROR_SYNTAX in QEMU's words; *@text and the result are then untouched.
 */
#pragma once

#include <glib.h>

/* A size or a rate, as argument type o takes it (QEMU up to 5.2: util/cutils.c): a number (decimal
 * or hexadecimal, with a fraction or an exponent) and at most one letter, in either case: b k m g t
 * p e = 1, 2^10 … 2^60 bytes. Without a letter it counts in @unit bytes, a power of two (HMP's
 * default is 1 << 20). Where the unit is one byte, only whole numbers are taken; elsewhere a
 * fraction of a byte is cut off. An "e" without an exponent is the letter for exa. What is accepted
 * is what QEMU accepts: at most G_MAXINT64 as a double has it, so not 9223372036854775807b. The
 * result is better: a whole number is exact (9007199254740993b), where QEMU rounds it to 53 bits.
 * Error: "invalid size". */
gboolean size_parse(const char **text, guint64 unit, guint64 *bytes, GError **error);

/* A time, as argument type T takes it (QEMU: monitor/hmp.c): a number as above with any sign, then
 * nothing, or without a blank "ms", "us" or "ns", then a blank or the end. @seconds is in seconds
 * and may be negative. Errors: "Number expected"; "Bad number" (nan, inf); "Unknown unit suffix"
 * ("1s" too). */
gboolean time_parse(const char **text, double *seconds, GError **error);

/* A switch, as argument type b takes it (QEMU: monitor/hmp.c): on or off up to the next blank, in
 * lower case. Error: "Expected 'on' or 'off'". */
gboolean switch_parse(const char **text, gboolean *on, GError **error);

/* @bytes in the largest binary unit that leaves at least one of it, rounded to at most one decimal
 * below 100 and to none from there, ".0" dropped: "0 B", "1.5 MiB", "99.9 GiB", "128 MiB". Free
 * with g_free(). */
char *size_format(guint64 bytes);

/* The same for bytes per second: "64 MiB/s"; "unlimited" for 0, which is what QEMU means by it.
 * Free with g_free(). */
char *rate_format(guint64 bytes_per_second);

/* A duration, rounded to what is shown: "300 ms", "1.2 s" (below 10 s), "12 s", "3 min 20 s",
 * "1 h 2 min"; a last part that is 0 is left out. Free with g_free(). */
char *duration_format(gint64 milliseconds);
