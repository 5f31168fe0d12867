# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh on a guest of a libvirt daemon: finding it, scripts, exit statuses, losing it."""
import os
import re
import signal
import subprocess

import pytest

from conftest import HMPSH
from libvirtd import wait_until

UUID = "11111111-2222-4333-8444-555555555555"
RUNNING = "VM status: running\n"


@pytest.fixture(scope="module")
def guest(session_daemon, lab_guest):
    """The name of a running guest."""
    return session_daemon.start_guest("web01", uuid=UUID, kernel=lab_guest)


@pytest.fixture(name="shell")
def shell_on_guest(hmpsh, session_daemon, guest):
    """shell(ARG..., stdin=...): hmpsh on that guest; options go first."""
    def run(*args, options=(), **more):
        return hmpsh(*options, "-c", session_daemon.uri, guest, *args, **more)
    return run


@pytest.fixture
def script(session_daemon, lab_guest, request):
    """A script that runs on a guest of its own: a process with pipes, its first reply already read."""
    name = session_daemon.start_guest(re.sub(r"\W|_", "-", request.node.name), kernel=lab_guest)
    with subprocess.Popen([HMPSH, "-c", session_daemon.uri, name], text=True, bufsize=1,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.guest = name
        process.stdin.write("info status\n")
        assert process.stdout.readline() == RUNNING
        yield process
        process.kill()


def domid(daemon, name):
    return daemon.virsh("domid", name)


def is_one_line(text):
    return text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize("words", [["info", "status"], ["info status"]])
def test_one_command(shell, words):
    done = shell(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, RUNNING, "")


@pytest.mark.parametrize("find", [lambda daemon, name: name, lambda daemon, name: UUID, domid],
                         ids=["name", "uuid", "id"])
def test_ways_to_name_a_guest(hmpsh, session_daemon, guest, find):
    done = hmpsh("-c", session_daemon.uri, find(session_daemon, guest), "info", "status")
    assert (done.returncode, done.stdout, done.stderr) == (0, RUNNING, "")


def test_default_connection(session_daemon, guest):
    done = subprocess.run([HMPSH, guest, "info", "status"], capture_output=True, text=True,
                          check=False, timeout=60,
                          env={**os.environ, "LIBVIRT_DEFAULT_URI": session_daemon.uri})
    assert (done.returncode, done.stdout) == (0, RUNNING)


def test_no_such_guest(hmpsh, session_daemon):
    done = hmpsh("-c", session_daemon.uri, "nosuch", "info", "status")
    assert (done.returncode, done.stdout) == (3, "")
    assert "nosuch" in done.stderr and is_one_line(done.stderr)


def test_no_connection(hmpsh, tmp_path):
    done = hmpsh("-c", f"qemu+unix:///session?socket={tmp_path}/none", "web01", "info", "status")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{tmp_path}/none" in done.stderr


def test_wrong_option(hmpsh):
    done = hmpsh("--nosuch")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--nosuch" in done.stderr


def test_refused_command(shell):
    done = shell("migrate_set_capability", "nope", "on")
    assert (done.returncode, done.stdout) == (1, "")
    assert "invalid parameter value: nope" in done.stderr


def test_script(shell):
    done = shell(stdin="# how is it?\n\ninfo status\nstop\ninfo status\ncont\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == RUNNING + "VM status: paused\n"


def test_last_line_without_newline(shell):
    assert shell(stdin="info status").stdout == RUNNING


def test_script_stops_at_first_error(shell):
    done = shell(stdin="info status\nmigrate_set_capability nope on\ninfo status\n")
    assert (done.returncode, done.stdout) == (1, RUNNING)
    assert done.stderr.startswith("<stdin>:2: ")


def test_keep_going(shell):
    done = shell(options=["-k"], stdin="info status\nmigrate_set_capability nope on\ninfo status\n")
    assert (done.returncode, done.stdout) == (1, RUNNING * 2)
    assert done.stderr.startswith("<stdin>:2: ")


def test_script_file(shell, tmp_path):
    path = tmp_path / "script.hmp"
    path.write_text("info status\nnosuchcommand\n")
    done = shell(options=["-f", str(path)])
    assert (done.returncode, done.stdout) == (1, RUNNING)
    assert done.stderr.startswith(f"{path}:2: ")


@pytest.mark.parametrize("leave", ["quit", "q", "exit", ""])
def test_leaving_leaves_the_guest_running(shell, session_daemon, guest, leave):
    done = shell(stdin=f"info status\n{leave}\n")
    assert (done.returncode, done.stdout) == (0, RUNNING)
    assert session_daemon.virsh("domstate", guest) == "running"


def test_many_commands_in_order(shell):
    """Replies neither mix nor get lost in a script longer than a pipe's buffer."""
    pair = "info status\ninfo kvm\n" + "#" * 400 + "\n"
    done = shell(stdin=pair * 250)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (RUNNING + "kvm support: disabled\n") * 250


def test_closed_output(session_daemon, guest):
    """A reader that goes away (`hmpsh ... | head -1`) ends the script, not the guest."""
    with subprocess.Popen([HMPSH, "-c", session_daemon.uri, guest], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdout.close()
        try:
            process.stdin.write("info status\n" * 100)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.wait(30) != 0
    assert session_daemon.virsh("domstate", guest) == "running"


def test_interrupted_script(script, session_daemon):
    script.stdin.write("sleep 60\n")
    script.send_signal(signal.SIGINT)
    assert script.wait(10) == 130
    assert session_daemon.virsh("domstate", script.guest) == "running"


def test_guest_dies_under_script(script, session_daemon):
    pid = session_daemon.qemu_pid(script.guest)
    script.stdin.write("sleep 2\ninfo status\n")
    os.kill(pid, signal.SIGKILL)
    output, errors = script.communicate(timeout=30)
    assert (script.returncode, output) == (3, "")
    assert script.guest in errors


@pytest.mark.parametrize("line", ["hmp quit", "qmp quit"])
def test_quit_without_a_daemon(script, session_daemon, line):
    """Whether it came to QEMU is not known, and it did not: that is no success."""
    session_daemon.kill()
    try:
        output, errors = script.communicate(f"{line}\n", timeout=30)
    finally:
        session_daemon.start()
    assert (script.returncode, output) == (3, "")
    assert errors.startswith("<stdin>:2: ")
    wait_until(lambda: session_daemon.virsh("domstate", script.guest) == "running",
               what="the guest under the new daemon")


def test_daemon_dies_under_script(script, session_daemon):
    script.stdin.write("sleep 2\ninfo status\n")
    session_daemon.kill()
    try:
        output, errors = script.communicate(timeout=30)
    finally:
        session_daemon.start()
    assert (script.returncode, output) == (3, "")
    assert errors.startswith("<stdin>:") and len(errors.split()) > 3
    wait_until(lambda: session_daemon.virsh("domstate", script.guest) == "running",
               what="the guest under the new daemon")
