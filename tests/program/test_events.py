# SPDX-License-Identifier: GPL-3.0-or-later
"""Events above the prompt: what they mean, which are shown, floods of them."""
import json
import re
import statistics
import subprocess
import time

import pytest

from conftest import HMPSH
from lab import Lab
from terminal import CTRL_D, Terminal

CLOCK = r"\d\d:\d\d:\d\d "
USUAL = "events of migration, run state, block jobs and devices are shown at the prompt"


@pytest.fixture(name="guest", scope="module")
def fixture_guest(session_daemon, lab_guest):
    return session_daemon.start_guest("web05", kernel=lab_guest)


@pytest.fixture(name="shell")
def fixture_shell(session_daemon, guest):
    """A shell at the guest; others may talk to it too."""
    with terminal(session_daemon, guest) as shell:
        yield shell


def terminal(daemon, guest, *options, columns=100):
    shell = Terminal(HMPSH, *options, "-c", daemon.uri, guest, columns=columns)
    shell.wait_prompt(f"({guest})")
    return shell


def send(daemon, guest, *lines):
    """Runs the lines from elsewhere."""
    subprocess.run([HMPSH, "-c", daemon.uri, guest], input="".join(f"{line}\n" for line in lines),
                   timeout=60, check=True, text=True, capture_output=True)


def events_in(lines):
    """NAME, data and meaning of each event in the lines of a screen, and how often it came."""
    found = re.findall(CLOCK + r"web05: ([A-Z_]+)( \w+=.*?)?(?: x (\d+))?(?: \((.*)\))?$",
                       "\n".join(lines), re.MULTILINE)
    return [(name, data.strip(), int(count or 1), meaning) for name, data, count, meaning in found]


def listing(shell):
    """Runs `events`: the names of those that it lists."""
    shell.clear()
    shell.send("events\r")
    shell.wait(lambda: shell.at_prompt("(web05)") and shell.screen.cursor.y > 0)
    return [name for name, *_ in events_in(shell.lines())]


def test_meaning_above_the_line(shell, session_daemon, guest):
    shell.send("info stat")
    shell.wait_prompt("(web05)", "info stat")
    send(session_daemon, guest, "stop")
    shell.wait_for("STOP (the guest stands still)")
    shell.wait_prompt("(web05)", "info stat")
    assert re.fullmatch(CLOCK + r"web05: STOP \(the guest stands still\)", shell.lines()[-2])
    assert re.search(rb"\x1b\[36m[0-9:]+ web05: STOP\x1b\[0m \(the guest", shell.sent)
    send(session_daemon, guest, "cont")
    shell.wait_for("RESUME (the guest runs)")
    shell.wait_prompt("(web05)", "info stat")
    shell.send("us\r")
    shell.wait_for("VM status: running")


@pytest.mark.parametrize("columns, line", [
    (70, r"RESET guest=false reason=host-qmp-system-reset\n {9}\(the reset button was pressed\)"),
    (40, r"RESET guest=false\n  reason=host-qmp-system-reset"),
    (200, r"RESET guest=false reason=host-qmp-system-reset \(the reset button was pressed\)")])
def test_widths(session_daemon, guest, columns, line):
    with terminal(session_daemon, guest, columns=columns) as shell:
        send(session_daemon, guest, "system_reset")
        shell.wait_for("system-reset")
        shell.wait_prompt("(web05)")
        assert re.search("^" + CLOCK + "web05: " + line + r"\n\(web05\)$", shell.text(),
                         re.MULTILINE), shell.text()


def test_which_are_shown(shell, session_daemon, guest):
    def come():
        """Whatever is shown of a STOP, a POWERDOWN and a RESUME."""
        shell.clear()
        send(session_daemon, guest, "stop", "system_powerdown", "cont")
        shell.read(0.5)
        shell.read(0.3)
        return [name for name, *_ in events_in(shell.lines())]

    assert shell.run("events", "(web05)") == [USUAL]
    assert come() == ["STOP", "POWERDOWN", "RESUME"]
    assert shell.run("events R", "(web05)") == ["events that match 'R' are shown at the prompt"]
    assert come() == ["POWERDOWN", "RESUME"]
    assert shell.run('set events "^power|^stop$"', "(web05)") == ["events is now ^power|^stop$"]
    assert come() == ["STOP", "POWERDOWN"]
    assert shell.run("events off", "(web05)") == ["no events are shown at the prompt"]
    assert come() == []
    assert shell.run('events "("', "(web05)")[0].startswith("the pattern '(' is wrong")
    shell.clear()
    shell.send("events\r")
    shell.wait_for("RESUME (the guest runs)")  # they are kept, shown or not
    shell.wait_prompt("(web05)")
    first, *listed = shell.lines()[1:-1]
    assert first == "no events are shown at the prompt"
    assert [name for name, *_ in events_in(listed)] == ["STOP", "POWERDOWN", "RESUME"] * 4
    assert shell.run("set events default", "(web05)") == ["events is now default"]
    assert come() == ["STOP", "POWERDOWN", "RESUME"]
    shell.send("events o\t\t")
    shell.wait_for("off  on")


