/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `info migrate_parameters` and `info migrate_capabilities` for a person at a terminal: a line for
 * each that this QEMU has, those that are not as they are unless set marked. */
#pragma once

#include "shell/json.h"

/* All 0: no colour, lines of any length, a QEMU that is not known. */
typedef struct {
    gboolean colour; /* ANSI SGR sequences may be used */
    int width;       /* columns, 0: unlimited; less than 40 is taken for 40 */
    guint release;   /* QEMU's (release.h): some defaults were others */
    Json *schema;    /* query-qmp-schema's reply, which knows this build's choices; NULL: none */
} ParameterPretty;

/* Appends @reply, to query-migrate-parameters, as a table: name, value with its unit, default,
 * range, meaning; as many of them as there is room for. Parameters that are not known come last. */
void parameter_pretty(Json *reply, const ParameterPretty *options, GString *out);

/* Appends @reply, to query-migrate-capabilities, as a table: name, state, meaning. */
void capability_pretty(Json *reply, const ParameterPretty *options, GString *out);
