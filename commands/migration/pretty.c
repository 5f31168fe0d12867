/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/pretty.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "commands/migration/page.h"
#include "shell/layout.h"
#include "shell/sparkline.h"
#include "shell/values.h"

#define BAR_CELLS 20

static const char *state_colour(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    if (state == MIGRATION_COMPLETED) {
        return "\033[1;32m";
    }
    if (state == MIGRATION_FAILED || state == MIGRATION_FAILING) {
        return "\033[1;31m";
    }
    if (state == MIGRATION_CANCELLED || state == MIGRATION_CANCELLING ||
        migration_status_needs_attention(status)) {
        return "\033[1;33m";
    }
    return "\033[1m";
}

/* What follows the state in the first line, in at most @room columns, or NULL. Free with g_free().
 */
static char *how_far(const Page *page, int room)
{
    guint64 pass = page_number(page, FIELD_RAM_DIRTY_SYNC_COUNT);
    double percent = 0;
    g_autofree char *step = NULL;
    g_autofree char *text = NULL;
    g_autofree char *bar = NULL;
    int cells;

    gboolean disks = migration_status_copies_disks(page->status, &percent);
    const Forecast *forecast = page->forecast;

    if (migration_status_is_arrival(page->status)) {
        return g_strdup(_("the guest has arrived here"));
    }
    if (!disks && !migration_status_first_pass_percent(page->status, &percent)) {
        return migration_state_is_precopy(page->state) && pass > 1
                   ? g_strdup_printf(_("pass %" PRIu64), pass)
                   : NULL;
    }
    percent = forecast && forecast->has_percent ? forecast->percent : percent;
    step = disks ? g_strdup(_("disks")) : g_strdup_printf(_("pass %" PRIu64), (guint64)1);
    text = g_strdup_printf("%d %%  %s", (int)percent, step);
    cells = MIN(BAR_CELLS, room - layout_columns(text) - 4);
    if (cells < 5) {
        return g_steal_pointer(&text);
    }
    bar = layout_bar(percent, cells);
    return g_strconcat(bar, "  ", text, NULL);
}

/* What was dirty at the beginning of each pass: whether that shrinks decides. */
static void put_working_sets(Page *page)
{
    const GArray *passes = page->options->course ? course_passes(page->options->course) : NULL;
    g_autoptr(GArray) sets = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autofree char *row = NULL;
    g_autofree char *newest = NULL;

    for (guint i = 0; passes && i < passes->len; i++) {
        const CoursePass *pass = &g_array_index(passes, CoursePass, i);

        if (pass->known && pass->number > 1) {
            g_array_append_val(sets, pass->working_set);
        }
    }
    if (sets->len < 2) {
        return;
    }
    row = sparkline((const guint64 *)(gpointer)sets->data, sets->len, BAR_CELLS,
                    page->options->ascii);
    newest = page_size(g_array_index(sets, guint64, sets->len - 1));
    page_add(page, "%s" LAYOUT_BLANK LAYOUT_BLANK "%s", row, newest);
    page_flush(page, _("Working set"));
}

/* What is to be expected, while that is a question. */
static void put_outlook(Page *page)
{
    const Forecast *forecast = page->forecast;

    if (!forecast || !migration_state_is_running(page->state) ||
        forecast->verdict == VERDICT_WAITING) {
        return;
    }
    page_add(page, _("%s: %s"), verdict_shown(forecast->verdict), forecast->reason);
    page_flush(page, _("Verdict"));
    for (char **line = forecast->advice; *line; line++) {
        g_autofree char *command = layout_glue(g_strdup(*line));

        page_put(page, line == forecast->advice ? _("Way out") : "", command);
    }
    if (forecast->has_eta) {
        g_autofree char *time = layout_glue(duration_format((gint64)(forecast->eta * 1000)));

        page_add(page, "%s %s", time, forecast->eta_means);
    }
    page_flush(page, _("To go"));
    if (migration_state_is_precopy(page->state)) {
        put_working_sets(page);
    }
}

