/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/prompt.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/layout.h"

static gboolean check(const char *format, GError **error)
{
    if (!g_utf8_validate(format, -1, NULL)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("the prompt is not UTF-8"));
        return FALSE;
    }
    for (const char *at = format; *at; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at))) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                                _("a prompt has no control characters"));
            return FALSE;
        }
        if (*at != '%') {
            continue;
        }
        at++;
        if (!*at || !strchr("gspu%", *at)) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                        _("a prompt has no '%%%.*s', but %%g (guest), %%s (its state), %%p (peer), "
                          "%%u (URI) and %%%%"),
                        *at ? (int)(g_utf8_next_char(at) - at) : 0, at);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean prompt_set(Session *session, const char *format, GError **error)
{
    if (!check(format, error)) {
        return FALSE;
    }
    g_free(session->prompt);
    session->prompt = g_strdup(format);
    return TRUE;
}

static const char *state_of(const Guest *guest)
{
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;
    double seconds;
    g_autofree char *pending = guest && !lost ? monitor_pending(guest->monitor, &seconds) : NULL;

    return lost && monitor_has_moved(guest->monitor) ? _(": moved")
           : lost && monitor_is_cut(guest->monitor)  ? _(": lost")
           : lost                                    ? _(": gone")
           : pending                                 ? _(": pending")
                                                     : "";
}

/* What @letter stands for. Borrowed. */
static const char *value_of(const Session *session, char letter)
{
    const Guest *guest = session->current;

    switch (letter) {
    case 'g':
        return guest ? guest->name : _("no guest");
    case 's':
        return state_of(guest);
    case 'p':
        return session->peer ? session->peer->name : _("no peer");
    case 'u':
        return guest ? connection_uri(guest->home) : session->setup.uri ? session->setup.uri : "";
    default:
        return "%";
    }
}

char *prompt_text(Session *session)
{
    GString *text = g_string_new(NULL);

    for (const char *at = session->prompt ? session->prompt : PROMPT_DEFAULT; *at; at++) {
        if (*at == '%') {
            g_autofree char *value = layout_clean(value_of(session, *++at));

            g_string_append(text, value);
        } else {
            g_string_append_c(text, *at);
        }
    }
    return g_string_free(text, FALSE);
}
