/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A prediction for a reader, and as JSON; each with what it assumes. */
#pragma once

#include "commands/migration/prediction/prediction.h"

/* Appends the verdict, what is to come, what would help, and what all that was made of: labelled
 * lines of at most @width columns, or where @width is 0 "label: text", one a line. */
void prediction_print(const Prediction *prediction, int width, GString *out);

/* The same as an object; the names carry the units. The caller owns it. */
Json *prediction_json(const Prediction *prediction);
