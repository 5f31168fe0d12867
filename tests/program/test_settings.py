# SPDX-License-Identifier: GPL-3.0-or-later
"""set and the file of settings, in a terminal and without one."""
import os
import re

import pytest

from conftest import HMPSH
from lab_terminal import LabTerminal
from terminal import CTRL_D, Terminal

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def has_row(lines, setting, value):
    """Whether `set` showed that."""
    return any(re.match(rf"{re.escape(setting)} +{re.escape(value)}  ", line) for line in lines)


@pytest.fixture(name="guest", scope="module")
def fixture_guest(session_daemon, lab_guest):
    return session_daemon.start_guest("web06", kernel=lab_guest)


@pytest.fixture(name="start")
def fixture_start(session_daemon, guest, tmp_path):
    """start(OPTION..., settings=TEXT, prompt=PROMPT): a shell whose user has these settings."""
    file = tmp_path / "hmpsh/settings"
    file.parent.mkdir()

    def start(*options, settings=None, prompt="(web06)", no_colour="", **more):
        if settings is not None:
            file.write_text(settings)
        environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "NO_COLOR": no_colour}
        shell = Terminal(HMPSH, *options, "-c", session_daemon.uri, guest, environment=environment,
                         **more)
        shell.wait_prompt(prompt)
        return shell
    return start


def test_prompt(start, session_daemon):
    with start(columns=200) as shell:
        shell.clear()
        shell.send('set prompt "%g%s %u 100%%> "\r')
        prompt = f"web06 {session_daemon.uri} 100%>"
        shell.wait_prompt(prompt)
        assert b"\x1b[1m" + prompt.encode() + b"\x1b[0m " in shell.sent
        assert shell.run("info kvm", prompt) == ["kvm support: disabled"]
        assert shell.run("set prompt %x", prompt)[0].startswith("a prompt has no '%x', but %g")
        shell.send("set prompt default\r")
        shell.wait_prompt("(web06)")


def test_colour(start):
    with start(no_colour="1") as shell:
        shell.run("set", "(web06)")
        assert not COLOUR.search(shell.sent)
        assert shell.run("set colour on", "(web06)") == ["colour is now on"]
        assert shell.sent.endswith(b"\x1b[1m(web06)\x1b[0m ")
        assert shell.run("set colour purple", "(web06)") == [
            "colour is auto, on or off, not 'purple'"]
        assert shell.run("set color off", "(web06)") == [
            "there is no setting 'color' (did you mean 'colour'?)"]
        shell.run("set colour off", "(web06)")
        before = len(shell.sent)
        shell.run("stop", "(web06)")
        shell.run("cont", "(web06)")
        shell.run("set colour default", "(web06)")
        assert not COLOUR.search(shell.sent[before:])


def test_status_and_list(start):
    with start() as shell:
        shell.run("set status classic", "(web06)")
        assert has_row(shell.run("set status", "(web06)"), "status", "classic")
        assert "Migration" not in " ".join(shell.run("set status pretty", "(web06)"))
        lines = shell.run("set", "(web06)")
        assert has_row(lines, "status", "pretty") and has_row(lines, "timeout", "0 (default)")
        assert has_row(lines, "prompt", '"(%g%s) " (default)')


def test_tab(start):
    with start() as shell:
        shell.send("set co\ta\t")
        shell.wait_prompt("(web06)", "set colour auto ")
        shell.send("\x15set status \t\t")
        shell.wait_for("auto     pretty   classic  default")
        shell.send("\x15set status classic\r")
        shell.wait_for("status is now classic")
        shell.wait_prompt("(web06)")
        shell.send("set status \t\t")
        shell.wait_for("classic  auto     pretty   default")  # the present one first
        shell.send("\x15set status default\r")
        shell.wait_for("status is now auto")


def test_timeout(start, session_daemon):
    with start() as shell:
        shell.run("set timeout 0.2", "(web06)")
        os.kill(session_daemon.qemu_pid("web06"), 19)
        try:
            shell.clear()
            shell.send("info kvm\r")
            assert shell.wait_prompt("(web06: pending)") < 2
        finally:
            os.kill(session_daemon.qemu_pid("web06"), 18)
        shell.wait_prompt("(web06)")


def test_timeout_in_a_script(hmpsh, session_daemon, guest):
    """A guest that is attached already is waited for with patience from then on."""
    os.kill(session_daemon.qemu_pid(guest), 19)
    try:
        done = hmpsh("-c", session_daemon.uri, guest, stdin="set timeout 0.2\ninfo kvm\n")
    finally:
        os.kill(session_daemon.qemu_pid(guest), 18)
    assert done.returncode == 1 and done.stderr.startswith("<stdin>:2: ")


def test_file(start):
    with start(settings='# mine\nset prompt "%g> "\n\nstatus classic\n', prompt="web06>") as shell:
        assert shell.text().splitlines() == ["web06>"]
        assert has_row(shell.run("set", "web06>"), "status", "classic")


def test_file_with_mistakes(start):
    """Each is told with its place; the rest is read; nothing but settings is run."""
    with start(settings="colour purple\nstop\nevents off\ninfo status\ncolor on\n") as shell:
        text = " ".join(line.strip() for line in shell.lines())  # they may wrap
        assert "settings:1: colour is auto, on or off, not 'purple'" in text
        assert "settings:2: a line is NAME VALUE, and this is 'stop'" in text
        assert "settings:4: there is no setting 'info'" in text
        assert "settings:5: there is no setting 'color' (did you mean 'colour'?)" in text
        assert "settings:3" not in text
        assert has_row(shell.run("set", "(web06)"), "events", "off")
        assert shell.run("info status", "(web06)") == ["VM status: running"]
        shell.send(CTRL_D)
        assert shell.wait_end()[0] == 0


def test_command_line_before_file(start):
    with start("--timeout=7", "--quiet", settings="timeout 3\nevents on\n") as shell:
        lines = shell.run("set", "(web06)")
        assert has_row(lines, "timeout", "7 (default)") and has_row(lines, "events", "off")


def test_scripts_do_not_read_it(session_daemon, guest, tmp_path, monkeypatch, hmpsh):
    (tmp_path / "hmpsh").mkdir()
    (tmp_path / "hmpsh/settings").write_text("status pretty\nnonsense\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for arguments, stdin in ((["set", "status"], ""), ([], "set status\n")):
        done = hmpsh("-c", session_daemon.uri, guest, *arguments, stdin=stdin)
        assert done.returncode == 0 and done.stderr == ""
        assert re.search(r"^status +auto  ", done.stdout, re.MULTILINE)


def test_faces_in_a_script(hmpsh, session_daemon, guest):
    """The pretty face has no colour there; --json has objects, whatever is set."""
    script = "set status pretty\ninfo migrate\nset status classic\ninfo migrate\n"
    done = hmpsh("-c", session_daemon.uri, guest, stdin=script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "No migration has been started on this guest.\n"  # classic: nothing
    done = hmpsh("--json", "-c", session_daemon.uri, guest, stdin=script)
    assert all('"return":{' in line for line in done.stdout.splitlines()[1::2])


def test_lab_has_the_settings_and_the_environment(tmp_path):
    """libvirt's own directories are the lab's; the user's stay the user's."""
    (tmp_path / "hmpsh").mkdir()
    (tmp_path / "hmpsh/settings").write_text("status classic\n")
    with LabTerminal(XDG_CONFIG_HOME=str(tmp_path)) as shell:
        assert has_row(shell.run("set status"), "status", "classic")
        assert shell.run("!echo $XDG_CONFIG_HOME") == [str(tmp_path)]
