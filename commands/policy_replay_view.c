/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/policy_replay_view.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "commands/migration/policy/policy_replay.h"
#include "commands/migration/recording/recording.h"
#include "commands/reader.h"
#include "shell/table.h"
#include "shell/values.h"

/* The course of the last migration in the file @path. */
static MigrationCourse *read_course(const char *path, GError **error)
{
    g_autoptr(Recording) recording = recording_read(path, error);
    g_autoptr(MigrationCourse) course = NULL;

    if (!recording) {
        return NULL;
    }
    for (guint i = 0; i < recording->entries->len; i++) {
        recording_follow(&course, recording->entries->pdata[i]);
    }
    if (!course || course_length(course) == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("no migration was recorded in '%s'"),
                    path);
        return NULL;
    }
    return g_steal_pointer(&course);
}

/* --- text --- */

/* "" where @bytes is not known. Free with g_free(). */
static char *known_size(guint64 bytes)
{
    return bytes > 0 ? size_format(bytes) : g_strdup("");
}

static void add_row(Table *table, const ReplayedAction *place, const char *what)
{
    g_autofree char *when = g_strdup_printf("%.1f s", place->seconds);
    g_autofree char *pass =
        place->pass > 0 ? g_strdup_printf("%" G_GUINT64_FORMAT, place->pass) : g_strdup("");
    g_autofree char *set = known_size(place->working_set);
    g_autofree char *threshold = known_size(place->threshold);

    table_add(table, when, pass, set, threshold, what, NULL);
}

static void print_table(Session *session, const PolicyReplay *replay, Reply *reply)
{
    g_autoptr(Table) table =
        table_new(reader_word(session, N_("when")), reader_word(session, N_("pass")), "W",
                  reader_word(session, N_("threshold")), reader_word(session, N_("what")), NULL);

    for (guint i = 0; i < replay->actions->len; i++) {
        const ReplayedAction *action = replay->actions->pdata[i];

        add_row(table, action, action->action.text);
    }
    if (replay->switches) {
        g_autofree char *what =
            g_strdup_printf(_("W fits into %" PRIu64 " ms: it would have switched over here"),
                            replay->switchover.action.downtime_ms);

        add_row(table, &replay->switchover, what);
    }
    if (replay->actions->len > 0 || replay->switches) {
        table_print(table, output_page_width(session->output), reply->text);
    }
}

static void print(Session *session, const PolicyReplay *replay, Reply *reply)
{
    g_autofree char *end = g_strdup_printf("%.1f s", replay->seconds);

    print_table(session, replay, reply);
    if (replay->actions->len == 0) {
        session_say(session, reply, _("the policy would have done nothing"));
    }
    session_say(session, reply, _("what was recorded: %s after %s"),
                migration_state_name(replay->end), end);
}

/* --- JSON --- */

static const char *deed_name(PolicyDeed deed)
{
    static const char *const names[] = {
        [DEED_NONE] = "none",   [DEED_DOWNTIME] = "downtime", [DEED_POSTCOPY] = "postcopy",
        [DEED_PAUSE] = "pause", [DEED_ABORT] = "abort",       [DEED_NOTE] = "note",
    };

    return names[deed];
}

/* NULL for 0, which is not known. */
static Json *known_number(guint64 number)
{
    return number > 0 ? json_object_new_uint64(number) : NULL;
}

static Json *place_json(const ReplayedAction *place)
{
    const PolicyAction *action = &place->action;

    return json_dict("seconds", json_real(place->seconds), "pass", known_number(place->pass),
                     "working-set", known_number(place->working_set), "threshold",
                     known_number(place->threshold), "deed",
                     action->deed ? json_object_new_string(deed_name(action->deed)) : NULL,
                     "downtime-limit", known_number(action->downtime_ms), "text",
                     action->text ? json_object_new_string(action->text) : NULL, NULL);
}

static Json *to_json(const Policy *policy, const PolicyReplay *replay)
{
    Json *actions = json_object_new_array();
    g_autofree char *words = policy_words(policy);

    for (guint i = 0; i < replay->actions->len; i++) {
        json_object_array_add(actions, place_json(replay->actions->pdata[i]));
    }
    return json_dict("policy", json_object_new_string(words), "actions", actions, "switchover",
                     replay->switches ? place_json(&replay->switchover) : NULL, "recorded",
                     json_dict("seconds", json_real(replay->seconds), "status",
                               json_object_new_string(migration_state_name(replay->end)), NULL),
                     NULL);
}

gboolean policy_replay_show(Session *session, const Policy *policy, const char *path, Reply *reply,
                            GError **error)
{
    g_autoptr(MigrationCourse) course = read_course(path, error);
    g_autoptr(PolicyReplay) replay = NULL;

    if (!course) {
        return FALSE;
    }
    replay = policy_replay(policy, course);
    print(session, replay, reply);
    reply->json = to_json(policy, replay);
    return TRUE;
}
