/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the next migration of a guest would go. */
#pragma once

#include "shell/session.h"

/* What is asked for. */
typedef struct {
    guint64 link;   /* bytes per second that can be sent where no limit slows it; 0: not told */
    double seconds; /* for how long the guest's writing is looked at; 0: 3 */
} PredictionWish;

/* Looks at @guest for a few seconds and adds the prediction to @reply, to its text and its JSON (a
 * value that is there already is left, and gets the prediction as the member "prediction"). It is
 * remembered, and the end of the next migration tells how right it was. HMPSH_ERROR_FAILED where
 * none can begin: during a migration, after it, and where the guest waits for one; _INTERRUPTED
 * after Ctrl-C. */
gboolean predict_tell(Session *session, Guest *guest, const PredictionWish *wish, Reply *reply,
                      GError **error);