static void put_header(Page *page)
{
    const char *word = migration_status_text(page->status, FIELD_STATUS);
    g_autofree char *clean = layout_clean(word ? word : "");
    g_autofree char *state = layout_cut(clean, page->width);
    g_autofree char *rest = NULL;
    int room = page->width - layout_columns(state) - 2;

    if (page->state == MIGRATION_NONE) {
        page_put(page, NULL,
                 page_has(page, FIELD_SOCKET_ADDRESS)
                     ? _("This guest waits for an incoming migration.")
                     : _("No migration has been started on this guest."));
        return;
    }
    if (page->options->colour) {
        g_string_append_printf(page->out, "%s%s\033[0m", state_colour(page->status), state);
    } else {
        g_string_append(page->out, state);
    }
    rest = how_far(page, room);
    if (rest && layout_columns(rest) <= room) {
        g_string_append_printf(page->out, "  %s", rest);
    }
    g_string_append_c(page->out, '\n');
}

static void put_trouble(Page *page)
{
    if (page_has(page, FIELD_ERROR_DESC)) {
        page_put(page, page->state == MIGRATION_CANCELLED ? _("Note") : _("Error"),
                 migration_status_text(page->status, FIELD_ERROR_DESC));
    }
    page_put_items(page, _("Blocked by"), FIELD_BLOCKED_REASONS);
    if (!migration_status_needs_attention(page->status)) {
        return;
    }
    if (page->state == MIGRATION_PRE_SWITCHOVER) {
        page_add(page, "migrate_continue pre-switchover");
    } else if (migration_status_is_managed(page->status)) {
        page_add(page, _("%s with libvirt's URI, once the link is back"),
                 "migrate" LAYOUT_BLANK "-r");
    } else {
        page_add(page, _("%s at the destination, then %s at the source"), "migrate_recover",
                 "migrate" LAYOUT_BLANK "-r");
    }
    page_flush(page, _("Waiting for"));
}

/* What is left, and when it is little enough. */
static void put_remaining(Page *page)
{
    guint64 threshold = page->forecast ? page->forecast->threshold : 0;
    g_autofree char *remaining = page_size(page_number(page, FIELD_RAM_REMAINING_BYTES));
    g_autofree char *total = page_size(page_number(page, FIELD_RAM_TOTAL_BYTES));

    if (!page_has(page, FIELD_RAM_TOTAL_BYTES)) {
        return;
    }
    if (!migration_state_is_running(page->state)) {
        page_put(page, _("Memory"), total);
        return;
    }
    if (migration_status_has_remaining(page->status)) {
        page_add_whole(page, _("%s of %s"), remaining, total);
        if (page_number(page, FIELD_REMAINING_BYTES) !=
            page_number(page, FIELD_RAM_REMAINING_BYTES)) {
            page_add_bytes(page, FIELD_REMAINING_BYTES, _("%s with devices"));
        }
    }
    page_flush(page, _("Remaining"));
    if (!page->forecast && page->limits.downtime_ms) {
        migration_status_threshold(page->status, page->limits.downtime_ms, &threshold);
    }
    if (threshold) {
        g_autofree char *goal = page_size(threshold);
        g_autofree char *limit = page_duration(page->limits.downtime_ms);

        page_add(page, _("at %s left, for a downtime limit of %s"), goal, limit);
        page_flush(page, _("Switch-over"));
    }
}

static void put_speed(Page *page)
{
    guint64 throughput = migration_status_throughput(page->status);
    guint64 page_size = page_number(page, FIELD_RAM_PAGE_SIZE_BYTES);
    guint64 dirty = page_number(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND);
    /* With nothing left the guest is being switched over, and both stand still. */
    gboolean precopy =
        migration_state_is_precopy(page->state) && page_number(page, FIELD_RAM_REMAINING_BYTES) > 0;

    if (throughput && (precopy || page->state == MIGRATION_POSTCOPY_ACTIVE ||
                       page->state == MIGRATION_COMPLETED)) {
        g_autofree char *rate = layout_glue(rate_format(throughput));

        page_add(page, page->state == MIGRATION_COMPLETED ? _("%s on average") : "%s", rate);
        if (precopy && page->limits.bandwidth) {
            g_autofree char *limit = layout_glue(rate_format(page->limits.bandwidth));

            page_add_whole(page, _("limit %s"), limit);
        }
    }
    page_flush(page, _("Throughput"));
    if (precopy && dirty && !migration_status_in_first_pass(page->status)) {
        if (page_size) {
            g_autofree char *rate = layout_glue(rate_format(dirty * page_size));

            page_add(page, "%s", rate);
        }
        page_add_count(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND,
                       ngettext("%s page/s", "%s pages/s", dirty));
    }
    page_flush(page, _("Dirty rate"));
}

