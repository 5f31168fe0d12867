# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in narrow and wide windows: no line is longer than the window and no word is broken that fits
into it; and what QEMU says has no control characters there. In a script nothing of this is done."""
import re

import pytest

from conftest import HMPSH
from lab import Place
from lab_terminal import LabTerminal
from terminal import Terminal

SEQUENCE = re.compile(rb"\x1b\[[?0-9;]*[a-zA-Z]|\x1b[=>()][B0]?")
OWN = ("help", "help info", "help wait", "help lab", "help migrate", "help info migrate",
       "help record", "set")


@pytest.fixture(scope="module", params=[40, 60, 80, 120, 200], name="window")
def window_of_some_width(request):
    with LabTerminal(columns=request.param, rows=300) as terminal:
        yield terminal


@pytest.fixture(scope="module", name="plain")
def output_in_a_script(hmpsh):
    """What a script gets: {line: text}."""
    done = hmpsh("--lab", "-e", stdin="".join(f"{line}\n" for line in OWN))
    assert (done.returncode, done.stderr) == (0, "")
    texts = re.split(r"^\(source\) (.*)\n", done.stdout, flags=re.MULTILINE)
    return dict(zip(texts[1::2], texts[2::2]))


def run(window, line, columns):
    """What the terminal was sent, line by line, before it wrapped anything itself."""
    before = len(window.sent)
    window.run(line)
    text = SEQUENCE.sub(b"", window.sent[before:]).decode()
    lines = [part.rsplit("\r", 1)[-1] for part in text.replace("\r\n", "\n").split("\n")][1:-1]
    long = [part for part in lines if len(part) > columns]
    assert lines and all(max(map(len, part.split())) > columns - 10 for part in long), long
    return lines


def letters(text):
    return "".join(text.split())


@pytest.mark.parametrize("line", OWN)
def test_own_texts(window, plain, line):
    """Nothing is lost, and a word is broken only where it is longer than the window."""
    columns = window.screen.columns
    lines = run(window, line, columns)
    words = {word for word in plain[line].split() if len(word) < columns // 2}
    assert words <= set(" ".join(lines).split())
    if line.startswith("help") and line.endswith("migrate"):  # QEMU's words, and at a terminal the row's
        assert letters("\n".join(lines)).startswith(letters(plain[line]))
    elif line != "set":  # which is a table
        assert letters("\n".join(lines)) == letters(plain[line])


def test_help_of_commands_that_begin_alike(plain):
    heads = [line.split(" -- ")[0].strip() for line in plain["help wait"].splitlines()
             if " -- " in line]
    assert heads == ["wait condition [seconds]", "wait pass number [seconds]",
                     "wait event pattern [seconds]"]
    heads = [line for line in plain["help lab"].splitlines() if " -- " in line]
    assert heads[0].startswith("lab  --") and len(heads) == plain["help"].count("\nlab ")
    assert "lab lesson [" in heads[-1]


def test_tables(window):
    for line, words in (("domains", ["source", "destination", "running", "current", "peer"]),
                        ("lab status", ["source", "inmigrate", "heartbeat"])):
        text = "\n".join(run(window, line, window.screen.columns))
        assert all(word in text for word in words)


def test_errors(window):
    columns = window.screen.columns
    long = run(window, "migrate -b file:/nonexistent", columns)
    assert " ".join(" ".join(long).split()) == (
        "Error: disks are copied to a QEMU that waits for the guest, not with 'file:/nonexistent'")
    lines = run(window, "sleep abc", columns)
    assert " ".join(" ".join(lines[:-1]).split()) == (
        "sleep: SECONDS is a time, not 'abc': seconds, e.g. 0.3 or 300ms")
    assert lines[-1] == 'Try "help sleep" for more information'


def test_greeting(window):
    text = SEQUENCE.sub(b"", window.sent.split(b"(source)")[0]).decode()
    lines = text.split("\r\n")
    assert not [line for line in lines if len(line) > window.screen.columns]
    assert "'quit' or Ctrl-D leaves nothing behind" in " ".join(text.split())


def test_plan_of_the_disks():
    """It goes to standard error, and is a table all the same."""
    with LabTerminal(columns=40) as window:
        window.run("lab reset --disk 4M --base")
        lines = run(window, "migrate -d -b peer", 200)
        end = next(n for n, line in enumerate(lines) if "MIGRATION" in line or "BLOCK" in line)
        plan = lines[:end]
        assert plan and max(map(len, plan)) <= 40
        assert plan[0].split() == ["disk", "ide0-0-0"] and "size    4 MiB" in plan
        assert re.search(r"from/tmp/.*/source\.qcow2to/tmp/.*/destination\.qcow2$",
                         letters("".join(plan)))


# --- control characters ---

@pytest.fixture(name="script")
def script_about_a_nasty_name(tmp_path):
    """A character device whose address has control characters."""
    script = tmp_path / "nasty.hmp"
    script.write_bytes(b"hmp chardev-add socket,id=nasty,path=a\x1b[31m\x07b,server=on,wait=off,"
                       b"abstract=on\ninfo chardev\nhmp info chardev\nnosuch\x1b[31m\n")
    return script


def test_control_characters_at_a_terminal(script):
    with Place() as place, Terminal(HMPSH, "--lab", "-f", str(script), columns=200,
                                    environment=place.environment) as terminal:
        assert terminal.wait_end()[0] == 1
        assert terminal.text().count(r"unix:a\x1b[31m\x07b,") == 2
        assert r"unknown command: 'nosuch\x1b[31m'" in terminal.text()
        assert b"\x1b" not in terminal.sent and b"\x07" not in terminal.sent


def test_control_characters_in_a_script(script, hmpsh):
    done = hmpsh("--lab", "-f", str(script))
    assert done.returncode == 1
    assert done.stdout.count("unix:a\x1b[31m\x07b,") == 2
    assert "unknown command: 'nosuch\x1b[31m'" in done.stderr
