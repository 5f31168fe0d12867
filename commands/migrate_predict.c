/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate_predict: how a migration would go, before it begins. */
#include "commands/migrate_predict.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stddef.h>

#include "commands/migration/capability.h"
#include "commands/migration/job.h"
#include "commands/migration/prediction/dirty_sample.h"
#include "commands/migration/prediction/memory_sample.h"
#include "commands/migration/prediction/prediction_text.h"
#include "commands/migration/release.h"
#include "commands/migration/track.h"
#include "commands/table.h"
#include "shell/error.h"

static const double USUAL_S = 3;
static const double LONGEST_UNASKED_S = 8;
static const double LONGEST_S = 60; /* QEMU: dirtyrate.h */
static const double MIDDLE_S = 1;

/* --- what it is made of --- */

static gboolean check_idle(Guest *guest, PredictionBasis *basis, GError **error)
{
    MigrationLimits *limits = &basis->simulation.limits;
    g_autoptr(MigrationStatus) status = job_query(guest, limits, error);

    if (!status) {
        return FALSE;
    }
    if (migration_state_is_running(migration_status_state(status))) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("a migration of '%s' is under way: QEMU does not measure the guest's writing "
                      "meanwhile; 'info migrate' tells how it goes"),
                    guest->name);
        return FALSE;
    }
    return raw_limits(guest->monitor, limits, error) &&
           raw_capabilities(guest->monitor, limits, error);
}

/* Whether what is sent is another amount, or goes another way, than the simulation has it. */
static gboolean has_other_format(Guest *guest)
{
    static const char *const names[] = {"xbzrle", "compress", "multifd"};
    g_autoptr(Json) reply = monitor_qmp(guest->monitor, "query-migrate-capabilities", NULL, NULL);
    gboolean other = FALSE;
    gboolean on;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        other = other || (capability_state(reply, names[i], &on) && on);
    }
    return other;
}

/* The mean speed that the earlier migrations of @guest had, in that member of their summaries; 0
 * where none tells. The geometric one: a speed is wrong by factors. */
static guint64 mean_speed(Guest *guest, size_t member)
{
    const GPtrArray *ends = track_ends(guest->session);
    double sum = 0;
    guint count = 0;

    for (guint i = 0; i < ends->len; i++) {
        const MigrationSummary *end = ends->pdata[i];
        guint64 speed = G_STRUCT_MEMBER(guint64, end, member);

        if (g_str_equal(end->guest, guest->name) && speed) {
            sum += log((double)speed);
            count++;
        }
    }
    return count ? (guint64)exp(sum / count) : 0;
}

static void find_link(Session *session, Guest *guest, const PredictionWish *wish,
                      PredictionBasis *basis)
{
    Guest *other = guest == session->current ? session->peer : session->current;
    LinkSource assumed = other && other->home == guest->home ? LINK_SAME_HOST : LINK_ASSUMED;
    guint64 link = mean_speed(guest, offsetof(MigrationSummary, link));
    guint64 fresh = mean_speed(guest, offsetof(MigrationSummary, fresh));

    prediction_set_link(basis, assumed, prediction_assumed_link(assumed), 0);
    if (wish->link) {
        prediction_set_link(basis, LINK_GIVEN, wish->link, basis->simulation.fresh);
    } else if (link || fresh) {
        prediction_set_link(basis, LINK_SEEN, MAX(link ? link : basis->simulation.link, fresh),
                            fresh ? fresh : basis->simulation.fresh);
    }
}

/* --- looking at the guest --- */

typedef struct {
    Session *session;
    Guest *guest;
    guint release;
    double longest;
    gboolean told; /* the user told that */
    PredictionBasis *basis;
} Look;

