/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate_check: whether a migration of the current guest can work. */
#include "commands/migrate_check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/destination.h"
#include "commands/migration/check/gather.h"
#include "commands/migration/check/host.h"
#include "commands/migration/check/judge.h"
#include "commands/migration/managed/managed_call.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/table.h"

/* --- what is looked at --- */

static CheckWay way_of(Session *session, const char *uri)
{
    if (uri && managed_is_uri(uri)) {
        return CHECK_MANAGED;
    }
    if (uri && (g_str_has_prefix(uri, "file:") || g_str_has_prefix(uri, "fd:"))) {
        return CHECK_RAW;
    }
    if (session->peer || g_strcmp0(uri, "peer") == 0) {
        return CHECK_PEER;
    }
    return uri ? CHECK_RAW : CHECK_ALONE;
}

/* Whether @why ends the command; else it is taken (and *@why NULL) as something to tell: the
 * message, free with g_free(). */
static char *told(GError **why, GError **error)
{
    char *message;

    if (!*why || g_error_matches(*why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_propagate_error(error, g_steal_pointer(why));
        return NULL;
    }
    message = g_strdup((*why)->message);
    g_clear_error(why);
    return message;
}

/* The host that runs @guest of this session. */
static gboolean look_at_home(Session *session, Guest *guest, Json *questions, Json **answers,
                             GError **error)
{
    g_autoptr(GError) why = NULL;

    *answers = gather_host(session, guest->home, questions, &why);
    if (!*answers) {
        g_autofree char *message = told(&why, error);

        return message != NULL;
    }
    return TRUE;
}

/* The current guest's host. */
static gboolean look_here(Session *session, CheckFacts *facts, GError **error)
{
    g_autoptr(Json) questions = host_questions_here();

    return look_at_home(session, session->current, questions, &facts->here, error);
}

static gboolean look_at_peer(Session *session, CheckFacts *facts, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) questions = NULL;
    Guest *peer = session_peer(session, &why);

    facts->peer_named = session->peer != NULL;
    facts->peer = g_new0(CheckGuest, 1);
    if (!peer || !gather_peer(facts->peer, peer, &why)) {
        check_guest_clear(facts->peer);
        g_clear_pointer(&facts->peer, g_free);
        facts->peer_lack = told(&why, error);
        return facts->peer_lack != NULL;
    }
    facts->one_host = destination_is_here(session, peer);
    if (!facts->one_host && !look_here(session, facts, error)) {
        return FALSE;
    }
    questions = host_questions(facts);
    return look_at_home(session, peer, questions, &facts->there, error);
}

static gboolean look_there(Session *session, CheckFacts *facts, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(Connection) connection = NULL;
    g_autoptr(Json) questions = NULL;
    const char *uuid;

    if (facts->source.embedded) { /* which cannot go there */
        return TRUE;
    }
    if (!look_here(session, facts, error)) {
        return FALSE;
    }
    connection = gather_connect(session, facts->wish.uri, &why);
    if (connection) {
        questions = host_questions(facts);
        facts->there = gather_host(session, connection, questions, &why);
    }
    if (!facts->there) {
        facts->unreachable = told(&why, error);
        return facts->unreachable != NULL;
    }
    uuid = json_get_string(facts->here, "uuid");
    facts->one_host = uuid && g_strcmp0(uuid, json_get_string(facts->there, "uuid")) == 0;
    return TRUE;
}

static gboolean look_at_way(Session *session, CheckFacts *facts, GError **error)
{
    g_autofree char *name = check_host_name(facts);
    g_autoptr(GError) why = NULL;
    Json *found = name ? gather_name(session, name, &why) : NULL;

    facts->names = json_object_new_object();
    if (found) {
        json_object_object_add(facts->names, name, found);
    } else if (why) {
        g_autofree char *message = told(&why, error);

        return message != NULL;
    }
    return TRUE;
}

static gboolean look(Session *session, Guest *guest, CheckFacts *facts, GError **error)
{
    if (!gather_guest(&facts->source, guest, error)) {
        return FALSE;
    }
    if (facts->wish.way == CHECK_PEER && !look_at_peer(session, facts, error)) {
        return FALSE;
    }
    if (facts->wish.way == CHECK_MANAGED && !look_there(session, facts, error)) {
        return FALSE;
    }
    return look_at_way(session, facts, error);
}

/* --- what is told --- */

/* A result's name in the reader's language. */
static const char *result_word(CheckResult result)
{
    static const char *const words[] = {
        [CHECK_OK] = N_("ok"), [CHECK_WARNING] = N_("warning"), [CHECK_BLOCKER] = N_("blocker")};

    return _(words[result]);
}

