/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests attached and lost, on libvirt's test driver: a real libvirt without a QEMU. */
#include "shell/session.h"

#include <string.h>

#include "shell/error.h"
#include "shell/reach.h"
#include "tests/unit/replayed.h"

static const char OTHER[] = "<domain type='test'><name>web02</name><memory>1024</memory>"
                            "<os><type>hvm</type></os></domain>";

static void session_set_up(Session **session, gconstpointer interactive)
{
    const SessionSetup setup = {.interactive = interactive != NULL};
    const OutputMode mode = {0};

    *session = replayed_session(&setup, &mode);
}

static void session_tear_down(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    session_free(*session);
}

static void check_attached(Session *session, const char *spec)
{
    g_autoptr(GError) error = NULL;

    g_test_message("%s", spec);
    g_assert_true(session_attach(session, spec, FALSE, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(session->current->name, ==, "test");
    g_assert_true(session_guest(session, NULL) == session->current);
    g_assert_true(session->current->session == session);
    g_assert_cmpstr(monitor_name(session->current->monitor), ==, "test");
}

static void check_not_attached(Session *session, const char *spec, int code)
{
    g_autoptr(GError) error = NULL;
    Guest *before = session->current;

    g_test_message("%s", spec);
    g_assert_false(session_attach(session, spec, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, code);
    g_test_message("%s", error->message);
    g_assert_true(session->current == before); /* what was there stays */
}

static void test_attach(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *uuid = NULL;
    g_autofree char *uuid_at_uri = NULL;

    check_not_attached(*session, "nobody", HMPSH_ERROR_NO_GUEST);
    check_attached(*session, "test");
    g_assert_cmpstr((*session)->current->uri, ==, TEST_URI);
    check_attached(*session, "1"); /* its id */
    uuid = g_strdup((*session)->current->uuid);
    check_attached(*session, uuid);
    check_attached(*session, "test@" TEST_URI);
    uuid_at_uri = g_strconcat(uuid, "@" TEST_URI, NULL);
    check_attached(*session, uuid_at_uri);
    check_not_attached(*session, "nobody@" TEST_URI, HMPSH_ERROR_NO_GUEST);
    check_not_attached(*session, "test@host", HMPSH_ERROR_NO_GUEST); /* a name with an "@" */
    check_not_attached(*session, "a@b@" TEST_URI, HMPSH_ERROR_NO_GUEST);
    check_not_attached(*session, "", HMPSH_ERROR_NO_GUEST);
    check_not_attached(*session, "test@test:///nowhere.xml", HMPSH_ERROR_LOST);
}

static void test_peer(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(session_peer(*session, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST);
    g_assert_true(session_attach(*session, "test", TRUE, NULL));
    g_assert_null((*session)->current);
    g_assert_nonnull(session_peer(*session, NULL));
    g_assert_null(session_guest(*session, NULL));
    session_detach(*session, TRUE);
    g_assert_null((*session)->peer);
    session_detach(*session, TRUE);
}

/* The one connection is shared and kept. */
static void test_connection(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    Connection *connection = reach_home(*session, TEST_URI, NULL);

    g_assert_nonnull(connection);
    g_assert_true(reach_home(*session, TEST_URI, NULL) == connection);
    check_attached(*session, "test");
    g_assert_true((*session)->current->home == connection);
}

static gboolean attach_only(Session *session, char **err, GError **error)
{
    Capture capture;
    g_autofree char *out = NULL;
    gboolean fine;

    capture_begin(&capture);
    fine = session_attach_only(session, error);
    capture_end(&capture, &out, err);
    g_assert_cmpstr(out, ==, "");
    return fine;
}

static void test_only(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    virConnectPtr handle = connection_handle(reach_home(*session, TEST_URI, NULL));
    virDomainPtr test = virDomainLookupByName(handle, "test");
    virDomainPtr other;
    g_autoptr(GError) error = NULL;
    g_autofree char *err = NULL;

    g_assert_true(attach_only(*session, &err, &error));
    g_assert_no_error(error);
    g_assert_cmpstr((*session)->current->name, ==, "test");
    g_assert_cmpstr(err, ==, "the only running guest is 'test'\n");

    other = virDomainCreateXML(handle, OTHER, 0);
    g_assert_nonnull(other);
    g_free(err);
    g_assert_false(attach_only(*session, &err, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST);
    g_assert_nonnull(strstr(error->message, "several guests run on " TEST_URI));
    g_assert_nonnull(strstr(error->message, "test"));
    g_assert_nonnull(strstr(error->message, "web02"));
    g_assert_cmpstr(err, ==, "");
    g_clear_error(&error);

    g_assert_cmpint(virDomainDestroy(other), ==, 0);
    g_assert_cmpint(virDomainDestroy(test), ==, 0);
    g_free(err);
    g_assert_false(attach_only(*session, &err, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST);
    g_assert_nonnull(strstr(error->message, "no guest runs on " TEST_URI));
    virDomainFree(other);
    virDomainFree(test);
}

/* A guest that is gone is looked for again: another QEMU, of which nothing is known. */
static void test_get_back(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Guest *guest = replayed_guest(*session, "test", "> stop\n");

    (*session)->current = guest;
    g_assert_true(session_guest(*session, NULL) == guest);
    g_datalist_set_data_full(&guest->notes, "seen", g_strdup("5"), g_free);
    g_assert_nonnull(g_datalist_get_data(&guest->notes, "seen"));
    monitor_set_lost(guest->monitor, "it was shut down");

    g_assert_true(session_guest(*session, &error) == guest);
    g_assert_no_error(error);
    g_assert_null(monitor_lost(guest->monitor));
    g_assert_null(g_datalist_get_data(&guest->notes, "seen"));
    g_assert_cmpstr(guest->uuid, !=, "01234567-89ab-cdef-0123-456789abcdef");
}

static void test_gone_for_good(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    Guest *guest = replayed_guest(*session, "web01", "> stop\n");

    (*session)->current = guest;
    monitor_set_lost(guest->monitor, "it was shut down");
    for (int i = 0; i < 2; i++) {
        g_assert_null(session_guest(*session, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
        g_assert_cmpstr(error->message, ==, "guest 'web01' is gone: it was shut down");
        g_clear_error(&error);
    }
    g_assert_true((*session)->current == guest); /* it is still the one that is meant */
}

/* No QEMU is behind the test driver: libvirt says so, and the guest is not taken for lost. */
static void test_no_qemu(Session **session, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    check_attached(*session, "test");
    g_assert_null(monitor_hmp((*session)->current->monitor, "info status", &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_true(g_str_has_prefix(error->message, "libvirt cannot ask guest 'test': "));
    g_assert_null(monitor_lost((*session)->current->monitor));
}

static void test_courtesy(Session **session, gconstpointer interactive)
{
    g_auto(Reply) reply;

    reply_init(&reply);
    session_courtesy(*session, &reply, "it is now %d", 5);
    g_assert_cmpstr(reply.text->str, ==, interactive ? "it is now 5\n" : "");
}

static void add(const char *path, gconstpointer data, void (*func)(Session **, gconstpointer))
{
    g_test_add(path, Session *, data, session_set_up, func, session_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/session/attach", NULL, test_attach);
    add("/session/peer", NULL, test_peer);
    add("/session/connection", NULL, test_connection);
    add("/session/only", NULL, test_only);
    add("/session/get-back", NULL, test_get_back);
    add("/session/gone-for-good", NULL, test_gone_for_good);
    add("/session/no-qemu", NULL, test_no_qemu);
    add("/session/courtesy/script", NULL, test_courtesy);
    add("/session/courtesy/terminal", "interactive", test_courtesy);
    return g_test_run();
}
