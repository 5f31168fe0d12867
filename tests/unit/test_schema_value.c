/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/schema_value.h"
#include "shell/error.h"
#include "tests/unit/transcript.h"

/* A command with a member of each kind that QEMU's own commands have too few of. */
static const char KINDS[] =
    "[{'name':'c','meta-type':'command','arg-type':'1'},"
    "{'name':'int','meta-type':'builtin','json-type':'int'},"
    "{'name':'number','meta-type':'builtin','json-type':'number'},"
    "{'name':'bool','meta-type':'builtin','json-type':'boolean'},"
    "{'name':'str','meta-type':'builtin','json-type':'string'},"
    "{'name':'null','meta-type':'builtin','json-type':'null'},"
    "{'name':'any','meta-type':'builtin','json-type':'value'},"
    "{'name':'2','meta-type':'enum','values':['auto','7','full']},"
    "{'name':'[int]','meta-type':'array','element-type':'int'},"
    "{'name':'[str]','meta-type':'array','element-type':'str'},"
    "{'name':'[2]','meta-type':'array','element-type':'2'},"
    "{'name':'[1]','meta-type':'array','element-type':'1'},"
    "{'name':'[any]','meta-type':'array','element-type':'any'},"
    "{'name':'3','meta-type':'alternate','members':"
    "[{'type':'int'},{'type':'bool'},{'type':'[int]'}]},"
    "{'name':'4','meta-type':'alternate','members':[{'type':'str'},{'type':'null'}]},"
    "{'name':'5','meta-type':'alternate','members':[{'type':'2'},{'type':'int'}]},"
    "{'name':'6','meta-type':'alternate','members':[{'type':'1'},{'type':'str'}]},"
    "{'name':'1','meta-type':'object','members':[{'name':'int','type':'int'},"
    "{'name':'number','type':'number'},{'name':'bool','type':'bool'},{'name':'str','type':'str'},"
    "{'name':'any','type':'any'},{'name':'enum','type':'2'},{'name':'ints','type':'[int]'},"
    "{'name':'strs','type':'[str]'},{'name':'enums','type':'[2]'},{'name':'objects','type':'[1]'},"
    "{'name':'anys','type':'[any]'},{'name':'stat','type':'3'},{'name':'maybe','type':'4'},"
    "{'name':'mixed','type':'5'},{'name':'object','type':'1'},{'name':'ref','type':'6'}]}]";

static Schema *kinds(void)
{
    g_autofree char *text = g_strdelimit(g_strdup(KINDS), "'", '"');
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) reply = json_parse(text, &error);

    g_assert_no_error(error);
    return schema_new(reply);
}

static void check(const SchemaPlace *place, const char *text, gboolean quoted, const char *json)
{
    g_autoptr(GError) error = NULL;
    Json *value = NULL;
    g_autofree char *found = NULL;

    g_assert_true(schema_is_typed(place));
    g_assert_true(schema_convert(place, text, quoted, &value, &error));
    g_assert_no_error(error);
    found = json_text(value);
    g_assert_cmpstr(found, ==, json);
    json_object_put(value);
}

