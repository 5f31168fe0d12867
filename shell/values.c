/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/values.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "shell/error.h"
#include "shell/line.h"

/* The power of 1024 that the size letter @c stands for, or -1. */
static int size_power(char c)
{
    static const char letters[] = "bkmgtpe";
    const char *found = c ? strchr(letters, g_ascii_tolower(c)) : NULL;

    return found ? (int)(found - letters) : -1;
}

/* Whether the number from @start to @end is written as a whole number without a minus; @whole is
 * its exact value. */
static gboolean read_whole(const char *start, const char *end, guint64 *whole)
{
    gboolean hex;
    char *stop;

    if (*start == '+') {
        start++;
    }
    hex = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
    if (!g_ascii_isdigit(*start)) {
        return FALSE;
    }
    errno = 0;
    *whole = g_ascii_strtoull(start, &stop, hex ? 16 : 10);
    return stop == end && errno == 0;
}

/* size_parse() without its error message. */
static gboolean read_size(const char **text, guint64 unit, guint64 *bytes)
{
    const char *start = line_rest(*text);
    double number;
    guint64 whole;
    char *end;
    int power;

    errno = 0;
    number = g_ascii_strtod(start, &end);
    if (end == start || errno == ERANGE || !isfinite(number) || number < 0) {
        return FALSE;
    }
    power = size_power(*end);
    if (power >= 0) {
        unit = G_GUINT64_CONSTANT(1) << (10 * power);
    }
    if (number * (double)unit >= 0x1p63 || (unit == 1 && number != (double)(guint64)number)) {
        return FALSE;
    }
    /* It cannot overflow: times a power of two, a number is below 2^63 when its double is. */
    *bytes = read_whole(start, end, &whole) ? whole * unit : (guint64)(number * (double)unit);
    *text = end + (power >= 0);
    return TRUE;
}

gboolean size_parse(const char **text, guint64 unit, guint64 *bytes, GError **error)
{
    if (!read_size(text, unit, bytes)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "invalid size");
        return FALSE;
    }
    return TRUE;
}

/* What a time's suffix divides it by; 1 without a suffix. */
static double time_divisor(const char *suffix)
{
    if (*suffix && suffix[1] == 's') {
        switch (*suffix) {
        case 'm':
            return 1e3;
        case 'u':
            return 1e6;
        case 'n':
            return 1e9;
        }
    }
    return 1;
}

gboolean time_parse(const char **text, double *seconds, GError **error)
{
    const char *start = line_rest(*text);
    const char *message = NULL;
    double divisor;
    char *end;
    double number = g_ascii_strtod(start, &end);

    divisor = time_divisor(end);
    if (end == start) {
        message = "Number expected";
    } else if (!isfinite(number)) {
        message = "Bad number";
    } else {
        end += divisor == 1 ? 0 : 2;
        if (*end && !line_is_blank(*end)) {
            message = "Unknown unit suffix";
        }
    }
    if (message) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, message);
        return FALSE;
    }
    *seconds = number / divisor;
    *text = end;
    return TRUE;
}

gboolean switch_parse(const char **text, gboolean *on, GError **error)
{
    const char *start = line_rest(*text);
    const char *end = start;

    while (*end && !line_is_blank(*end)) {
        end++;
    }
    if (end - start == 2 && strncmp(start, "on", 2) == 0) {
        *on = TRUE;
    } else if (end - start == 3 && strncmp(start, "off", 3) == 0) {
        *on = FALSE;
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "Expected 'on' or 'off'");
        return FALSE;
    }
    *text = end;
    return TRUE;
}

/* @tenths / 10, without ".0". Free with g_free(). */
static char *tenths_text(guint64 tenths)
{
    if (tenths % 10) {
        return g_strdup_printf("%" G_GUINT64_FORMAT ".%u", tenths / 10, (guint)(tenths % 10));
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT, tenths / 10);
}

char *size_format(guint64 bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    guint64 tenths;
    g_autofree char *number = NULL;

    /* 1023.5 would round to 1024. */
    for (; value >= 1023.5 && unit + 1 < G_N_ELEMENTS(units); unit++) {
        value /= 1024;
    }
    tenths = (guint64)(value * 10 + 0.5);
    if (tenths >= 1000) {
        tenths = (guint64)(value + 0.5) * 10;
    }
    number = tenths_text(tenths);
    return g_strconcat(number, " ", units[unit], NULL);
}

char *rate_format(guint64 bytes_per_second)
{
    g_autofree char *size = size_format(bytes_per_second);

    return bytes_per_second ? g_strconcat(size, "/s", NULL) : g_strdup(_("unlimited"));
}

/* "@major MAJOR @minor MINOR", without a minor part of 0. Free with g_free(). */
static char *two_parts(guint64 count, guint64 per_major, const char *major, const char *minor)
{
    guint64 rest = count % per_major;

    if (rest) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " %s %" G_GUINT64_FORMAT " %s",
                               count / per_major, major, rest, minor);
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s", count / per_major, major);
}

static char *format_positive(guint64 ms)
{
    guint64 tenths = (ms + 50) / 100;
    guint64 seconds = (ms + 500) / 1000;
    guint64 minutes = (ms + 30000) / 60000;
    g_autofree char *number = NULL;

    if (ms < 1000) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " ms", ms);
    }
    if (seconds < 60) {
        number = tenths_text(tenths < 100 ? tenths : seconds * 10);
        return g_strconcat(number, " s", NULL);
    }
    return seconds < 3600 ? two_parts(seconds, 60, "min", "s") : two_parts(minutes, 60, "h", "min");
}

char *duration_format(gint64 milliseconds)
{
    g_autofree char *text = NULL;

    if (milliseconds >= 0) {
        return format_positive((guint64)milliseconds);
    }
    text = format_positive(-(guint64)milliseconds);
    return g_strconcat("-", text, NULL);
}
