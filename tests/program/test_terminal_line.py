# SPDX-License-Identifier: GPL-3.0-or-later
"""The line at the prompt of the interactive shell: typed, edited, pasted, completed, remembered."""
import os
import pathlib
import signal
import stat

import pytest

from conftest import HMPSH
from lab import Place
from lab_terminal import (STATUS,
                          fixture_shared_terminal, fixture_shell)  # pylint: disable=unused-import
from terminal import CTRL_A, CTRL_D, ENTER, PASTE, TAB, UP, Terminal


# --- the line ---

def test_command(shell):
    assert shell.run("info status") == [STATUS]


def test_empty_lines_and_comments(shell):
    shell.send("\r  \r# nothing\rinfo status\r")
    shell.wait_for(STATUS)
    shell.wait_prompt()
    assert not [line for line in shell.lines() if "rror" in line or "unknown" in line]


def test_wrong_command_says_so(shell):
    lines = shell.run("nosuch")
    assert lines and "unknown command: 'nosuch'" in lines[0]
    assert shell.run("info status") == [STATUS]


@pytest.mark.parametrize("line, answer", [
    ("info name | grep x", "there are no pipes here ('grep PATTERN COMMAND' filters): name:"),
    ("domains > file", "there are no pipes here"),
    ("lab strat", "lab: 'strat' is none of dirty,"),
    ("set pager nosuch -x", "pager is on, off or a command, and there is no program 'nosuch'"),
])
def test_slips_of_other_shells(shell, line, answer):
    assert shell.run(line)[0].startswith(answer)


def test_interrupt_discards_the_line(shell):
    shell.send("stop")
    shell.wait_prompt(typed="stop")
    assert shell.interrupt() < 2
    assert shell.lines() == ["(source) stop^C", "(source)"]
    shell.send(ENTER)
    assert shell.run("info status") == [STATUS]


def test_ctrl_d_in_a_line_does_not_leave(shell):
    shell.send(b"info statusx" + b"\x02" + CTRL_D)
    shell.wait_prompt(typed="info status")
    shell.send(ENTER)
    shell.wait_for(STATUS)


def test_up_arrow_repeats(shell):
    assert shell.run("info status") == [STATUS]
    assert shell.run("info kvm") == ["kvm support: disabled"]
    shell.clear()
    shell.send(UP)
    shell.wait_prompt(typed="info kvm")
    shell.send(UP)
    shell.wait_prompt(typed="info status")
    shell.send(ENTER)
    shell.wait_for(STATUS)


def test_interrupt_leaves_the_history_alone(shell):
    assert shell.run("info status") == [STATUS]
    shell.send(UP)
    shell.wait_prompt(typed="info status")
    shell.interrupt()
    assert shell.run("info kvm") == ["kvm support: disabled"]
    shell.clear()
    shell.send(b"\x12")  # Ctrl-R searches backwards
    shell.wait_for("reverse-i-search")
    shell.send("us")
    shell.wait_for("info status")
    shell.interrupt()
    shell.send(UP + UP)
    shell.wait_prompt(typed="info status")


def test_long_line(shell):
    """Whole at QEMU and back: 2000 characters, many screen lines."""
    name = "".join(f"{number:05}" for number in range(400))
    shell.send(name)
    shell.wait(lambda: name in "".join(shell.screen.display), what="the whole line")
    shell.send(ENTER)
    shell.wait(lambda: f"unknown command: '{name}'" in "".join(shell.lines()).replace("\n", ""))
    shell.wait_prompt()


def test_utf8(shell):
    word = "häßlich→€"
    shell.send(word)
    shell.wait_prompt(typed=word)
    shell.send(b"\x7f")  # one character, not one byte
    shell.wait_prompt(typed=word[:-1])
    shell.send(ENTER)
    shell.wait_for(f"unknown command: '{word[:-1]}'")


def test_pasted_lines(shell):
    """A terminal marks what is pasted; Enter runs it, line by line."""
    shell.send(PASTE % b"info status\ninfo kvm\r")
    shell.wait_for("info kvm")
    assert STATUS not in shell.text()
    shell.send(ENTER)
    shell.wait_for("kvm support: disabled")
    shell.wait_prompt()
    lines = shell.lines()
    assert lines[-3:] == [STATUS, "kvm support: disabled", "(source)"]
    shell.send(UP)
    shell.wait_prompt(typed="info kvm")


