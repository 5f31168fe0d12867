/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/schema_value.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "shell/closest.h"
#include "shell/error.h"
#include "shell/values.h"
#include "shell/words.h"

/* Whether @text, all of it, can be read as @info; *@value is then the caller's. */
typedef gboolean (*Reader)(const Schema *schema, Json *info, const char *text, Json **value);

static gboolean read_text(const Schema *schema, const GPtrArray *types, const char *text,
                          Json **value);

static gboolean is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

static gboolean read_null(const Schema *schema, Json *info, const char *text, Json **value)
{
    (void)schema;
    (void)info;
    *value = NULL;
    return strcmp(text, "null") == 0;
}

static gboolean read_bool(const Schema *schema, Json *info, const char *text, Json **value)
{
    gboolean on = is_one_of(text, "on", "true", "yes");

    (void)schema;
    (void)info;
    if (!on && !is_one_of(text, "off", "false", "no")) {
        return FALSE;
    }
    *value = json_object_new_boolean(on);
    return TRUE;
}

static gboolean read_int(const Schema *schema, Json *info, const char *text, Json **value)
{
    gboolean minus = *text == '-';
    const char *digits = text + minus;
    gboolean hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    guint64 whole;
    char *end;

    (void)schema;
    (void)info;
    if (!g_ascii_isdigit(*digits)) {
        return FALSE;
    }
    errno = 0;
    whole = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
    if (*end || errno) { /* a size; it is below 2^63 */
        end = (char *)text;
        if (minus || !size_parse((const char **)&end, 1, &whole, NULL) || *end) {
            return FALSE;
        }
    }
    if (minus && whole > (guint64)1 << 63) {
        return FALSE;
    }
    *value = minus                ? json_object_new_int64((gint64)(0 - whole))
             : whole > G_MAXINT64 ? json_object_new_uint64(whole)
                                  : json_object_new_int64((gint64)whole);
    return TRUE;
}

static gboolean read_number(const Schema *schema, Json *info, const char *text, Json **value)
{
    char *end;
    double number = g_ascii_strtod(text, &end);

    (void)schema;
    (void)info;
    if (end == text || *end || !isfinite(number)) {
        return FALSE;
    }
    *value = json_real(number);
    return TRUE;
}

static gboolean read_enum(const Schema *schema, Json *info, const char *text, Json **value)
{
    g_auto(GStrv) words = schema_enum_words(info);

    (void)schema;
    if (!g_strv_contains((const char *const *)words, text)) {
        return FALSE;
    }
    *value = json_object_new_string(text);
    return TRUE;
}

static gboolean read_string(const Schema *schema, Json *info, const char *text, Json **value)
{
    (void)schema;
    (void)info;
    *value = json_object_new_string(text);
    return TRUE;
}

static gboolean read_array(const Schema *schema, Json *info, const char *text, Json **value)
{
    g_autoptr(GPtrArray) types = schema_elements(schema, info);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    g_autoptr(Json) array = json_object_new_array();

    for (char **part = parts; *part; part++) {
        Json *element;

        if (!read_text(schema, types, *part, &element)) {
            return FALSE;
        }
        json_object_array_add(array, element);
    }
    *value = g_steal_pointer(&array);
    return TRUE;
}

/* What can be typed, in the order in which it is tried, and what it is called in a message; NULL:
 * that is worked out. */
static const struct {
    const char *word;
    Reader read;
    const char *called;
} KINDS[] = {
    {"null", read_null, "null"},         {"bool", read_bool, N_("on or off")},
    {"int", read_int, N_("an integer")}, {"number", read_number, N_("a number")},
    {"enum", read_enum, NULL},           {"str", read_string, N_("a string")},
    {"array", read_array, NULL},
};

static gboolean is_a(Json *info, const char *word)
{
    return strcmp(schema_info_word(info), word) == 0;
}

