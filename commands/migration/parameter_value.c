/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/parameter_value.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/layout.h"
#include "shell/line.h"
#include "shell/values.h"

/* --- showing --- */

static char *ms_format(guint64 ms)
{
    if (ms < 1000 || ms % 100) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " ms", ms);
    }
    if (ms % 1000) {
        return g_strdup_printf("%" G_GUINT64_FORMAT ".%u s", ms / 1000, (guint)(ms % 1000 / 100));
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " s", ms / 1000);
}

static char *mib_rate_format(guint64 mib_per_second)
{
    return mib_per_second > G_MAXUINT64 >> 20
               ? g_strdup_printf("%" G_GUINT64_FORMAT " MiB/s", mib_per_second)
               : rate_format(mib_per_second << 20);
}

static char *number_format(const ParameterInfo *info, guint64 number)
{
    if (!number && info->zero) {
        return g_strdup(_(info->zero));
    }
    switch (info->kind) {
    case PARAMETER_RATE:
        return rate_format(number);
    case PARAMETER_MIB_RATE:
        return mib_rate_format(number);
    case PARAMETER_SIZE:
        return size_format(number);
    case PARAMETER_MS:
        return ms_format(number);
    case PARAMETER_PERCENT:
        return g_strdup_printf("%" G_GUINT64_FORMAT " %%", number);
    default:
        return g_strdup_printf("%" G_GUINT64_FORMAT, number);
    }
}

static char *list_format(Json *list)
{
    GString *words = g_string_new(NULL);

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        Json *item = json_object_array_get_idx(list, i);
        g_autofree char *word = json_object_is_type(item, json_type_string)
                                    ? line_quote(json_object_get_string(item))
                                    : json_text(item);

        g_string_append_printf(words, "%s%s", words->len ? " " : "", word);
    }
    return g_string_free(words, FALSE);
}

/* parameter_format() as it came from QEMU. */
static char *value_format(const ParameterInfo *info, Json *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return g_strdup(info && info->kind == PARAMETER_TEXT ? "''" : "");
    case json_type_boolean:
        return g_strdup(json_object_get_boolean(value) ? "on" : "off");
    case json_type_int:
        return info ? number_format(info, json_object_get_uint64(value))
                    : g_strdup(json_object_get_string(value));
    case json_type_string:
        return g_strdup_printf(info && info->kind == PARAMETER_TEXT ? "'%s'" : "%s",
                               json_object_get_string(value));
    case json_type_array:
        return list_format(value);
    default:
        return json_text(value);
    }
}

char *parameter_format(const ParameterInfo *info, Json *value)
{
    g_autofree char *text = value_format(info, value);

    return layout_clean(text);
}

/* The smallest and the largest value, in the unit of the largest where one will do. */
static char *span_format(const ParameterInfo *info)
{
    g_autofree char *min = number_format(info, info->min);
    g_autofree char *max = number_format(info, info->max);
    gboolean one_unit =
        !info->min || info->kind == PARAMETER_PERCENT || info->kind == PARAMETER_COUNT;

    if (!info->max) {
        return info->min ? g_strdup_printf(_("from %s"), min) : g_strdup("");
    }
    return one_unit ? g_strdup_printf("%" G_GUINT64_FORMAT "-%s", info->min, max)
                    : g_strconcat(min, "-", max, NULL);
}

char *parameter_range(const ParameterInfo *info, const char *const *choices)
{
    g_autofree char *span = NULL;

    if (info->kind == PARAMETER_SWITCH || info->kind == PARAMETER_LIST) {
        return g_strdup("");
    }
    if (choices) {
        return g_strjoinv(", ", (char **)choices);
    }
    span = span_format(info);
    return g_strconcat(span, *span && info->power_of_two ? ", " : "",
                       info->power_of_two ? "2^n" : NULL, NULL);
}

/* --- reading --- */

/* A number with a unit behind it. */
typedef struct {
    const char *text;  /* where the number begins */
    size_t length;     /* of the number */
    const char *unit;  /* what follows, without blanks before it */
    gboolean whole;    /* the number has no point */
    gboolean headless; /* it begins with the point */
} Amount;

/* Takes @text apart, which has to begin with decimal digits that may have a point among them. */
static gboolean read_amount(const char *text, Amount *amount)
{
    size_t digits = strspn(text, "0123456789");
    gboolean point = text[digits] == '.';
    size_t after = point ? strspn(text + digits + 1, "0123456789") : 0;

    *amount = (Amount){
        .text = text,
        .length = digits + (point ? 1 + after : 0),
        .whole = !point,
        .headless = digits == 0,
    };
    amount->unit = line_rest(text + amount->length);
    return digits + after > 0;
}

/* A size as HMP takes it: the number and one letter. NULL when @amount is no size. */
static char *size_to_hmp(const Amount *amount, gboolean rate)
{
    const char *at = amount->unit;
    gboolean lettered = *at && strchr("bkmgtpeBKMGTPE", *at);
    char letter[] = {lettered ? *at : '\0', '\0'};

    at += lettered ? 1 : 0;
    at += lettered && g_ascii_tolower(*letter) != 'b' && g_ascii_strncasecmp(at, "ib", 2) == 0 ? 2
                                                                                               : 0;
    at += lettered && rate && strcmp(at, "/s") == 0 ? 2 : 0;
    return *at ? NULL
               : g_strdup_printf("%s%.*s%s", amount->headless ? "0" : "", (int)amount->length,
                                 amount->text, letter);
}