/* QEMU measures the writing while the pages are looked at. The points by their times. */
static gboolean measure_first(Look *look, double seconds, MemorySample *memory, GError **error)
{
    Monitor *monitor = look->guest->monitor;
    DirtyCurve *curve = &look->basis->simulation.dirty;
    DirtyCurve first = {0};

    if (!dirty_sample_begin(monitor, look->session->bell, look->release, seconds, memory->memory,
                            error) ||
        !memory_sample(monitor, memory, error) ||
        !dirty_sample_end(monitor, look->session->bell, seconds, &first, error)) {
        return FALSE;
    }
    if (memory->seconds > 0 && memory->seconds < seconds) {
        dirty_curve_add(curve, memory->seconds, memory->changed * (double)memory->memory, TRUE);
    }
    dirty_curve_add(curve, first.points[0].seconds, first.points[0].bytes, FALSE);
    return TRUE;
}

static gboolean measure(Look *look, double seconds, guint64 memory, GError **error)
{
    return dirty_sample_begin(look->guest->monitor, look->session->bell, look->release, seconds,
                              memory, error) &&
           dirty_sample_end(look->guest->monitor, look->session->bell, seconds,
                            &look->basis->simulation.dirty, error);
}

/* Where the guest writes to ever more pages, and the first pass takes longer than was looked:
 * nearer to that time, unless the user told one. */
static gboolean watch_longer(Look *look, const MemorySample *memory, GError **error)
{
    DirtyCurve seen = look->basis->simulation.dirty;
    SimulationBasis still = look->basis->simulation;
    double first_pass;
    double bytes;

    dirty_curve_settle(&seen);
    if (look->told || dirty_curve_span(&seen, &bytes)) {
        return TRUE;
    }
    memory_sample_put(memory, &still);
    still.dirty.count = 0;
    first_pass = ceil(simulation_run(&still, 1).seconds);
    if (first_pass <= look->longest) {
        return TRUE;
    }
    look->longest = MIN(first_pass, LONGEST_UNASKED_S);
    return measure(look, look->longest, memory->memory, error);
}

/* The guest's writing over several times, and its memory. */
static gboolean watch_running(Look *look, MemorySample *memory, GError **error)
{
    double shortest = dirty_sample_shortest(look->release);

    if (!measure_first(look, shortest, memory, error)) {
        return FALSE;
    }
    if (shortest < MIDDLE_S && MIDDLE_S < look->longest &&
        !measure(look, MIDDLE_S, memory->memory, error)) {
        return FALSE;
    }
    return (look->longest <= shortest || measure(look, look->longest, memory->memory, error)) &&
           watch_longer(look, memory, error);
}

/* A QEMU that is too old to measure: the pages tell a little. */
static void make_do(const MemorySample *memory, PredictionBasis *basis)
{
    if (memory->seconds > 0) {
        dirty_curve_add(&basis->simulation.dirty, memory->seconds,
                        memory->changed * (double)memory->memory, TRUE);
    }
    basis->seconds = memory->seconds;
}

/* Whether a migration of @guest can begin, by its state @run (query-status). */
static gboolean check_here(const Guest *guest, Json *run, GError **error)
{
    const char *state = json_get_string(run, "status");

    if (g_strcmp0(state, "inmigrate") == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("'%s' waits for a migration itself"),
                    guest->name);
        return FALSE;
    }
    if (g_strcmp0(state, "postmigrate") == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("'%s' was migrated; its guest runs at the destination"), guest->name);
        return FALSE;
    }
    return TRUE;
}

/* The guest's memory as QEMU tells it (2.11 and later), or a guess; in bytes. */
static guint64 memory_size(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-memory-size-summary", NULL, NULL);
    guint64 size = json_object_get_uint64(json_get(reply, "base-memory")) +
                   json_object_get_uint64(json_get(reply, "plugged-memory"));

    return size ? size : (guint64)1 << 30;
}

static gboolean look_at_guest(Look *look, GError **error)
{
    Monitor *monitor = look->guest->monitor;
    g_autoptr(Json) run = monitor_qmp(monitor, "query-status", NULL, error);
    g_autoptr(Json) version = NULL;
    g_autoptr(GError) why = NULL;
    MemorySample memory = {0};
    gboolean seen;

    if (!run || !check_here(look->guest, run, error)) {
        return FALSE;
    }
    version = monitor_qmp(monitor, "query-version", NULL, error);
    if (!version) {
        return FALSE;
    }
    memory.memory = memory_size(monitor);
    look->release = release_from_qmp(version);
    if (!json_object_get_boolean(json_get(run, "running"))) {
        seen = memory_sample(monitor, &memory, error);
    } else if (watch_running(look, &memory, &why)) {
        look->basis->seconds = MAX(look->longest, dirty_sample_shortest(look->release));
        seen = TRUE;
    } else if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND)) {
        seen = memory_sample(monitor, &memory, error);
        make_do(&memory, look->basis);
    } else {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    look->basis->pages = memory.pages;
    memory_sample_put(&memory, &look->basis->simulation);
    dirty_curve_settle(&look->basis->simulation.dirty);
    return seen;
}

