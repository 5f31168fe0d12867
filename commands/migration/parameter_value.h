/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of migration parameters: shown with their unit, and read with one. */
#pragma once

#include "commands/migration/parameter.h"

/* @value as query-migrate-parameters gives it, for a reader: "128 MiB/s", "unlimited", "300 ms",
 * "20 s", "20 %", "on", "'tls0'", "''" for a text that is absent. Sizes and rates are rounded as
 * size_format() does it, times never are. @info may be NULL (a parameter that the table does not
 * know): then by the value alone. Free with g_free(). */
char *parameter_format(const ParameterInfo *info, Json *value);

/* The values that can be set: "0-2000 s", "1-99 %", "2^n", the words of @choices
 * (NULL-terminated) joined; "" when there is nothing to say. Free with g_free(). */
char *parameter_range(const ParameterInfo *info, const char *const *choices);

/* @text, as a person writes a value, in words that the HMP of every QEMU takes as the value of
 * migrate_set_parameter. Blanks around it go; what HMP itself takes stays as it is, a bare number
 * with HMP's meaning (MiB for two of the rates, else the parameter's unit) too. Besides come
 *   sizes and rates   64MiB, 64 MiB/s, .5g;  for vcpu-dirty-limit 100MiB/s
 *   times             0.5s, 300 ms, 1500us, rounded to whole milliseconds
 *   percentages       20%, 20 %
 *   quotes            "20": QEMU 10.2 and later would keep them
 * HMP takes 20m for a time in ms too, as 20 * 2^20 of them: that stays. What nobody understands
 * stays as well, for QEMU to judge. @info may be NULL: only the blanks go. Free with g_free(). */
char *parameter_to_hmp(const ParameterInfo *info, const char *text);

/* The words that the parameter @name can be set to, from @schema, a reply to query-qmp-schema
 * (QAPI: SchemaInfo), or where that does not tell (NULL too) from the table. NULL when it is not
 * words that it takes. Free with g_strfreev(). */
char **parameter_choices(const char *name, Json *schema);