/* A time in whole milliseconds. */
static char *time_to_hmp(const Amount *amount)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"s", 1e3}, {"ms", 1}, {"us", 1e-3}, {"ns", 1e-6}};
    double number = g_ascii_strtod(amount->text, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        double ms = number * units[i].ms + 0.5;

        if (strcmp(amount->unit, units[i].unit) == 0 && ms < 0x1p53) {
            return g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)ms);
        }
    }
    return NULL;
}

/* A rate in whole MiB per second. The whole unit has to be there: HMP takes 1M for 2^20 MiB/s. */
static char *mib_rate_to_hmp(const Amount *amount)
{
    static const char *const units[] = {"MiB/s", "GiB/s", "TiB/s"};
    double number = g_ascii_strtod(amount->text, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        double mib = number * (double)(1 << (10 * i));

        if (strcmp(amount->unit, units[i]) == 0 && mib < 0x1p53 && mib == (double)(guint64)mib) {
            return g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)mib);
        }
    }
    return NULL;
}

/* @text, a value with a unit of @info's kind, as HMP takes it; NULL when it is none. */
static char *amount_to_hmp(const ParameterInfo *info, const char *text)
{
    Amount amount;

    if (!read_amount(text, &amount)) {
        return NULL;
    }
    switch (info->kind) {
    case PARAMETER_RATE:
    case PARAMETER_SIZE:
        return size_to_hmp(&amount, info->kind == PARAMETER_RATE);
    case PARAMETER_MIB_RATE:
        return mib_rate_to_hmp(&amount);
    case PARAMETER_MS:
        return time_to_hmp(&amount);
    case PARAMETER_PERCENT:
        return amount.whole && strcmp(amount.unit, "%") == 0 ? g_strndup(text, amount.length)
                                                             : NULL;
    default:
        return NULL;
    }
}

/* What @text says between quotes, if it is nothing but that and needs none. */
static char *unquote(const char *text)
{
    g_autofree char *word = *text == '"' ? line_token(&text, NULL, NULL) : NULL;

    return word && *word && *word != '"' && !*text ? g_steal_pointer(&word) : NULL;
}

/* @text without the blanks around it. */
static char *trim(const char *text)
{
    const char *start = line_rest(text);
    size_t length = strlen(start);

    while (length && line_is_blank(start[length - 1])) {
        length--;
    }
    return g_strndup(start, length);
}

char *parameter_to_hmp(const ParameterInfo *info, const char *text)
{
    g_autofree char *trimmed = trim(text);
    g_autofree char *word = NULL;
    g_autofree char *kind = NULL;

    if (!info || info->kind == PARAMETER_TEXT || info->kind == PARAMETER_LIST) {
        return g_steal_pointer(&trimmed);
    }
    word = unquote(trimmed);
    kind = amount_to_hmp(info, word ? word : trimmed);
    if (kind) {
        return g_steal_pointer(&kind);
    }
    return word && !strpbrk(word, " \t\n\v\f\r") ? g_steal_pointer(&word)
                                                 : g_steal_pointer(&trimmed);
}

/* --- what the schema tells --- */

/* The entry called @name in @schema, or NULL. Borrowed. */
static Json *schema_entry(Json *schema, const char *name)
{
    size_t n = json_object_is_type(schema, json_type_array) ? json_object_array_length(schema) : 0;

    for (size_t i = 0; name && i < n; i++) {
        Json *entry = json_object_array_get_idx(schema, i);

        if (g_strcmp0(json_get_string(entry, "name"), name) == 0) {
            return entry;
        }
    }
    return NULL;
}

/* The type of migrate-set-parameters' argument @name, or NULL. Borrowed. */
static Json *schema_type(Json *schema, const char *name)
{
    Json *command = schema_entry(schema, "migrate-set-parameters");
    Json *arguments = command ? schema_entry(schema, json_get_string(command, "arg-type")) : NULL;
    Json *members = json_get(arguments, "members");

    for (size_t i = 0; members && i < json_object_array_length(members); i++) {
        Json *member = json_object_array_get_idx(members, i);

        if (g_strcmp0(json_get_string(member, "name"), name) == 0) {
            return schema_entry(schema, json_get_string(member, "type"));
        }
    }
    return NULL;
}

char **parameter_choices(const char *name, Json *schema)
{
    static const char *const switches[] = {"on", "off", NULL};
    const ParameterInfo *info = parameter_find(name);
    Json *type = schema_type(schema, info ? info->name : name);
    Json *values = json_get(type, "values"); /* QEMU 6.2 and later have "members" besides */

    if (values) {
        g_autoptr(GStrvBuilder) words = g_strv_builder_new();

        for (size_t i = 0; i < json_object_array_length(values); i++) {
            g_strv_builder_add(words, json_object_get_string(json_object_array_get_idx(values, i)));
        }
        return g_strv_builder_end(words);
    }
    if (info ? info->kind == PARAMETER_SWITCH
             : g_strcmp0(json_get_string(type, "json-type"), "boolean") == 0) {
        return g_strdupv((char **)switches);
    }
    return info && info->choices ? g_strdupv((char **)info->choices) : NULL;
}