/* --- telling --- */

static void tell(Session *session, const Prediction *prediction, Reply *reply)
{
    int width = output_page_width(session->output);

    prediction_print(prediction, width, reply->text);
    if (reply->json) {
        json_object_object_add(reply->json, "prediction", prediction_json(prediction));
    } else {
        reply->json = prediction_json(prediction);
    }
}

gboolean predict_tell(Session *session, Guest *guest, const PredictionWish *wish, Reply *reply,
                      GError **error)
{
    PredictionBasis basis = {0};
    Look look = {.session = session,
                 .guest = guest,
                 .told = wish->seconds > 0,
                 .longest = wish->seconds > 0 ? wish->seconds : USUAL_S,
                 .basis = &basis};
    g_autoptr(Prediction) prediction = NULL;
    gboolean seen;

    if (!check_idle(guest, &basis, error)) {
        return FALSE;
    }
    find_link(session, guest, wish, &basis);
    output_live(session->output, _("looking at the guest's memory and its writing ..."));
    seen = look_at_guest(&look, error);
    output_live_erase(session->output);
    if (!seen) {
        return FALSE;
    }
    basis.other_format = has_other_format(guest);
    prediction = prediction_new(&basis);
    track_predict(guest, &basis);
    tell(session, prediction, reply);
    return TRUE;
}

static gboolean migrate_predict(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    const Value *seconds = arguments_get(arguments, "seconds");
    const Value *link = arguments_get(arguments, "link");
    PredictionWish wish = {.link = link->size, .seconds = seconds->seconds};
    Guest *guest = session_guest(session, error);

    if (!guest) {
        return FALSE;
    }
    if (seconds->given && (wish.seconds < 1 || wish.seconds > LONGEST_S ||
                           wish.seconds > (double)(int)wish.seconds)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                            _("SECONDS is a whole number from 1 to 60"));
        return FALSE;
    }
    if (link->given && wish.link == 0) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("RATE is more than 0"));
        return FALSE;
    }
    return predict_tell(session, guest, &wish, reply, error);
}

const Command migrate_predict_commands[] = {
    {
        .name = "migrate_predict",
        .group = N_("Migration"),
        .help = N_("tell how a migration would go: passes, total time and downtime, or what would "
                   "help"),
        .description =
            N_("Looks at the guest for some seconds (four, up to twelve where its writing\n"
               "spreads): at some of its pages (those of zeros cost nothing) and at how much it\n"
               "writes to within one second and within three, or as --seconds tells. Then it\n"
               "goes through a migration as QEMU would do it, with the limits that are set. A\n"
               "guest that writes otherwise later migrates otherwise. What is assumed is told\n"
               "with it; --link tells the speed of the network. Nothing is changed. When the\n"
               "next migration of the guest ends, its summary tells how right that was.\n"
               "In JSON too: converges, close, passes, total-ms, downtime-ms, advice (command\n"
               "lines of which each would help), remedies (the same with what then comes),\n"
               "assumptions."),
        .arguments =
            (const Argument[]){
                {.name = "rate",
                 .kind = ARGUMENT_SIZE,
                 .option = "link",
                 .help = N_("what the network carries per second: bytes, MiB "
                            "without a suffix")},
                {.name = "count",
                 .kind = ARGUMENT_TIME,
                 .option = "seconds",
                 .help = N_("for how long the guest's writing is looked at, 1 to 60")},
                {0}},
        .flags = COMMAND_LOOKS,
        .run = migrate_predict,
    },
    {0},
};
