/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML as a tree. */
#include "shell/xml.h"

#define GUEST                                                                                      \
    "<?xml version='1.0'?><domain type='kvm'><!-- by hand --><name>a &amp; b</name><os><type "     \
    "arch='x86_64'>hvm</type></os><devices><disk a='1'/><net/><disk a='2'/></devices></domain>"

static void test_look_up(void)
{
    g_autoptr(Xml) xml = xml_parse(GUEST);
    const Xml *devices = xml_find(xml, "devices");

    g_assert_cmpstr(xml_name(xml), ==, "domain");
    g_assert_cmpstr(xml_get(xml, "@type"), ==, "kvm");
    g_assert_cmpstr(xml_get(xml, "name"), ==, "a & b");
    g_assert_cmpstr(xml_get(xml, "os/type"), ==, "hvm");
    g_assert_cmpstr(xml_get(xml, "os/type@arch"), ==, "x86_64");
    g_assert_null(xml_get(xml, "os/type@machine"));
    g_assert_null(xml_get(xml, "os/boot@dev"));
    g_assert_cmpstr(xml_get(xml_child(devices, "disk", 1), "@a"), ==, "2");
    g_assert_cmpstr(xml_name(xml_child(devices, NULL, 1)), ==, "net");
    g_assert_null(xml_child(devices, "disk", 2));
    g_assert_null(xml_child(NULL, NULL, 0));
    g_assert_null(xml_find(NULL, "devices"));
    g_assert_null(xml_get(NULL, "@type"));
}

static void test_text(void)
{
    g_autoptr(Xml) xml = xml_parse("<cpu mode='custom'>\n <model fallback='forbid'>q&lt;</model>\n"
                                   " <feature name='&quot;'/></cpu>");
    g_autofree char *text = xml_text(xml);
    g_autoptr(Xml) again = xml_parse(text);

    g_assert_cmpstr(text, ==,
                    "<cpu mode=\"custom\"><model fallback=\"forbid\">q&lt;</model><feature "
                    "name=\"&quot;\"></feature></cpu>");
    g_assert_cmpstr(xml_get(again, "feature@name"), ==, "\"");
    g_assert_null(xml_text(NULL));
}

static void test_unreadable(void)
{
    static const char *const texts[] = {"", "<a", "<a><b></a>", "no", "<a/><b", NULL};

    for (const char *const *text = texts; *text; text++) {
        g_assert_null(xml_parse(*text));
    }
    g_assert_null(xml_parse(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xml/look_up", test_look_up);
    g_test_add_func("/xml/text", test_text);
    g_test_add_func("/xml/unreadable", test_unreadable);
    return g_test_run();
}
