/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/schema.h"
#include "tests/unit/transcript.h"

/* The schema of a whole QEMU 7.2. */
static Schema *recorded(void)
{
    g_autoptr(Json) reply = transcript_reply("7.2", "qmp-schema");

    return schema_new(reply);
}

static SchemaPlace place_of(const Schema *schema, const char *command, const char *path)
{
    return (SchemaPlace){schema, command, path, NULL};
}

static void check_type(const Schema *schema, const char *command, const char *path,
                       const char *type)
{
    SchemaPlace place = place_of(schema, command, path);
    g_autofree char *found = schema_type(&place);

    g_assert_cmpstr(found, ==, type);
}

static void check_values(const SchemaPlace *place, const char *values)
{
    g_auto(GStrv) list = schema_values(place);
    g_autofree char *joined = list ? g_strjoinv(" ", list) : NULL;

    g_assert_cmpstr(joined, ==, values);
}

/* "name:type" of each member, "?" behind what is optional, "." behind what goes on. */
static char *members_text(const SchemaPlace *place)
{
    g_autoptr(GPtrArray) members = schema_members(place);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < members->len; i++) {
        const SchemaMember *member = g_ptr_array_index(members, i);

        g_string_append_printf(text, "%s%s:%s%s%s", i ? " " : "", member->name, member->type,
                               member->optional ? "?" : "", member->nested ? "." : "");
    }
    return g_string_free(text, FALSE);
}

static void test_names(void)
{
    g_autoptr(Schema) schema = recorded();
    const char *const *commands = schema_commands(schema);
    const char *const *events = schema_events(schema);

    g_assert_cmpint(g_strv_length((char **)commands), ==, 216);
    g_assert_cmpint(g_strv_length((char **)events), ==, 52);
    g_assert_cmpstr(commands[0], ==, "add-fd");
    g_assert_true(g_strv_contains(commands, "migrate-set-parameters"));
    g_assert_true(g_strv_contains(events, "MIGRATION"));
    g_assert_false(g_strv_contains(events, "migrate"));
}

