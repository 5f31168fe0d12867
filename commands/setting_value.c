/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/setting_value.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "shell/error.h"
#include "shell/line.h"
#include "shell/values.h"
#include "shell/words.h"

static const char *const SWITCH[] = {"on", "off", NULL};

const char *const *setting_value_words(const SettingForm *form)
{
    return form->type == SETTING_SWITCH ? SWITCH : form->words;
}

static gboolean refuse(const char *name, const char *takes, const char *text, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s is %s, not '%s'"), name, takes, text);
    return FALSE;
}

static gboolean read_word(const SettingForm *form, const char *name, const char *text, guint *place,
                          GError **error)
{
    const char *const *words = setting_value_words(form);
    g_autofree char *list = NULL;

    for (guint i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *place = i;
            return TRUE;
        }
    }
    list = words_list(words, _(" or "));
    return refuse(name, list, text, error);
}

static gboolean read_time(const char *name, const char *text, double *seconds, GError **error)
{
    const char *at = text;
    double value;

    if (!time_parse(&at, &value, NULL) || *at || value < 0) {
        return refuse(name, _("a time in seconds (0: none; ms and us may stand behind it)"), text,
                      error);
    }
    *seconds = value;
    return TRUE;
}

static gboolean read_count(const SettingForm *form, const char *name, const char *text,
                           guint64 *count, GError **error)
{
    g_autofree char *takes = g_strdup_printf(_("a number from 0 to %" PRIu64), form->most);

    return g_ascii_string_to_unsigned(text, 10, 0, form->most, count, NULL) ||
           refuse(name, takes, text, error);
}

/* @typed without its quotes, or without the blanks around it. NULL with the error. */
static char *unquote(const char *name, const char *typed, GError **error)
{
    const char *at = line_rest(typed);
    g_autofree char *text = *at == '"' ? line_token(&at, NULL, error) : NULL;

    if (*at == '"') {
        return NULL; /* a quote without an end, or with a wrong escape in it */
    }
    if (!text) {
        return g_strchomp(g_strdup(at));
    }
    if (*line_rest(at)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("%s: something follows the quoted value: %s"), name, line_rest(at));
        return NULL;
    }
    return g_steal_pointer(&text);
}

gboolean setting_value_read(const SettingForm *form, const char *name, const char *typed,
                            SettingValue *value, GError **error)
{
    g_autofree char *text = unquote(name, typed, error);
    guint place;

    if (!text) {
        return FALSE;
    }
    switch (form->type) {
    case SETTING_SWITCH:
        if (!read_word(form, name, text, &place, error)) {
            return FALSE;
        }
        value->on = place == 0;
        return TRUE;
    case SETTING_CHOICE:
        return read_word(form, name, text, &value->choice, error);
    case SETTING_TIME:
        return read_time(name, text, &value->seconds, error);
    case SETTING_COUNT:
        return read_count(form, name, text, &value->count, error);
    case SETTING_TEXT:
        break;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s: the value is not UTF-8"), name);
        return FALSE;
    }
    g_free(value->text);
    value->text = g_steal_pointer(&text);
    return TRUE;
}

void setting_value_clear(SettingValue *value)
{
    g_clear_pointer(&value->text, g_free);
}

gboolean setting_value_equals(const SettingForm *form, const SettingValue *a, const SettingValue *b)
{
    g_autofree char *one = setting_value_text(form, a);
    g_autofree char *other = setting_value_text(form, b);

    return strcmp(one, other) == 0;
}

/* @text, quoted where it would not be read back without. */
static char *quote(const char *text)
{
    size_t length = strlen(text);
    gboolean bare =
        length && !line_is_blank(text[0]) && text[0] != '"' && !line_is_blank(text[length - 1]);

    return bare ? g_strdup(text) : line_quote(text);
}

char *setting_value_text(const SettingForm *form, const SettingValue *value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    switch (form->type) {
    case SETTING_SWITCH:
        return g_strdup(SWITCH[!value->on]);
    case SETTING_CHOICE:
        return g_strdup(form->words[value->choice]);
    case SETTING_TIME:
        return g_strdup(g_ascii_formatd(number, sizeof(number), "%.12g", value->seconds));
    case SETTING_COUNT:
        return g_strdup_printf("%" G_GUINT64_FORMAT, value->count);
    default:
        return quote(value->text);
    }
}

Json *setting_value_json(const SettingForm *form, const SettingValue *value)
{
    switch (form->type) {
    case SETTING_SWITCH:
        return json_object_new_boolean(value->on);
    case SETTING_CHOICE:
        return json_object_new_string(form->words[value->choice]);
    case SETTING_TIME:
        return json_real(value->seconds);
    case SETTING_COUNT:
        return json_object_new_uint64(value->count);
    default:
        return json_object_new_string(value->text);
    }
}
