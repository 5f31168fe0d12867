/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/prediction_text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "shell/layout.h"
#include "shell/values.h"

/* --- what it is made of, in words --- */

static char *size_of(double bytes)
{
    return size_format((guint64)MAX(bytes, 0));
}

static char *time_of(double seconds)
{
    return duration_format((gint64)round(seconds * 1000));
}

static char *memory_text(const Prediction *self)
{
    const SimulationBasis *basis = &self->basis.simulation;
    g_autofree char *all = size_format(basis->memory);
    g_autofree char *filled = size_of(simulation_filled(basis));

    return g_strdup_printf(_("%s, about %s of it not all zeros (%u pages were looked at)"), all,
                           filled, self->basis.pages);
}

static char *writing_text(const Prediction *self)
{
    const DirtyCurve *curve = &self->basis.simulation.dirty;
    g_autofree char *time = time_of(self->basis.seconds);
    g_autofree char *rate = rate_format((guint64)MAX(dirty_curve_rate(curve), 1));
    g_autofree char *span = NULL;
    double bytes;
    gboolean whole = dirty_curve_span(curve, &bytes);

    if (self->basis.seconds <= 0) {
        return g_strdup(_("none: the guest stands still"));
    }
    if (bytes <= 0) {
        return g_strdup_printf(_("less than 1 MiB/s in the %s that were looked at"), time);
    }
    span = size_of(bytes);
    return g_strdup_printf(whole ? _("at least %s, %s over and over, in the %s that were looked at")
                                 : _("%s, %s and more with time, in the %s that were looked at"),
                           rate, span, time);
}

static char *limits_text(const Prediction *self)
{
    const MigrationLimits *limits = &self->basis.simulation.limits;
    g_autofree char *rate = rate_format(limits->bandwidth);
    g_autofree char *time = duration_format((gint64)limits->downtime_ms);

    g_autofree char *both = g_strdup_printf(_("%s (the speed's limit), downtime limit %s"),
                                            limits->known_bandwidth ? rate : _("QEMU's own speed"),
                                            limits->known_downtime ? time : "300 ms");

    return g_strconcat(both, limits->throttles ? _(", the guest is slowed where it must be") : "",
                       self->basis.other_format
                           ? _("; compression or several connections are not reckoned with")
                           : "",
                       NULL);
}

static char *link_text(const Prediction *self)
{
    static const char *const sources[] = {
        [LINK_ASSUMED] = N_("assumed (--link RATE tells)"),
        [LINK_SAME_HOST] = N_("assumed, within one host (--link RATE tells)"),
        [LINK_SEEN] = N_("as earlier migrations had it"),
        [LINK_GIVEN] = N_("as given"),
    };
    const SimulationBasis *basis = &self->basis.simulation;
    g_autofree char *link = rate_format(basis->link);
    g_autofree char *fresh = rate_format(basis->fresh);

    if (basis->fresh == basis->link) {
        return g_strconcat(link, _(", "), _(sources[self->basis.link_source]), NULL);
    }
    return g_strdup_printf(_("%s, %s the first time, %s"), link, fresh,
                           _(sources[self->basis.link_source]));
}

/* --- for a reader --- */

typedef struct {
    int width; /* 0: not for a terminal */
    GString *out;
} Page;

/* Takes @text over. */
static void put(Page *page, const char *label, char *text)
{
    if (page->width) {
        layout_put(page->out, page->width, label, text);
    } else {
        g_autofree char *small = g_ascii_strdown(label, -1);

        g_string_append_printf(page->out, "%s: %s\n", small, text);
    }
    g_free(text);
}

/* Whether it is the speed alone that bars its end. */
static gboolean takes_too_long(const Prediction *self)
{
    return self->result.seconds > SIMULATION_LONGEST_S;
}

