/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/qmp_words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/guest_schema.h"
#include "shell/line.h"

/* The KEY=VALUE words of @text as an object of texts: what a union's variant is chosen by. The
 * caller owns it. */
static Json *read_given(const char *text)
{
    Json *given = json_object_new_object();

    while (*line_rest(text)) {
        g_autofree char *word = line_token(&text, NULL, NULL);
        char *sign = word ? strchr(word, '=') : NULL;

        if (!word) {
            break;
        }
        if (sign && sign > word + 1) {
            sign[sign[-1] == ':' ? -1 : 0] = '\0';
            json_set(given, word, json_object_new_string(sign + 1));
        }
    }
    return given;
}

/* "KEY=", or "KEY." of an object whose members have to be named, for what is not given yet. */
static void offer_members(const SchemaPlace *place, Offers *offers)
{
    g_autoptr(GPtrArray) members = schema_members(place);
    g_autoptr(Offers) inner = offers_new();
    g_autofree char *prefix = *place->path ? g_strconcat(place->path, ".", NULL) : g_strdup("");

    for (guint i = 0; i < members->len; i++) {
        const SchemaMember *member = members->pdata[i];
        g_autofree char *path = g_strconcat(prefix, member->name, NULL);
        g_autofree char *word = g_strconcat(member->name, member->nested ? "." : "=", NULL);

        if (member->nested || !json_get(place->given, path)) {
            offers_add(inner, word);
        }
    }
    offers_add_joined(offers, prefix, inner);
}

/* The values of the member, each behind "KEY=". */
static void offer_values(const SchemaPlace *place, Offers *offers, char **hint)
{
    g_auto(GStrv) values = schema_values(place);
    g_autofree char *prefix = g_strconcat(place->path, "=", NULL);
    g_autofree char *type = schema_type(place);
    g_autoptr(Offers) inner = offers_new();

    offers_add_all(inner, (const char *const *)values);
    offers_add_joined(offers, prefix, inner);
    *hint = type ? g_strdup_printf("%s: %s", place->path, type)
                 : g_strdup_printf(_("%s has no member '%s'"), place->command, place->path);
}

static void offer_arguments(const Schema *schema, const char *before, const char *typed,
                            Offers *offers, char **hint)
{
    g_autofree char *command = line_token(&before, NULL, NULL);
    g_autoptr(Json) given = read_given(before);
    const char *sign = strchr(typed, '=');
    const char *dot = strrchr(typed, '.');
    g_autofree char *path = sign  ? g_strndup(typed, (gsize)(sign - typed))
                            : dot ? g_strndup(typed, (gsize)(dot - typed))
                                  : g_strdup("");
    SchemaPlace place = {schema, command, path, given};

    if (!command) {
        return;
    }
    if (!g_strv_contains(schema_commands(schema), command)) {
        *hint = g_strdup_printf(_("this QEMU has no QMP command '%s'"), command);
    } else if (!sign) {
        offer_members(&place, offers);
        *hint = *typed               ? g_strdup_printf(_("%s has no member '%s'"), command, typed)
                : *line_rest(before) ? g_strdup_printf(_("%s takes nothing more"), command)
                                     : g_strdup_printf(_("%s takes nothing"), command);
    } else if (g_str_has_suffix(path, ":")) {
        *hint = g_strdup("JSON");
    } else {
        offer_values(&place, offers, hint);
    }
}

void qmp_words_offer(Inquiry *inquiry, const char *before, const char *typed, Offers *offers,
                     char **hint)
{
    const Schema *schema = inquiry_schema(inquiry);

    if (!schema) {
        return;
    }
    if (*line_rest(before)) {
        offer_arguments(schema, before, typed, offers, hint);
    } else {
        offers_add_all(offers, schema_commands(schema));
    }
}
