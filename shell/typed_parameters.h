/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libvirt's typed parameters as JSON. */
#pragma once

#include <libvirt/libvirt.h>

#include "shell/json.h"

/* An object with one member for each parameter, called as libvirt calls it ("memory_total").
 * @parameters are borrowed; the caller owns the result. */
Json *typed_parameters_to_json(virTypedParameterPtr parameters, int count);
