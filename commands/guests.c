/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which guest commands go to. */
#include <glib/gi18n.h>

#include "commands/reader.h"
#include "commands/table.h"
#include "shell/arrival.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/table.h"
#include "shell/reach.h"

static gboolean attach(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *domain = arguments_get(arguments, "domain")->text;
    gboolean as_peer = arguments_get(arguments, "peer")->given;

    if (!session_attach(session, domain, as_peer, error)) {
        return FALSE;
    }
    session_courtesy(session, reply, as_peer ? _("the peer is now '%s'") : _("attached to '%s'"),
                     (as_peer ? session->peer : session->current)->name);
    return TRUE;
}

/* Not translated. */
static const char *role_of(Session *session, const DomainEntry *entry)
{
    if (session->current && g_str_equal(session->current->uuid, entry->uuid)) {
        return N_("current");
    }
    return session->peer && g_str_equal(session->peer->uuid, entry->uuid) ? N_("peer") : "";
}

static gboolean domains(Session *session, const Arguments *arguments G_GNUC_UNUSED, Reply *reply,
                        GError **error)
{
    const char *uri = session->current ? session->current->uri : session->setup.uri;
    Connection *home = reach_home(session, uri, error);
    g_autoptr(GPtrArray) entries = home ? connection_domains(home, FALSE, error) : NULL;
    g_autoptr(Table) table =
        table_new(reader_word(session, N_("id")), reader_word(session, N_("name")),
                  reader_word(session, N_("state")), reader_word(session, N_("uuid")), "", NULL);

    if (!entries) {
        return FALSE;
    }
    reply->json = json_object_new_array();
    for (guint i = 0; i < entries->len; i++) {
        const DomainEntry *entry = g_ptr_array_index(entries, i);
        g_autofree char *id = entry->id < 0 ? g_strdup("-") : g_strdup_printf("%d", entry->id);

        table_add(table, id, entry->name, entry->state, entry->uuid,
                  reader_word(session, role_of(session, entry)), NULL);
        json_object_array_add(reply->json,
                              json_dict("id", entry->id < 0 ? NULL : json_object_new_int(entry->id),
                                        "name", json_object_new_string(entry->name), "state",
                                        json_object_new_string(entry->state), "uuid",
                                        json_object_new_string(entry->uuid), "role",
                                        json_object_new_string(role_of(session, entry)), NULL));
    }
    table_print(table, output_page_width(session->output), reply->text);
    return TRUE;
}

static gboolean peer(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    g_autoptr(GError) why = NULL;
    gboolean fine;

    if (!session->peer) {
        return session_peer(session, error) != NULL;
    }
    if (!arrival_check(session->peer, error)) {
        return FALSE;
    }
    reply->spoken = TRUE;
    session_swap(session);
    fine = dispatch(session, arguments_get(arguments, "command")->text, &why);
    session_swap(session);
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        why->code = HMPSH_ERROR_FAILED; /* a lost peer fails the command, not the session */
    }
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return fine;
}

static gboolean swap(Session *session, const Arguments *arguments G_GNUC_UNUSED, Reply *reply,
                     GError **error)
{
    if (!session->peer) {
        return session_peer(session, error) != NULL;
    }
    session_swap(session);
    session_courtesy(session, reply, _("the current guest is now '%s', its peer '%s'"),
                     session->current->name, session->peer ? session->peer->name : _("none"));
    return TRUE;
}

const Command guests_commands[] = {
    {
        .name = "attach",
        .group = N_("Guests"),
        .help = N_("make a guest the current one, or with -p the current one's peer"),
        .description = N_("DOMAIN is a name, UUID or id; with @URI behind it, one on another host\n"
                          "(web01@qemu+ssh://hostb/system)."),
        .arguments =
            (const Argument[]){
                {.name = "peer", .kind = ARGUMENT_FLAG, .flag = 'p', .help = N_("as the peer")},
                {.name = "domain", .kind = ARGUMENT_DOMAIN, .help = N_("NAME[@URI]")},
                {0}},
        .flags = COMMAND_LOOKS,
        .run = attach,
    },
    {
        .name = "domains",
        .group = N_("Guests"),
        .help = N_("list the guests of the connection"),
        .flags = COMMAND_LOOKS,
        .run = domains,
    },
    {
        .name = "peer",
        .group = N_("Guests"),
        .help = N_("run a command on the peer"),
        .arguments =
            (const Argument[]){
                {.name = "command", .kind = ARGUMENT_PEER_COMMAND, .help = N_("any command")}, {0}},
        .flags = COMMAND_GATES_INNER,
        .run = peer,
    },
    {
        .name = "swap",
        .group = N_("Guests"),
        .help = N_("make the peer the current guest, and the current one its peer"),
        .flags = COMMAND_LOOKS,
        .run = swap,
    },
    {0},
};
