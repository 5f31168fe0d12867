/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU and libvirt say of a guest's migration, joined: who drives it, who began it, and what
 * only one of the two knows. libvirt's statistics are those of a migration with a disk of 16 MiB
 * between two hosts (libvirt 9.0, QEMU 7.2). */
#include "commands/migration/domain_job.h"
#include "commands/migration/job_stats.h"
#include "commands/migration/observer.h"
#include "commands/migration/raw.h"
#include "shell/error.h"
#include "tests/unit/replayed.h"

#define QUERY "> {\"execute\":\"query-migrate\"}\n"
#define RETURN(value) "{\"return\":{" value "},\"id\":\"libvirt-7\"}\n"
#define SETUP_EVENT "! MIGRATION {\"status\":\"setup\"}\n"
#define RAM "\"ram\":{\"transferred\":26080635,\"remaining\":24944640,\"total\":67502080}"

static const char NO_JOB[] = "{\"type\":0}";
static const char PREPARING[] =
    "{\"type\":2,\"operation\":5,\"time_elapsed\":322,\"memory_total\":0,\"memory_iteration\":0,"
    "\"disk_total\":0,\"disk_processed\":0,\"disk_remaining\":0}";
static const char COPYING_DISKS[] =
    "{\"type\":2,\"operation\":5,\"time_elapsed\":2266,\"data_total\":16777216,\"memory_total\":0,"
    "\"disk_total\":16777216,\"disk_processed\":12582912,\"disk_remaining\":4194304}";
static const char COPYING_MEMORY[] =
    "{\"type\":2,\"operation\":5,\"time_elapsed\":6284,\"downtime\":300,\"setup_time\":1,"
    "\"memory_total\":67502080,\"memory_processed\":26080635,\"memory_remaining\":24944640,"
    "\"memory_bps\":8413380,\"disk_total\":16777216,\"disk_processed\":16777216,"
    "\"disk_remaining\":0}";
static const char DUMPING[] = "{\"type\":2,\"operation\":8,\"time_elapsed\":10}";
static const char ARRIVED[] =
    "{\"type\":3,\"operation\":4,\"time_elapsed\":9095,\"downtime\":15,\"setup_time\":1,"
    "\"memory_total\":67502080,\"memory_processed\":50877700,\"memory_remaining\":0,"
    "\"memory_bps\":8748890,\"memory_constant\":4095,\"memory_normal\":12388,"
    "\"memory_iteration\":3,\"memory_page_size\":4096,\"disk_total\":0}";

/* libvirt. */
typedef struct {
    const char *job;       /* that goes on; NULL: it does not answer */
    const char *completed; /* the last one */
} Libvirt;

static gboolean answer(gpointer data, DomainCall *call, GError **error)
{
    const Libvirt *libvirt = data;
    gboolean completed = (call->flags & VIR_DOMAIN_JOB_STATS_COMPLETED) != 0;

    if (!libvirt->job) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "no answer");
        return FALSE;
    }
    call->json = json_parse(completed ? libvirt->completed : libvirt->job, error);
    return call->json != NULL;
}

typedef struct {
    Bell *bell;
    Monitor *monitor;
    Libvirt libvirt;
    MigrationObserver *observer;
} Watched;

static void set_up(Watched *guest, const char *recording, const char *job)
{
    g_autoptr(GError) error = NULL;

    guest->bell = bell_new();
    guest->monitor = replay_new(recording, "web01", guest->bell);
    guest->libvirt = (Libvirt){job, NO_JOB};
    guest->observer = observer_new(answer, &guest->libvirt);
    monitor_listen(guest->monitor, &error);
    g_assert_no_error(error);
}

static void tear_down(Watched *guest)
{
    observer_free(guest->observer);
    monitor_close(guest->monitor);
    bell_free(guest->bell);
}

