/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user may set for the session: `set`. A setting is one name here and one row in settings.c.
 * On the session's thread, and on the main thread before the first command. */
#pragma once

#include "commands/setting_value.h"
#include "shell/session.h"

typedef enum {
    SETTING_COLOUR,         /* a ColourMode */
    SETTING_EVENTS,         /* as event_teller_choose() takes it */
    SETTING_HISTORY,        /* as history_set_size() takes it */
    SETTING_PAGER,          /* on, off, or a command */
    SETTING_PROMPT,         /* as prompt_set() takes it */
    SETTING_RETURN_PATH,    /* raw migrations turn the return-path capability on */
    SETTING_STATUS,         /* a StatusFace */
    SETTING_TIMEOUT,        /* for a monitor command */
    SETTING_WRITE_BLOCKING, /* mirrored disks: copy-mode write-blocking from the beginning */
    N_SETTINGS
} Setting;

/* The face of `info migrate`: SETTING_STATUS's choice. */
typedef enum { STATUS_AUTO, STATUS_PRETTY, STATUS_CLASSIC } StatusFace;

/* The setting's value in @session. Borrowed, until it is set anew. */
const SettingValue *settings_value(Session *session, Setting setting);

/* The same of a switch. */
gboolean settings_get(Session *session, Setting setting);

/* Sets what is called @name to @typed, or back with "default". HMPSH_ERROR_SYNTAX, and whatever
 * keeps the value from being applied. */
gboolean settings_set(Session *session, const char *name, const char *typed, GError **error);

/* The setting that is called @name; N_SETTINGS with HMPSH_ERROR_SYNTAX when there is none. */
Setting settings_find(const char *name, GError **error);

/* Whether it has its default. */
gboolean settings_is_usual(Session *session, Setting setting);

/* What it takes, and what it is for in a line, in the reader's language. Static. */
const SettingForm *settings_form(Setting setting);
const char *settings_help(Setting setting);

/* All names, in order; NULL-terminated. */
extern const char *const settings_names[];
