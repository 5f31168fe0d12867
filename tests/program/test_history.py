# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines typed at the prompt: kept as they are run, for every shell, and never a secret."""
import json
import os
import pathlib
import signal
import stat

import pytest

from conftest import HMPSH
from terminal import CTRL_C, CTRL_R, PASTE, UP, BareTerminal

PROMPT = BareTerminal.PROMPT


@pytest.fixture(name="state")
def own_state(tmp_path):
    """The directory of this test's history."""
    return tmp_path / "state"


def shell_with(state, *args, **more):
    return BareTerminal(HMPSH, *args, XDG_STATE_HOME=str(state), **more)


def kept(state):
    return (state / "hmpsh/history").read_text().splitlines()


# --- the file ---

@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGHUP, "window"])
def test_nothing_is_lost(state, end):
    """A line is in the file before its result is there."""
    with shell_with(state) as shell:
        shell.run("!echo one")
        shell.send("!echo t''wo; sleep 60\r")
        shell.wait_for("two")
        assert kept(state) == ["!echo one", "!echo t''wo; sleep 60"]
        if end == "window":
            shell.close_window()
        else:
            os.kill(shell.pid, end)
            shell.wait_end()
    assert kept(state) == ["!echo one", "!echo t''wo; sleep 60"]
    file = state / "hmpsh/history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_two_shells_at_once(state):
    with shell_with(state) as one, shell_with(state) as other:
        for number in range(3):
            one.run(f"!echo one {number}")
            other.run(f"!echo other {number}")
        one.run("!echo other 1")
        assert one.leave() == other.leave() == 0
    expected = ["!echo one 0", "!echo other 0", "!echo one 1", "!echo one 2", "!echo other 2",
                "!echo other 1"]
    with shell_with(state) as shell:
        lines = [line.strip().split("  ", 1)[1] for line in shell.run("history")]
    assert lines == expected + ["history"]
    assert kept(state) == expected + ["history"]


def test_file_for_others_to_read(state):
    """What an older version, or an editor, left."""
    file = state / "hmpsh/history"
    file.parent.mkdir(parents=True)
    file.write_text("info a\ninfo b\ninfo a\nset_password vnc x")
    file.chmod(0o644)
    with shell_with(state) as shell:
        shell.send(UP)
        shell.wait_prompt(PROMPT, "info a")
        shell.send(UP)
        shell.wait_prompt(PROMPT, "info b")
        shell.send(UP)  # there is no other
        shell.wait_prompt(PROMPT, "info b")
    assert file.read_text() == "info b\ninfo a\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_file_that_cannot_be(state):
    """Told once, and the list is there all the same."""
    (state / "hmpsh/history").mkdir(parents=True)
    with shell_with(state) as shell:
        shell.run("!echo one")
        shell.run("!echo two")
        assert shell.sent.count(b"the history cannot be written") == 1
        assert [line.split()[1:] for line in shell.run("history 2")] == [["!echo", "two"],
                                                                        ["history", "2"]]
        assert shell.leave() == 0
    with shell_with("/dev/null") as shell:
        assert shell.run("!echo one") == ["one"]
        assert shell.sent.count(b"the history cannot be kept: '/dev/null/hmpsh'") == 1


def test_link_to_nowhere(state):
    """How some switch a history off: nothing is kept, and nothing replaced."""
    file = state / "hmpsh/history"
    file.parent.mkdir(parents=True)
    file.symlink_to("/dev/null")
    with shell_with(state) as shell:
        shell.run("!echo one")
        assert shell.leave() == 0
    assert file.is_symlink() and pathlib.Path("/dev/null").is_char_device()


# --- what is kept ---

def test_secrets_and_blanks(state):
    with shell_with(state) as shell:
        shell.run("!echo one")
        shell.run(" !echo blank")
        shell.run("set_password vnc letmein")
        shell.run("# a comment")
        shell.run("!echo one")
        shell.send(UP)
        shell.wait_prompt(PROMPT, "!echo one")
        shell.send(UP)
        shell.wait_prompt(PROMPT, "!echo one")
    assert kept(state) == ["!echo one"]


def test_older_equal_line_goes(state):
    with shell_with(state) as shell:
        for word in ("one", "two", "one"):
            shell.run(f"!echo {word}")
        shell.send(UP + UP)
        shell.wait_prompt(PROMPT, "!echo two")
        shell.send(UP)
        shell.wait_prompt(PROMPT, "!echo two")


def test_interrupted_paste_is_not_kept(state):
    """What was not run is no history."""
    with shell_with(state) as shell:
        shell.send(PASTE % b"sleep 30\r!echo never" + b"\r")
        shell.wait(lambda: (state / "hmpsh/history").exists())
        shell.interrupt(PROMPT)
    assert kept(state) == ["sleep 30"]


# --- the command ---

def test_history_command(state, hmpsh):
    with shell_with(state, columns=40) as shell:
        shell.run("!echo one")
        shell.run("!echo two")
        assert shell.run("history") == ["    1  !echo one", "    2  !echo two", "    3  history"]
        assert shell.run("history 2") == ["    3  history", "    4  history 2"]
        assert "not '0'" in shell.run("history 0")[0]
        assert "not 'x'" in shell.run("history x")[0]
        assert shell.run("history -c") == []
        assert shell.run("history") == ["    1  history"]
        assert kept(state) == ["history"]
    done = hmpsh("-c", "test:///default", "test", "history")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("hmpsh: a script has no history")


def test_history_as_json(state):
    with shell_with(state, "-j", columns=200) as shell:
        shell.run('!echo "a b"  \\  ')
        answer = json.loads(shell.run("history")[0])
    assert answer["return"] == ['!echo "a b"  \\  ', "history"]


def test_history_in_a_sourced_script(state, tmp_path):
    script = tmp_path / "script.hmp"
    script.write_text("history 1\n")
    with shell_with(state) as shell:
        assert shell.run(f"source {script}") == [f"    1  source {script}"]
    assert kept(state) == [f"source {script}"]


# --- readline's own ---

def test_search(state):
    with shell_with(state) as shell:
        shell.run("!echo one")
        shell.run("!echo two")
    with shell_with(state) as shell:
        shell.send(CTRL_R)
        shell.wait_for("reverse-i-search")
        shell.send("on")
        shell.wait_for("!echo one")
        shell.send("\r")
        shell.wait(lambda: "one" in shell.lines())
        shell.wait_prompt(PROMPT)
    assert kept(state) == ["!echo one", "!echo two", "!echo one"]


def test_inputrc(state, tmp_path):
    inputrc = tmp_path / "inputrc"
    inputrc.write_text('$if hmpsh\n"\\C-xd": "!echo ours"\n$endif\n'
                       '$if bash\n"\\C-xd": "!echo bash"\n$endif\n')
    with shell_with(state, INPUTRC=str(inputrc)) as shell:
        shell.send(b"\x18d")
        shell.wait_prompt(PROMPT, "!echo ours")
        shell.send(CTRL_C)
