/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML as libvirt gives it (a domain's, a host's capabilities) as a tree to look things up in. */
#pragma once

#include <glib.h>

typedef struct Xml Xml;

/* The root element of @text; NULL when that cannot be read, or is NULL. Free with xml_free(). */
Xml *xml_parse(const char *text);
void xml_free(Xml *xml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xml, xml_free)

/* The first element at @path below @xml (NULL: there is none): "devices/disk". Borrowed; NULL when
 * there is none. */
const Xml *xml_find(const Xml *xml, const char *path);

/* Element @i of those called @name right below @xml, or with NULL of all; NULL behind the last. */
const Xml *xml_child(const Xml *xml, const char *name, guint i);

/* What stands at @path below @xml: of "os/type" the text, of "os/type@machine" an attribute, of
 * "@type" one of @xml itself. Borrowed; NULL when there is none. */
const char *xml_get(const Xml *xml, const char *path);

/* What the element is called. Borrowed. */
const char *xml_name(const Xml *xml);

/* @xml as text again, without the blanks between elements. Free with g_free(); NULL for NULL. */
char *xml_text(const Xml *xml);