def test_quiet(session_daemon, guest):
    with terminal(session_daemon, guest, "--quiet") as shell:
        shell.clear()
        begun = len(shell.sent)
        send(session_daemon, guest, "stop", "cont")
        listed = []
        while "RESUME" not in listed[-1:]:  # they are kept, shown or not
            listed += listing(shell)
        assert shell.sent[begun:].count(b"STOP") == listed.count("STOP") > 0
        shell.run("events RESUME", "(web05)")
        send(session_daemon, guest, "stop", "cont")
        shell.wait_for("RESUME (the guest runs)")
        assert "STOP" not in shell.text()


def flood(daemon, guest, rounds):
    """Another hmpsh stops and continues the guest in a loop."""
    lines = "stop\ncont\n" * rounds
    process = subprocess.Popen([HMPSH, "-c", daemon.uri, guest], stdin=subprocess.PIPE, text=True,
                               stdout=subprocess.DEVNULL)
    process.stdin.write(lines)
    process.stdin.close()
    return process


def test_flood_while_typing(shell, session_daemon, guest):
    """Typing goes on; what is told adds up."""
    rounds = 1500
    shell.clear()
    process = flood(session_daemon, guest, rounds)
    shell.wait_for("STOP")
    took, typed = [], ""
    while process.poll() is None:
        typed += "x"
        begun = time.monotonic()
        shell.send("x")
        shell.wait_prompt("(web05)", typed)
        took.append(time.monotonic() - begun)
        time.sleep(0.1)
        if len(typed) == 60:
            shell.send(b"\x15")
            shell.wait_prompt("(web05)")
            typed = ""
    assert process.wait() == 0

    def count_of(name):
        return sum(count for event, _, count, _ in events_in(shell.lines()) if event == name)
    shell.wait(lambda: count_of("STOP") + count_of("RESUME") == 2 * rounds, 15, "all events")
    assert count_of("STOP") == rounds and len(events_in(shell.lines())) < 40
    assert statistics.median(took) < 0.1 and max(took) < 3, took
    shell.wait_prompt("(web05)", typed)


def test_leaving_tells_the_rest(shell, session_daemon, guest):
    shell.clear()
    process = flood(session_daemon, guest, 100)
    assert process.wait() == 0
    shell.wait_for("RESUME")
    time.sleep(0.2)
    shell.send(CTRL_D)
    assert shell.wait_end()[0] == 0
    told = events_in(shell.lines())
    assert sum(count for *_, count, _ in told) == 200, told


def test_json_is_not_folded(session_daemon, guest):
    with terminal(session_daemon, guest, "--json") as shell:
        process = flood(session_daemon, guest, 30)
        assert process.wait() == 0
        shell.wait(lambda: shell.sent.count(b'"RESUME"') == 30, what="all events")
        objects = [json.loads(line) for line in re.findall(rb'\{"event".*\}', shell.sent)]
        assert [event["event"] for event in objects] == ["STOP", "RESUME"] * 30
        assert objects[0]["guest"] == "web05" and objects[0]["timestamp"] > 1e9


def test_failing_block_job():
    """A mirror to a disk where every write fails, and which goes on all the same."""
    with Lab(HMPSH, "--quiet") as lab:
        lab.get("lab reset --disk 16M")
        node, = (disk["inserted"]["node-name"] for disk in lab.get("qmp query-block")
                 if "inserted" in disk)
        for line in (
                "qmp blockdev-add driver=blkdebug node-name=bad "
                'image:={"driver":"null-co","size":16777216} '
                'inject-error:=[{"event":"none","errno":5}]',
                "wait event NEVER 0.001",
                f"qmp blockdev-mirror job-id=m device={node} target=bad sync=full "
                "on-target-error=ignore"):
            lab.ask(line)
        answer = lab.ask("wait event BLOCK_JOB_ERROR 5")
        assert answer["return"]["data"]["action"] == "ignore", answer
        lab.ask("qmp block-job-cancel device=m force=true")
        newest = lab.get("events")
        assert 0 < len(newest) <= 20 and {"event", "guest", "timestamp"} <= set(newest[-1])


def test_prompt_tells_what_is_not_shown(session_daemon, lab_guest):
    """A guest that is gone, and no event that says so."""
    session_daemon.start_guest("web07", kernel=lab_guest)
    with terminal(session_daemon, "web07") as shell:
        shell.run("events off", "(web07)")
        shell.send("half a li")
        session_daemon.virsh("destroy", "web07")
        shell.wait_prompt("(web07: gone)", "half a li")
        assert "libvirt:" not in shell.text()


def test_script(session_daemon, guest, hmpsh):
    """No event is shown, but 'events' has those since it was asked first."""
    done = hmpsh("-c", session_daemon.uri, guest,
                 stdin="events\nstop\ncont\nwait event RESUME 5\nevents\n")
    assert done.returncode == 0 and done.stderr == ""
    first, second, *events = done.stdout.splitlines()
    assert first == second == USUAL
    assert [(name, meaning) for name, _, _, meaning in events_in(events)] == [
        ("STOP", "the guest stands still"), ("RESUME", "the guest runs")]
    assert len(events) == 2
