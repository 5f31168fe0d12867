# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen lent to others: a pager for what is long, !COMMAND, and watch on a screen of its own."""
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conftest import HMPSH
from lab_terminal import LabTerminal
from terminal import CTRL_C, CTRL_Z, EVENT, PASTE, BareTerminal, Terminal

PROMPT = BareTerminal.PROMPT
MARK = "sed s/^/paged:/"
NO_GUEST = ("-c", "test:///default", "test")
needs_less = pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
LESS_PROMPT = "q goes back, blank goes on"
LESS_END = "(END) q goes back"


def paged(lines):
    return any(line.startswith("paged:") for line in lines)


# --- when there is a pager ---

@pytest.mark.parametrize("columns, rows, line, expected", [
    (40, 10, "!seq 9", False), (40, 9, "!seq 9", True),  # the prompt wants a line, too
    (40, 3, "!printf %0100d 7", True), (200, 3, "!printf %0100d 7", False)])
def test_what_is_longer_than_the_screen(columns, rows, line, expected):
    """As it is wrapped there."""
    with BareTerminal(HMPSH, columns=columns, rows=rows, HMPSH_PAGER=MARK) as shell:
        shell.clear()
        before = len(shell.sent)
        shell.send(f"grep . {line}\r")
        shell.wait(lambda: re.search(rb"[79]\S*\r\n.*\(no guest\)\S* $", shell.sent[before:], re.S))
        assert (b"paged:" in shell.sent[before:]) == expected


def test_only_at_the_prompt(tmp_path):
    """Not what other commands are given; but what they make of it."""
    script = tmp_path / "script.hmp"
    script.write_text("help history\n")
    with BareTerminal(HMPSH, rows=6, HMPSH_PAGER=MARK) as shell:
        assert paged(shell.run("help"))
        assert not paged(shell.run(f"source {script}"))
        assert not paged(shell.run("grep -c . help"))
        assert paged(shell.run("grep . help"))
        assert not paged(shell.run("domains"))
        shell.send("watch -n 0.1 help\r")
        shell.wait_for("Every 0.1s: help")
        shell.interrupt(PROMPT)
        assert not paged(shell.lines())


@pytest.mark.parametrize("more", [{"HMPSH_PAGER": ""}, {"HMPSH_PAGER": "cat"},
                                  {"HMPSH_PAGER": MARK, "term": "dumb"}])
def test_no_pager(more):
    with BareTerminal(HMPSH, rows=6, PAGER=MARK, **more) as shell:
        shell.send("help history\r")
        shell.wait(lambda: b"secret in them" in shell.sent)
        shell.wait_prompt(PROMPT)
        assert b"paged:" not in shell.sent


def test_no_pager_in_a_script(hmpsh, monkeypatch):
    monkeypatch.setenv("HMPSH_PAGER", MARK)
    assert "paged:" not in hmpsh(stdin="help\n").stdout
    assert "paged:" not in hmpsh(*NO_GUEST, "help").stdout


def test_pager_that_is_not_there():
    with BareTerminal(HMPSH, HMPSH_PAGER="/no/such/pager", rows=12) as shell:
        assert shell.run("grep . !seq 12")[-10:] == [str(number) for number in range(3, 13)]
        assert b"/no/such/pager: not found" in shell.sent


# --- less ---

@needs_less
def test_own_less(monkeypatch):
    """Who sets LESS has its own prompt, and all of its commands."""
    monkeypatch.setenv("LESS", "RX")
    monkeypatch.delenv("LESSSECURE", raising=False)
    with BareTerminal(HMPSH, rows=12, HMPSH_PAGER="less") as shell:
        shell.send("help\r")
        shell.wait(lambda: shell.lines()[-1] == ":", what="less")
        shell.send("!echo ra''n\r")
        shell.wait_for("ran")
        shell.send("\rq")
        shell.wait_prompt(PROMPT)


