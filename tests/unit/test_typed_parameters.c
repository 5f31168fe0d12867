/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libvirt's typed parameters as JSON: every type, and one that is not known yet. */
#include "shell/typed_parameters.h"

#define PARAMETER(name, which, ...)                                                                \
    {                                                                                              \
        .field = name, .type = which, .value = { __VA_ARGS__ }                                     \
    }
#define UNKNOWN_TYPE (VIR_TYPED_PARAM_STRING + 1)

/* What becomes of @parameter: its JSON as text. */
static void check(virTypedParameter parameter, const char *expected)
{
    g_autoptr(Json) object = typed_parameters_to_json(&parameter, 1);

    g_assert_cmpstr(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), ==, expected);
}

static void test_numbers(void)
{
    check((virTypedParameter)PARAMETER("i", VIR_TYPED_PARAM_INT, .i = G_MININT32),
          "{\"i\":-2147483648}");
    check((virTypedParameter)PARAMETER("ui", VIR_TYPED_PARAM_UINT, .ui = G_MAXUINT32),
          "{\"ui\":4294967295}");
    check((virTypedParameter)PARAMETER("l", VIR_TYPED_PARAM_LLONG, .l = G_MININT64),
          "{\"l\":-9223372036854775808}");
    check((virTypedParameter)PARAMETER("ul", VIR_TYPED_PARAM_ULLONG, .ul = G_MAXUINT64),
          "{\"ul\":18446744073709551615}");
    check((virTypedParameter)PARAMETER("d", VIR_TYPED_PARAM_DOUBLE, .d = 0.25), "{\"d\":0.25}");
}

static void test_others(void)
{
    check((virTypedParameter)PARAMETER("b", VIR_TYPED_PARAM_BOOLEAN, .b = 1), "{\"b\":true}");
    check((virTypedParameter)PARAMETER("b", VIR_TYPED_PARAM_BOOLEAN, .b = 0), "{\"b\":false}");
    check((virTypedParameter)PARAMETER("s", VIR_TYPED_PARAM_STRING, .s = (char *)"a\"b"),
          "{\"s\":\"a\\\"b\"}");
}

/* It is there, without a value; the others are none the worse. */
static void test_unknown_type(void)
{
    virTypedParameter parameters[] = {
        PARAMETER("before", VIR_TYPED_PARAM_INT, .i = 1),
        PARAMETER("new", UNKNOWN_TYPE, .ul = 2),
        PARAMETER("after", VIR_TYPED_PARAM_INT, .i = 3),
    };
    g_autoptr(Json) object = typed_parameters_to_json(parameters, G_N_ELEMENTS(parameters));

    g_assert_cmpstr(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), ==,
                    "{\"before\":1,\"new\":null,\"after\":3}");
}

static void test_none(void)
{
    g_autoptr(Json) object = typed_parameters_to_json(NULL, 0);

    g_assert_true(json_object_is_type(object, json_type_object));
    g_assert_cmpuint(json_object_object_length(object), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/typed-parameters/numbers", test_numbers);
    g_test_add_func("/typed-parameters/others", test_others);
    g_test_add_func("/typed-parameters/unknown-type", test_unknown_type);
    g_test_add_func("/typed-parameters/none", test_none);
    return g_test_run();
}
