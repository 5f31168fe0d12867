/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/release.h"

#include <glib/gi18n.h>

enum { MAJOR = 100 };

guint release_number(const char *text)
{
    char *end = NULL;
    guint64 number = text ? g_ascii_strtoull(text, &end, 10) * MAJOR : 0;

    if (end && *end == '.') {
        number += g_ascii_strtoull(end + 1, NULL, 10);
    }
    return (guint)number;
}

guint release_from_qmp(Json *version)
{
    return (guint)json_object_get_int(json_get(version, "qemu.major")) * MAJOR +
           (guint)json_object_get_int(json_get(version, "qemu.minor"));
}

/* Whether @release is as new as @text. */
static gboolean reaches(guint release, const char *text)
{
    return !release || release >= release_number(text);
}

gboolean release_has(guint release, const char *since, const char *until)
{
    return reaches(release, since) && !(until && reaches(release, until));
}

char *release_lack_text(guint release, const char *name, const char *since, const char *until,
                        const char *now)
{
    if (release ? !reaches(release, since) : !until) {
        return g_strdup_printf(_("%s: since QEMU %s only"), name, since);
    }
    if (until && reaches(release, until)) {
        return now ? g_strdup_printf(_("%s: called %s since QEMU %s"), name, now, until)
                   : g_strdup_printf(_("%s: gone since QEMU %s"), name, until);
    }
    return NULL;
}
