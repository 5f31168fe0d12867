/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/resume.h"

#include <glib/gi18n.h>

#include "commands/destination.h"
#include "commands/migration/raw.h"
#include "shell/error.h"

/* Within that both sides know that the link is lost. */
static const double LOST_LINK_S = 5;
static const double LOOK_EVERY_S = 0.05;

/* A resumed post-copy has reached its destination within this, if it can. */
static const double RESUME_S = 1;
static const double LOOK_AT_RESUME_EVERY_S = 0.02;

/* In QEMU's words, before the peer is waited for. */
static gboolean check_paused(Guest *guest, GError **error)
{
    g_autoptr(MigrationStatus) status = raw_query(guest->monitor, error);

    if (!status || migration_status_state(status) == MIGRATION_POSTCOPY_PAUSED) {
        return status != NULL;
    }
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        "Cannot resume if there is no paused migration");
    return FALSE;
}

/* Whether a peer in that state may yet learn that its post-copy has lost its link. The source is
 * in post-copy when all is sent that the destination needs for it: that may still read it then. */
static gboolean may_lose_link(MigrationState state)
{
    return state == MIGRATION_ACTIVE || state == MIGRATION_POSTCOPY_DEVICE ||
           state == MIGRATION_POSTCOPY_ACTIVE || state == MIGRATION_POSTCOPY_RECOVER_SETUP ||
           state == MIGRATION_POSTCOPY_RECOVER;
}

/* Whether @peer stands in post-copy without its link, at the latest after LOST_LINK_S. */
static gboolean wait_for_lost_link(Session *session, Guest *peer, GError **error)
{
    gint64 end = bell_end(LOST_LINK_S);

    for (;;) {
        g_autoptr(MigrationStatus) status = raw_query(peer->monitor, error);
        MigrationState state = status ? migration_status_state(status) : MIGRATION_NONE;

        if (!status || state == MIGRATION_POSTCOPY_PAUSED) {
            return status != NULL;
        }
        if (!may_lose_link(state)) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("the peer '%s' does not wait for a post-copy to go on"), peer->name);
            return FALSE;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("the peer '%s' has not noticed that the link is lost ('peer "
                          "migrate_pause' tells it, then 'migrate -r peer' goes on)"),
                        peer->name);
            return FALSE;
        }
        if (!bell_sleep(session->bell, bell_end(LOOK_EVERY_S), error)) {
            return FALSE;
        }
    }
}

char *resume_address(Session *session, Guest *guest, GError **error)
{
    Guest *peer = check_paused(guest, error) ? session_peer(session, error) : NULL;

    return peer && wait_for_lost_link(session, peer, error)
               ? destination_listen_again(session, peer, error)
               : NULL;
}

/* Whether QEMU has not reached the destination yet: 7.2 stands at 'postcopy-paused' until then, 9.1
 * has a state for it, and goes back from there when it cannot. */
static gboolean is_on_its_way(MigrationState state)
{
    return state == MIGRATION_POSTCOPY_PAUSED || state == MIGRATION_POSTCOPY_RECOVER_SETUP;
}

gboolean resume_wait(Session *session, Guest *guest, GError **error)
{
    gint64 end = bell_end(RESUME_S);
    MigrationState state = MIGRATION_POSTCOPY_PAUSED;

    while (is_on_its_way(state) && g_get_monotonic_time() < end) {
        g_autoptr(MigrationStatus) status = NULL;

        if (!bell_sleep(session->bell, bell_end(LOOK_AT_RESUME_EVERY_S), error)) {
            return FALSE;
        }
        status = raw_query(guest->monitor, NULL);
        state = status ? migration_status_state(status) : MIGRATION_UNKNOWN;
    }
    if (state != MIGRATION_POSTCOPY_PAUSED) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("the migration of '%s' still stands at '%s': its destination was not reached "
                  "('migrate_recover URI' there makes it listen, then 'migrate -r URI' here; "
                  "'migrate -r peer' does both)"),
                guest->name, migration_state_name(state));
    return FALSE;
}