static void test_members(void)
{
    g_autoptr(Schema) schema = recorded();
    static const struct {
        const char *command;
        const char *path;
        const char *members;
    } cases[] = {
        {"query-status", "", ""},
        {"no-such-command", "", ""},
        {"MIGRATION", "", ""}, /* an event */
        {"migrate", "", "uri:str blk:bool? inc:bool? detach:bool? resume:bool?"},
        {"block_resize", "", "device:str? node-name:str? size:int"},
        {"snapshot-save", "", "job-id:str tag:str vmstate:str devices:array of str"},
        {"query-stats", "", "target:enum providers:array of object? vcpus:array of str?"},
        {"x-blockdev-set-iothread", "", "node-name:str iothread:str or null force:bool?"},
        {"nbd-server-start", "", "addr:object. tls-creds:str? tls-authz:str? max-connections:int?"},
        {"nbd-server-start", "addr", "type:enum data:object?."},
        {"nbd-server-start", "addr.type", ""},
        {"nbd-server-start", "addr.x", ""},
        {"block-dirty-bitmap-merge", "", "node:str target:str bitmaps:array of str or object"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SchemaPlace place = place_of(schema, cases[i].command, cases[i].path);
        g_autofree char *text = members_text(&place);

        g_assert_cmpstr(text, ==, cases[i].members);
    }
}

/* A union has the members of the variant that its tag chooses, or of all. */
static void test_variants(void)
{
    g_autoptr(Schema) schema = recorded();
    g_autoptr(Json) raw = json_parse("{\"driver\":\"raw\"}", NULL);
    g_autoptr(Json) unix_address = json_parse("{\"addr\":{\"type\":\"unix\"}}", NULL);
    SchemaPlace place = place_of(schema, "blockdev-add", "");
    g_autoptr(GPtrArray) all = schema_members(&place);
    g_autoptr(GPtrArray) chosen = NULL;
    g_autofree char *text = NULL;
    SchemaPlace data = {schema, "nbd-server-start", "addr.data", unix_address};

    place.given = raw;
    chosen = schema_members(&place);
    g_assert_cmpint(chosen->len, >, 3);
    g_assert_cmpint(all->len, >, 5 * chosen->len);
    place.path = "size";
    check_type(schema, "blockdev-add", "size", "int");
    text = schema_type(&place);
    g_assert_cmpstr(text, ==, "int");
    place.path = "server.host"; /* raw has no server */
    g_assert_null(schema_type(&place));
    check_type(schema, "blockdev-add", "server.host", "str");
    check_type(schema, "blockdev-add", "file", "object or str");
    check_type(schema, "blockdev-add", "file.file.filename", "str");
    g_clear_pointer(&text, g_free);
    text = members_text(&data);
    g_assert_cmpstr(text, ==, "path:str abstract:bool? tight:bool?");
}

static void test_values(void)
{
    g_autoptr(Schema) schema = recorded();
    static const char *const cases[][3] = {
        {"migrate-set-parameters", "multifd-compression", "none zlib zstd"},
        {"migrate-set-parameters", "tls-creds", "null"},
        {"migrate-set-parameters", "max-bandwidth", NULL},
        {"migrate-set-parameters", "compress-wait-thread", "true false"},
        {"nbd-server-start", "addr.type", "inet unix vsock fd"},
        {"qmp_capabilities", "enable", "oob"},
        {"migrate", "uri", NULL},
        {"migrate", "nonsense", NULL},
        {"migrate", "", NULL},
        {"nonsense", "uri", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SchemaPlace place = place_of(schema, cases[i][0], cases[i][1]);

        check_values(&place, cases[i][2]);
    }
}

static void test_types(void)
{
    g_autoptr(Schema) schema = recorded();

    check_type(schema, "migrate", "", "object");
    check_type(schema, "qom-set", "value", "any");
    check_type(schema, "migrate-set-parameters", "tls-creds", "str or null");
    check_type(schema, "block-latency-histogram-set", "boundaries", "array of int");
    check_type(schema, "migrate", "x", NULL);
    check_type(schema, "migrate", "uri.x", NULL);
    check_type(schema, "migrate", ".", NULL);
    check_type(schema, "", "", NULL);
}

/* Before 6.2 an enum had "values" alone. What is not a schema knows nothing. */
static void test_odd_replies(void)
{
    g_autoptr(Json) old = json_parse(
        "[{\"name\":\"c\",\"meta-type\":\"command\",\"arg-type\":\"1\"},{\"name\":\"1\",\"meta-type"
        "\":\"object\",\"members\":[{\"name\":\"e\",\"type\":\"2\"},{\"name\":\"gone\",\"type\":"
        "\"9\"},{}]},{\"name\":\"2\",\"meta-type\":\"enum\",\"values\":[\"a\",\"b\"]},{},7,null]",
        NULL);
    g_autoptr(Json) object = json_parse("{\"a\":1}", NULL);
    g_autoptr(Schema) of_old = schema_new(old);
    g_autoptr(Schema) of_object = schema_new(object);
    g_autoptr(Schema) of_nothing = schema_new(NULL);
    SchemaPlace place = place_of(of_old, "c", "e");

    check_values(&place, "a b");
    check_type(of_old, "c", "gone", NULL);
    check_type(of_object, "c", "e", NULL);
    check_type(of_nothing, "c", "e", NULL);
    g_assert_null(schema_commands(of_object)[0]);
    g_assert_null(schema_events(of_nothing)[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema/names", test_names);
    g_test_add_func("/schema/members", test_members);
    g_test_add_func("/schema/variants", test_variants);
    g_test_add_func("/schema/values", test_values);
    g_test_add_func("/schema/types", test_types);
    g_test_add_func("/schema/odd-replies", test_odd_replies);
    return g_test_run();
}