def test_typed_ahead(shell):
    """Lines that come while a command runs, or are pasted into a terminal that marks nothing."""
    shell.send("sleep 0.5\rinfo status\rinfo kvm\r")
    shell.wait_for("kvm support: disabled")
    shell.wait_prompt()
    lines = [line for line in shell.lines() if "VM status" in line or "kvm support" in line]
    assert lines == [STATUS, "kvm support: disabled"]


def test_interrupted_paste_runs_no_further(shell):
    shell.send(PASTE % b"sleep 60\nstop\n" + ENTER)
    shell.wait(lambda: shell.sent.rstrip().endswith(b"\x1b[?2004l"), what="a running command")
    shell.interrupt()
    assert shell.run("info status") == [STATUS]


def test_resize_while_typing(shell):
    """The line goes on in the width that the window has now."""
    shell.send("info status")
    shell.wait_prompt(typed="info status")
    try:
        before = len(shell.sent)
        shell.resize(40, 50)
        shell.wait(lambda: len(shell.sent) > before, 10, "a line that was drawn anew")
        shell.wait_prompt(typed="info status")
        shell.send(" " + "x" * 60)
        shell.wait(lambda: shell.text().count("x") == 60, what="the whole line")
        shell.send(CTRL_A)
        shell.wait(lambda: (shell.screen.cursor.x, shell.lines()[shell.screen.cursor.y][:13])
                   == (len("(source) "), "(source) info"), what="the cursor at the beginning")
        shell.send(b"\x0b")
        shell.wait_prompt()
        shell.resize(100, 50)
        assert shell.run("info status") == [STATUS]
    finally:
        shell.resize(100, 50)


# --- Tab ---

def test_tab_completes_a_command(shell):
    shell.send(b"migrate_set_c" + TAB)
    shell.wait_prompt(typed="migrate_set_ca")  # _cache_size and _capability
    shell.send(b"p" + TAB)
    shell.wait_prompt(typed="migrate_set_capability ")


def test_tab_lists(shell):
    shell.send(b"info mig" + TAB)
    shell.wait_prompt(typed="info migrat")  # migrate and migrations
    shell.send(TAB + TAB)
    shell.wait_for("migrate_parameters")
    words = shell.text().split()
    assert {"migrate", "migrate_capabilities", "migrate_parameters", "migrations"} <= set(words)
    shell.wait_prompt(typed="info migrat")


def test_tab_completes_a_capability(shell):
    shell.send(b"migrate_set_capability xb" + TAB)
    shell.wait_prompt(typed="migrate_set_capability xbzrle ")
    shell.send(b"o" + TAB + b"n\r")
    shell.wait(lambda: shell.at_prompt() and shell.screen.cursor.y > 0)
    assert "xbzrle: on" in shell.run("hmp info migrate_capabilities")
    shell.run("migrate_set_capability xbzrle off")
    assert "xbzrle: off" in shell.run("hmp info migrate_capabilities")


def test_tab_with_nothing_to_add(shell):
    shell.send(b"nosuchthing" + TAB + TAB + b"!")
    shell.wait_prompt(typed="nosuchthing!")


# --- history ---

def test_history_is_kept_for_the_user_alone(tmp_path):
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    file = tmp_path / "state/hmpsh/history"
    for leave in (CTRL_D, signal.SIGTERM):
        with Place() as place:
            environment["TMPDIR"] = str(place.path)
            with Terminal(HMPSH, "--lab", environment=environment) as shell:
                shell.wait_prompt()
                if leave == signal.SIGTERM:
                    shell.send(UP)
                    shell.wait_prompt(typed="info status")
                    shell.interrupt()
                    shell.run("info kvm")
                else:
                    shell.run("info status")
                    shell.run("info status")
                if leave == CTRL_D:
                    shell.send(CTRL_D)
                else:
                    os.kill(shell.pid, leave)
                assert shell.wait_end()[0] == (0 if leave == CTRL_D else 128 + leave)
    assert file.read_text() == "info status\ninfo kvm\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_history_directory_that_cannot_be_made(session_daemon, lab_guest):
    name = session_daemon.start_guest("web04", kernel=lab_guest)
    nowhere = {**os.environ, "XDG_STATE_HOME": "/dev/null"}
    with Terminal(HMPSH, "-c", session_daemon.uri, name, environment=nowhere) as shell:
        shell.wait_prompt(f"({name})")
        assert shell.run("info status", f"({name})") == [STATUS]
        shell.send(CTRL_D)
        assert shell.wait_end()[0] == 0
    assert not pathlib.Path("/dev/null/hmpsh").exists()
