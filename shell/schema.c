/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/schema.h"

#include <glib/gi18n.h>
#include <string.h>

struct Schema {
    Json *reply;
    GHashTable *infos; /* name -> SchemaInfo, borrowed from the reply */
    GPtrArray *commands;
    GPtrArray *events;
};

/* A member with all that is said about it in the variants that count. */
typedef struct {
    const char *name;
    GPtrArray *types; /* SchemaInfo, borrowed */
    gboolean optional;
} Found;

static void found_free(gpointer data)
{
    Found *found = data;

    g_ptr_array_unref(found->types);
    g_free(found);
}

static gboolean is_meta(Json *info, const char *meta)
{
    return g_strcmp0(json_get_string(info, "meta-type"), meta) == 0;
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Schema *schema_new(Json *reply)
{
    Schema *schema = g_new(Schema, 1);

    *schema = (Schema){json_object_get(reply), g_hash_table_new(g_str_hash, g_str_equal),
                       g_ptr_array_new(), g_ptr_array_new()};
    for (size_t i = 0; i < json_length(reply); i++) {
        Json *info = json_object_array_get_idx(reply, i);
        const char *name = json_get_string(info, "name");

        if (!name) {
            continue;
        }
        g_hash_table_insert(schema->infos, (gpointer)name, info);
        if (is_meta(info, "command")) {
            g_ptr_array_add(schema->commands, (gpointer)name);
        } else if (is_meta(info, "event")) {
            g_ptr_array_add(schema->events, (gpointer)name);
        }
    }
    g_ptr_array_sort(schema->commands, compare);
    g_ptr_array_sort(schema->events, compare);
    g_ptr_array_add(schema->commands, NULL);
    g_ptr_array_add(schema->events, NULL);
    return schema;
}

void schema_free(Schema *schema)
{
    if (schema) {
        g_ptr_array_unref(schema->commands);
        g_ptr_array_unref(schema->events);
        g_hash_table_unref(schema->infos);
        json_object_put(schema->reply);
        g_free(schema);
    }
}

const char *const *schema_commands(const Schema *schema)
{
    return (const char *const *)schema->commands->pdata;
}

const char *const *schema_events(const Schema *schema)
{
    return (const char *const *)schema->events->pdata;
}

/* The SchemaInfo that is called @name (may be NULL), or NULL. */
static Json *look_up(const Schema *schema, const char *name)
{
    return name ? g_hash_table_lookup(schema->infos, name) : NULL;
}

/* Adds the type @name, or those that it is an alternate of. */
static void add_types(const Schema *schema, const char *name, GPtrArray *types)
{
    Json *info = look_up(schema, name);
    Json *members = json_get(info, "members");

    if (is_meta(info, "alternate")) {
        for (size_t i = 0; i < json_length(members); i++) {
            Json *member = json_object_array_get_idx(members, i);

            add_types(schema, json_get_string(member, "type"), types);
        }
    } else if (info && !g_ptr_array_find(types, info, NULL)) {
        g_ptr_array_add(types, info);
    }
}

/* Adds a SchemaInfoObjectMember; one that is there already gets its types too. */
static void add_member(const Schema *schema, Json *member, gboolean optional, GPtrArray *members)
{
    const char *name = json_get_string(member, "name");
    Found *found = NULL;

    for (guint i = 0; name && i < members->len && !found; i++) {
        Found *other = g_ptr_array_index(members, i);

        found = strcmp(other->name, name) == 0 ? other : NULL;
    }
    if (!name) {
        return;
    }
    if (!found) {
        found = g_new0(Found, 1);
        found->name = name;
        found->types = g_ptr_array_new();
        g_ptr_array_add(members, found);
    }
    found->optional |= optional || json_object_object_get_ex(member, "default", NULL);
    add_types(schema, json_get_string(member, "type"), found->types);
}

/* Adds the members of the object type @info, and those of the variant that @given chooses, or of
 * all of them. */
static void add_members(const Schema *schema, Json *info, Json *given, gboolean optional,
                        GPtrArray *members)
{
    Json *own = json_get(info, "members");
    Json *variants = json_get(info, "variants");
    const char *tag = json_get_string(info, "tag");
    Json *choice = NULL;

    for (size_t i = 0; i < json_length(own); i++) {
        add_member(schema, json_object_array_get_idx(own, i), optional, members);
    }
    if (tag && json_object_is_type(given, json_type_object)) {
        json_object_object_get_ex(given, tag, &choice);
    }
    for (size_t i = 0; i < json_length(variants); i++) {
        Json *variant = json_object_array_get_idx(variants, i);
        gboolean any = !json_object_is_type(choice, json_type_string);

        if (any ||
            g_strcmp0(json_get_string(variant, "case"), json_object_get_string(choice)) == 0) {
            add_members(schema, look_up(schema, json_get_string(variant, "type")), given,
                        optional || any, members);
        }
    }
}

/* The members of what the @types are, as far as they are objects: Found, owned by the caller. */
static GPtrArray *find_members(const Schema *schema, const GPtrArray *types, Json *given)
{
    GPtrArray *members = g_ptr_array_new_with_free_func(found_free);

    for (guint i = 0; i < types->len; i++) {
        Json *info = g_ptr_array_index(types, i);

        if (is_meta(info, "object")) {
            add_members(schema, info, given, FALSE, members);
        }
    }
    return members;
}

/* One step down a path, from the @types (taken over) to those of the member @name. */
static GPtrArray *step(const Schema *schema, GPtrArray *types, const char *name, Json *given)
{
    g_autoptr(GPtrArray) members = find_members(schema, types, given);

    g_ptr_array_unref(types);
    for (guint i = 0; i < members->len; i++) {
        Found *found = g_ptr_array_index(members, i);

        if (strcmp(found->name, name) == 0) {
            return g_ptr_array_ref(found->types);
        }
    }
    return g_ptr_array_new();
}

/* The types at @place; *@given is what has been given for it. */
static GPtrArray *find_types(const SchemaPlace *place, Json **given)
{
    g_auto(GStrv) names = g_strsplit(place->path, ".", -1);
    Json *command = look_up(place->schema, place->command);
    GPtrArray *types = g_ptr_array_new();

    *given = place->given;
    if (is_meta(command, "command")) {
        add_types(place->schema, json_get_string(command, "arg-type"), types);
    }
    for (char **name = names; *name; name++) {
        types = step(place->schema, types, *name, *given);
        if (!json_object_is_type(*given, json_type_object) ||
            !json_object_object_get_ex(*given, *name, given)) {
            *given = NULL;
        }
    }
    return types;
}

GPtrArray *schema_types(const SchemaPlace *place)
{
    Json *given;

    return find_types(place, &given);
}

const char *schema_info_word(Json *info)
{
    static const char *const words[][2] = {
        {"string", "str"},   {"int", "int"},   {"number", "number"},
        {"boolean", "bool"}, {"null", "null"}, {"value", "any"},
    };
    const char *type = json_get_string(info, "json-type");
    const char *meta = json_get_string(info, "meta-type");

    for (size_t i = 0; type && i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i][0], type) == 0) {
            return words[i][1];
        }
    }
    return meta && !is_meta(info, "builtin") ? meta : "any";
}