static void put_amounts(Page *page)
{
    g_autofree char *disk_total = page_size(page_number(page, FIELD_DISK_TOTAL_BYTES));
    g_autofree char *disk_left = page_size(page_number(page, FIELD_DISK_REMAINING_BYTES));
    guint64 disk_rate = migration_status_disk_throughput(page->status);
    guint64 speed = page_number(page, FIELD_RAM_PAGES_PER_SECOND);
    gboolean moving =
        migration_state_is_precopy(page->state) || page->state == MIGRATION_POSTCOPY_ACTIVE;

    page_add_bytes(page, FIELD_RAM_TRANSFERRED_BYTES, "%s");
    if (page_number(page, FIELD_RAM_DOWNTIME_BYTES) ||
        page_number(page, FIELD_RAM_POSTCOPY_BYTES) || page_number(page, FIELD_RAM_MULTIFD_BYTES)) {
        page_add_bytes_whole(page, FIELD_RAM_PRECOPY_BYTES, _("pre-copy %s"));
        page_add_bytes_whole(page, FIELD_RAM_MULTIFD_BYTES, "multifd %s");
        page_add_bytes_whole(page, FIELD_RAM_DOWNTIME_BYTES, _("guest stopped %s"));
        page_add_bytes_whole(page, FIELD_RAM_POSTCOPY_BYTES, _("post-copy %s"));
    }
    page_flush(page, _("Transferred"));
    if (!migration_state_is_running(page->state)) {
        page_add_bytes(page, FIELD_DISK_TRANSFERRED_BYTES, _("%s copied"));
    } else if (page_number(page, FIELD_DISK_TOTAL_BYTES)) {
        page_add(page, _("%s of %s left"), disk_left, disk_total);
        if (disk_rate && migration_status_copies_disks(page->status, NULL)) {
            g_autofree char *rate = layout_glue(rate_format(disk_rate));

            page_add(page, "%s", rate);
        }
    }
    page_flush(page, _("Disks"));
    page_add_bytes(page, FIELD_VFIO_TRANSFERRED_BYTES, _("%s transferred"));
    page_flush(page, "VFIO");
    page_add_count(page, FIELD_RAM_NORMAL_PAGES, _("%s normal"));
    page_add_count(page, FIELD_RAM_DUPLICATE_PAGES, _("%s zero"));
    if (page->line->len) {
        page_add_bytes(page, FIELD_RAM_PAGE_SIZE_BYTES, _("%s each"));
        if (moving) {
            page_add_count(page, FIELD_RAM_PAGES_PER_SECOND,
                           ngettext("%s page/s", "%s pages/s", speed));
        }
    }
    page_flush(page, _("Pages"));
}

static void put_times(Page *page)
{
    guint64 passes = page_number(page, FIELD_RAM_DIRTY_SYNC_COUNT);

    if (passes && !migration_state_is_precopy(page->state)) {
        page_add(page, "%" G_GUINT64_FORMAT, passes);
    }
    page_flush(page, _("Passes"));
    page_add_time(page, FIELD_TOTAL_TIME_MS, "%s");
    if (page->line->len) {
        g_autofree char *phrase = layout_glue(g_strdup(_("setup %s")));

        page_add_time(page, FIELD_SETUP_TIME_MS, phrase);
    }
    page_flush(page, _("Time"));
    /* In post-copy QEMU gives 0 until it knows. */
    if (page_number(page, FIELD_DOWNTIME_MS) || page->state == MIGRATION_COMPLETED) {
        page_add_time(page, FIELD_DOWNTIME_MS, "%s");
    } else if (migration_state_is_precopy(page->state) &&
               !migration_status_in_first_pass(page->status) &&
               page_number(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND)) {
        page_add_time(page, FIELD_EXPECTED_DOWNTIME_MS, _("expected %s"));
    }
    page_flush(page, _("Downtime"));
}