static gboolean can_be(const GPtrArray *types, const char *word)
{
    for (guint i = 0; i < types->len; i++) {
        if (is_a(g_ptr_array_index(types, i), word)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean read_text(const Schema *schema, const GPtrArray *types, const char *text,
                          Json **value)
{
    for (size_t kind = 0; kind < G_N_ELEMENTS(KINDS); kind++) {
        for (guint i = 0; i < types->len; i++) {
            Json *info = g_ptr_array_index(types, i);

            if (is_a(info, KINDS[kind].word) && KINDS[kind].read(schema, info, text, value)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* The words of all enums among @types. Free with g_strfreev(). */
static char **enum_words(const GPtrArray *types)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();

    for (guint i = 0; i < types->len; i++) {
        Json *info = g_ptr_array_index(types, i);

        if (is_a(info, "enum")) {
            g_auto(GStrv) words = schema_enum_words(info);

            g_strv_builder_addv(all, (const char **)words);
        }
    }
    return g_strv_builder_end(all);
}

/* Whether all that an array's elements can be is written as JSON only. */
static gboolean is_beyond_text(const Schema *schema, Json *info)
{
    g_autoptr(GPtrArray) elements = NULL;

    if (is_a(info, "object")) {
        return TRUE;
    }
    if (!is_a(info, "array")) {
        return FALSE;
    }
    elements = schema_elements(schema, info);
    for (guint i = 0; i < elements->len; i++) {
        Json *element = g_ptr_array_index(elements, i);

        if (!is_a(element, "object") && !is_a(element, "array")) {
            return FALSE;
        }
    }
    return TRUE;
}

static char *describe(const Schema *schema, const GPtrArray *types);

/* What the text for @info, one of @types, can be. Free with g_free(). */
static char *describe_one(const Schema *schema, const GPtrArray *types, Json *info,
                          const char *called)
{
    if (is_a(info, "enum")) {
        g_auto(GStrv) words = enum_words(types);

        g_autofree char *list = words_list((const char *const *)words, NULL);

        return g_strdup_printf(_("one of %s"), list);
    }
    if (is_a(info, "array")) {
        g_autoptr(GPtrArray) elements = schema_elements(schema, info);
        g_autofree char *of = describe(schema, elements);

        return g_strdup_printf(_("a comma list (each %s)"), of);
    }
    return g_strdup(_(called));
}

/* What @types allow, "a or b"; "" when nothing that can be typed. Free with g_free(). */
static char *describe(const Schema *schema, const GPtrArray *types)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) parts = NULL;

    for (size_t kind = 0; kind < G_N_ELEMENTS(KINDS); kind++) {
        for (guint i = 0; i < types->len; i++) {
            Json *info = g_ptr_array_index(types, i);

            if (is_a(info, KINDS[kind].word) && !is_beyond_text(schema, info)) {
                g_autofree char *part = describe_one(schema, types, info, KINDS[kind].called);

                g_strv_builder_add(builder, part);
                break;
            }
        }
    }
    parts = g_strv_builder_end(builder);
    return g_strjoinv(_(" or "), parts);
}

/* Why @text is none of @types. */
static void refuse(const SchemaPlace *place, const GPtrArray *types, const char *text,
                   GError **error)
{
    g_auto(GStrv) words = enum_words(types);
    const char *near = closest(text, (const char *const *)words);
    g_autofree char *wanted = describe(place->schema, types);
    const char *path = place->path;

    if (near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("%s: no value is called '%s' (did you mean '%s'?)"), path, text, near);
    } else if (*wanted) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s: %s expected, not '%s'"), path,
                    wanted, text);
    } else if (can_be(types, "object")) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("%s is an object: use %s.MEMBER=VALUE or %s:=JSON"), path, path, path);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("%s is a list of objects: use %s:=JSON"), path, path);
    }
}

static gboolean takes_anything(const Schema *schema, const GPtrArray *types)
{
    for (guint i = 0; i < types->len; i++) {
        Json *info = g_ptr_array_index(types, i);
        g_autoptr(GPtrArray) elements = is_a(info, "array") ? schema_elements(schema, info) : NULL;

        if (is_a(info, "any") || (elements && takes_anything(schema, elements))) {
            return TRUE;
        }
    }
    return types->len == 0;
}

gboolean schema_is_typed(const SchemaPlace *place)
{
    g_autoptr(GPtrArray) types = schema_types(place);

    return !takes_anything(place->schema, types);
}

gboolean schema_convert(const SchemaPlace *place, const char *text, gboolean quoted, Json **value,
                        GError **error)
{
    g_autoptr(GPtrArray) types = schema_types(place);

    if (quoted && can_be(types, "str")) {
        *value = json_object_new_string(text);
        return TRUE;
    }
    if (!read_text(place->schema, types, text, value)) {
        refuse(place, types, text, error);
        return FALSE;
    }
    return TRUE;
}