static char *no_end_text(const Prediction *self)
{
    const Simulation *result = &self->result;
    g_autofree char *set = size_of(result->working_set);
    g_autofree char *most =
        size_of(result->throughput * (double)self->basis.simulation.limits.downtime_ms / 1000);

    if (takes_too_long(self)) {
        return g_strdup(_("will not end within eleven days"));
    }
    return g_strdup_printf(
        self->close & CLOSE_EARLY
            ? _("may not converge: %s would be dirty at each pass, and %s may be left (a close "
                "thing: unless the guest writes to these more slowly than could be seen)")
        : self->close ? _("will not converge: %s would be dirty at each pass, and %s may be left "
                          "(a close thing: with a little less writing it would)")
                      : _("will not converge: %s would be dirty at each pass, and %s may be left"),
        set, most);
}

static char *verdict_text(const Prediction *self)
{
    const Simulation *result = &self->result;

    if (!result->ends) {
        return no_end_text(self);
    }
    if (self->close & CLOSE_SLOWED) {
        return g_strdup_printf(_("may converge (a close thing: with the guest slowed by %u %%, "
                                 "which often helps less than it should)"),
                               result->throttle);
    }
    if (result->throttle) {
        return g_strdup_printf(_("will converge, with the guest slowed by %u %%"),
                               result->throttle);
    }
    return g_strdup(
        self->close & CLOSE_WRITING
            ? _("will converge (a close thing: with a quarter more writing it would not)")
            : _("will converge"));
}

static char *total_text(const Prediction *self)
{
    g_autofree char *least = time_of(self->least_s);
    g_autofree char *most = time_of(self->most_s);

    return self->close & CLOSE_SPREAD ? g_strdup_printf(_("%s to %s"), least, most)
                                      : time_of(self->result.seconds);
}

static void put_end(Page *page, const Prediction *self)
{
    const Simulation *result = &self->result;

    put(page, _("Passes"), g_strdup_printf("%u", result->passes));
    put(page, _("Total time"), total_text(self));
    put(page, _("Downtime"), time_of(result->downtime));
    put(page, _("Sent"), size_of(result->bytes));
}

/* A command that is not broken, and what belongs to it. Where it does not fit beside the label it
 * is on lines of its own. */
static void put_command(Page *page, const char *label, const char *line, const char *more)
{
    if (page->width && layout_columns(line) > page->width - LAYOUT_LABEL) {
        g_string_append_printf(page->out, "  %s%s%s\n", label, *label ? ":\n  " : "", line);
        put(page, "", g_strdup(more));
    } else {
        char *whole = layout_glue(g_strdup(line));

        put(page, label, g_strconcat(page->width ? whole : line, " ", more, NULL));
        g_free(whole);
    }
}

static void put_remedies(Page *page, const Prediction *self)
{
    for (guint i = 0; i < self->remedies->len; i++) {
        const PredictionRemedy *remedy = self->remedies->pdata[i];
        g_autofree char *total = time_of(remedy->seconds);
        g_autofree char *downtime = time_of(remedy->downtime);
        g_autofree char *more =
            g_strdup_printf(_("(then %s in all, downtime %s)"), total, downtime);

        put_command(page, i && page->width ? "" : _("Way out"), remedy->line, more);
    }
}

/* What no figures can be told of. */
static void put_hopes(Page *page, const Prediction *self)
{
    const MigrationLimits *limits = &self->basis.simulation.limits;
    const char *label = !limits->throttles && page->width ? "" : _("May help");
    const char *postcopy = limits->postcopy
                               ? _("post-copy: 'migrate_start_postcopy' once it runs")
                               : _("post-copy: 'migrate_set_capability postcopy-ram on' on both "
                                   "sides, and 'migrate_start_postcopy' once it runs");

    if (!limits->throttles) {
        put_command(page, _("May help"), "migrate_set_capability auto-converge on",
                    /* xgettext:no-c-format */
                    _("(QEMU slows the guest, by 99 % at most)"));
    }
    put(page, label, *label ? g_strdup(postcopy) : g_strdup_printf(_("or %s"), postcopy));
}

