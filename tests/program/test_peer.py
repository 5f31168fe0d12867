# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw migration between two guests of a real libvirtd, driven from one shell."""
import csv
import io
import os
import signal
import subprocess

import pytest

from libvirtd import wait_until

INCOMING = ("-incoming", "defer")


@pytest.fixture(name="pair")
def fixture_pair(session_daemon):
    """A guest and one that waits for it, both fresh."""
    kernel = os.environ.get("LAB_GUEST")
    names = "from", "to"
    for name, arguments in zip(names, ((), INCOMING)):
        session_daemon.start_guest(name, kernel=kernel, memory=256, qemu_args=arguments)
    yield session_daemon, *names
    for name in names:
        subprocess.run(["virsh", "-q", "-c", session_daemon.uri, "destroy", name],
                       capture_output=True, check=False)


def test_migrate_peer(hmpsh, pair):
    daemon, source, destination = pair
    script = "migrate_set_speed 512m\nmigrate peer\ninfo migrate\ninfo status\npeer info status\n"
    done = hmpsh("-c", daemon.uri, "-p", destination, source, stdin=script)
    assert done.returncode == 0, done.stderr
    assert "Migration status: completed" in done.stdout
    assert "VM status: paused (postmigrate)\nVM status: running\n" in done.stdout
    # the guest must not run twice
    again = hmpsh("-c", daemon.uri, source, "cont")
    assert again.returncode == 1 and "goes on at the destination" in again.stderr
    assert "postmigrate" in hmpsh("-c", daemon.uri, source, "info status").stdout


def test_events_of_both(hmpsh, pair):
    """Both guests on one libvirtd tell theirs: only so is the blackout known."""
    daemon, source, destination = pair
    script = "migrate peer\npeer wait event RESUME 5\nwait event STOP 5\ninfo migrations --csv\n"
    done = hmpsh("-c", daemon.uri, "-p", destination, source, stdin=script)
    assert done.returncode == 0, done.stderr
    summary, = csv.DictReader(io.StringIO(done.stdout))
    assert abs(int(summary["blackout-ms"]) - int(summary["downtime-ms"])) < 100


def test_peer_by_uri_and_a_second_try(hmpsh, pair):
    daemon, source, destination = pair
    peer = f"{destination}@{daemon.uri}"
    assert hmpsh("-c", daemon.uri, "-p", peer, source, "migrate", "peer").returncode == 0
    done = hmpsh("-c", daemon.uri, "-p", peer, source, "migrate", "peer")
    assert done.returncode == 1
    assert f"the peer '{destination}' does not wait for a migration" in done.stderr


def test_peer_that_is_not_there(hmpsh, pair):
    daemon, source, _ = pair
    done = hmpsh("-c", daemon.uri, "-p", "nobody", source, "info", "status")
    assert done.returncode == 3 and "no guest 'nobody'" in done.stderr
    done = hmpsh("-c", daemon.uri, source, "migrate", "peer")
    assert done.returncode == 3 and "no peer is attached" in done.stderr


def test_interrupted_script_leaves_the_migration_running(hmpsh, pair):
    daemon, source, destination = pair
    script = "migrate_set_speed 4m\nmigrate -d peer\nsleep 60\n"
    with subprocess.Popen([os.environ["HMPSH"], "-c", daemon.uri, "-p", destination, source],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as shell:
        shell.stdin.write(script)
        shell.stdin.flush()
        wait_until(lambda: "active" in hmpsh("-c", daemon.uri, source, "info migrate").stdout,
                   what="a migration under way")
        shell.send_signal(signal.SIGINT)
        _, errors = shell.communicate(timeout=10)
    assert shell.returncode == 130
    assert "<stdin>:3: interrupted" in errors
    assert f"the migration of '{source}' that was started goes on" in errors
    assert "status: active" in hmpsh("-c", daemon.uri, source, "info migrate").stdout
    assert hmpsh("-c", daemon.uri, source, "migrate_cancel").returncode == 0
    ended = hmpsh("-c", daemon.uri, source, "info migrate").stdout
    assert "status: cancelled" in ended or "status: failed" in ended  # see raw.h: raw_cancel()
    assert hmpsh("-c", daemon.uri, source, "info status").stdout == "VM status: running\n"