GPtrArray *schema_elements(const Schema *schema, Json *info)
{
    GPtrArray *types = g_ptr_array_new();

    add_types(schema, json_get_string(info, "element-type"), types);
    return types;
}

char **schema_enum_words(Json *info)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    Json *values = json_get(info, "values"); /* "members" says more, but came with QEMU 6.2 */
    Json *members = json_get(info, "members");

    for (size_t i = 0; i < json_length(members); i++) {
        const char *name = json_get_string(json_object_array_get_idx(members, i), "name");

        g_strv_builder_add(words, name ? name : "");
    }
    for (size_t i = 0; !members && i < json_length(values); i++) {
        g_strv_builder_add(words, json_object_get_string(json_object_array_get_idx(values, i)));
    }
    return g_strv_builder_end(words);
}

/* The @types in words. Free with g_free(). */
static char *describe(const Schema *schema, const GPtrArray *types)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < types->len; i++) {
        Json *info = g_ptr_array_index(types, i);
        g_autofree char *word = g_strdup(schema_info_word(info));

        if (is_meta(info, "array")) {
            g_autoptr(GPtrArray) elements = schema_elements(schema, info);
            g_autofree char *of = describe(schema, elements);

            g_free(word);
            word = g_strdup_printf(_("array of %s"), of);
        }
        if (!g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL)) {
            g_ptr_array_add(words, g_steal_pointer(&word));
        }
    }
    g_ptr_array_add(words, NULL);
    return g_strjoinv(_(" or "), (char **)words->pdata);
}

char *schema_type(const SchemaPlace *place)
{
    g_autoptr(GPtrArray) types = schema_types(place);

    return types->len ? describe(place->schema, types) : NULL;
}

static void member_free(gpointer data)
{
    SchemaMember *member = data;

    g_free(member->type);
    g_free(member);
}

static gboolean is_object(gconstpointer info, gconstpointer unused)
{
    (void)unused;
    return is_meta((Json *)info, "object");
}

GPtrArray *schema_members(const SchemaPlace *place)
{
    GPtrArray *members = g_ptr_array_new_with_free_func(member_free);
    Json *given;
    g_autoptr(GPtrArray) types = find_types(place, &given);
    g_autoptr(GPtrArray) all = find_members(place->schema, types, given);

    for (guint i = 0; i < all->len; i++) {
        Found *found = g_ptr_array_index(all, i);
        SchemaMember *member = g_new(SchemaMember, 1);

        *member = (SchemaMember){
            .name = found->name,
            .type = describe(place->schema, found->types),
            .optional = found->optional,
            .nested = g_ptr_array_find_with_equal_func(found->types, NULL, is_object, NULL),
        };
        g_ptr_array_add(members, member);
    }
    return members;
}

static void add_values(const Schema *schema, const GPtrArray *types, GStrvBuilder *values)
{
    for (guint i = 0; i < types->len; i++) {
        Json *info = g_ptr_array_index(types, i);
        const char *word = schema_info_word(info);

        if (is_meta(info, "enum")) {
            g_auto(GStrv) words = schema_enum_words(info);

            g_strv_builder_addv(values, (const char **)words);
        } else if (is_meta(info, "array")) {
            g_autoptr(GPtrArray) elements = schema_elements(schema, info);

            add_values(schema, elements, values);
        } else if (strcmp(word, "bool") == 0) {
            g_strv_builder_add_many(values, "true", "false", NULL);
        } else if (strcmp(word, "null") == 0) {
            g_strv_builder_add(values, "null");
        }
    }
}

char **schema_values(const SchemaPlace *place)
{
    g_autoptr(GPtrArray) types = schema_types(place);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    char **values;

    add_values(place->schema, types, builder);
    values = g_strv_builder_end(builder);
    if (!*values) {
        g_clear_pointer(&values, g_strfreev);
    }
    return values;
}
