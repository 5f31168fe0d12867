# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at migrations: assert, wait, watch, grep, and what the migrations of a session came to."""
import csv
import io
import json
import re
import signal
import subprocess

import pytest

from conftest import HMPSH
from lab import Lab
from lab_terminal import LabTerminal, make_migration_endless

ENDLESS = "lab dirty 200M 100M\nmigrate_set_speed 64m\nmigrate_set_downtime 0.05\nmigrate -d peer\n"
QUICK = "lab dirty 0\nmigrate_set_speed 1g\nmigrate_set_downtime 5\n"


@pytest.fixture(scope="module")
def lab():
    """A lab whose tests follow one another: a migration fails, is cancelled, goes on."""
    with Lab(HMPSH) as lab:
        yield lab


# --- three migrations ---

THREE = f"""\
info migrations
migrate tcp:127.0.0.1:1
{ENDLESS}
wait pass 2 20
migrate_cancel
{QUICK}
migrate -d peer
wait migration 30
info migrations
info migrations --csv
"""


def test_migrations_of_a_session(hmpsh):
    """A failed, a cancelled and a completed one, as a table and as CSV; and the wait after a new
    migrate -d is not taken in by the cancelled one."""
    done = hmpsh("-k", "--lab", stdin=THREE)
    assert done.returncode == 1  # the one that fails
    failure, *notes = done.stderr.splitlines()
    assert failure.startswith("<stdin>:2: ") and "refused" in failure
    assert notes == ["the lab starts a new destination"]
    none, heading, *rows = done.stdout.splitlines()
    assert none == "No migration has ended in this session so far."
    assert heading.split() == ["guest", "kind", "result", "real", "setup", "downtime", "blackout",
                               "total", "MiB/s", "transferred", "passes", "normal", "duplicate",
                               "migrate"]
    assert [row.split()[:3] for row in rows[:3]] == [
        ["source", "raw", "failed"], ["source", "raw", "cancelled"], ["source", "raw", "completed"]]
    failed, cancelled, completed = csv.DictReader(io.StringIO("\n".join(rows[3:])))
    assert "refused" in failed["error"] and failed["downtime-ms"] == failed["total-ms"] == ""
    assert cancelled["blackout-ms"] == ""
    assert int(cancelled["passes"]) >= 2 and int(cancelled["transferred-bytes"]) > 64 << 20
    assert completed["result"] == "completed" and completed["guest"] == "source"
    for name in ("real-ms", "setup-ms", "downtime-ms", "blackout-ms", "silence-ms", "total-ms"):
        assert 0 <= int(completed[name]) < 30_000, name
    # 10^6 bits per second by QEMU, over the time of the transfer alone
    average = int(completed["transferred-bytes"]) * 1000 / int(completed["total-ms"])
    assert average * 0.5 < int(completed["bytes-per-second"]) < average * 2


def test_migrations_as_json(lab):
    assert lab.get("info migrations") == []
    lab.fail("migrate tcp:127.0.0.1:1")
    failed, = lab.get("info migrations")
    assert (failed["guest"], failed["kind"], failed["result"]) == ("source", "raw", "failed")
    assert "blackout-ms" not in failed and "refused" in failed["error"]
    lab.get("info migrate")  # another look at the same end
    assert len(lab.get("info migrations")) == 1


# --- assert ---

@pytest.fixture(scope="module", name="guest")
def start_guest(session_daemon, lab_guest):
    """The arguments for a guest that has not been migrated."""
    return "-c", session_daemon.uri, session_daemon.start_guest("looked-at", kernel=lab_guest)


@pytest.mark.parametrize("words, status, message", [
    (("status", "==", "none"), 0, ""),
    (("status", "!=", "active"), 0, ""),
    (("status", "==", "completed"), 1, "hmpsh: status is 'none', not == completed\n"),
    (("downtime", "<", "300ms"), 1, "hmpsh: downtime has no value now\n"),
    (("downtme", "<", "300ms"), 1,
     "hmpsh: there is no figure 'downtme' (did you mean 'downtime'?)\n")])
def test_assert_decides_the_exit_status(guest, hmpsh, words, status, message):
    done = hmpsh(*guest, "assert", *words)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", message)


