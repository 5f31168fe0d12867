/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/changes.h"

#include <glib/gi18n.h>

#include "commands/migration/capability.h"
#include "commands/migration/parameter_value.h"
#include "commands/migration/raw.h"

/* One parameter or capability. */
typedef struct {
    const char *name;               /* static, of its table */
    const ParameterInfo *parameter; /* NULL: a capability, which was off and is on */
    guint64 before, now;
} Change;

struct Changes {
    GArray *list; /* of Change, in the order in which they were made */
};

Changes *changes_new(void)
{
    Changes *self = g_new0(Changes, 1);

    self->list = g_array_new(FALSE, FALSE, sizeof(Change));
    return self;
}

void changes_free(Changes *self)
{
    if (self) {
        g_array_unref(self->list);
        g_free(self);
    }
}

static Change *find(Changes *self, const char *name)
{
    for (guint i = 0; i < self->list->len; i++) {
        Change *change = &g_array_index(self->list, Change, i);

        if (g_str_equal(change->name, name)) {
            return change;
        }
    }
    return NULL;
}

/* FALSE: the QEMU does not tell. */
static gboolean ask_number(Monitor *monitor, const char *name, guint64 *value)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate-parameters", NULL, NULL);
    Json *found = json_get(reply, name);

    *value = json_object_get_uint64(found);
    return found != NULL;
}

static gboolean set_number(Monitor *monitor, const char *name, guint64 value, GError **error)
{
    g_autoptr(Json) reply =
        monitor_qmp(monitor, "migrate-set-parameters",
                    json_dict(name, json_object_new_uint64(value), NULL), error);

    return reply != NULL;
}

void changes_remember(Changes *self, Monitor *monitor, const char *name)
{
    const ParameterInfo *info = parameter_find(name);
    Change change = {.name = info->name, .parameter = info};

    if (!find(self, name) && ask_number(monitor, name, &change.before)) {
        change.now = change.before;
        g_array_append_val(self->list, change);
    }
}

void changes_expect(Changes *self, Monitor *monitor, const char *name, guint64 value)
{
    Change *change;

    changes_remember(self, monitor, name);
    change = find(self, name);
    if (change) {
        change->now = value;
    }
}

gboolean changes_set(Changes *self, Monitor *monitor, const char *name, guint64 value,
                     GError **error)
{
    changes_expect(self, monitor, name, value);
    return set_number(monitor, name, value, error);
}

/* FALSE also for a capability that the QEMU does not have. */
static gboolean is_on(Monitor *monitor, const char *name)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate-capabilities", NULL, NULL);
    gboolean on = FALSE;

    return capability_state(reply, name, &on) && on;
}

gboolean changes_switch_on(Changes *self, Monitor *monitor, const char *name, GError **error)
{
    const CapabilityInfo *info = capability_find(name);
    Change change = {.name = info->name, .now = TRUE};

    if (is_on(monitor, name)) {
        return TRUE;
    }
    if (!raw_set_capability(monitor, name, TRUE, error)) {
        return FALSE;
    }
    g_array_append_val(self->list, change);
    return TRUE;
}

static void add_words(GString *text, const Change *change)
{
    g_autoptr(Json) value = json_object_new_uint64(change->before);
    g_autofree char *number =
        change->parameter ? parameter_format(change->parameter, value) : g_strdup("off");

    g_string_append_printf(text, "%s%s %s", text->len ? _(", ") : "", change->name, number);
}

static gboolean put_back(const Change *change, Monitor *monitor)
{
    guint64 now;

    if (!change->parameter) {
        return is_on(monitor, change->name) &&
               raw_set_capability(monitor, change->name, FALSE, NULL);
    }
    return ask_number(monitor, change->name, &now) && now == change->now && now != change->before &&
           set_number(monitor, change->name, change->before, NULL);
}

char *changes_put_back(Changes *self, Monitor *monitor)
{
    GString *text = g_string_new(NULL);

    for (guint i = self->list->len; i > 0; i--) { /* backwards: one may need another */
        const Change *change = &g_array_index(self->list, Change, i - 1);

        if (put_back(change, monitor)) {
            add_words(text, change);
        }
    }
    g_array_set_size(self->list, 0);
    return g_string_free(text, text->len == 0);
}

char *changes_before(const Changes *self)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < self->list->len; i++) {
        add_words(text, &g_array_index(self->list, Change, i));
    }
    return g_string_free(text, text->len == 0);
}
