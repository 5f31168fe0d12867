/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user may set for the session: `set`. */
#pragma once

#include "shell/session.h"

typedef enum {
    SETTING_RETURN_PATH,    /* raw migrations turn the return-path capability on */
    SETTING_WRITE_BLOCKING, /* mirrored disks: copy-mode write-blocking from the beginning */
    N_SETTINGS
} Setting;

/* The setting's value in @session. */
gboolean settings_get(Session *session, Setting setting);