def test_assert_takes_three_words(guest, hmpsh):
    done = hmpsh(*guest, stdin="assert status ==\n")
    assert done.returncode == 1 and "<stdin>:1: assert: VALUE expected" in done.stderr
    done = hmpsh(*guest, stdin="assert status == none now\n")
    assert done.returncode == 1 and "extraneous characters" in done.stderr
    done = hmpsh(*guest, stdin='assert verdict != "will not converge"\n')
    assert done.returncode == 1 and "verdict has no value now" in done.stderr


# --- grep ---

def test_grep(guest, hmpsh):
    done = hmpsh(*guest, "grep", "-i", "RUNNING$", "info", "status")
    assert (done.returncode, done.stdout, done.stderr) == (0, "VM status: running\n", "")
    done = hmpsh(*guest, "grep", "RUNNING$", "info", "status")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "hmpsh: no line of 'info status' matches 'RUNNING$'\n"
    done = hmpsh(*guest, "grep", "-v", "running", "info", "status")
    assert (done.returncode, done.stdout) == (1, "")
    done = hmpsh(*guest, "grep", "(", "info", "status")
    assert done.returncode == 1 and "is wrong at byte 1" in done.stderr
    done = hmpsh(*guest, "grep", "x", "info", "nosuch")
    assert done.returncode == 1 and "nosuch" in done.stderr


