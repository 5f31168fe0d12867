/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/qmp_arguments.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"
#include "shell/guest_schema.h"
#include "shell/line.h"
#include "shell/schema_value.h"

/* One KEY=VALUE or KEY:=JSON. */
typedef struct {
    char *key;
    char *text; /* VALUE; NULL: it is JSON */
    gboolean quoted;
    Json *json; /* NULL is null */
} Member;

struct QmpArguments {
    Json *whole;        /* all of it was given as JSON; or NULL */
    GPtrArray *members; /* Member */
};

static void member_free(gpointer data)
{
    Member *member = data;

    g_free(member->key);
    g_free(member->text);
    json_object_put(member->json);
    g_free(member);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Member, member_free)

/* Takes JSON with blanks and all into *@value (NULL is null); what follows is the next argument. */
static gboolean take_json(const char **at, Json **value, GError **error)
{
    struct json_tokener *tokener = json_tokener_new();
    gboolean good;

    *value = json_tokener_parse_ex(tokener, *at, (int)strlen(*at) + 1);
    good = json_tokener_get_error(tokener) == json_tokener_success;
    if (good) {
        *at += json_tokener_get_parse_end(tokener);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("not JSON: '%s'"), *at);
    }
    json_tokener_free(tokener);
    return good;
}

static void refuse_member(const char *member, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                _("KEY=VALUE or KEY:=JSON expected, not '%s'"), member);
}

/* Whether @key is one, or a path of them ("a.b"). */
static gboolean is_key(const char *key)
{
    return *key && *key != '.' && !g_str_has_suffix(key, ".") && !strstr(key, "..");
}

/* Takes KEY=VALUE that is quoted as a whole, as the command line hands over a word with blanks. */
static gboolean take_quoted_member(Member *member, const char **at, GError **error)
{
    g_autofree char *word = line_token(at, NULL, error);
    char *sign = word ? strchr(word, '=') : NULL;
    gboolean as_json = sign && sign > word && sign[-1] == ':';
    const char *text;

    member->key = sign ? g_strndup(word, (gsize)(sign - word) - (as_json ? 1 : 0)) : NULL;
    if (!sign || !is_key(member->key)) {
        if (word) {
            refuse_member(word, error);
        }
        return FALSE;
    }
    text = sign + 1;
    if (as_json) {
        return take_json(&text, &member->json, error);
    }
    member->text = g_strdup(text);
    return TRUE;
}

/* Takes one KEY=VALUE or KEY:=JSON. */
static gboolean take_member(Member *member, const char **at, GError **error)
{
    const char *begin = line_rest(*at);
    size_t length = strcspn(begin, "= \t");
    gboolean as_json = length > 0 && begin[length] == '=' && begin[length - 1] == ':';

    if (*begin == '"') {
        return take_quoted_member(member, at, error);
    }
    member->key = g_strndup(begin, length - (as_json ? 1 : 0));
    if (begin[length] != '=' || !is_key(member->key)) {
        refuse_member(begin, error);
        return FALSE;
    }
    *at = begin + length + 1;
    if (as_json) {
        return take_json(at, &member->json, error);
    }
    member->text =
        line_is_blank(**at) || !**at ? g_strdup("") : line_token(at, &member->quoted, error);
    return member->text != NULL;
}

QmpArguments *qmp_arguments_read(const char *text, GError **error)
{
    g_autoptr(QmpArguments) arguments = g_new0(QmpArguments, 1);

    arguments->members = g_ptr_array_new_with_free_func(member_free);
    if (*line_rest(text) == '{') {
        arguments->whole = json_parse(text, error);
        return arguments->whole ? g_steal_pointer(&arguments) : NULL;
    }
    while (*line_rest(text)) {
        g_autoptr(Member) member = g_new0(Member, 1);

        if (!take_member(member, &text, error)) {
            return NULL;
        }
        g_ptr_array_add(arguments->members, g_steal_pointer(&member));
    }
    return g_steal_pointer(&arguments);
}

void qmp_arguments_free(QmpArguments *arguments)
{
    if (arguments) {
        json_object_put(arguments->whole);
        g_ptr_array_unref(arguments->members);
        g_free(arguments);
    }
}

/* What @word stands for where nothing is known: itself as JSON where it looks like a number, a
 * boolean or null (which json-c has as NULL), else a string. */
static Json *value_of_word(const char *word)
{
    g_autoptr(Json) value = json_parse(word, NULL);

    if (strcmp(word, "null") == 0) {
        return NULL;
    }
    if (value && !json_object_is_type(value, json_type_object) &&
        !json_object_is_type(value, json_type_array)) {
        return g_steal_pointer(&value);
    }
    return json_object_new_string(word);
}

/* All that was given, the texts as strings: a union's tag may stand behind its members. Owned by
 * the caller. */
static Json *as_typed(const QmpArguments *arguments)
{
    Json *object = json_object_new_object();

    for (guint i = 0; i < arguments->members->len; i++) {
        const Member *member = g_ptr_array_index(arguments->members, i);
        Json *value =
            member->text ? json_object_new_string(member->text) : json_object_get(member->json);

        json_set(object, member->key, value);
    }
    return object;
}

static gboolean is_any_text(const QmpArguments *arguments)
{
    for (guint i = 0; i < arguments->members->len; i++) {
        const Member *member = g_ptr_array_index(arguments->members, i);

        if (member->text) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The value of @member, owned by the caller; NULL is null. */
static gboolean convert(const Member *member, SchemaPlace *place, Json **value, GError **error)
{
    if (!member->text) {
        *value = json_object_get(member->json);
        return TRUE;
    }
    place->path = member->key;
    if (schema_is_typed(place)) {
        return schema_convert(place, member->text, member->quoted, value, error);
    }
    *value = member->quoted ? json_object_new_string(member->text) : value_of_word(member->text);
    return TRUE;
}

Json *qmp_arguments_json(const QmpArguments *arguments, Guest *guest, const char *name,
                         GError **error)
{
    g_autoptr(Json) typed = NULL;
    g_autoptr(Json) object = NULL;
    SchemaPlace place = {.command = name};

    if (arguments->whole) {
        return json_object_get(arguments->whole);
    }
    if (is_any_text(arguments)) {
        place.schema = guest_schema(guest, error);
        if (!place.schema) {
            return NULL;
        }
    }
    place.given = typed = as_typed(arguments);
    object = json_object_new_object();
    for (guint i = 0; i < arguments->members->len; i++) {
        const Member *member = g_ptr_array_index(arguments->members, i);
        Json *value;

        if (!convert(member, &place, &value, error)) {
            return NULL;
        }
        json_set(object, member->key, value);
    }
    return g_steal_pointer(&object);
}
