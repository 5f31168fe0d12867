/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What hmpsh needs of JSON beyond json-c: ownership that GLib's way understands, building an
 * object in one call, and reading a member by its path. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

typedef struct json_object Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Json, json_object_put)

/* An object of NAME, VALUE pairs ended by NULL; every value is taken over. A NULL value leaves its
 * member out. The caller owns the result. */
Json *json_dict(const char *name, ...) G_GNUC_NULL_TERMINATED;

/* @number in as few digits as give it back: 201.58992, not 201.58992000000001. The caller owns the
 * result. */
Json *json_real(double number);

/* The member of @object at @path ("ram.dirty-sync-count"), or NULL. Borrowed. */
Json *json_get(Json *object, const char *path);

/* Sets the member at @path ("addr.type") of @object to @value (taken over; NULL is null), making
 * the objects on the way, in the place of what is none. */
void json_set(Json *object, const char *path, Json *value);

/* How many elements @array has; 0 when it is none. */
size_t json_length(Json *array);

/* The string at @path, or NULL when there is none. Borrowed. */
const char *json_get_string(Json *object, const char *path);

/* Reads the whole of @text as one JSON value. The caller owns the result; NULL and @error
 * (HMPSH_ERROR_SYNTAX) when it is not JSON, or is "null", which json-c has no object for. */
Json *json_parse(const char *text, GError **error);

/* @value on one line, without blanks. Free with g_free(). */
char *json_text(Json *value);

/* @text, which is JSON, with \u escapes for what is not ASCII, and the same meaning. What is not
 * UTF-8 stays as it is. Free with g_free(). */
char *json_ascii(const char *text);

/* @value indented by two spaces, for a reader. Free with g_free(). */
char *json_pretty_text(Json *value);
