/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt's format. */
#include "shell/prompt.h"

#include "tests/unit/replayed.h"

static void check(Session *session, const char *format, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    g_assert_true(prompt_set(session, format, &error));
    g_assert_no_error(error);
    text = prompt_text(session);
    g_assert_cmpstr(text, ==, expected);
}

static void refuse(Session *session, const char *format, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = prompt_text(session);
    g_autofree char *after = NULL;

    g_assert_false(prompt_set(session, format, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_nonnull(strstr(error->message, why));
    after = prompt_text(session);
    g_assert_cmpstr(before, ==, after);
}

static void test_prompt(void)
{
    const SessionSetup setup = {0};
    const OutputMode mode = {0};
    Session *session = replayed_session(&setup, &mode);
    g_autofree char *first = prompt_text(session);

    g_assert_cmpstr(first, ==, "(no guest) ");
    check(session, "%g %p %u", "no guest no peer " TEST_URI);
    session->current = replayed_guest(session, "web01", "");
    check(session, PROMPT_DEFAULT, "(web01) ");
    check(session, "100%% %g%s→%p [%u]> ", "100% web01→no peer [" TEST_URI "]> ");
    check(session, "", "");
    session->peer = replayed_guest(session, "web\02102", "");
    check(session, "%p", "web 02");
    monitor_set_cut(session->peer->monitor, "lost the connection");
    session_swap(session);
    check(session, "%g%s", "web 02: lost");
    session_swap(session);
    monitor_set_lost(session->current->monitor, "it was killed");
    check(session, "%g%s", "web01: gone");
    refuse(session, "%x", "has no '%x'");
    refuse(session, "%é", "has no '%é'");
    refuse(session, "(%g) %", "has no '%'");
    refuse(session, "a\tb", "control characters");
    refuse(session, "\xc2\x9b", "control characters");
    refuse(session, "\xff", "not UTF-8");
    session_free(session);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prompt", test_prompt);
    return g_test_run();
}
