/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/ask.h"

#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "shell/layout.h"

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

/* Reads what is typed into @answer, of @size bytes; how many there are, 0 after Ctrl-D and -1 after
 * Ctrl-C. */
static ssize_t read_answer(Session *session, char *answer, size_t size)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t length;

    while (poll(&terminal, 1, POLL_MS) <= 0) {
        if (bell_check_interrupted(session->bell, NULL)) {
            return -1;
        }
    }
    length = read(STDIN_FILENO, answer, size); /* the terminal gives a whole line */
    return MAX(length, 0);
}

gboolean ask_yes(Session *session, const char *question)
{
    char answer[256];

    if (!session->setup.interactive) {
        return FALSE;
    }
    output_text(session->output, question);
    return is_yes(answer, read_answer(session, answer, sizeof(answer)));
}

typedef enum { GOES_ON, ENDS, SAYS_MORE } Answer;

/* Asks once. */
static Answer ask_once(Session *session, const char *invitation)
{
    Output *output = session->output;
    char answer[256];
    ssize_t length;

    tcflush(STDIN_FILENO, TCIFLUSH);
    if (output_can_live(output)) {
        output_live(output, invitation);
    } else {
        output_text(output, invitation);
    }
    length = read_answer(session, answer, sizeof(answer) - 1);
    answer[MAX(length, 0)] = '\0';
    if (length > 0 && answer[length - 1] == '\n') {
        output_live_entered(output);
    } else {
        output_live(output, NULL);
    }
    g_strstrip(answer);
    if (length <= 0 || g_ascii_strcasecmp(answer, "q") == 0 ||
        g_ascii_strcasecmp(answer, "quit") == 0) {
        return ENDS;
    }
    return *answer ? SAYS_MORE : GOES_ON;
}

gboolean ask_enter(Session *session, const char *invitation, const char *otherwise)
{
    Output *output = session->output;
    g_autofree char *cut = layout_cut(invitation, output_width(output) - 1);
    Answer answer;

    if (!session->setup.interactive) {
        return TRUE;
    }
    while ((answer = ask_once(session, cut)) == SAYS_MORE) {
        output_error(output, otherwise);
    }
    return answer == GOES_ON;
}