static void put_table(const CheckList *list, int width, GString *out)
{
    g_autoptr(Table) table = table_new(_("result"), _("check"), _("found"), NULL);

    for (guint i = 0; i < list->rows->len; i++) {
        const CheckRow *row = list->rows->pdata[i];

        table_add(table, result_word(row->result), row->check, row->reason, NULL);
    }
    table_print(table, width, out);
}

/* Below the table, where a command is not broken by a column. */
static void put_ways_out(Session *session, const CheckList *list, Reply *reply)
{
    for (guint i = 0; i < list->rows->len; i++) {
        const CheckRow *row = list->rows->pdata[i];

        if (row->way_out) {
            session_say(session, reply, _("way out (%s): %s"), row->check, row->way_out);
        }
    }
}

/* The result and the check in English, for programs. */
static void put_lines(const CheckList *list, GString *out)
{
    g_autofree char *untold = check_untold_text(list);

    for (guint i = 0; i < list->rows->len; i++) {
        const CheckRow *row = list->rows->pdata[i];

        g_string_append_printf(out, "%s  %s  ", check_result_name(row->result), row->check);
        if (row->way_out) {
            g_string_append_printf(out, _("%s; way out: %s"), row->reason, row->way_out);
        } else {
            g_string_append(out, row->reason);
        }
        g_string_append_c(out, '\n');
    }
    if (untold) {
        g_string_append_printf(out, "unknown  the rest  %s\n", untold);
    }
}

static void put_summary(Session *session, const CheckList *list, Reply *reply)
{
    g_autofree char *untold = check_untold_text(list);
    guint warnings = check_count(list, CHECK_WARNING);

    if (untold) {
        session_say(session, reply, "%s", untold);
    }
    if (check_count(list, CHECK_BLOCKER) == 0) {
        if (warnings) {
            session_say(session, reply,
                        ngettext("nothing blocks it; %u warning", "nothing blocks it; %u warnings",
                                 warnings),
                        warnings);
        } else {
            session_say(session, reply, _("nothing blocks it"));
        }
        session_courtesy(session, reply, _("'migrate_predict' tells how it would go"));
    }
}

gboolean migrate_check(Session *session, Guest *guest, const CheckWish *wish, Reply *reply,
                       GError **error)
{
    g_auto(CheckFacts) facts = {.wish = *wish};
    g_autoptr(CheckList) list = check_list_new();
    guint blockers;

    facts.wish.way = way_of(session, wish->uri);
    if (!look(session, guest, &facts, error)) {
        return FALSE;
    }
    judge(&facts, list);
    reply->json = check_json(list);
    reply->json_with_error = TRUE;
    if (output_is_pretty(session->output)) {
        put_table(list, output_page_width(session->output), reply->text);
        put_ways_out(session, list, reply);
        put_summary(session, list, reply);
    } else {
        put_lines(list, reply->text);
    }
    blockers = check_count(list, CHECK_BLOCKER);
    if (blockers) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    ngettext("%u blocker", "%u blockers", blockers), blockers);
    }
    return blockers == 0;
}

static gboolean run(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);
    gboolean incremental = arguments_get(arguments, "inc")->given;
    CheckWish wish = {
        .uri = arguments_get(arguments, "uri")->text,
        .copies = incremental || arguments_get(arguments, "blk")->given,
        .incremental = incremental,
    };

    return guest && migrate_check(session, guest, &wish, reply, error);
}

const Command migrate_check_commands[] = {
    {
        .name = "migrate_check",
        .group = N_("Migration"),
        .help = N_("look whether a migration can work, and change nothing"),
        .description =
            N_("A row for each thing: ok, warning (it can work) or blocker (it cannot), what\n"
               "was found, and the way out. It fails when there is a blocker.\n"
               "Of the guest: its state, what QEMU says bars it, jobs, devices of the host,\n"
               "disks and their caches, its CPU. With a peer, what both QEMUs must have alike:\n"
               "machine, memory, disks, capabilities. With libvirt's URI its host is asked:\n"
               "CPU, machine, versions, name and UUID, networks, images, memory.\n"
               "A port is not tried out: the QEMU that waits there would take that for the\n"
               "migration. Silent hosts are waited for 10 s. What cannot be told ends the list."),
        .arguments =
            (const Argument[]){
                {.name = "blk",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'b',
                 .help = N_("as with a full copy of the disks")},
                {.name = "inc",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'i',
                 .help = N_("as with a copy of the disks' top layers")},
                {.name = "uri",
                 .kind = ARGUMENT_URI,
                 .optional = TRUE,
                 .help = N_("where to, as migrate takes it; without one the peer, if there is one"),
                 .choices = destination_schemes},
                {0}},
        .flags = COMMAND_LOOKS,
        .run = run,
    },
    {0},
};
