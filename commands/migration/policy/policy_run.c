/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actions of a poll, one after the other. */
#include "commands/migration/policy/policy_internal.h"

void policy_action_clear(PolicyAction *action)
{
    g_free(action->text);
    *action = (PolicyAction){0};
}

void policy_act(PolicyRun *run, PolicyDeed deed, guint64 downtime_ms, const char *format, ...)
{
    PolicyAction *action = g_new0(PolicyAction, 1);
    va_list arguments;

    va_start(arguments, format);
    action->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    action->deed = deed;
    action->downtime_ms = downtime_ms;
    g_queue_push_tail(&run->actions, action);
}

gboolean policy_take(PolicyRun *run, PolicyAction *action)
{
    PolicyAction *next = g_queue_pop_head(&run->actions);

    *action = next ? *next : (PolicyAction){0};
    g_free(next); /* its text has moved */
    return action->deed != DEED_NONE;
}