@needs_less
@pytest.mark.parametrize("columns", [40, 100])
def test_less(monkeypatch, columns):
    """Ctrl-C is its own, and leaving it early is no error; the colours are there."""
    for name in ("HMPSH_PAGER", "PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)
    with BareTerminal(HMPSH, columns=columns, rows=12) as shell:
        shell.send("grep igrate help\r")
        shell.wait(lambda: shell.lines()[-1] == LESS_PROMPT, what="less")
        assert b"\x1b[1;31migrate\x1b[" in shell.sent
        begun = len(shell.sent)
        shell.send(CTRL_C)
        shell.wait(lambda: len(shell.sent) > begun and shell.lines()[-1] == LESS_PROMPT,
                   what="less again")
        shell.send("!")
        shell.wait_for("Command not available")
        shell.send("\r")
        shell.send(" ")
        shell.wait(lambda: shell.lines()[-1] in (LESS_PROMPT, LESS_END), what="less")
        shell.send("q")
        shell.wait_prompt(PROMPT)
        assert shell.run("!echo next") == ["next"]
        assert b"rror" not in shell.sent[begun:] and b"interrupted" not in shell.sent[begun:]


@needs_less
def test_events_wait_for_the_end_of_less(monkeypatch, tmp_path):
    """What comes meanwhile is shown afterwards."""
    recording = tmp_path / "migration.jsonl"
    monkeypatch.setenv("HMPSH_PAGER", "less")
    monkeypatch.delenv("LESS", raising=False)
    with LabTerminal(rows=20) as shell:
        shell.run(f"record {recording}", "(source)")
        shell.send(PASTE % b"migrate -d peer\rhelp" + b"\r")
        shell.wait(lambda: shell.lines()[-1] == LESS_PROMPT, what="less")
        begun = len(shell.sent)
        shell.wait(lambda: '"completed"' in recording.read_text(), what="end of the migration")
        shell.send("G")  # and what less writes for it comes behind whatever was written before
        shell.wait(lambda: shell.lines()[-1] == LESS_END, what="the end of help")
        assert not re.search(rb"MIGRATION|STOP", shell.sent[begun:])
        shell.send("q")
        shell.wait(lambda: b"MIGRATION status=completed" in shell.sent[begun:])
        shell.wait_prompt()


# --- the terminal afterwards ---

class Bash(Terminal):
    """A shell with job control, which tells what it and hmpsh left of the terminal."""

    def __init__(self, tmp_path, **more):
        self.path = tmp_path
        environment = {"LIBVIRT_DEFAULT_URI": "test:///default", "PS1": "$ ", **more}
        super().__init__("/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()),
                         "bash", "--norc")
        self.wait_prompt("$")

    def start(self):
        """hmpsh at its first prompt; its process id."""
        self.send(f"stty -g >{self.path}/before; {HMPSH} ; stty -g >{self.path}/after; e''nd\r")
        self.wait_prompt(PROMPT)
        return self.programs()[1]

    def programs(self):
        """The process ids of all that run in the terminal, bash first."""
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = file.read_text().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            if int(session) == self.pid and state != "Z":
                found.append(int(file.parent.name))
        return sorted(found)

    def is_as_before(self):
        """Once hmpsh has ended."""
        self.wait_for("end: command not found")
        return (self.path / "before").read_text() == (self.path / "after").read_text()


@needs_less
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("line, shown", [
    ("help", LESS_PROMPT), ("!seq 99 | less", ":"), ("!stty -echo -icanon; echo ru''ns; exec sleep 60", "runs")])
def test_ended_by_a_signal(tmp_path, number, line, shown):
    """The program that has the terminal ends too, and the modes are those from before."""
    with Bash(tmp_path, HMPSH_PAGER="less", LINES="10") as shell:
        pid = shell.start()
        shell.send(line + "\r")
        shell.wait(lambda: shell.lines()[-1] == shown, what=shown)
        os.kill(pid, number)
        assert shell.is_as_before()
        shell.wait(lambda: shell.programs() == [shell.pid], 5, "end of all that ran")


def test_watch_is_there_again(tmp_path):
    """After Ctrl-Z and fg, without waiting for the next look."""
    with Bash(tmp_path) as shell:
        shell.start()
        shell.send("watch -n 60 !echo lo''ok\r")
        shell.wait_for("\nlook")
        for _ in range(2):
            before = len(shell.sent)
            shell.send(CTRL_Z)
            shell.wait(lambda: re.search(rb"1049l.*Stopped.*\$ $", shell.sent[before:], re.S))
            shell.screen.reset()
            shell.send("fg\r")
            shell.wait_for("Every 60s: !echo lo''ok", 10)
            shell.wait_for("\nlook", 10)
        shell.interrupt(PROMPT)
        assert shell.sent.count(b"\x1b[?1049h") == shell.sent.count(b"\x1b[?1049l") == 3


@pytest.mark.parametrize("ignored", [True, False])
def test_stopping_is_ignored(ignored):
    """Where whoever started hmpsh ignores Ctrl-Z, it goes on ignoring it."""
    before = "trap '' TSTP; " if ignored else ""
    with Terminal("/usr/bin/env", "LIBVIRT_DEFAULT_URI=test:///default", "bash", "-c",
                  f"{before}exec {HMPSH}") as shell:
        shell.wait_prompt(PROMPT)
        status = Path(f"/proc/{shell.pid}/status").read_text()
        bits = {name: int(mask, 16) >> (signal.SIGTSTP - 1) & 1
                for name, mask in re.findall(r"Sig(Ign|Cgt):\s*(\w+)", status)}
        assert bits == {"Ign": ignored, "Cgt": not ignored}


# --- !COMMAND ---

def test_output_of_any_bytes(hmpsh):
    """Where it is read by hmpsh."""
    done = hmpsh("-j", *NO_GUEST, "!printf 'a\\000b'")
    assert json.loads(done.stdout)["return"] == r"a\x00b"
    assert hmpsh(*NO_GUEST, "grep b !printf 'a\\000b'").stdout == "a\\x00b\n"
    assert hmpsh(*NO_GUEST, "!printf 'a\\000b'").stdout == "a\0b"


def test_system_in_a_script(hmpsh, tmp_path):
    done = hmpsh("-k", *NO_GUEST, stdin="!cat; echo $0\n! echo two; echo three >&2\n"
                 "!exit 7\n!kill -9 $$\n!\n  !echo '  raw  \"x\" # {'\n")
    assert done.stdout == '/bin/sh\ntwo\n  raw  "x" # {\n'
    three, seven, killed, nothing, hint = done.stderr.splitlines()
    assert three == "three"
    assert seven == "<stdin>:3: 'exit 7' ended with status 7"
    assert killed == "<stdin>:4: 'kill -9 $$' was ended by signal 9 (Killed)"
    assert nothing.startswith("<stdin>:5: ") and "ls -l" in nothing and "help !" in hint
    script = tmp_path / "script.hmp"
    script.write_text("!cat\n!exit 1\n!echo never\n")
    done = hmpsh(*NO_GUEST[:2], "-f", str(script), stdin="for cat\n")
    assert (done.returncode, done.stdout) == (1, "for cat\n")


def test_system_as_json(hmpsh):
    script = "!printf 'a\\nb\\n'\ngrep b !printf 'a\\nb\\n'\n!echo a; exit 3\ngrep -c x !echo y\n"
    done = hmpsh("-jk", *NO_GUEST, stdin=script)
    text, found, failed, none = map(json.loads, done.stdout.splitlines())
    assert (text["return"], found["return"], none["return"]) == ("a\nb\n", "b\n", 0)
    assert failed["error"] == {"class": "GenericError", "desc": "'echo a; exit 3' ended with status 3"}


def test_read_only_refuses_it(hmpsh):
    done = hmpsh("-r", *NO_GUEST, "!echo no")
    assert (done.returncode, done.stdout) == (1, "")
    assert "refused by --read-only" in done.stderr


def test_interrupted_script(tmp_path):
    """SIGINT to hmpsh alone: the command does not outlive it."""
    left = tmp_path / "left"
    with subprocess.Popen([HMPSH, *NO_GUEST, f"!echo begun; sleep 1; touch {left}"],
                          stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout.readline() == "begun\n"
        shell.send_signal(signal.SIGINT)
        assert shell.wait(10) == 130
    time.sleep(1.2)
    assert not left.exists()


def test_system_at_a_terminal():
    """The terminal is the command's, and Ctrl-C too; the next line is as if nothing had been."""
    with BareTerminal(HMPSH, columns=80, SHELL="/bin/sh") as shell:
        assert shell.run("!echo $0; test -t 0 && test -t 1 && echo terminal") == ["/bin/sh",
                                                                                 "terminal"]
        shell.send("!echo ready; read line; echo got $line\r")
        shell.wait(lambda: "ready" in shell.lines(), what="its first line")
        shell.send("some words\r")
        shell.wait_for("got some words")
        shell.wait_prompt(PROMPT)
        shell.clear()
        shell.send("!echo begun; exec sleep 60\r")
        shell.wait(lambda: "begun" in shell.lines())
        shell.interrupt(PROMPT)
        assert shell.lines()[-3:-1] == [
            "^C", "'echo begun; exec sleep 60' was ended by signal 2 (Interrupt)"]
        assert shell.run("sleep 0.1") == []
        assert shell.run("!stty raw -echo; kill -9 $$")[-1].endswith("(Killed)")
        assert shell.run("!echo echoed") == ["echoed"]


def test_stop_and_foreground():
    """Ctrl-Z stops both, in the command and at the prompt; fg wakes them."""
    environment = {"LIBVIRT_DEFAULT_URI": "test:///default", "PS1": "$ "}
    with Terminal("/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()),
                  "bash", "--norc") as shell:
        shell.wait_prompt("$")
        shell.send(f"{HMPSH}\r")
        shell.wait_prompt(PROMPT)
        shell.send("!echo be''gun; sleep 60\r")
        shell.wait_for("begun")
        shell.send(CTRL_Z)
        shell.wait_for("Stopped")
        shell.wait_prompt("$")
        shell.send("fg\r")
        shell.wait(lambda: shell.lines()[-1].endswith("hmpsh"))
        shell.send(CTRL_C)
        shell.wait_prompt(PROMPT)
        assert "signal 2 (Interrupt)" in shell.text()
        shell.send("domai")
        shell.wait_prompt(PROMPT, "domai")
        shell.send(CTRL_Z)
        shell.wait(lambda: shell.text().count("Stopped") == 2)
        shell.wait_prompt("$")
        shell.send("fg\r")
        shell.wait_prompt(PROMPT, "domai")
        shell.send("ns\r")
        shell.wait_for("running")
        shell.wait_prompt(PROMPT)
        shell.send("watch -n 0.1 !date\r")
        shell.wait_for("Every 0.1s")
        before = len(shell.sent)
        shell.send(CTRL_Z)
        shell.wait(lambda: re.search(rb"1049l.*Stopped.*\$ $", shell.sent[before:], re.S))
        shell.send("fg\r")
        shell.wait(lambda: re.search(rb"Stopped.*1049h.*Every", shell.sent[before:], re.S))
        shell.interrupt(PROMPT)


def test_events_wait_for_the_end_of_a_command():
    with LabTerminal() as shell:
        shell.send(PASTE % b"migrate -d peer\r!sleep 2; echo sl''ept" + b"\r")
        shell.wait(lambda: b"status=completed" in shell.sent)
        shell.wait_prompt()
        lines = shell.lines()
        slept = lines.index("slept")
        completed = [at for at, line in enumerate(lines) if "MIGRATION status=completed" in line]
        assert completed and min(completed) > slept
        assert [line for line in lines[slept:] if EVENT.match(line)]


# --- watch ---

def test_watch_on_its_own_screen():
    with BareTerminal(HMPSH, columns=40, rows=8, HMPSH_PAGER=MARK) as shell:
        shell.send("watch -n 0.2 !seq 100; date +%N\r")
        heading = re.compile(r"Every 0\.2s: !seq 100; date \+%N +\d\d:\d\d:\d\d$")
        shell.wait(lambda: heading.match(shell.screen.display[0].rstrip()), what="heading")
        shell.wait(lambda: [line.rstrip() for line in shell.screen.display[1:]] == ["", *"123456"])
        shell.resize(60, 5)
        shell.wait(lambda: len(shell.screen.display[0].rstrip()) == 60, what="wider heading")
        shell.wait(lambda: [line.rstrip() for line in shell.screen.display[1:]] == ["", *"123"])
        shell.interrupt(PROMPT)
        assert shell.sent.count(b"\x1b[?1049h") == shell.sent.count(b"\x1b[?1049l") == 1
        last = shell.sent.split(b"\x1b[?1049l")[1].decode().split()
        assert last[:100] == [str(number) for number in range(1, 101)] and last[100].isdigit()
        assert "interrupted" not in shell.text() and "paged" not in shell.text()
        assert shell.run("!echo next") == ["next"]


def test_watch_that_fails():
    with BareTerminal(HMPSH) as shell:
        lines = shell.run("watch -n 0.1 !echo out; echo why >&2; exit 2")
        assert lines[-3:] == ["out", "why", "'echo out; echo why >&2; exit 2' ended with status 2"]


# --- grep ---

def test_grep_shows_the_matches():
    with BareTerminal(HMPSH) as shell:
        before = len(shell.sent)
        assert shell.run("grep [ac]|x* !echo abc") == ["abc"]
        assert b"\x1b[1;31ma\x1b[0mb\x1b[1;31mc\x1b[0m\r\n" in shell.sent[before:]
        before = len(shell.sent)
        assert shell.run("grep -v x !echo abc") == ["abc"]
        assert b"\x1b[1;31m" not in shell.sent[before:]
        assert shell.run("grep -c b grep . !echo abc; echo d") == ["1"]
    with BareTerminal(HMPSH, NO_COLOR="1") as shell:
        assert shell.run("grep b !echo abc") == ["abc"]
        assert b"\x1b[1;31m" not in shell.sent


def test_grep_counts(hmpsh):
    done = hmpsh(*NO_GUEST, stdin="grep -c a !printf 'a\\nb\\na\\n'\ngrep -cv a !printf 'a\\nb\\n'\n"
                 "grep -c z !echo a\ngrep z !echo a\n")
    assert (done.returncode, done.stdout) == (1, "2\n1\n0\n")
    assert done.stderr == "<stdin>:4: no line of '!echo a' matches 'z'\n"
