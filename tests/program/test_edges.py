# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd input and odd moments: nothing hangs, nothing is taken for success, nobody else is hurt."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from conftest import HMPSH
from lab import Lab, Place
from libvirtd import wait_until


@pytest.fixture(scope="module", name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        yield lab


def test_null_is_a_value(lab):
    assert lab.fail("qmp query-status a:=null")[0] == "GenericError"
    assert lab.fail("qmp query-status a=null")[0] == "GenericError"
    # QEMU's own judgement: it got a null
    assert "max-bandwidth" in lab.fail("qmp migrate-set-parameters max-bandwidth:=null")[1]
    assert lab.fail("{null}")[0] == "Syntax"


def test_qmp_line_with_an_id(hmpsh):
    done = hmpsh("--lab", '{"execute":"query-name","id":7}')
    assert (done.returncode, done.stdout) == (0, '{"return":{"name":"source"},"id":7}\n')


def test_bad_json_is_told_by_hmpsh(lab):
    assert lab.fail('{"execute":"query-status"')[1] == "not JSON: unexpected end of data (at byte 26)"


def test_line_that_is_not_utf8():
    done = subprocess.run([HMPSH, "--lab"], input=b"info \xff\xfe\n", capture_output=True, check=False)
    assert done.returncode == 1 and b"not UTF-8" in done.stderr


def test_line_that_is_too_long(lab):
    assert lab.fail("info " + "a" * 300_000)[1] == "the line has 300005 bytes; 262144 are allowed"


@pytest.mark.parametrize("line", ["wait active 0", "wait migration 0", "wait event STOP 0"])
def test_waiting_no_time_looks_once(lab, line):
    begun = time.monotonic()
    assert lab.fail(line)[0] in ("Timeout", "GenericError")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("line", ["wait active -1", "wait event STOP -1", "sleep -1"])
def test_negative_time_is_refused(lab, line):
    assert lab.fail(line) == ("Syntax", lab.fail(line)[1]) and "0 or more" in lab.fail(line)[1]


def test_guest_is_not_its_own_peer(lab):
    assert lab.fail("attach -p source") == (
        "GenericError", "guest 'source' is the current one and cannot be its own peer")
    lab.get("attach destination")
    assert lab.get("info name") == "destination\n"
    assert lab.ask("peer info name")["return"] == "source\n"
    lab.get("attach source")
    assert lab.get("info name") == "source\n"
    assert lab.get("attach source") == ""
    roles = {domain["name"]: domain["role"] for domain in lab.get("domains")}
    assert roles == {"source": "current", "destination": "peer"}


def test_smallest_and_largest_of_lab_dirty(lab):
    assert "smallest rate is 4k" in lab.fail("lab dirty 1b")[1]
    lab.get("lab dirty 1M 10000M")
    assert "the guest has only 240 MiB" in lab.stderr()
    assert lab.sides()["source"]["span"] == 240 << 20
    lab.get("lab dirty 0")


def test_order_right_after_a_migration():
    """The destination may not have been heard yet: the order reaches the guest all the same."""
    with Lab(HMPSH) as own:
        own.get("lab dirty 20M 10M")
        own.get("migrate peer")
        own.get("lab dirty 5M 4M")
        side = own.sides()["destination"]
        assert (side["rate"], side["span"]) == (5 << 20, 4 << 20)


def test_read_only_lets_hmp_look(hmpsh):
    assert hmpsh("--read-only", "--lab", "hmp info name").stdout == "source\n"
    assert hmpsh("--read-only", "--lab", "hmp stop").returncode == 1


def test_status_that_passes_quickly_is_seen(hmpsh):
    script = "migrate -d peer\nwait active 10\nwait device 20\nwait migration 20\n"
    done = hmpsh("--lab", stdin="migrate_set_capability pause-before-switchover on\n" +
                 script.replace("wait device 20\n",
                                "wait pre-switchover 20\nmigrate_continue pre-switchover\n"))
    assert done.returncode == 0, done.stderr


def test_port_in_use():
    """QEMU 10 is stuck after it, and hmpsh says so; 7.2 can be told another port."""
    with socket.socket() as taken, Lab(HMPSH) as own:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = own.fail(f"peer migrate_incoming tcp:127.0.0.1:{taken.getsockname()[1]}")[1]
        assert "Address already in use" in text
        answer = own.ask("peer migrate_incoming tcp:127.0.0.1:0")
        assert ("error" in answer) == ("start it again" in text), (text, answer)


def test_wait_without_a_guest(hmpsh, session_daemon):
    done = hmpsh("-c", session_daemon.uri, stdin="wait foo\n")
    assert done.returncode == 3 and "no guest runs" in done.stderr


def test_interrupted_script_runs_nothing_more():
    with subprocess.Popen([HMPSH, "--lab"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as shell:
        shell.stdin.write("info status\nsleep 30\n" + "info name\n" * 5000)
        shell.stdin.flush()
        assert shell.stdout.readline() == "VM status: running\n"
        shell.send_signal(signal.SIGINT)
        output, errors = shell.communicate(timeout=20)
    assert (shell.returncode, output) == (130, "")
    assert errors == "<stdin>:2: interrupted\n"


def test_stuck_reader_does_not_keep_it_from_ending():
    with subprocess.Popen([HMPSH, "--lab"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as shell:
        shell.stdin.write("help\n" * 100)
        shell.stdin.flush()
        time.sleep(2)  # the pipe is full: nobody reads
        shell.send_signal(signal.SIGTERM)
        assert shell.wait(5) == 128 + signal.SIGTERM
        shell.stdout.close()


def test_leaving_while_libvirtd_is_stopped(session_daemon):
    session_daemon.start_guest("held")
    try:
        with subprocess.Popen([HMPSH, "-c", session_daemon.uri, "held"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as shell:
            shell.stdin.write("info status\n")
            shell.stdin.flush()
            assert shell.stdout.readline() == "VM status: running\n"
            os.kill(session_daemon.process.pid, signal.SIGSTOP)
            shell.stdin.close()
            assert shell.wait(5) == 0
    finally:
        os.kill(session_daemon.process.pid, signal.SIGCONT)
        session_daemon.virsh("destroy", "held")


def test_guard_kills_only_the_labs_qemus():
    with Place() as place:
        inside = place.path / "lab"
        names = [f"{inside}/lib/qemu/x", f"/elsewhere{inside}/lib/qemu/x"]
        others = [subprocess.Popen([sys.executable, "-c", "input()", name],
                                   stdin=subprocess.PIPE) for name in names]
        try:
            done = subprocess.run([HMPSH, "--lab", "--lab-dir", str(inside), "info", "name"],
                                  capture_output=True, check=False, text=True)
            assert (done.returncode, done.stdout) == (0, "source\n")
            wait_until(lambda: not place.qemus(), what="the end of the lab")
            assert [other.poll() for other in others] == [None, None]
        finally:
            for other in others:
                other.communicate()


def test_lab_without_a_home():
    with Place() as place:
        for home in ("", "/nonexistent"):
            environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": str(place.path)}
            done = subprocess.run([HMPSH, "--lab", "info", "name"], capture_output=True,
                                  check=False, text=True, env=environment)
            assert (done.returncode, done.stdout) == (0, "source\n"), done.stderr
            place.wait_until_empty()
        assert not pathlib.Path("/nonexistent").exists()


def test_reader_that_leaves():
    """As by SIGPIPE: nobody is told, the status is its."""
    with subprocess.Popen([HMPSH, "--lab", "-f", "/dev/stdin"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as shell:
        shell.stdout.close()
        _, told = shell.communicate("help\n" * 3, timeout=60)
        assert (shell.returncode, told) == (128 + signal.SIGPIPE, "")
