/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a setting: read, written, kept by its type. */
#pragma once

#include "shell/json.h"

typedef enum {
    SETTING_SWITCH, /* on or off */
    SETTING_CHOICE, /* one of the words */
    SETTING_TIME,   /* seconds, 0 or more, as ARGUMENT_TIME is typed */
    SETTING_COUNT,  /* a whole number from 0 on */
    SETTING_TEXT,   /* one of the words, or any other text */
} SettingType;

typedef struct {
    SettingType type;
    const char *const *words; /* of CHOICE, and what completes a TEXT; NULL-terminated */
    guint64 most;             /* of COUNT */
} SettingForm;

typedef struct {
    gboolean on;
    guint choice; /* its place in the words */
    double seconds;
    guint64 count;
    char *text; /* of TEXT, else NULL */
} SettingValue;

/* Reads @typed, a value of the setting @name, in double quotes where blanks at its ends count
 * (line.h). FALSE with HMPSH_ERROR_SYNTAX, which says what the setting takes; @value is then
 * untouched. */
gboolean setting_value_read(const SettingForm *form, const char *name, const char *typed,
                            SettingValue *value, GError **error);

void setting_value_clear(SettingValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SettingValue, setting_value_clear)

gboolean setting_value_equals(const SettingForm *form, const SettingValue *a,
                              const SettingValue *b);

/* As it would be typed. Free with g_free(). */
char *setting_value_text(const SettingForm *form, const SettingValue *value);

/* Typed: a boolean, a number (TIME in seconds), or a string. The caller owns it. */
Json *setting_value_json(const SettingForm *form, const SettingValue *value);

/* The words that can stand for a value; NULL: there are none. Borrowed, kept for ever. */
const char *const *setting_value_words(const SettingForm *form);
