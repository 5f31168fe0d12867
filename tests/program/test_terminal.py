# SPDX-License-Identifier: GPL-3.0-or-later
"""The interactive shell in a terminal: what is on the screen, and how fast the prompt is back."""
import os
import re
import signal
import time

import pytest

from conftest import HMPSH
from lab import Place
from lab_terminal import (STATUS, LabTerminal, make_migration_endless,
                          fixture_shared_terminal, fixture_shell)  # pylint: disable=unused-import
from terminal import CTRL_D, TAB, Terminal

INCOMING = "VM status: paused (inmigrate)"
GREETING = 6  # lines
EVENT = re.compile(r"\d\d:\d\d:\d\d (source|destination): [A-Z]\w+( \w+=.*| \(.*\))?| {9}\(.*\)")
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


@pytest.fixture
def own_terminal():
    """A shell whose guests the test may use up."""
    with LabTerminal() as terminal:
        yield terminal


# --- the beginning and the end ---

def test_greeting(shell):
    text = shell.sent.split(b"(source)")[0].decode()
    lines = text.replace("\x1b[1m", "").replace("\x1b[?2004h", "").splitlines()
    assert len([line for line in lines if line]) == GREETING
    assert lines[0].startswith("Two guests") and "'quit' or Ctrl-D" in lines[GREETING - 1]


def test_quiet_has_no_greeting():
    with Place() as place, Terminal(HMPSH, "--lab", "-q", environment=place.environment) as shell:
        shell.wait_prompt()
        assert shell.lines() == ["(source)"]
        shell.send(CTRL_D)
        assert shell.wait_end()[0] == 0


@pytest.mark.parametrize("leave", [CTRL_D, b"quit\r", b"exit\r", b"q\r", b" quit \r"])
def test_leaving_leaves_a_daemons_guest_running(session_daemon, lab_guest, leave):
    name = "web01"
    if name not in session_daemon.virsh("list", "--name"):
        session_daemon.start_guest(name, kernel=lab_guest)
    with Terminal(HMPSH, "-c", session_daemon.uri, name) as shell:
        shell.wait_prompt(f"({name})")
        assert shell.run("info status", f"({name})") == [STATUS]
        shell.send(leave)
        assert shell.wait_end()[0] == 0
    assert session_daemon.virsh("domstate", name) == "running"


def test_hangup_of_a_daemons_guest(session_daemon, lab_guest):
    name = session_daemon.start_guest("web02", kernel=lab_guest)
    with Terminal(HMPSH, "-c", session_daemon.uri, name) as shell:
        shell.wait_prompt(f"({name})")
        shell.close_window()
    assert session_daemon.virsh("domstate", name) == "running"


def test_no_such_guest_does_not_start(session_daemon):
    with Terminal(HMPSH, "-c", session_daemon.uri, "nosuch") as shell:
        assert shell.wait_end(30)[0] == 3
        assert "nosuch" in shell.text() and "(" not in shell.text()


# --- migrations ---

def test_migrate_shows_progress(own_terminal):
    before = len(own_terminal.sent)
    lines = own_terminal.run("migrate peer")
    sent = own_terminal.sent[before:]
    drawn = re.findall(rb"active  \[[#-]+\] +(\d+) %", sent)
    assert drawn and list(map(int, drawn)) == sorted(map(int, drawn))
    assert b"\r\x1b[K" in sent
    others = [line for line in lines if not EVENT.fullmatch(line)]  # the peer's end may be later
    assert others[0].startswith("completed in "), lines
    told = " ".join(others)  # as wide as the terminal
    assert re.search(r"downtime \d+ ms by QEMU, \d+ ms from STOP to RESUME, \d+ ms of silence", told)
    own_terminal.wait_for("source: MIGRATION status=completed")
    assert own_terminal.run("info status") == ["VM status: paused (postmigrate)"]
    assert own_terminal.run("peer info status") == [STATUS]
    assert own_terminal.run("info migrate")[0].startswith("completed")