void prediction_print(const Prediction *prediction, int width, GString *out)
{
    Page page = {width, out};

    put(&page, _("Prediction"), verdict_text(prediction));
    if (prediction->result.ends) {
        put_end(&page, prediction);
    } else {
        put_remedies(&page, prediction);
        if (!takes_too_long(prediction)) {
            put_hopes(&page, prediction);
        }
    }
    put(&page, _("Memory"), memory_text(prediction));
    put(&page, _("Writing"), writing_text(prediction));
    put(&page, _("At"), limits_text(prediction));
    put(&page, _("Link"), link_text(prediction));
}

/* --- as JSON --- */

static Json *number(double value)
{
    return json_object_new_int64((gint64)round(value));
}

static Json *advice_json(const Prediction *self)
{
    Json *list = json_object_new_array();

    for (guint i = 0; i < self->remedies->len; i++) {
        const PredictionRemedy *remedy = self->remedies->pdata[i];

        json_object_array_add(list, json_object_new_string(remedy->line));
    }
    return list;
}

static Json *remedies_json(const Prediction *self)
{
    Json *list = json_object_new_array();

    for (guint i = 0; i < self->remedies->len; i++) {
        const PredictionRemedy *remedy = self->remedies->pdata[i];

        json_object_array_add(list,
                              json_dict("line", json_object_new_string(remedy->line), "total-ms",
                                        number(remedy->seconds * 1000), "downtime-ms",
                                        number(remedy->downtime * 1000), NULL));
    }
    return list;
}

static Json *dirty_json(const DirtyCurve *curve)
{
    Json *list = json_object_new_array();

    for (guint i = 0; i < curve->count; i++) {
        json_object_array_add(list, json_dict("ms", number(curve->points[i].seconds * 1000),
                                              "bytes", number(curve->points[i].bytes), NULL));
    }
    return list;
}

static Json *assumptions_json(const Prediction *self)
{
    char *texts[] = {memory_text(self), writing_text(self), limits_text(self), link_text(self)};
    Json *list = json_object_new_array();

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        json_object_array_add(list, json_object_new_string(texts[i]));
        g_free(texts[i]);
    }
    return list;
}

Json *prediction_json(const Prediction *prediction)
{
    const Simulation *result = &prediction->result;
    const SimulationBasis *basis = &prediction->basis.simulation;
    gboolean ends = result->ends;

    return json_dict(
        "converges", json_object_new_boolean(ends), "close",
        json_object_new_boolean(prediction->close != 0), "passes",
        ends ? json_object_new_int64(result->passes) : NULL, "total-ms",
        ends ? json_object_new_int64(prediction_total_ms(prediction)) : NULL, "total-least-ms",
        ends ? number(prediction->least_s * 1000) : NULL, "total-most-ms",
        ends ? number(prediction->most_s * 1000) : NULL, "downtime-ms",
        ends ? json_object_new_int64(prediction_downtime_ms(prediction)) : NULL,
        "transferred-bytes", ends ? number(result->bytes) : NULL, "throttle-percentage",
        result->throttle ? json_object_new_int64(result->throttle) : NULL, "working-set-bytes",
        number(result->working_set), "bytes-per-second", number(result->throughput), "advice",
        advice_json(prediction), "remedies", remedies_json(prediction), "memory-bytes",
        json_object_new_uint64(basis->memory), "nonzero-bytes", number(simulation_filled(basis)),
        "dirty", dirty_json(&basis->dirty), "limit-bytes-per-second",
        basis->limits.known_bandwidth ? json_object_new_uint64(basis->limits.bandwidth) : NULL,
        "downtime-limit-ms",
        basis->limits.known_downtime ? json_object_new_uint64(basis->limits.downtime_ms) : NULL,
        "link-bytes-per-second", json_object_new_uint64(basis->link), "link-assumed",
        json_object_new_boolean(prediction->basis.link_source <= LINK_SAME_HOST), "assumptions",
        assumptions_json(prediction), NULL);
}