static MigrationStatus *look(Watched *guest)
{
    g_autoptr(GError) error = NULL;
    MigrationStatus *status = observer_look(guest->observer, guest->monitor, &error);

    g_assert_no_error(error);
    return status;
}

/* What one look tells where QEMU says @recording and libvirt has @job. */
static void check(const char *recording, const char *job, MigrationState state, const char *driver)
{
    g_autoptr(MigrationStatus) status = NULL;
    Watched guest;

    set_up(&guest, recording, job);
    status = look(&guest);
    g_assert_cmpstr(migration_state_name(migration_status_state(status)), ==,
                    migration_state_name(state));
    g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, driver);
    tear_down(&guest);
}

static void test_driver(void)
{
    check(QUERY RETURN(""), NO_JOB, MIGRATION_NONE, NULL);
    check(QUERY RETURN(""), DUMPING, MIGRATION_NONE, NULL);
    check(QUERY RETURN("\"status\":\"active\"," RAM), NO_JOB, MIGRATION_ACTIVE, "raw");
    check(QUERY RETURN("\"status\":\"active\"," RAM), DUMPING, MIGRATION_ACTIVE, "raw");
    check(QUERY RETURN("\"status\":\"active\"," RAM), COPYING_MEMORY, MIGRATION_ACTIVE, "managed");
}

static void test_before_qemu_begins(void)
{
    check(QUERY RETURN(""), PREPARING, MIGRATION_SETUP, "managed");
    /* an earlier migration's end is still what QEMU tells */
    check(QUERY RETURN("\"status\":\"cancelled\""), PREPARING, MIGRATION_SETUP, "managed");
    check(QUERY RETURN(""), COPYING_DISKS, MIGRATION_ACTIVE, "managed");
}

static void test_after_qemu_has_ended(void)
{
    check(QUERY RETURN("\"status\":\"completed\"," RAM), COPYING_MEMORY, MIGRATION_DEVICE,
          "managed");
    check(QUERY RETURN("\"status\":\"failed\""), COPYING_MEMORY, MIGRATION_FAILING, "managed");
    check(QUERY RETURN("\"status\":\"cancelled\""), COPYING_MEMORY, MIGRATION_CANCELLING,
          "managed");
}

static void test_disks(void)
{
    g_autoptr(MigrationStatus) status = NULL;
    double percent = 0;
    Watched guest;

    set_up(&guest, QUERY RETURN(""), COPYING_DISKS);
    status = look(&guest);
    g_assert_true(migration_status_copies_disks(status, &percent));
    g_assert_cmpfloat(percent, ==, 75);
    g_assert_cmpuint(migration_status_number(status, FIELD_TOTAL_TIME_MS), ==, 2266);
    g_assert_false(migration_status_has(status, FIELD_RAM_TOTAL_BYTES));
    tear_down(&guest);
}

/* QEMU's time begins with the memory; libvirt's is that of the whole, and never goes back. */
static void test_memory(void)
{
    g_autoptr(MigrationStatus) status = NULL;
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"active\",\"total-time\":3000," RAM), COPYING_MEMORY);
    status = look(&guest);
    g_assert_cmpuint(migration_status_number(status, FIELD_TOTAL_TIME_MS), ==, 6284);
    g_assert_cmpuint(migration_status_number(status, FIELD_RAM_REMAINING_BYTES), ==, 24944640);
    g_assert_cmpuint(migration_status_number(status, FIELD_DISK_REMAINING_BYTES), ==, 0);
    g_assert_cmpuint(migration_status_number(status, FIELD_DISK_TOTAL_BYTES), ==, 16777216);
    tear_down(&guest);
}

