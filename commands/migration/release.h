/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's releases, and what a release has. A release is a number: 702 for 7.2; 0 is one that is not
 * known. */
#pragma once

#include "shell/json.h"

/* "7.2" as a number; 0 for NULL. */
guint release_number(const char *text);

/* The release that a reply to query-version (QAPI: VersionInfo) tells of; 0 for NULL. */
guint release_from_qmp(Json *version);

/* Whether @release has what came with @since and is no longer there in @until (NULL: still is). A
 * release that is not known is taken for the newest. */
gboolean release_has(guint release, const char *since, const char *until);

/* Why @release lacks @name, in one line: "mode: since QEMU 8.2 only", "block: gone since QEMU 9.1",
 * with @now (may be NULL) the name that it has since. NULL when the release should have it; one
 * that is not known is taken for one that lacks it. Free with g_free(). */
char *release_lack_text(guint release, const char *name, const char *since, const char *until,
                        const char *now);
