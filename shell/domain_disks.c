/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/domain_disks.h"

#include <string.h>

typedef struct {
    GPtrArray *targets;
    gboolean removable; /* the disk that is being read */
} Reading;

static const char *value_of(const char *name, const char **names, const char **values)
{
    for (guint i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0) {
            return values[i];
        }
    }
    return NULL;
}

static void start(GMarkupParseContext *context, const char *element, const char **names,
                  const char **values, gpointer data, GError **error G_GNUC_UNUSED)
{
    Reading *reading = data;
    const GSList *around = g_markup_parse_context_get_element_stack(context)->next;
    const char *outer = around ? around->data : "";

    if (strcmp(element, "disk") == 0) {
        const char *device = value_of("device", names, values);

        reading->removable = device && strcmp(device, "disk") != 0 && strcmp(device, "lun") != 0;
    } else if (strcmp(element, "target") == 0 && strcmp(outer, "disk") == 0 &&
               !reading->removable) {
        g_ptr_array_add(reading->targets, g_strdup(value_of("dev", names, values)));
    }
}

char **domain_disks(const char *xml)
{
    static const GMarkupParser parser = {.start_element = start};
    Reading reading = {.targets = g_ptr_array_new()};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);

    if (!g_markup_parse_context_parse(context, xml, -1, NULL) ||
        !g_markup_parse_context_end_parse(context, NULL)) {
        g_ptr_array_set_free_func(reading.targets, g_free);
        g_ptr_array_set_size(reading.targets, 0);
    }
    g_ptr_array_add(reading.targets, NULL);
    return (char **)g_ptr_array_free(reading.targets, FALSE);
}
