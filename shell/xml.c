/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/xml.h"

#include <string.h>

struct Xml {
    char *name;
    GString *text;
    GPtrArray *attributes; /* name, value, name, ... */
    GPtrArray *children;   /* of Xml */
};

typedef struct {
    Xml *root;
    GPtrArray *open; /* the elements around what is read; borrowed */
} Reading;

/* --- reading --- */

void xml_free(Xml *xml)
{
    if (xml) {
        g_free(xml->name);
        g_string_free(xml->text, TRUE);
        g_ptr_array_unref(xml->attributes);
        g_ptr_array_unref(xml->children);
        g_free(xml);
    }
}

static Xml *xml_new(const char *name, const char **names, const char **values)
{
    Xml *xml = g_new0(Xml, 1);

    xml->name = g_strdup(name);
    xml->text = g_string_new(NULL);
    xml->attributes = g_ptr_array_new_with_free_func(g_free);
    xml->children = g_ptr_array_new_with_free_func((GDestroyNotify)xml_free);
    for (guint i = 0; names[i]; i++) {
        g_ptr_array_add(xml->attributes, g_strdup(names[i]));
        g_ptr_array_add(xml->attributes, g_strdup(values[i]));
    }
    return xml;
}

static Xml *innermost(const Reading *reading)
{
    return reading->open->len ? reading->open->pdata[reading->open->len - 1] : NULL;
}

static void start(GMarkupParseContext *context G_GNUC_UNUSED, const char *element,
                  const char **names, const char **values, gpointer data,
                  GError **error G_GNUC_UNUSED)
{
    Reading *reading = data;
    Xml *around = innermost(reading);
    Xml *xml = xml_new(element, names, values);

    if (around) {
        g_ptr_array_add(around->children, xml);
    } else {
        xml_free(reading->root);
        reading->root = xml;
    }
    g_ptr_array_add(reading->open, xml);
}

static void end(GMarkupParseContext *context G_GNUC_UNUSED, const char *element G_GNUC_UNUSED,
                gpointer data, GError **error G_GNUC_UNUSED)
{
    Reading *reading = data;

    g_ptr_array_set_size(reading->open, (int)reading->open->len - 1);
}

static void text(GMarkupParseContext *context G_GNUC_UNUSED, const char *found, gsize length,
                 gpointer data, GError **error G_GNUC_UNUSED)
{
    Xml *xml = innermost(data);

    if (xml) {
        g_string_append_len(xml->text, found, (gssize)length);
    }
}

Xml *xml_parse(const char *source)
{
    static const GMarkupParser parser = {.start_element = start, .end_element = end, .text = text};
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    Reading reading = {.open = open};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);

    if (!source || !g_markup_parse_context_parse(context, source, -1, NULL) ||
        !g_markup_parse_context_end_parse(context, NULL)) {
        g_clear_pointer(&reading.root, xml_free);
    }
    return reading.root;
}

/* --- looking things up --- */

const Xml *xml_child(const Xml *xml, const char *name, guint i)
{
    for (guint at = 0; xml && at < xml->children->len; at++) {
        const Xml *child = xml->children->pdata[at];

        if ((!name || strcmp(child->name, name) == 0) && i-- == 0) {
            return child;
        }
    }
    return NULL;
}

const Xml *xml_find(const Xml *xml, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);

    for (char **name = names; xml && *name; name++) {
        xml = xml_child(xml, *name, 0);
    }
    return xml;
}

static const char *attribute(const Xml *xml, const char *name)
{
    for (guint i = 0; i + 1 < xml->attributes->len; i += 2) {
        if (strcmp(xml->attributes->pdata[i], name) == 0) {
            return xml->attributes->pdata[i + 1];
        }
    }
    return NULL;
}

const char *xml_get(const Xml *xml, const char *path)
{
    const char *at = strchr(path, '@');
    g_autofree char *element = at ? g_strndup(path, (gsize)(at - path)) : g_strdup(path);

    xml = *element && xml ? xml_find(xml, element) : xml;
    if (!xml) {
        return NULL;
    }
    return at ? attribute(xml, at + 1) : xml->text->str;
}

const char *xml_name(const Xml *xml)
{
    return xml->name;
}

/* --- writing --- */

static void write_element(const Xml *xml, GString *out)
{
    g_autofree char *inner = g_markup_escape_text(xml->text->str, -1);

    g_string_append_printf(out, "<%s", xml->name);
    for (guint i = 0; i + 1 < xml->attributes->len; i += 2) {
        g_autofree char *value = g_markup_escape_text(xml->attributes->pdata[i + 1], -1);

        g_string_append_printf(out, " %s=\"%s\"", (char *)xml->attributes->pdata[i], value);
    }
    g_string_append_printf(out, ">%s", g_strstrip(inner));
    for (guint i = 0; i < xml->children->len; i++) {
        write_element(xml->children->pdata[i], out);
    }
    g_string_append_printf(out, "</%s>", xml->name);
}

char *xml_text(const Xml *xml)
{
    GString *out = g_string_new(NULL);

    if (!xml) {
        g_string_free(out, TRUE);
        return NULL;
    }
    write_element(xml, out);
    return g_string_free(out, FALSE);
}