static void test_begun_by(void)
{
    static const char recording[] =
        QUERY RETURN("") SETUP_EVENT QUERY RETURN("\"status\":\"active\"," RAM)
            SETUP_EVENT QUERY RETURN("\"status\":\"active\"," RAM);
    static const char *const by[] = {NULL, "this shell", "somebody else"};
    Watched guest;

    set_up(&guest, recording, NO_JOB);
    observer_expect(guest.observer, guest.monitor, DRIVER_RAW);
    for (guint i = 0; i < G_N_ELEMENTS(by); i++) {
        g_autoptr(MigrationStatus) status = look(&guest);

        if (i == 1) { /* the second event comes with this look's reply */
            g_assert_cmpuint(observer_heard(guest.observer), ==, 2);
            continue;
        }
        g_assert_cmpstr(migration_status_text(status, FIELD_BEGUN_BY), ==, by[i]);
    }
    tear_down(&guest);
}

/* Looks, at what is active: who has begun it must be @by. */
static void check_begun_by(Watched *guest, const char *by)
{
    g_autoptr(MigrationStatus) status = look(guest);

    g_assert_cmpstr(migration_status_text(status, FIELD_STATUS), ==, "active");
    g_assert_cmpstr(migration_status_text(status, FIELD_BEGUN_BY), ==, by);
}

/* What had begun, and was not read yet, is not what is expected. */
static void test_begun_before(void)
{
    static const char recording[] =
        QUERY RETURN("") SETUP_EVENT QUERY RETURN("\"status\":\"active\"," RAM)
            QUERY RETURN("\"status\":\"active\"," RAM) SETUP_EVENT;
    g_autoptr(MigrationStatus) unread = NULL;
    Watched guest;

    set_up(&guest, recording, NO_JOB);
    unread = raw_query(guest.monitor, NULL);
    g_assert_cmpuint(observer_heard(guest.observer), ==, 0);
    observer_expect(guest.observer, guest.monitor, DRIVER_RAW);
    g_assert_cmpuint(observer_heard(guest.observer), ==, 1);
    check_begun_by(&guest, "somebody else");
    check_begun_by(&guest, "this shell");
    tear_down(&guest);
}

/* What begins later than @seconds from now, when it is expected. */
static void check_expected_until(double seconds, const char *by)
{
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"active\"," RAM) SETUP_EVENT, NO_JOB);
    observer_expect(guest.observer, guest.monitor, DRIVER_RAW);
    observer_expect_until(guest.observer,
                          g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC));
    check_begun_by(&guest, by);
    tear_down(&guest);
}

static void test_expected_until(void)
{
    check_expected_until(-1, "somebody else");
    check_expected_until(3600, "this shell");
}

/* A libvirt that does not answer says nothing of its job: what was known of it stays. */
static void test_silent_libvirt(void)
{
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"active\"," RAM), COPYING_MEMORY);
    for (int i = 0; i < 2; i++) {
        g_autoptr(MigrationStatus) status = look(&guest);

        g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, "managed");
        g_assert_true(observer_sees_job(guest.observer));
        guest.libvirt.job = NULL;
    }
    tear_down(&guest);
}

/* Before it has ever answered, nobody can say who drives. */
static void test_libvirt_that_was_never_heard(void)
{
    g_autoptr(MigrationStatus) status = NULL;
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"active\"," RAM), NULL);
    status = look(&guest);
    g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, NULL);
    g_assert_false(observer_sees_job(guest.observer));
    tear_down(&guest);
}

static void test_arrival(void)
{
    g_autoptr(MigrationStatus) status = NULL;
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"completed\""), NO_JOB);
    guest.libvirt.completed = ARRIVED;
    status = look(&guest);
    g_assert_cmpstr(migration_status_text(status, FIELD_ROLE), ==, "destination");
    g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, "managed");
    g_assert_cmpuint(migration_status_number(status, FIELD_DOWNTIME_MS), ==, 15);
    g_assert_cmpuint(migration_status_number(status, FIELD_TOTAL_TIME_MS), ==, 9095);
    g_assert_cmpuint(migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT), ==, 3);
    g_assert_cmpfloat_with_epsilon(migration_status_real(status, FIELD_RAM_MBPS), 69.99, 0.01);
    g_assert_false(migration_status_has(status, FIELD_DISK_TOTAL_BYTES));
    tear_down(&guest);
}

