# SPDX-License-Identifier: GPL-3.0-or-later
"""`lab lesson` at a terminal: a lesson screen by screen, and how it is left."""
import json
import pathlib
import shutil

import pytest

from conftest import HMPSH
from course import install
from lab_terminal import LabTerminal
from terminal import CTRL_C, CTRL_D, ENTER, BareTerminal

ROOT = pathlib.Path(__file__).parents[2]
RUNS = "Enter runs them; q, then Enter, ends the lesson"
RUNS_IT = "Enter runs it; q, then Enter, ends the lesson"
GOES_ON = "Enter goes on; q, then Enter, ends the lesson"
ENDS = "the lesson ends here"


@pytest.fixture(scope="module", name="program")
def fixture_program(tmp_path_factory):
    return install(tmp_path_factory.mktemp("course"))


@pytest.fixture(name="terminal")
def fixture_terminal(program):
    """A lab of its own, which takes less time than a reset."""
    with LabTerminal(columns=80, rows=24, program=program, no_colour="1") as terminal:
        yield terminal


@pytest.fixture(name="used")
def fixture_used(terminal):
    """Not the lab's first line."""
    terminal.run("cont")
    terminal.clear()
    return terminal


def wait_pause(terminal, invitation, seconds=30):
    """Waits until it stands behind the invitation."""
    terminal.wait(lambda: terminal.lines()[-1:] == [invitation], seconds, invitation)


def last_words(terminal, number):
    """Behind the reason stands that it ends, and how it begins again, in one piece."""
    lines = terminal.lines()
    return lines[-3].startswith(ENDS) and f"'lab lesson {number}' begins it again" in " ".join(
        line.strip() for line in lines[-3:-1])


def go_on(terminal):
    terminal.send(ENTER)


def begin(terminal, number):
    """Begins a lesson: the screen is empty but for it."""
    terminal.send(f"lab lesson {number}\r")


def test_a_lesson_screen_by_screen(program):
    """The first thing that is done in a lab: its pair of guests is fresh already."""
    with LabTerminal(columns=80, rows=40, program=program, no_colour="1") as terminal:
        assert "lab lesson 01" in terminal.text()
        terminal.run("lab lesson")
        terminal.clear()
        begin(terminal, 1)
        wait_pause(terminal, RUNS)
        text = ["(source) lab lesson 1",
                "│ Lesson 01: A quick one",
                "",
                "│ The guest runs. What it is asked, and what it says, comes next.",
                "│",
                "│ Like this:",
                "│",
                "│     info version",
                "│",
                "│     info status",
                "│     lab status"]
        assert terminal.lines() == text + [RUNS]
        terminal.read(0.3)
        assert terminal.lines() == text + [RUNS]  # nothing is run yet
        go_on(terminal)
        wait_pause(terminal, GOES_ON)
        lines = terminal.lines()
        assert lines[:len(text) + 3] == text + ["(source) info status", "VM status: running",
                                                "(source) lab status"]
        assert lines[-3].startswith("source       running")
        before = lines[:-1]
        go_on(terminal)
        wait_pause(terminal, RUNS)
        before += ["", "│ It was running. Now it stands still.", "│", "│     stop",
                   "│     info status"]
        assert terminal.lines() == before + [RUNS]
        go_on(terminal)
        wait_pause(terminal, GOES_ON)
        lines = terminal.lines()
        assert lines[:len(before) + 1] == before + ["(source) stop"]
        assert lines[-3:-1] == ["(source) info status", "VM status: paused"]
        assert "source: STOP" in lines[-4]  # an event, in its place
        go_on(terminal)
        terminal.wait_prompt()
        assert terminal.lines() == lines[:-1] + [
            "", "│ Try it yourself:", "│", "│     cont         the guest goes on",
            "│     info status  it says so", "(source)"]
        assert terminal.run("info status") == ["VM status: paused"]


def test_a_second_lesson(used):
    """It says that it begins afresh."""
    begin(used, 1)
    wait_pause(used, RUNS)
    lines = used.lines()
    assert "│ It begins with a fresh pair of guests:" in lines
    assert "(source) lab reset --disk 0" in used.sent.decode()
    assert "'source' runs, 'destination' waits for it" in lines
    used.send(CTRL_C)
    used.wait_prompt()


@pytest.mark.parametrize("key", ["q\r", "Q\r", "quit\r", CTRL_C, CTRL_D])
def test_leaving(terminal, key):
    """At either pause; the guests stay as they are, and the terminal is its usual self."""
    begin(terminal, 1)
    for invitation in (RUNS, GOES_ON, RUNS, GOES_ON):
        wait_pause(terminal, invitation)
        if invitation == GOES_ON and "VM status: paused" in terminal.text():
            break
        go_on(terminal)
    terminal.send(key)
    terminal.wait_prompt()
    assert f"{ENDS}, and the guests are as it left them; 'lab lesson 01'" in terminal.text()
    assert "Try it yourself" not in terminal.text()
    assert terminal.run("info status") == ["VM status: paused"]


