/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QMP commands take, as QEMU itself says (query-qmp-schema; QEMU: docs/devel/qapi-code-gen,
 * "Client JSON Protocol introspection"): which members there are, of which types, and the words
 * they can be set to. Nothing here asks a guest (guest_schema.h does). */
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

/* The SchemaInfo objects that it may be, alternates taken apart; empty when there is no such
 * member. Borrowed from the schema; free the array with g_ptr_array_unref(). For schema_value.h. */
GPtrArray *schema_types(const SchemaPlace *place);

/* What @info of schema_types() is: a word of SchemaMember's types, "array" for every array. */
const char *schema_info_word(Json *info);

/* What the elements of the array @info may be, as schema_types() gives it. */
GPtrArray *schema_elements(const Schema *schema, Json *info);

/* The words of the enum @info. Free with g_strfreev(). */
char **schema_enum_words(Json *info);