def test_interrupt_leaves_the_migration_running(own_terminal):
    shell = own_terminal
    make_migration_endless(shell)
    took = []
    for attempt in range(3):
        shell.clear()
        shell.send("migrate peer\r" if attempt == 0 else "wait migration\r")
        shell.wait(lambda: b"?2004l" in shell.sent[-2000:] and not shell.at_prompt())
        if attempt == 0:
            shell.wait(lambda: re.search(r"^active .*pass [2-9]", shell.text(), re.MULTILINE))
        else:
            time.sleep(0.3)
        took.append(shell.interrupt())
        if attempt == 0:
            assert "goes on" in shell.text()
        assert shell.run("info migrate")[0].startswith("active ")
    assert min(took) < 0.3 and max(took) < 3, took
    assert shell.run("info status") == [STATUS]
    shell.run("migrate_set_downtime 5")
    shell.send("wait migration\r")
    shell.wait_for("source: MIGRATION status=completed", 60)
    shell.wait_prompt()
    assert shell.run("info migrate")[0].startswith("completed")


def test_events_appear_above_the_line(own_terminal):
    shell = own_terminal
    shell.run("migrate_set_speed 30m")
    shell.clear()
    shell.send("migrate -d peer\r")
    shell.wait_for("source: MIGRATION status=active")
    shell.wait_prompt()
    shell.send("info stat")
    shell.wait_prompt(typed="info stat")
    assert "status=completed" not in shell.text()
    shell.wait_for("destination: MIGRATION status=completed", 60)
    shell.wait_for("source: MIGRATION status=completed")
    shell.wait_prompt(typed="info stat")
    first, *above, line = shell.lines()
    assert (first, line) == ("(source) migrate -d peer", "(source) info stat")
    notes = [text for text in above if not EVENT.fullmatch(text)]
    assert len(notes) == 1 and notes[0].startswith("started; "), above
    shell.send("us\r")
    shell.wait_for("VM status: paused (postmigrate)")
    shell.wait_prompt()


# --- a QEMU that does not answer, or is gone ---

def test_stuck_guest(own_terminal):
    shell = own_terminal
    shell.stop_qemu("source")
    shell.clear()
    shell.send("info status\r")
    time.sleep(0.5)
    shell.read(0.3)
    assert not shell.at_prompt()
    took = [shell.interrupt("(source: pending)")]
    assert "interrupted: 'info status'" in shell.text()

    begun = time.monotonic()
    lines = shell.run("info kvm", "(source: pending)")
    took.append(time.monotonic() - begun)
    assert re.search(r"still works on 'info status', sent \d+ s ago", " ".join(lines))
    assert shell.run("peer info status", "(source: pending)") == [INCOMING]

    shell.clear()
    shell.send(b"migrate_set_parameter m" + TAB + b"y")
    took.append(shell.wait_prompt("(source: pending)", "migrate_set_parameter my"))
    assert min(took) < 0.3 and max(took) < 2, took
    shell.send(b"\x15info na")
    shell.wait_prompt("(source: pending)", "info na")
    shell.continue_qemu("source")
    shell.wait_prompt(typed="info na")  # no longer pending
    above = shell.lines()[-3:-1]
    assert re.fullmatch(r"source answers 'info status' after [0-9.]+ s:", above[0])
    assert above[1] == STATUS
    shell.send("me\r")
    shell.wait(lambda: shell.lines()[-2:] == ["source", "(source)"])
    assert shell.run("info status") == [STATUS]


def test_tab_does_not_wait_for_a_stuck_guest(own_terminal):
    shell = own_terminal
    shell.stop_qemu("source")
    shell.clear()
    shell.send(b"migrate_set_capability x" + TAB + b"y")  # has to ask QEMU
    assert shell.wait_prompt(typed="migrate_set_capability xy") < 2
    shell.continue_qemu("source")
    shell.interrupt()
    assert shell.run("info status") == [STATUS]
    shell.send(b"migrate_set_capability xb" + TAB)
    shell.wait_prompt(typed="migrate_set_capability xbzrle ")