def test_a_command_typed_at_a_pause(terminal):
    """It is not run, and takes no step; it is said what is asked for."""
    begin(terminal, 1)
    wait_pause(terminal, RUNS)
    told = "Enter goes on and q ends the lesson; commands are typed after it"
    for count, typed in enumerate(("info status\r", "quite\r"), 1):
        terminal.send(typed)
        terminal.wait(lambda count=count: terminal.lines().count(told) == count, what=told)
        wait_pause(terminal, RUNS)
    assert "VM status" not in terminal.text()
    terminal.send("  \r")
    wait_pause(terminal, GOES_ON)
    assert "VM status: running" in terminal.text()
    terminal.send(" Quit\r")
    terminal.wait_prompt()


def test_leaving_before_anything_ran(terminal):
    begin(terminal, 1)
    wait_pause(terminal, RUNS)
    terminal.send("q\r")
    terminal.wait_prompt()
    assert terminal.run("info status") == ["VM status: running"]


def test_ctrl_c_while_a_command_runs(terminal):
    begin(terminal, 4)
    wait_pause(terminal, RUNS_IT)
    go_on(terminal)
    terminal.wait_for("(source) sleep 60")
    terminal.send(CTRL_C)
    terminal.wait_prompt()
    assert "04-long.hmp:3: interrupted" in terminal.text() and last_words(terminal, "04")
    assert terminal.run("info status") == ["VM status: running"]


def test_a_command_that_fails(terminal):
    begin(terminal, 2)
    wait_pause(terminal, RUNS)
    go_on(terminal)
    terminal.wait_prompt()
    assert "02-fails.hmp:4: unknown command: 'nosuch'" in terminal.text()
    assert last_words(terminal, "02") and "This is never said" not in terminal.text()
    assert terminal.run("info status") == ["VM status: running"]


def test_what_was_typed_ahead_skips_no_pause(used):
    begin(used, 4)
    used.wait_for("fresh pair")
    used.send("\r\r\r")
    wait_pause(used, RUNS_IT)
    used.read(0.5)
    assert "(source) sleep" not in used.text()
    used.send("q\r")
    used.wait_prompt()


def test_what_is_longer_than_the_screen(program):
    """Text and results: nothing scrolls away unseen."""
    with LabTerminal(columns=80, rows=24, program=program, no_colour="1",
                     HMPSH_PAGER="sed 's/^/> /'") as terminal:
        begin(terminal, 6)
        terminal.wait_for(RUNS_IT)
        assert "> │ Paragraph 29." in terminal.text()  # it went through the pager
        go_on(terminal)
        wait_pause(terminal, GOES_ON)
        go_on(terminal)
        wait_pause(terminal, RUNS_IT)
        assert "│ And what it says." in terminal.lines()
        go_on(terminal)
        wait_pause(terminal, GOES_ON)
        assert sum(line.startswith("> ") for line in terminal.lines()) > 15


@pytest.mark.parametrize("term, no_colour", [("xterm", ""), ("xterm", "1"), ("dumb", "")])
def test_colour(program, term, no_colour):
    with LabTerminal(columns=80, rows=24, program=program, no_colour=no_colour,
                     term=term) as terminal:
        begin(terminal, 1)
        terminal.wait_for(RUNS)
        shown = terminal.sent.split(b"lab lesson 1", 2)[-1]
        coloured = term == "xterm" and not no_colour
        assert (b"\x1b[36m\xe2\x94\x82\x1b[0m The guest runs." in shown) == coloured
        assert (b"\x1b[1m" in shown) == coloured
        terminal.send("q\r")
        terminal.wait_prompt()


def test_json(program):
    """Objects alone, and nothing is waited for."""
    with LabTerminal(columns=2000, rows=40, program=program, no_colour="1",
                     options=["--json"]) as terminal:
        terminal.clear()
        begin(terminal, 1)
        terminal.wait_for('"command":"lab lesson 1"')
        terminal.wait_prompt()
        rows = [json.loads(line) for line in terminal.lines()[1:-1]]
        assert [row["command"] for row in rows if "event" not in row] == ["info status", "lab status", "stop",
                                                    "info status", "lab lesson 1"]


def test_recorded(tmp_path):
    """Without a lab: it is read step by step, then its migration is seen."""
    program = install(tmp_path)
    recordings = tmp_path / "share/hmpsh/labs/recordings"
    recordings.mkdir()
    shutil.copy(ROOT / "tests/recordings/converging.jsonl", recordings / "01-quick.jsonl")
    with BareTerminal(program, columns=100, rows=100, NO_COLOR="1", HMPSH_PAGER="") as terminal:
        terminal.run("lab lesson")
        terminal.clear()
        begin(terminal, "1 --recorded")
        wait_pause(terminal, GOES_ON)
        assert "│     lab status" in terminal.lines() and "VM status" not in terminal.text()
        go_on(terminal)
        terminal.wait_for("│     stop")
        wait_pause(terminal, GOES_ON)
        go_on(terminal)
        terminal.wait_for("as they were recorded:")
        terminal.wait_for("pass 1")  # the live line
        terminal.wait_for("Migration of source: completed after 3.4 s")
        wait_pause(terminal, GOES_ON)
        assert "(no guest) plot" in terminal.lines()
        assert "source: STOP (the guest stands still)" in terminal.text()
        go_on(terminal)
        terminal.wait_prompt(terminal.PROMPT)
        assert terminal.lines()[-5] == "│ Try it yourself:"
