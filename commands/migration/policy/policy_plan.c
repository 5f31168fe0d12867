/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan beforehand: the rules themselves at work on a migration that is only thought of. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "commands/migration/policy/policy_internal.h"
#include "shell/values.h"

static const double JUST_AFTER_S =
    1e-3; /* Nova's steps are due when more time than theirs is over */

enum {
    MANY_PASSES = 1000, /* in a poll: more than any schedule waits for */
    MOST_POLLS = 1000,
};

static void line_free(gpointer data)
{
    PolicyLine *line = data;

    g_free(line->when);
    g_free(line->what);
    g_free(line);
}

/* --- a migration that is thought of --- */

typedef struct {
    PolicyRun *run;
    MigrationStatus *status;
    guint64 sent;
    GPtrArray *lines;
} Thought;

static void thought_begin(Thought *thought, const Policy *policy, const PolicyGuest *guest)
{
    thought->run = policy_run_new(policy, guest);
    thought->status = migration_status_new();
    thought->sent = 0;
    thought->lines = g_ptr_array_new_with_free_func(line_free);
    migration_status_set_state(thought->status, MIGRATION_ACTIVE);
}

static void thought_clear(Thought *thought)
{
    policy_run_free(thought->run);
    migration_status_free(thought->status);
    g_clear_pointer(&thought->lines, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Thought, thought_clear)

/* Free with g_free(). */
static char *describe(const PolicyAction *action)
{
    switch (action->deed) {
    case DEED_DOWNTIME:
        return g_strdup_printf(_("downtime limit %" PRIu64 " ms"), action->downtime_ms);
    case DEED_POSTCOPY:
        return g_strdup(_("post-copy"));
    case DEED_PAUSE:
        return g_strdup(_("pause the guest"));
    case DEED_ABORT:
        return g_strdup(_("abort"));
    case DEED_NOTE:
    case DEED_NONE:
        break;
    }
    return g_strdup(action->text);
}

/* A poll in pass @pass that sees @left bytes left. The lines of what it leads to have no `when`
 * yet. */
static void think(Thought *thought, double elapsed, guint64 pass, guint64 left)
{
    for (;;) {
        g_auto(PolicyAction) action = {0};
        PolicyLine *line;

        migration_status_set_number(thought->status, FIELD_RAM_DIRTY_SYNC_COUNT, pass);
        migration_status_set_number(thought->status, FIELD_RAM_REMAINING_BYTES, left);
        migration_status_set_number(thought->status, FIELD_RAM_TRANSFERRED_BYTES, ++thought->sent);
        policy_poll(thought->run, elapsed, thought->status, TRUE, &action);
        if (action.deed == DEED_NONE) {
            return;
        }
        line = g_new0(PolicyLine, 1);
        line->what = describe(&action);
        line->seconds = elapsed;
        line->deed = action.deed;
        line->downtime_ms = action.downtime_ms;
        g_ptr_array_add(thought->lines, line);
    }
}

static int compare_moments(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

/* --- the families --- */

static void plan_nova(Thought *thought)
{
    const NovaState *nova = &thought->run->nova;
    g_autoptr(GArray) moments = g_array_new(FALSE, FALSE, sizeof(double));
    double timeout = (double)nova->timeout;

    for (guint i = 0; i < nova->steps->len; i++) {
        double at = (double)g_array_index(nova->steps, NovaStep, i).seconds;

        g_array_append_val(moments, at);
    }
    g_array_append_val(moments, timeout);
    g_array_sort(moments, compare_moments);
    for (guint i = 0; i < moments->len; i++) {
        double at = g_array_index(moments, double, i);
        guint before = thought->lines->len;

        think(thought, at + JUST_AFTER_S, 1, 1);
        for (guint j = before; j < thought->lines->len; j++) {
            PolicyLine *line = thought->lines->pdata[j];

            line->seconds = at;
            line->when = g_strdup_printf(_("after %.0f s"), at);
        }
    }
}

/* Polls with so many passes between any two; the lines' passes are counted from the first poll. */
static void poll_passes(Thought *thought, guint64 passes)
{
    double interval = policy_interval(thought->run->policy);

    for (guint poll = 0; poll < MOST_POLLS && !thought->run->finished; poll++) {
        guint before = thought->lines->len;

        think(thought, interval * (poll + 1), 1 + poll * passes, 1);
        for (guint i = before; i < thought->lines->len; i++) {
            ((PolicyLine *)thought->lines->pdata[i])->pass = poll * passes;
        }
    }
}

/* A pass for each poll tells how many passes each stage waits for; very many, how long. */
static void plan_vdsm(Thought *thought, const Policy *policy, const PolicyGuest *guest)
{
    g_auto(Thought) slow = {0};
    gboolean left = FALSE; /* it is in post-copy then */

    thought_begin(&slow, policy, guest);
    poll_passes(&slow, 1);
    poll_passes(thought, MANY_PASSES);
    for (guint i = 0; i < thought->lines->len; i++) {
        PolicyLine *line = thought->lines->pdata[i];

        line->pass = ((const PolicyLine *)slow.lines->pdata[i])->pass;
        line->when = g_strdup_printf(
            left ? _("if post-copy could not begin: %" PRIu64
                     " passes after the first poll, %g s at the earliest")
                 : _("%" PRIu64 " passes after the first poll, %g s at the earliest"),
            line->pass, line->seconds);
        left = left || line->deed == DEED_POSTCOPY;
    }
}

/* The worst case: each poll sees more left than the one before. */
static void plan_pve(Thought *thought)
{
    double interval = policy_interval(thought->run->policy);

    for (guint poll = 1; poll < MOST_POLLS; poll++) {
        think(thought, interval * poll, 1, poll);
    }
    for (guint i = 0; i < thought->lines->len; i++) {
        PolicyLine *line = thought->lines->pdata[i];

        line->when =
            g_strdup_printf(_("%u polls with more left than the one before, %g s at the earliest"),
                            (i + 1) * 6, line->seconds);
    }
}

static void name_kubevirt(PolicyLine *line, const Policy *policy, gboolean first)
{
    if (line->deed != DEED_DOWNTIME) {
        line->seconds -= 1; /* whole seconds are compared: the next one is when it happens */
        line->when = g_strdup_printf(_("after %.0f s"), line->seconds);
    } else if (first) {
        line->when = g_strdup(_("at the first poll"));
    } else {
        line->pass = (guint64)policy_number(policy, "startAfterIteration");
        line->when =
            g_strdup_printf(_("pass %" PRIu64 ", %g s at the earliest"), line->pass, line->seconds);
    }
}

/* That nothing less is ever left. */
static void plan_stuck(const Policy *policy, const PolicyGuest *guest, GPtrArray *lines)
{
    double patience = floor(policy_number(policy, "progressTimeout"));
    g_auto(Thought) stuck = {0};
    PolicyLine *last;

    if (patience <= 0) {
        return;
    }
    thought_begin(&stuck, policy, guest);
    think(&stuck, 0, 1, 1);
    think(&stuck, patience + 1, 1, 1);
    last = stuck.lines->len ? g_ptr_array_steal_index(stuck.lines, stuck.lines->len - 1) : NULL;
    if (last && last->deed == DEED_ABORT) {
        last->when = g_strdup_printf(_("when no poll has seen less left for %.0f s"), patience);
        last->seconds = patience;
        g_ptr_array_add(lines, last);
    } else if (last) {
        line_free(last);
    }
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const PolicyLine *const *left = a;
    const PolicyLine *const *right = b;

    return compare_moments(&(*left)->seconds, &(*right)->seconds);
}

static void plan_kubevirt(Thought *thought, const Policy *policy, const PolicyGuest *guest)
{
    guint64 pass = (guint64)policy_number(policy, "startAfterIteration");
    g_autoptr(GArray) moments = g_array_new(FALSE, FALSE, sizeof(double));
    double ends[] = {(double)thought->run->kubevirt.timeout + 1,
                     (double)thought->run->kubevirt.timeout * 2 + 1};
    guint64 left = G_MAXINT64;

    for (guint i = 0; i <= 2 * (guint)policy_number(policy, "steps"); i++) {
        double at = policy_number(policy, "cooldownSeconds") * i;

        g_array_append_val(moments, at);
    }
    g_array_append_vals(moments, ends, G_N_ELEMENTS(ends));
    g_array_sort(moments, compare_moments);
    for (guint i = 0; i < moments->len; i++) {
        guint before = thought->lines->len;

        think(thought, g_array_index(moments, double, i), pass, --left);
        for (guint j = before; j < thought->lines->len; j++) {
            name_kubevirt(thought->lines->pdata[j], policy, j == 0);
        }
    }
    plan_stuck(policy, guest, thought->lines);
    g_ptr_array_sort(thought->lines, compare_lines);
}

GPtrArray *policy_plan(const Policy *policy, const PolicyGuest *guest)
{
    g_auto(Thought) thought = {0};

    thought_begin(&thought, policy, guest);
    switch (policy_family(policy)) {
    case FAMILY_NOVA:
    case FAMILY_NOVA_TRAIN:
        plan_nova(&thought);
        break;
    case FAMILY_VDSM:
        plan_vdsm(&thought, policy, guest);
        break;
    case FAMILY_PVE:
        plan_pve(&thought);
        break;
    case FAMILY_KUBEVIRT:
        plan_kubevirt(&thought, policy, guest);
        break;
    case FAMILY_MANUAL:
    case N_FAMILIES:
        break;
    }
    return g_steal_pointer(&thought.lines);
}

double policy_plan_abort(const GPtrArray *lines)
{
    double earliest = -1;

    for (guint i = 0; i < lines->len; i++) {
        const PolicyLine *line = lines->pdata[i];

        if (line->deed == DEED_ABORT && (earliest < 0 || line->seconds < earliest)) {
            earliest = line->seconds;
        }
    }
    return earliest;
}

/* --- the beginning --- */

static void add_word(GString *words, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_word(GString *words, const char *format, ...)
{
    va_list arguments;

    g_string_append(words, words->len ? _(", ") : "");
    va_start(arguments, format);
    g_string_append_vprintf(words, format, arguments);
    va_end(arguments);
}

char *policy_start_words(const PolicyStart *start)
{
    const struct {
        gboolean on;
        const char *name;
    } capabilities[] = {{start->auto_converge, "auto-converge"},
                        {start->xbzrle, "xbzrle"},
                        {start->postcopy, "postcopy-ram"}};
    GString *words = g_string_new(NULL);
    g_autofree char *rate = rate_format(start->bandwidth);
    g_autofree char *cache = size_format(start->cache);

    if (start->sets_downtime) {
        add_word(words, "downtime-limit %" G_GUINT64_FORMAT " ms", start->downtime_ms);
    }
    if (start->sets_bandwidth) {
        add_word(words, "max-bandwidth %s", rate);
    }
    if (start->sets_cache) {
        add_word(words, "xbzrle-cache-size %s", cache);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        if (capabilities[i].on) {
            add_word(words, "%s on", capabilities[i].name);
        }
    }
    return g_string_free(words, FALSE);
}
