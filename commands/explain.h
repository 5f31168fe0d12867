/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain: what there is to know of a parameter, a status, a figure, a word. */
#pragma once

#include "commands/migration/explanation/topic.h"

/* hmpsh's commands and the events that it knows. */
TopicWorld explain_world(void);
