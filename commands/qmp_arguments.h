/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments of a QMP command, typed by hand: KEY=VALUE ... KEY:=JSON ..., or one JSON object.
 */
#pragma once

#include "shell/session.h"

typedef struct QmpArguments QmpArguments;

/* Takes @text apart, without judging the values. HMPSH_ERROR_SYNTAX. */
QmpArguments *qmp_arguments_read(const char *text, GError **error);
void qmp_arguments_free(QmpArguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QmpArguments, qmp_arguments_free)

/* The arguments object for @guest's QMP command @name: each VALUE as the schema of its QEMU wants
 * it; where that has no type for it, a bare number, true, false or null as such and the rest as
 * strings. The schema is asked for only where there is a KEY=VALUE. Owned by the caller.
 * HMPSH_ERROR_SYNTAX where a value does not fit; HMPSH_ERROR_LOST and its like. */
Json *qmp_arguments_json(const QmpArguments *arguments, Guest *guest, const char *name,
                         GError **error);