@pytest.mark.parametrize("leave", [CTRL_D, b"quit\r"])
def test_leaving_while_stuck(own_terminal, leave):
    shell = own_terminal
    shell.stop_qemu("source")
    shell.stop_qemu("destination")
    shell.send("info status\r")
    shell.wait(lambda: not shell.at_prompt(typed="info status") and not shell.at_prompt())
    time.sleep(0.3)
    shell.interrupt("(source: pending)")
    shell.send(leave)
    status, took = shell.wait_end()
    assert status == 0 and took < 3
    shell.place.wait_until_empty()


def test_signal_while_a_command_is_stuck(own_terminal):
    shell = own_terminal
    shell.stop_qemu("source")
    shell.send("info status\r")
    time.sleep(0.3)
    os.kill(shell.pid, signal.SIGTERM)
    status, took = shell.wait_end()
    assert status == 143 and took < 3


def test_guest_that_is_gone(own_terminal):
    shell = own_terminal
    shell.clear()
    shell.send("half a li")
    shell.wait_prompt(typed="half a li")
    os.kill(shell.place.qemu_pid("source"), signal.SIGKILL)
    shell.wait_prompt("(source: gone)", "half a li")  # told above, and by the prompt
    assert re.search(r"^\S+ source: libvirt:stopped reason=.*\n +\(the guest's QEMU has ended\)$",
                     shell.text(), re.MULTILINE)
    shell.interrupt("(source: gone)")
    lines = shell.run("info status", "(source: gone)")
    assert "'source' is gone" in " ".join(lines)
    assert shell.run("peer info status", "(source: gone)") == [INCOMING]
    shell.send("lab reset\r")
    shell.wait_prompt()
    assert shell.run("info status")[-1] == STATUS
    shell.send(CTRL_D)
    assert shell.wait_end()[0] == 0


# --- other terminals ---

def test_narrow_window_without_colour():
    """40 x 12: the live line stays one line, and a long line of input wraps."""
    with LabTerminal(40, 12, no_colour="1") as shell:
        before = len(shell.sent)
        shell.run("migrate peer")
        sent = shell.sent[before:]
        live = re.findall(rb"(?:^|[\r\n]|\x1b\[K)((?:setup|active|device)[^\r\n\x1b]*)", sent)
        assert live and max(map(len, live)) < 40
        assert any(line.startswith(b"active") and b"%" in line for line in live)
        before = len(shell.sent)
        shell.send("info migrate\r")
        shell.wait_for("Downtime")
        shell.wait_prompt()
        figures = shell.sent[before:].decode().splitlines()
        assert max(map(len, figures[1:-1])) <= 40, figures
        shell.clear()
        shell.send("x" * 100)
        shell.wait(lambda: shell.text().replace("\n", "") == "(source) " + "x" * 100)
        shell.interrupt()
        assert shell.run("peer info status") == [STATUS]
        assert not COLOUR.search(shell.sent)


def test_dumb_terminal():
    """No control sequence at all: progress comes line by line."""
    with LabTerminal(term="dumb") as shell:
        shell.send("migrate peer\r")
        shell.wait_for("completed  in ")
        shell.wait_prompt()
        shell.send("info status\r")
        shell.wait_for("VM status: paused (postmigrate)")
        shell.send(CTRL_D)
        assert shell.wait_end()[0] == 0
        assert b"\x1b" not in shell.sent
        assert re.search(rb"\nactive .*\r\n", shell.sent)


def test_coloured_terminal(shell):
    assert COLOUR.search(shell.sent)


def test_options_that_fit_a_terminal(session_daemon, lab_guest, hmpsh):
    """A terminal on one side alone is no conversation: `hmpsh web03 | cat` runs a script."""
    name = session_daemon.start_guest("web03", kernel=lab_guest)
    done = hmpsh("-c", session_daemon.uri, name, stdin="info status\n")
    assert done.stdout == STATUS + "\n"
    command = f"{HMPSH} -c '{session_daemon.uri}' {name} | cat"
    with Terminal("/bin/sh", "-c", command) as shell:
        shell.send("info status\r")
        shell.wait_for(STATUS)
        shell.send(CTRL_D)
        assert shell.wait_end()[0] == 0
        assert b"\x1b" not in shell.sent and "(" not in shell.text()