/* The figures that belong to one capability each. */
static void put_capabilities(Page *page)
{
    double misses = migration_status_real(page->status, FIELD_XBZRLE_MISS_RATE);
    guint64 requests = page_number(page, FIELD_RAM_POSTCOPY_REQUESTS);
    guint64 overflows = page_number(page, FIELD_XBZRLE_OVERFLOWS);
    guint64 busy = page_number(page, FIELD_COMPRESSION_BUSY);
    guint64 fallbacks = page_number(page, FIELD_RAM_ZERO_COPY_FALLBACKS);
    guint64 throttled = page->options->course ? course_throttled(page->options->course) : 0;

    page_add_count(page, FIELD_RAM_POSTCOPY_REQUESTS,
                   ngettext("%s page requested", "%s pages requested", requests));
    page_add_time(page, FIELD_POSTCOPY_BLOCKTIME_MS, _("all vCPUs waited %s"));
    page_add_list(page, FIELD_POSTCOPY_VCPU_BLOCKTIME_MS);
    page_add_count(page, FIELD_POSTCOPY_LATENCY_NS, _("%s ns a page"));
    page_add_list(page, FIELD_POSTCOPY_VCPU_LATENCY_NS);
    page_flush(page, _("Post-copy"));
    page_add_count(page, FIELD_CPU_THROTTLE_PERCENT, "%s %");
    if (throttled && !page->line->len && migration_state_is_over(page->state)) {
        page_add_whole(page, _("up to %" PRIu64 " %%"), throttled);
    }
    page_flush(page, _("CPU throttle"));
    page_add_count(page, FIELD_DIRTY_LIMIT_THROTTLE_US, _("%s us a round"));
    page_add_count(page, FIELD_DIRTY_LIMIT_RING_FULL_US, _("%s us to fill the ring"));
    page_flush(page, _("Dirty limit"));
    page_add_bytes(page, FIELD_XBZRLE_CACHE_BYTES, _("cache %s"));
    page_add_pages(page, FIELD_XBZRLE_PAGES, FIELD_XBZRLE_TRANSFERRED_BYTES);
    if (misses > 0) {
        page_add_whole(page, _("missed %d %%"), (int)(misses * 100 + 0.5));
    }
    page_add_count(page, FIELD_XBZRLE_OVERFLOWS,
                   ngettext("%s overflow", "%s overflows", overflows));
    page_flush(page, "XBZRLE");
    page_add_pages(page, FIELD_COMPRESSION_PAGES, FIELD_COMPRESSION_BYTES);
    page_add_count(page, FIELD_COMPRESSION_BUSY, ngettext("%s time busy", "%s times busy", busy));
    page_flush(page, _("Compression"));
    page_add_count(page, FIELD_RAM_ZERO_COPY_FALLBACKS,
                   ngettext("%s fallback to copying", "%s fallbacks to copying", fallbacks));
    page_flush(page, _("Zero-copy"));
}

/* Whose migration it is. */
static void put_driver(Page *page)
{
    const char *driver = migration_status_text(page->status, FIELD_DRIVER);
    const char *begun = migration_status_text(page->status, FIELD_BEGUN_BY);

    if (driver) {
        page_add(page, "%s",
                 g_str_equal(driver, "managed") ? _("libvirt (managed)") : _("QEMU alone (raw)"));
    }
    if (begun) {
        page_add(page, "%s",
                 migration_status_is_foreign(page->status) ? _("begun by somebody else")
                                                           : _("begun by this shell"));
    }
    page_flush(page, _("Driven by"));
}

void migration_pretty(const MigrationStatus *status, const MigrationPretty *options, GString *out)
{
    g_autoptr(GString) line = g_string_new(NULL);
    Page page = {
        .status = status,
        .options = options,
        .state = migration_status_state(status),
        .limits = options->limits ? *options->limits : (MigrationLimits){0},
        .forecast = options->forecast,
        .width = options->width > 0 ? MAX(options->width, 40) : G_MAXINT / 2,
        .out = out,
        .line = line,
    };

    put_header(&page);
    put_trouble(&page);
    put_outlook(&page);
    put_remaining(&page);
    put_speed(&page);
    put_amounts(&page);
    put_times(&page);
    put_capabilities(&page);
    put_driver(&page);
    page_put_items(&page, _("Listening at"), FIELD_SOCKET_ADDRESS);
}