static void check_refused(const SchemaPlace *place, const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    Json *value = NULL;

    g_assert_false(schema_convert(place, text, FALSE, &value, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_null(value);
}

static void test_converts(void)
{
    g_autoptr(Schema) schema = kinds();
    static const char *const cases[][3] = {
        {"int", "5", "5"},
        {"int", "0", "0"},
        {"int", "010", "10"},
        {"int", "-1", "-1"},
        {"int", "1G", "1073741824"},
        {"int", "1g", "1073741824"},
        {"int", "64k", "65536"},
        {"int", "2M", "2097152"},
        {"int", "3T", "3298534883328"},
        {"int", "1P", "1125899906842624"},
        {"int", "1E", "1152921504606846976"},
        {"int", "1.5K", "1536"},
        {"int", "0x10", "16"},
        {"int", "0X1fM", "32505856"},
        {"int", "9007199254740993", "9007199254740993"},
        {"int", "9223372036854775807", "9223372036854775807"},
        {"int", "9223372036854775808", "9223372036854775808"},
        {"int", "18446744073709551615", "18446744073709551615"},
        {"int", "0xffffffffffffffff", "18446744073709551615"},
        {"int", "-9223372036854775808", "-9223372036854775808"},
        {"int", "1e3", "1000"},
        {"number", "0.1", "0.1"},
        {"number", "5", "5"},
        {"number", "-1e3", "-1000"},
        {"bool", "on", "true"},
        {"bool", "yes", "true"},
        {"bool", "true", "true"},
        {"bool", "off", "false"},
        {"bool", "no", "false"},
        {"bool", "false", "false"},
        {"str", "5", "\"5\""},
        {"str", "true", "\"true\""},
        {"str", "null", "\"null\""},
        {"str", "", "\"\""},
        {"str", "[1]", "\"[1]\""},
        {"enum", "auto", "\"auto\""},
        {"enum", "7", "\"7\""},
        {"ints", "1,2K,-3", "[1,2048,-3]"},
        {"ints", "4", "[4]"},
        {"ints", "", "[]"},
        {"strs", "a,1,", "[\"a\",\"1\",\"\"]"},
        {"enums", "full,auto", "[\"full\",\"auto\"]"},
        {"stat", "7", "7"},
        {"stat", "on", "true"},
        {"stat", "1,2", "[1,2]"},
        {"maybe", "null", "null"},
        {"maybe", "nulls", "\"nulls\""},
        {"maybe", "", "\"\""},
        {"mixed", "7", "7"},
        {"mixed", "full", "\"full\""},
        {"ref", "node0", "\"node0\""},
        {"ref.ref.int", "1K", "1024"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SchemaPlace place = {schema, "c", cases[i][0], NULL};

        check(&place, cases[i][1], FALSE, cases[i][2]);
    }
}

static void test_quoted(void)
{
    g_autoptr(Schema) schema = kinds();
    static const char *const cases[][3] = {
        {"int", "5", "5"},
        {"str", "5", "\"5\""},
        {"maybe", "null", "\"null\""},
        {"mixed", "7", "7"},
        {"bool", "on", "true"},
        {"enum", "7", "\"7\""},
        {"strs", "a,b", "[\"a\",\"b\"]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SchemaPlace place = {schema, "c", cases[i][0], NULL};

        check(&place, cases[i][1], TRUE, cases[i][2]);
    }
}

static void test_refusals(void)
{
    g_autoptr(Schema) schema = kinds();
    static const char *const cases[][3] = {
        {"int", "x", "int: an integer expected, not 'x'"},
        {"int", "", "int: an integer expected, not ''"},
        {"int", "-", "int: an integer expected, not '-'"},
        {"int", "--1", "int: an integer expected, not '--1'"},
        {"int", "+1", "int: an integer expected, not '+1'"},
        {"int", "1.5", "int: an integer expected, not '1.5'"},
        {"int", "1GB", "int: an integer expected, not '1GB'"},
        {"int", "1 2", "int: an integer expected, not '1 2'"},
        {"int", "-1K", "int: an integer expected, not '-1K'"},
        {"int", "16E", "int: an integer expected, not '16E'"},
        {"int", "18446744073709551616", "int: an integer expected, not '18446744073709551616'"},
        {"int", "-9223372036854775809", "int: an integer expected, not '-9223372036854775809'"},
        {"int", "true", "int: an integer expected, not 'true'"},
        {"number", "nan", "number: a number expected, not 'nan'"},
        {"number", "1,5", "number: a number expected, not '1,5'"},
        {"bool", "1", "bool: on or off expected, not '1'"},
        {"bool", "ON", "bool: on or off expected, not 'ON'"},
        {"enum", "auot", "enum: no value is called 'auot' (did you mean 'auto'?)"},
        {"enum", "x", "enum: one of auto, 7, full expected, not 'x'"},
        {"ints", "1,x", "ints: a comma list (each an integer) expected, not '1,x'"},
        {"enums", "x", "enums: a comma list (each one of auto, 7, full) expected, not 'x'"},
        {"stat", "x",
         "stat: on or off or an integer or a comma list (each an integer) expected, "
         "not 'x'"},
        {"mixed", "x", "mixed: an integer or one of auto, 7, full expected, not 'x'"},
        {"object", "x", "object is an object: use object.MEMBER=VALUE or object:=JSON"},
        {"objects", "x", "objects is a list of objects: use objects:=JSON"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SchemaPlace place = {schema, "c", cases[i][0], NULL};

        check_refused(&place, cases[i][1], cases[i][2]);
    }
}

static void test_long_enum(void)
{
    g_autoptr(Json) reply = transcript_reply("7.2", "qmp-schema");
    g_autoptr(Schema) schema = schema_new(reply);
    SchemaPlace place = {schema, "blockdev-add", "driver", NULL};
    g_autoptr(GError) error = NULL;
    Json *value = NULL;

    g_assert_false(schema_convert(&place, "?", FALSE, &value, &error));
    g_assert_true(g_str_has_prefix(error->message, "driver: one of blkdebug, "));
    g_assert_true(g_str_has_suffix(error->message, ", ... expected, not '?'"));
}

/* What hmpsh cannot judge is QEMU's to judge. */
static void test_untyped(void)
{
    g_autoptr(Schema) schema = kinds();
    g_autoptr(Schema) nothing = schema_new(NULL);
    static const char *const paths[] = {"any",        "anys",   "unknown",
                                        "int.deeper", "ints.0", "objects.x"};
    SchemaPlace place = {schema, "c", NULL, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        place.path = paths[i];
        g_assert_false(schema_is_typed(&place));
    }
    place = (SchemaPlace){schema, "d", "int", NULL};
    g_assert_false(schema_is_typed(&place));
    place = (SchemaPlace){nothing, "c", "int", NULL};
    g_assert_false(schema_is_typed(&place));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-value/converts", test_converts);
    g_test_add_func("/schema-value/quoted", test_quoted);
    g_test_add_func("/schema-value/refusals", test_refusals);
    g_test_add_func("/schema-value/long-enum", test_long_enum);
    g_test_add_func("/schema-value/untyped", test_untyped);
    return g_test_run();
}