/* What has arrived here is a source when it leaves again, also while its QEMU still tells of the
 * arrival. */
static void test_leaving_again(void)
{
    static const char recording[] =
        QUERY RETURN("\"status\":\"completed\"") QUERY RETURN("\"status\":\"completed\"")
            QUERY RETURN("\"status\":\"active\"," RAM) SETUP_EVENT;
    static const struct {
        const char *job, *state, *side, *by;
    } looks[] = {{NO_JOB, "completed", "destination", NULL},
                 {PREPARING, "setup", NULL, "somebody else"},
                 {COPYING_MEMORY, "active", "source", "somebody else"}};
    Watched guest;

    set_up(&guest, recording, NO_JOB);
    guest.libvirt.completed = ARRIVED;
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        g_autoptr(MigrationStatus) status = NULL;

        guest.libvirt.job = looks[i].job;
        status = look(&guest);
        g_assert_cmpstr(migration_status_text(status, FIELD_STATUS), ==, looks[i].state);
        g_assert_cmpstr(migration_status_text(status, FIELD_ROLE), ==, looks[i].side);
        g_assert_cmpstr(migration_status_text(status, FIELD_BEGUN_BY), ==, looks[i].by);
        g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, "managed");
    }
    tear_down(&guest);
}

/* QEMU alone has sent it: libvirt knows nothing of that. */
static void test_raw_arrival(void)
{
    g_autoptr(MigrationStatus) status = NULL;
    Watched guest;

    set_up(&guest, QUERY RETURN("\"status\":\"completed\""), NO_JOB);
    status = look(&guest);
    g_assert_cmpstr(migration_status_text(status, FIELD_ROLE), ==, "destination");
    g_assert_cmpstr(migration_status_text(status, FIELD_DRIVER), ==, NULL);
    tear_down(&guest);
}

static void test_kinds_of_statistics(void)
{
    g_autoptr(Json) none = json_parse(NO_JOB, NULL);
    g_autoptr(Json) out = json_parse(PREPARING, NULL);
    g_autoptr(Json) dump = json_parse(DUMPING, NULL);
    g_autoptr(Json) in = json_parse(ARRIVED, NULL);
    g_autoptr(Json) event = json_parse("{\"operation\":5,\"time_elapsed\":9}", NULL);

    g_assert_true(job_stats_go_out(out));
    g_assert_false(job_stats_go_out(none) || job_stats_go_out(dump) || job_stats_go_out(in));
    g_assert_false(job_stats_went_out(out) || job_stats_went_out(in) || job_stats_went_out(NULL));
    g_assert_true(job_stats_went_out(event));
    g_assert_true(job_stats_came_in(in));
    g_assert_false(job_stats_came_in(event) || job_stats_came_in(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observer/driver", test_driver);
    g_test_add_func("/observer/before-qemu-begins", test_before_qemu_begins);
    g_test_add_func("/observer/after-qemu-has-ended", test_after_qemu_has_ended);
    g_test_add_func("/observer/disks", test_disks);
    g_test_add_func("/observer/memory", test_memory);
    g_test_add_func("/observer/begun-by", test_begun_by);
    g_test_add_func("/observer/begun-before", test_begun_before);
    g_test_add_func("/observer/expected-until", test_expected_until);
    g_test_add_func("/observer/silent-libvirt", test_silent_libvirt);
    g_test_add_func("/observer/libvirt-that-was-never-heard", test_libvirt_that_was_never_heard);
    g_test_add_func("/observer/arrival", test_arrival);
    g_test_add_func("/observer/leaving-again", test_leaving_again);
    g_test_add_func("/observer/raw-arrival", test_raw_arrival);
    g_test_add_func("/observer/kinds-of-statistics", test_kinds_of_statistics);
    return g_test_run();
}
