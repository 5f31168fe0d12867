/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/json.h"

static void test_dict(void)
{
    g_autoptr(Json) object = json_dict("uri", json_object_new_string("tcp:h:1"), "resume", NULL,
                                       "n", json_object_new_uint64(G_MAXUINT64), NULL);
    g_autofree char *text = json_text(object);

    g_assert_cmpstr(text, ==, "{\"uri\":\"tcp:h:1\",\"n\":18446744073709551615}");
}

/* QMP has unsigned 64-bit numbers. */
static void test_largest(void)
{
    g_autoptr(Json) object = json_parse("{\"n\": 18446744073709551615}", NULL);
    g_autofree char *text = json_text(object);
    g_autofree char *pretty = json_pretty_text(object);

    g_assert_cmpstr(text, ==, "{\"n\":18446744073709551615}");
    g_assert_nonnull(strstr(pretty, "18446744073709551615\n"));
}

static void test_path(void)
{
    g_autoptr(Json) object = json_parse("{\"ram\": {\"total\": 5, \"name\": \"x\"}}", NULL);

    g_assert_cmpint(json_object_get_int64(json_get(object, "ram.total")), ==, 5);
    g_assert_cmpstr(json_get_string(object, "ram.name"), ==, "x");
    g_assert_null(json_get_string(object, "ram.total"));
    g_assert_null(json_get(object, "ram.total.deeper"));
    g_assert_null(json_get(object, "disk"));
}

static void test_parse_errors(void)
{
    const char *bad[] = {"", "{", "{\"a\":1} x", "{'a'", "[1,", "nope", "null"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Json) value = json_parse(bad[i], &error);

        g_assert_null(value);
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, "not JSON"));
    }
}

static void test_ascii(void)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"{\"a\":\"b\\n\"}", "{\"a\":\"b\\n\"}"},
        {"\"gr\xc3\xb6\xc3\x9f\x65\"", "\"gr\\u00f6\\u00dfe\""},
        {"\"\xe6\x97\xa5\x7f\"", "\"\\u65e5\x7f\""},
        {"\"\xf0\x9f\xa6\x86\"", "\"\\ud83e\\udd86\""},
        {"\"\xff\xc3\"", "\"\xff\xc3\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = json_ascii(cases[i][0]);

        g_assert_cmpstr(text, ==, cases[i][1]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/dict", test_dict);
    g_test_add_func("/json/largest", test_largest);
    g_test_add_func("/json/path", test_path);
    g_test_add_func("/json/parse-errors", test_parse_errors);
    g_test_add_func("/json/ascii", test_ascii);
    return g_test_run();
}
