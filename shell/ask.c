/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/ask.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MS = 50 };

static gboolean is_yes(const char *answer, ssize_t length)
{
    static const char *const words[] = {"y", "Y", "是"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t size = strlen(words[i]);

        if (length >= (ssize_t)size && memcmp(answer, words[i], size) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean ask_yes(Session *session, const char *question)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    char answer[256];
    ssize_t length;

    if (!session->setup.interactive) {
        return FALSE;
    }
    output_text(session->output, question);
    while (poll(&terminal, 1, POLL_MS) <= 0) {
        if (bell_check_interrupted(session->bell, NULL)) {
            return FALSE;
        }
    }
    length = read(STDIN_FILENO, answer, sizeof(answer)); /* the terminal gives a whole line */
    return is_yes(answer, length);
}
