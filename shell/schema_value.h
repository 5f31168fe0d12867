/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text typed by hand for a member of a QMP command, as the JSON that the schema says it wants. */
#pragma once

#include "shell/schema.h"

/* Whether schema_convert() can tell: there is such a member, and it does not take just anything. */
gboolean schema_is_typed(const SchemaPlace *place);

/* @text for the member at @place, which is schema_is_typed(): an integer from -2^63 to 2^64-1 (also
 * hexadecimal, or with a binary suffix as size_parse() takes it: 1G is 1073741824), a number, a
 * boolean (on off true false yes no), a string (whatever it looks like), a word of an enum, null;
 * for an array of these a comma list. Where several are allowed it is the first of null, boolean,
 * integer, number, enum, string and array that fits; but what was @quoted is the string, if one is
 * allowed. *@value is the caller's; NULL is JSON's null. HMPSH_ERROR_SYNTAX says what is expected.
 */
gboolean schema_convert(const SchemaPlace *place, const char *text, gboolean quoted, Json **value,
                        GError **error);
