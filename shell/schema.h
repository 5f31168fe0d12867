/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QMP commands take, as QEMU itself says (query-qmp-schema; QEMU: docs/devel/qapi-code-gen,
 * "Client JSON Protocol introspection"): for the completion of members and their values, and for
 * text typed by hand that is to become the JSON that QEMU wants. Nothing here asks a guest
 * (guest_schema.h does). */
#pragma once

#include <glib.h>

#include "shell/json.h"

typedef struct Schema Schema;

/* Reads what query-qmp-schema returned, of which a reference is kept; what is not as expected is
 * left out. NULL for @reply is a schema that knows nothing. */
Schema *schema_new(Json *reply);
void schema_free(Schema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Schema, schema_free)

/* The names of all commands, or events, sorted; NULL-terminated, borrowed from @schema. */
const char *const *schema_commands(const Schema *schema);
const char *const *schema_events(const Schema *schema);

/* A place in a command's arguments. */
typedef struct {
    const Schema *schema;
    const char *command;
    const char *path; /* of members ("addr.type"); "" is the arguments object itself */
    /* What has been given so far, the arguments object or NULL: where a union's tag is in it, only
     * that variant counts, else all of them do, as one. */
    Json *given;
} SchemaPlace;

typedef struct {
    const char *name; /* borrowed from the schema */
    char *type;       /* in words: "int", "number", "bool", "str", "enum", "object", "null", "any",
                       * "array of X"; of several: "str or null" */
    gboolean optional;
    gboolean nested; /* it may be an object, so that NAME.MEMBER goes on */
} SchemaMember;

/* The members of the object at @place, in QEMU's order: SchemaMember, owned by the caller. Empty
 * when there is no such object. */
GPtrArray *schema_members(const SchemaPlace *place);

/* The words that the member at @place can be set to: an enum's (also where it takes an array of
 * them), true and false, null; NULL when there are none. Free with g_strfreev(). */
char **schema_values(const SchemaPlace *place);

/* What it takes, in the words of SchemaMember; NULL when there is no such member. Free with
 * g_free(). */
char *schema_type(const SchemaPlace *place);

/* Whether schema_convert() can tell: there is such a member, and it does not take just anything. */
gboolean schema_is_typed(const SchemaPlace *place);

/* @text, typed by hand for the member at @place (schema_is_typed()), as the JSON that is wanted
 * there: an integer (also hexadecimal, or with a binary suffix: 1G is 1073741824) from -2^63 to
 * 2^64-1, a number, a boolean (on off true false yes no), a string (whatever it looks like), a word
 * of an enum, null; a comma list for an array of these. Where several are allowed it is the first
 * of null, boolean, integer, number, enum and string that fits; what was @quoted is the string, if
 * one is allowed. *@value is the caller's; NULL is JSON's null. HMPSH_ERROR_SYNTAX says what is
 * expected. */
gboolean schema_convert(const SchemaPlace *place, const char *text, gboolean quoted, Json **value,
                        GError **error);
