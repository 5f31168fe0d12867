/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions whose guests answer from a recording (shell/replay.h), for the unit tests of what runs
 * commands. The guests' host is libvirt's own test driver, which needs nothing and has one domain,
 * "test". */
#pragma once

#include "shell/replay.h"
#include "shell/session.h"
#include "shell/reach.h"
#include "tests/unit/capture.h"

#define TEST_URI "test:///default"

/* A session without a guest. Free with session_free(). */
static inline Session *replayed_session(const SessionSetup *setup, const OutputMode *mode)
{
    static gboolean begun;
    SessionSetup copy = *setup;

    if (!begun) {
        connection_init_library();
        begun = TRUE;
    }
    copy.uri = TEST_URI;
    return session_new(&copy, output_new(mode));
}

/* A guest for session->current or session->peer, which owns it then. */
static inline Guest *replayed_guest(Session *session, const char *name, const char *recording)
{
    g_autoptr(GError) error = NULL;
    Connection *home = reach_home(session, TEST_URI, &error);
    Guest *guest = g_new0(Guest, 1);

    g_assert_no_error(error);
    guest->name = g_strdup(name);
    g_strlcpy(guest->uuid, "01234567-89ab-cdef-0123-456789abcdef", sizeof(guest->uuid));
    guest->uri = g_strdup(TEST_URI);
    guest->home = connection_ref(home);
    guest->monitor = replay_new(recording, name, session->bell);
    guest->session = session;
    g_datalist_init(&guest->notes);
    return guest;
}
