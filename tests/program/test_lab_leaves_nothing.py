# SPDX-License-Identifier: GPL-3.0-or-later
"""However a lab is left: no QEMU, no guard and no private directory stays behind."""
import os
import signal
import subprocess
import time

import pytest

from conftest import HMPSH
from lab import Place
from libvirtd import wait_until
from terminal import CTRL_D, Terminal

RUNNING = "VM status: running\n"


@pytest.fixture(name="place")
def empty_place():
    with Place() as place:
        yield place


def start(place, *options):
    """A lab that has started both guests and answered one command, and waits for more."""
    process = subprocess.Popen([HMPSH, "--lab", *options], env=place.environment, text=True,
                               bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdin.write("info status\n")
    assert process.stdout.readline() == RUNNING
    assert len(place.qemus()) == 2 and os.listdir(place.path)
    assert process.pid in place.processes() and len(place.processes()) > 3  # and its guard
    return process


def finish(process, seconds=10):
    """Closes the script, waits for the end: (exit status, output, errors, how long it took)."""
    begun = time.monotonic()
    output, errors = process.communicate(timeout=seconds)
    return process.returncode, output, errors, time.monotonic() - begun


@pytest.mark.parametrize("script, status", [
    ("info status\n", 0), ("info status\nquit\n", 0), ("info status\nquit\ninfo status\n", 0),
    ("info status\nnosuch\ninfo status\n", 1), ("info status\nlab stop\n", 0),
    ("info status\nmigrate_set_speed 1m\nmigrate -d peer\nwait active 20\n", 0),
])
def test_end_of_a_script(hmpsh, place, monkeypatch, script, status):
    monkeypatch.setenv("TMPDIR", str(place.path))
    done = hmpsh("--lab", stdin=script)
    assert (done.returncode, done.stdout) == (status, RUNNING)
    assert place.qemus() == []  # these are gone before hmpsh is
    place.wait_until_empty()


def test_end_of_one_command(hmpsh, place, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(place.path))
    done = hmpsh("--lab", "info", "status")
    assert (done.returncode, done.stdout, done.stderr) == (0, RUNNING, "")
    place.wait_until_empty()


def test_closed_output(place):
    """A reader that goes away (`hmpsh ... | head -1`) ends the script."""
    process = start(place)
    process.stdout.close()
    process.stdin.write("info status\n" * 50 + "sleep 60\n")
    process.stdin.close()
    assert process.wait(20) != 0
    process.stderr.close()
    place.wait_until_empty()


def test_output_that_cannot_be_written(place):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([HMPSH, "--lab"], input="info status\nsleep 60\n", text=True,
                              stdout=full, stderr=subprocess.PIPE, env=place.environment,
                              timeout=30, check=False)
    assert done.returncode == 1 and "No space left" in done.stderr
    place.wait_until_empty()


@pytest.mark.parametrize("number, busy", [
    (signal.SIGTERM, ""), (signal.SIGHUP, ""), (signal.SIGINT, ""), (signal.SIGKILL, ""),
    (signal.SIGINT, "sleep 60"), (signal.SIGHUP, "wait event NOSUCH"),
    (signal.SIGTERM, "migrate peer"), (signal.SIGINT, "migrate peer"),
    (signal.SIGKILL, "migrate peer"),
])
def test_signal(place, number, busy):
    process = start(place)
    if busy == "migrate peer":  # one that takes minutes
        process.stdin.write("migrate_set_speed 1m\n")
    process.stdin.write(f"{busy}\ninfo status\n" if busy else "")
    if busy == "migrate peer":
        assert process.stderr.readline().startswith("active")
    elif busy:
        time.sleep(0.2)
    process.send_signal(number)
    begun = time.monotonic()
    assert process.wait(20) == (-number if number == signal.SIGKILL else 128 + number)
    assert time.monotonic() - begun < 5
    place.wait_until_empty()
    assert process.stdout.read() == ""
    process.communicate()


@pytest.mark.parametrize("number, delay", [
    *((signal.SIGKILL, delay) for delay in (0, 0.03, 0.08, 0.15, 0.25, 0.4)),
    (signal.SIGTERM, 0), (signal.SIGTERM, 0.2), (signal.SIGINT, 0.1),
])
def test_signal_during_the_start(place, number, delay):
    """Nothing is left, whatever it was about to do: QEMUs that libvirt was starting included. A
    signal that comes before the shell looks after it ends it as it ends any program."""
    with subprocess.Popen([HMPSH, "--lab"], env=place.environment, stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: os.listdir(place.path) or process.poll() is not None)
        time.sleep(delay)
        process.send_signal(number)
        assert process.wait(20) in (-number, 128 + number)
    place.wait_until_empty()
    time.sleep(0.3)
    place.wait_until_empty(0)


def test_two_signals(place):
    """Impatience does no harm."""
    process = start(place)
    process.stdin.write("sleep 60\n")
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert finish(process)[:2] == (130, "")
    place.wait_until_empty()


def test_group_of_a_terminal(place):
    """Ctrl-C in `hmpsh --lab < script` reaches every process of the group, its guard as well."""
    process = subprocess.Popen([HMPSH, "--lab"], env=place.environment, text=True, bufsize=1,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    process.stdin.write("info status\nsleep 60\n")
    assert process.stdout.readline() == RUNNING
    os.killpg(process.pid, signal.SIGINT)
    assert finish(process)[:2] == (130, "")
    place.wait_until_empty()


@pytest.mark.parametrize("line", ["", "quit\n", "info kvm\nquit\n"])
def test_stuck_qemu_does_not_delay_leaving(place, line):
    process = start(place, "-t", "0.5")
    os.kill(place.qemu_pid("source"), signal.SIGSTOP)
    process.stdin.write(line)
    status, output, _, took = finish(process)
    assert (status, output) == (1 if "info" in line else 0, "")
    assert took < 3
    place.wait_until_empty()


def test_both_stuck_and_a_signal(place):
    process = start(place)
    for name in ("source", "destination"):
        os.kill(place.qemu_pid(name), signal.SIGSTOP)
    process.stdin.write("info status\n")  # hangs, without --timeout
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    status, output, _, took = finish(process)
    assert (status, output) == (143, "")
    assert took < 3
    place.wait_until_empty()


def test_guests_killed(place):
    process = start(place)
    process.stdin.write("wait event NOSUCH 60\n")
    time.sleep(0.2)
    for pid in place.qemus():
        os.kill(pid, signal.SIGKILL)
    status, output, errors, _ = finish(process, 30)
    assert (status, output) == (3, "") and "'source' is gone" in errors
    place.wait_until_empty()


def test_terminal_left_with_ctrl_d(place):
    with Terminal(HMPSH, "--lab", environment=place.environment) as terminal:
        terminal.wait_prompt()
        terminal.send(CTRL_D)
        assert terminal.wait_end()[0] == 0
    place.wait_until_empty()


def test_terminal_closed(place):
    """The window is closed: SIGHUP, and a terminal that fails."""
    with Terminal(HMPSH, "--lab", environment=place.environment) as terminal:
        terminal.wait_prompt()
        assert len(place.qemus()) == 2
        terminal.close_window()
        place.wait_until_empty()


def test_two_labs_at_once(place):
    """Neither sees the other, nor ends when the other does."""
    with Place() as other:
        first = start(place)
        second = start(other)
        second.stdin.write("stop\ninfo status\n")
        assert second.stdout.readline() == "VM status: paused\n"
        first.stdin.write("info status\n")
        assert first.stdout.readline() == RUNNING
        assert finish(second)[0] == 0
        other.wait_until_empty()
        assert len(place.qemus()) == 2
        first.stdin.write("info status\nmigrate peer\npeer info status\n")
        assert first.stdout.readline() == RUNNING
        assert finish(first, 60)[:2] == (0, RUNNING)
        place.wait_until_empty()


def test_two_labs_of_one_directory(place):
    """The second is refused, and does the first no harm."""
    directory = f"--lab-dir={place.path}/lab"
    first = start(place, directory)
    second = subprocess.run([HMPSH, "--lab", directory, "info", "status"], text=True, timeout=30,
                            capture_output=True, env=place.environment, check=False)
    assert (second.returncode, second.stdout) == (1, "")
    assert f"{place.path}/lab" in second.stderr
    first.stdin.write("info status\npeer info status\n")
    assert finish(first)[:2] == (0, RUNNING + "VM status: paused (inmigrate)\n")


def test_given_directory_can_be_used_again(hmpsh, place):
    """At once, after whatever end; what else is in it stays."""
    directory = place.path / "lab one"
    directory.mkdir()
    (directory / "notes").write_text("mine")
    option = f"--lab-dir={directory}/"
    for _ in range(2):
        done = hmpsh("--lab", option, "info", "status")
        assert (done.returncode, done.stdout, done.stderr) == (0, RUNNING, "")
    process = start(place, option)
    process.kill()
    process.communicate()
    done = hmpsh("--lab", option, "info", "status")
    assert (done.returncode, done.stdout, done.stderr) == (0, RUNNING, "")
    wait_until(lambda: not place.qemus() + place.processes(), what="no process")
    assert (directory / "notes").read_text() == "mine"