def test_grep_of_commands_that_run_others(guest, hmpsh, tmp_path):
    script = tmp_path / "two.hmp"
    script.write_text("info status\ninfo name\n")
    done = hmpsh(*guest, stdin=f"grep looked source {script}\ngrep -v VM grep . source {script}\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "looked-at\nlooked-at\n", "")
    done = hmpsh("-j", *guest, stdin="grep -i vm info status\ngrep zzz info status\n")
    good, bad = map(json.loads, done.stdout.splitlines())
    assert good["return"] == "VM status: running\n" and "no line" in bad["error"]["desc"]


# --- wait pass, wait event ---

def test_wait_pass(lab):
    for line in ENDLESS.splitlines():
        lab.get(line)
    lab.get("wait pass 2 20")
    assert lab.get("assert pass >= 2")["pass"] >= 2
    assert lab.get("assert status ~ ^act") == {"status": "active"}
    lab.get("assert left <= 100M")
    lab.get("assert throughput < 70M")
    assert lab.fail("wait pass 1000 0.5")[0] == "Timeout"
    assert lab.fail("wait pass 0")[0] == lab.fail("wait pass two")[0] == "Syntax"
    assert "SECONDS" in lab.fail("wait pass 2 -1")[1]
    lab.get("migrate_cancel")
    passes = lab.get("info migrations")[-1]["passes"]
    kind, text = lab.fail("wait pass 1000")
    assert (kind, text) == ("GenericError", "the migration of 'source' ended as 'cancelled' after "
                            f"{passes} passes")
    lab.get("wait pass 2")  # it has been there


def test_wait_event_by_its_data(lab):
    """The events of the test before: an old pattern, on the name alone, and one on the data."""
    assert lab.get("wait event ^MIGRATION$ 1")["data"]["status"] == "setup"
    assert lab.get("wait event migration.*=cancelled 1")["data"] == {"status": "cancelled"}
    assert lab.fail("wait event migration.*=completed 0")[0] == "Timeout"
    assert lab.fail("wait event (")[0] == "Syntax"


# --- watch ---

def test_watch_in_a_script(hmpsh):
    """Progress to standard error, once a pass; the end of a migration ends it."""
    done = hmpsh("--lab", stdin="lab dirty 40M 100M\nmigrate_set_speed 64m\n"
                 "migrate_set_downtime 0.05\nmigrate -d peer\nwatch info migrate\ninfo status\n")
    assert (done.returncode, done.stdout) == (0, "VM status: paused (postmigrate)\n")
    *passes, last = done.stderr.splitlines()
    numbers = [int(re.search(r" pass (\d+)", line)[1]) for line in passes if "setup" not in line]
    assert numbers == sorted(set(numbers)) and len(numbers) >= 2
    assert last.startswith("completed ") and "\r" not in done.stderr


def test_watch_ends_with_what_fails(guest, hmpsh):
    done = hmpsh(*guest, stdin="watch -n 0.1 info nosuch\n")
    assert done.returncode == 1 and done.stderr.startswith("<stdin>:1: ")
    for line, message in (("watch -n", "SECONDS expected"), ("watch -n 0 info status", "0.1 or more"),
                          ("watch -n1 -n2 info status", "given twice"), ("watch", "COMMAND expected")):
        done = hmpsh(*guest, stdin=line + "\n")
        assert done.returncode == 1 and message in done.stderr


def test_watch_of_no_migration(guest, hmpsh):
    done = hmpsh(*guest, "watch info migrate")
    assert (done.returncode, done.stdout, done.stderr) == (0, "no migration\n", "")


def test_interrupted_watch_ends_the_script(guest):
    with subprocess.Popen([HMPSH, *guest], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as shell:
        shell.stdin.write("watch -n 0.1 info status\ninfo name\n")
        shell.stdin.close()
        lines = [shell.stdout.readline() for _ in range(5)]
        shell.send_signal(signal.SIGINT)
        assert shell.wait(10) == 130
        assert lines == ["VM status: running\n"] * 5 and "looked" not in shell.stdout.read()


# --- at a terminal ---

@pytest.fixture(scope="module", name="narrow")
def narrow_terminal():
    """40 columns, and a migration that does not end."""
    with LabTerminal(columns=40) as terminal:
        make_migration_endless(terminal)
        terminal.run("migrate -d peer")
        terminal.wait(lambda: "source: MIGRATION status=active" in terminal.text(),
                      what="the last event")
        yield terminal


@pytest.mark.parametrize("line", ["watch info migrate", "wait migration"])
def test_live_line_stays_one_line(narrow, line):
    narrow.clear()
    before = len(narrow.sent)
    narrow.send(line + "\r")
    narrow.wait(lambda: narrow.sent[before:].count(b"\r\x1b[K") >= 4, what="a live line")
    live, _ = narrow.wait(lambda: [text for text in narrow.lines()[1:]
                                   if " left" in text], what="a whole live line")
    at_prompt = narrow.lines()[-1].startswith("(source)")
    narrow.interrupt()
    assert len(live) == 1 and len(live[0]) < 40 and not at_prompt
    assert "%" in live[0] or "pass " in live[0]
    if line.startswith("watch"):
        assert "interrupted" not in narrow.text()
    standing, = [text for text in narrow.lines() if text.startswith("active")]
    assert re.fullmatch(r"active .*(\^C)?", standing)
    assert narrow.run("info status") == ["VM status: running"]


def test_watch_of_a_command_at_a_terminal(narrow):
    """On a screen of its own; the last look stays above the prompt."""
    narrow.clear()
    narrow.send("watch -n 0.2 info status\r")
    narrow.wait(lambda: re.fullmatch(r"Every 0.2s: info status +\d\d:\d\d:\d\d",
                                     narrow.screen.display[0].rstrip()), what="heading")
    narrow.wait(lambda: narrow.screen.display[2].rstrip() == "VM status: running")
    narrow.interrupt()
    assert narrow.sent.rsplit(b"\x1b[?1049l", 1)[1].startswith(b"VM status: running\r\n")
    assert "interrupted" not in narrow.text()


def test_grep_sees_no_colours(narrow):
    assert narrow.run("grep ^active info migrate")[0].startswith("active")


def test_end_is_told_at_a_terminal(narrow):
    narrow.send("migrate_set_downtime 5\r")
    narrow.wait_prompt()
    text = "".join(narrow.run("wait migration", seconds=40)).replace(" ", "")  # lines are broken
    assert re.search(r"completedin.*passes,.*downtime.*byQEMU,.*fromSTOPtoRESUME,.*ofsilence", text)
    assert narrow.run("assert status == completed") == ["status is 'completed'"]


# --- the blackout ---

def test_blackout_as_three_see_it():
    """STOP to RESUME by both QEMUs' clocks, QEMU's own downtime, and the guest's silence."""
    for attempt in range(3):
        with Lab(HMPSH) as lab:
            lab.get("lab dirty 50M 50M")
            lab.get("migrate_set_speed 200m")
            lab.get("migrate -d peer")
            lab.get("wait migration 30")
            lab.get("assert blackout < 5s")
            lab.get("assert silence < 5s")
            end, = lab.get("info migrations")
        print(end)
        assert end["silence-ms"] >= end["blackout-ms"] - 1
        if abs(end["blackout-ms"] - end["downtime-ms"]) <= 15:
            return
    pytest.fail(f"three times not: {end}")
