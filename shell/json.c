/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/json.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

#include "shell/error.h"

Json *json_dict(const char *name, ...)
{
    Json *object = json_object_new_object();
    va_list list;

    va_start(list, name);
    for (; name; name = va_arg(list, const char *)) {
        Json *value = va_arg(list, Json *);
        if (value) {
            json_object_object_add(object, name, value);
        }
    }
    va_end(list);
    return object;
}

Json *json_real(double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (int digits = 15; digits <= 17; digits++) {
        g_autofree char *format = g_strdup_printf("%%.%dg", digits);

        g_ascii_formatd(text, sizeof(text), format, number);
        if (g_ascii_strtod(text, NULL) == number) {
            break;
        }
    }
    return json_object_new_double_s(number, text);
}

Json *json_get(Json *object, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);

    for (char **name = names; *name; name++) {
        if (!json_object_object_get_ex(object, *name, &object)) {
            return NULL;
        }
    }
    return object;
}

void json_set(Json *object, const char *path, Json *value)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    guint last = MAX(g_strv_length(names), 1) - 1;

    for (guint i = 0; i < last; i++) {
        Json *inner = json_get(object, names[i]);

        if (!json_object_is_type(inner, json_type_object)) {
            inner = json_object_new_object();
            json_object_object_add(object, names[i], inner);
        }
        object = inner;
    }
    json_object_object_add(object, names[last] ? names[last] : "", value);
}

size_t json_length(Json *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

const char *json_get_string(Json *object, const char *path)
{
    Json *value = json_get(object, path);

    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

Json *json_parse(const char *text, GError **error)
{
    struct json_tokener *tokener = json_tokener_new();
    size_t length = strlen(text);
    /* with the NUL, which ends a bare number */
    Json *value = json_tokener_parse_ex(tokener, text, (int)length + 1);
    enum json_tokener_error status = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);

    json_tokener_free(tokener);
    while (end < length && g_ascii_isspace(text[end])) {
        end++;
    }
    if (status == json_tokener_success && end == length && value) {
        return value;
    }
    json_object_put(value);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("not JSON: %s (at byte %zu)"),
                status == json_tokener_success && end == length
                    ? _("null where a value is expected")
                : status == json_tokener_success  ? _("text after the value")
                : status == json_tokener_continue ? _("it ends too early")
                                                  : json_tokener_error_desc(status),
                end + 1);
    return NULL;
}

char *json_text(Json *value)
{
    return g_strdup(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE));
}

char *json_ascii(const char *text)
{
    GString *ascii = g_string_sized_new(strlen(text));

    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);

        if (c < 0x80 || c > 0x10ffff) {
            g_string_append_c(ascii, *text++);
            continue;
        }
        if (c < 0x10000) {
            g_string_append_printf(ascii, "\\u%04x", c);
        } else {
            c -= 0x10000;
            g_string_append_printf(ascii, "\\u%04x\\u%04x", 0xd800 + (c >> 10),
                                   0xdc00 + (c & 0x3ff));
        }
        text = g_utf8_next_char(text);
    }
    return g_string_free(ascii, FALSE);
}

char *json_pretty_text(Json *value)
{
    return g_strdup(json_object_to_json_string_ext(
        value, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
}
