/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/pretty.h"

#include "shell/sparkline.h"
#include "shell/layout.h"
#include "shell/values.h"

#define BAR_CELLS 20

typedef struct {
    const MigrationStatus *status;
    const MigrationPretty *options;
    MigrationState state;
    int width;
    GString *out;
    GString *line; /* the value being put together */
    MigrationLimits limits;
    const Forecast *forecast; /* or NULL */
} Page;

static guint64 number(const Page *page, MigrationField field)
{
    return migration_status_number(page->status, field);
}

static gboolean has(const Page *page, MigrationField field)
{
    return migration_status_has(page->status, field);
}

static char *size(guint64 bytes)
{
    return layout_glue(size_format(bytes));
}

static char *duration(guint64 ms)
{
    return layout_glue(duration_format((gint64)MIN(ms, G_MAXINT64)));
}

/* Adds to the value being put together, after a comma. */
static void add(Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(Page *page, const char *format, ...)
{
    va_list list;

    if (page->line->len) {
        g_string_append(page->line, ", ");
    }
    va_start(list, format);
    g_string_append_vprintf(page->line, format, list);
    va_end(list);
}

/* Adds the amount in @field between @before and @after, unless it is 0. */
static void add_bytes(Page *page, const char *before, MigrationField field, const char *after)
{
    g_autofree char *amount = size(number(page, field));

    if (number(page, field)) {
        add(page, "%s%s%s", before, amount, after);
    }
}

/* Adds the time in @field, in ms, behind @before, when it is given. */
static void add_time(Page *page, const char *before, MigrationField field)
{
    g_autofree char *time = duration(number(page, field));

    if (has(page, field)) {
        add(page, "%s%s", before, time);
    }
}

/* Adds "COUNT @one" or "COUNT @many", unless the count is 0. */
static void add_count(Page *page, MigrationField field, const char *one, const char *many)
{
    guint64 count = number(page, field);

    if (count) {
        add(page, "%" G_GUINT64_FORMAT LAYOUT_BLANK "%s", count, count == 1 ? one : many);
    }
}

/* Adds what the pages in @pages were made to be, unless there are none. */
static void add_pages(Page *page, MigrationField pages, MigrationField bytes)
{
    g_autofree char *amount = size(number(page, bytes));

    add_count(page, pages, "page", "pages");
    if (number(page, pages)) {
        g_string_append_printf(page->line, " in" LAYOUT_BLANK "%s", amount);
    }
}

/* Adds the list of numbers in @field when there are several: for one vCPU it says nothing new. */
static void add_list(Page *page, MigrationField field)
{
    g_autofree char *numbers = migration_status_format(page->status, field);

    if (numbers && strchr(numbers, ' ')) {
        add(page, "by vCPU %s" LAYOUT_BLANK "%s", numbers,
            migration_unit_name(migration_field_info(field)->unit));
    }
}

/* Prints @text, and what was put together behind @label, if anything was. */
static void flush(Page *page, const char *label)
{
    if (page->line->len) {
        layout_put(page->out, page->width, label, page->line->str);
    }
    g_string_truncate(page->line, 0);
}

static void put(Page *page, const char *label, const char *text)
{
    layout_put(page->out, page->width, label, text);
}

static void put_items(Page *page, const char *label, MigrationField field)
{
    Json *list = migration_status_list(page->status, field);

    for (size_t i = 0; list && i < json_object_array_length(list); i++) {
        g_autofree char *item = migration_item_format(json_object_array_get_idx(list, i));

        put(page, i ? "" : label, item);
    }
}

static const char *state_colour(MigrationState state)
{
    if (state == MIGRATION_COMPLETED) {
        return "\033[1;32m";
    }
    if (state == MIGRATION_FAILED || state == MIGRATION_FAILING) {
        return "\033[1;31m";
    }
    if (state == MIGRATION_CANCELLED || state == MIGRATION_CANCELLING ||
        migration_state_needs_attention(state)) {
        return "\033[1;33m";
    }
    return "\033[1m";
}

/* What follows the state in the first line, in at most @room columns, or NULL. Free with g_free().
 */
static char *how_far(const Page *page, int room)
{
    guint64 pass = number(page, FIELD_RAM_DIRTY_SYNC_COUNT);
    double percent = 0;
    g_autofree char *text = NULL;
    g_autofree char *bar = NULL;
    int cells;

    gboolean disks = migration_status_copies_disks(page->status, &percent);
    const Forecast *forecast = page->forecast;

    if (!disks && !migration_status_first_pass_percent(page->status, &percent)) {
        return migration_state_is_precopy(page->state) && pass > 1
                   ? g_strdup_printf("pass %" G_GUINT64_FORMAT, pass)
                   : NULL;
    }
    percent = forecast && forecast->has_percent ? forecast->percent : percent;
    text = g_strdup_printf("%d %%  %s", (int)percent, disks ? "disks" : "pass 1");
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
    newest = size(g_array_index(sets, guint64, sets->len - 1));
    add(page, "%s" LAYOUT_BLANK LAYOUT_BLANK "%s", row, newest);
    flush(page, "Working set");
}

/* What is to be expected, while that is a question. */
static void put_outlook(Page *page)
{
    const Forecast *forecast = page->forecast;

    if (!forecast || !migration_state_is_running(page->state) ||
        forecast->verdict == VERDICT_WAITING) {
        return;
    }
    add(page, "%s: %s", verdict_word(forecast->verdict), forecast->reason);
    flush(page, "Verdict");
    for (char **line = forecast->advice; *line; line++) {
        g_autofree char *command = layout_glue(g_strdup(*line));

        put(page, line == forecast->advice ? "Way out" : "", command);
    }
    if (forecast->has_eta) {
        g_autofree char *time = layout_glue(duration_format((gint64)(forecast->eta * 1000)));

        add(page, "%s %s", time, forecast->eta_means);
    }
    flush(page, "To go");
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
        put(page, NULL,
            has(page, FIELD_SOCKET_ADDRESS) ? "This guest waits for an incoming migration."
                                            : "No migration has been started on this guest.");
        return;
    }
    if (page->options->colour) {
        g_string_append_printf(page->out, "%s%s\033[0m", state_colour(page->state), state);
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
    if (has(page, FIELD_ERROR_DESC)) {
        put(page, "Error", migration_status_text(page->status, FIELD_ERROR_DESC));
    }
    put_items(page, "Blocked by", FIELD_BLOCKED_REASONS);
    if (page->state == MIGRATION_PRE_SWITCHOVER) {
        put(page, "Waiting for", "migrate_continue pre-switchover");
    } else if (page->state == MIGRATION_POSTCOPY_PAUSED) {
        put(page, "Waiting for",
            "migrate_recover at the destination, then migrate" LAYOUT_BLANK "-r at the source");
    }
}

/* What is left, and when it is little enough. */
static void put_remaining(Page *page)
{
    guint64 threshold = page->forecast ? page->forecast->threshold : 0;
    g_autofree char *remaining = size(number(page, FIELD_RAM_REMAINING_BYTES));
    g_autofree char *total = size(number(page, FIELD_RAM_TOTAL_BYTES));

    if (!has(page, FIELD_RAM_TOTAL_BYTES)) {
        return;
    }
    if (!migration_state_is_running(page->state)) {
        put(page, "Memory", total);
        return;
    }
    if (migration_status_has_remaining(page->status)) {
        add(page, "%s" LAYOUT_BLANK "of" LAYOUT_BLANK "%s", remaining, total);
        if (number(page, FIELD_REMAINING_BYTES) != number(page, FIELD_RAM_REMAINING_BYTES)) {
            add_bytes(page, "", FIELD_REMAINING_BYTES, " with devices");
        }
    }
    flush(page, "Remaining");
    if (!page->forecast && page->limits.downtime_ms) {
        migration_status_threshold(page->status, page->limits.downtime_ms, &threshold);
    }
    if (threshold) {
        g_autofree char *goal = size(threshold);
        g_autofree char *limit = duration(page->limits.downtime_ms);

        add(page, "at %s left, for a downtime limit of %s", goal, limit);
        flush(page, "Switch-over");
    }
}

static void put_speed(Page *page)
{
    guint64 throughput = migration_status_throughput(page->status);
    guint64 page_size = number(page, FIELD_RAM_PAGE_SIZE_BYTES);
    guint64 dirty = number(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND);
    /* With nothing left the guest is being switched over, and both stand still. */
    gboolean precopy =
        migration_state_is_precopy(page->state) && number(page, FIELD_RAM_REMAINING_BYTES) > 0;

    if (throughput && (precopy || page->state == MIGRATION_POSTCOPY_ACTIVE ||
                       page->state == MIGRATION_COMPLETED)) {
        g_autofree char *rate = layout_glue(rate_format(throughput));

        add(page, "%s%s", rate, page->state == MIGRATION_COMPLETED ? " on average" : "");
        if (precopy && page->limits.bandwidth) {
            g_autofree char *limit = layout_glue(rate_format(page->limits.bandwidth));

            add(page, "limit" LAYOUT_BLANK "%s", limit);
        }
    }
    flush(page, "Throughput");
    if (precopy && dirty && !migration_status_in_first_pass(page->status)) {
        if (page_size) {
            g_autofree char *rate = layout_glue(rate_format(dirty * page_size));

            add(page, "%s", rate);
        }
        add_count(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND, "page/s", "pages/s");
    }
    flush(page, "Dirty rate");
}

static void put_amounts(Page *page)
{
    g_autofree char *disk_total = size(number(page, FIELD_DISK_TOTAL_BYTES));
    g_autofree char *disk_left = size(number(page, FIELD_DISK_REMAINING_BYTES));
    guint64 disk_rate = migration_status_disk_throughput(page->status);
    gboolean moving =
        migration_state_is_precopy(page->state) || page->state == MIGRATION_POSTCOPY_ACTIVE;

    add_bytes(page, "", FIELD_RAM_TRANSFERRED_BYTES, "");
    if (number(page, FIELD_RAM_DOWNTIME_BYTES) || number(page, FIELD_RAM_POSTCOPY_BYTES) ||
        number(page, FIELD_RAM_MULTIFD_BYTES)) {
        add_bytes(page, "pre-copy" LAYOUT_BLANK, FIELD_RAM_PRECOPY_BYTES, "");
        add_bytes(page, "multifd" LAYOUT_BLANK, FIELD_RAM_MULTIFD_BYTES, "");
        add_bytes(page, "guest" LAYOUT_BLANK "stopped" LAYOUT_BLANK, FIELD_RAM_DOWNTIME_BYTES, "");
        add_bytes(page, "post-copy" LAYOUT_BLANK, FIELD_RAM_POSTCOPY_BYTES, "");
    }
    flush(page, "Transferred");
    if (!migration_state_is_running(page->state)) {
        add_bytes(page, "", FIELD_DISK_TRANSFERRED_BYTES, " copied");
    } else if (number(page, FIELD_DISK_TOTAL_BYTES)) {
        add(page, "%s of %s left", disk_left, disk_total);
        if (disk_rate && migration_status_copies_disks(page->status, NULL)) {
            g_autofree char *rate = layout_glue(rate_format(disk_rate));

            add(page, "%s", rate);
        }
    }
    flush(page, "Disks");
    add_bytes(page, "", FIELD_VFIO_TRANSFERRED_BYTES, " transferred");
    flush(page, "VFIO");
    add_count(page, FIELD_RAM_NORMAL_PAGES, "normal", "normal");
    add_count(page, FIELD_RAM_DUPLICATE_PAGES, "zero", "zero");
    if (page->line->len) {
        add_bytes(page, "", FIELD_RAM_PAGE_SIZE_BYTES, " each");
        if (moving) {
            add_count(page, FIELD_RAM_PAGES_PER_SECOND, "page/s", "pages/s");
        }
    }
    flush(page, "Pages");
}

static void put_times(Page *page)
{
    guint64 passes = number(page, FIELD_RAM_DIRTY_SYNC_COUNT);

    if (passes && !migration_state_is_precopy(page->state)) {
        add(page, "%" G_GUINT64_FORMAT, passes);
    }
    flush(page, "Passes");
    add_time(page, "", FIELD_TOTAL_TIME_MS);
    if (page->line->len) {
        add_time(page, "setup" LAYOUT_BLANK, FIELD_SETUP_TIME_MS);
    }
    flush(page, "Time");
    /* In post-copy QEMU gives 0 until it knows. */
    if (number(page, FIELD_DOWNTIME_MS) || page->state == MIGRATION_COMPLETED) {
        add_time(page, "", FIELD_DOWNTIME_MS);
    } else if (migration_state_is_precopy(page->state) &&
               !migration_status_in_first_pass(page->status) &&
               number(page, FIELD_RAM_DIRTY_PAGES_PER_SECOND)) {
        add_time(page, "expected ", FIELD_EXPECTED_DOWNTIME_MS);
    }
    flush(page, "Downtime");
}

/* The figures that belong to one capability each. */
static void put_capabilities(Page *page)
{
    double misses = migration_status_real(page->status, FIELD_XBZRLE_MISS_RATE);

    add_count(page, FIELD_RAM_POSTCOPY_REQUESTS, "page requested", "pages requested");
    add_time(page, "all vCPUs waited ", FIELD_POSTCOPY_BLOCKTIME_MS);
    add_list(page, FIELD_POSTCOPY_VCPU_BLOCKTIME_MS);
    add_count(page, FIELD_POSTCOPY_LATENCY_NS, "ns a page", "ns a page");
    add_list(page, FIELD_POSTCOPY_VCPU_LATENCY_NS);
    flush(page, "Post-copy");
    add_count(page, FIELD_CPU_THROTTLE_PERCENT, "%", "%");
    flush(page, "CPU throttle");
    add_count(page, FIELD_DIRTY_LIMIT_THROTTLE_US, "us a round", "us a round");
    add_count(page, FIELD_DIRTY_LIMIT_RING_FULL_US, "us to fill the ring", "us to fill the ring");
    flush(page, "Dirty limit");
    add_bytes(page, "cache ", FIELD_XBZRLE_CACHE_BYTES, "");
    add_pages(page, FIELD_XBZRLE_PAGES, FIELD_XBZRLE_TRANSFERRED_BYTES);
    if (misses > 0) {
        add(page, "missed %d" LAYOUT_BLANK "%%", (int)(misses * 100 + 0.5));
    }
    add_count(page, FIELD_XBZRLE_OVERFLOWS, "overflow", "overflows");
    flush(page, "XBZRLE");
    add_pages(page, FIELD_COMPRESSION_PAGES, FIELD_COMPRESSION_BYTES);
    add_count(page, FIELD_COMPRESSION_BUSY, "time busy", "times busy");
    flush(page, "Compression");
    add_count(page, FIELD_RAM_ZERO_COPY_FALLBACKS, "fallback to copying", "fallbacks to copying");
    flush(page, "Zero-copy");
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
    put_items(&page, "Listening at", FIELD_SOCKET_ADDRESS);
}
