/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/typed_parameters.h"

static Json *value_of(const virTypedParameter *parameter)
{
    switch (parameter->type) {
    case VIR_TYPED_PARAM_INT:
        return json_object_new_int(parameter->value.i);
    case VIR_TYPED_PARAM_UINT:
        return json_object_new_uint64(parameter->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return json_object_new_int64(parameter->value.l);
    case VIR_TYPED_PARAM_ULLONG:
        return json_object_new_uint64(parameter->value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return json_real(parameter->value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return json_object_new_boolean(parameter->value.b);
    case VIR_TYPED_PARAM_STRING:
        return json_object_new_string(parameter->value.s);
    default: /* of a newer libvirt */
        return NULL;
    }
}

Json *typed_parameters_to_json(virTypedParameterPtr parameters, int count)
{
    Json *object = json_object_new_object();

    for (int i = 0; i < count; i++) {
        json_object_object_add(object, parameters[i].field, value_of(&parameters[i]));
    }
    return object;
}
