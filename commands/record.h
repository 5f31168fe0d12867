/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording that a session makes. */
#pragma once

#include "commands/migration/recording/recorder.h"

/* The recorder that runs or ran last; NULL: none. Borrowed. */
Recorder *record_of(Session *session);

/* The program ends: what is on its way is still recorded. Any thread. */
void record_leave(Session *session);
