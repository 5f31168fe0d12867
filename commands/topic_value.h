/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a topic's value is at the current guest now. */
#pragma once

#include "commands/migration/explanation/topic.h"
#include "shell/session.h"

typedef struct TopicValues TopicValues;

/* The values at @session's current guest, which is asked when one is wanted, and once only. Without
 * a guest, and with one that does not answer, there are none but those of the session. */
TopicValues *topic_values_new(Session *session);
void topic_values_free(TopicValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TopicValues, topic_values_free)

/* The value of @topic for a reader; NULL when it has none. *@json gets it as QMP has it, NULL where
 * there is only a text (this QEMU does not have it). The caller owns both. */
char *topic_value(TopicValues *values, const Topic *topic, Json **json);
