# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does between two hosts, of which something fails meanwhile: the guest
runs on, at one of them only, and what is said of it is so."""
import os
import pathlib
import signal

import pytest

from conftest import HMPSH
from libvirtd import wait_until
from managed_rows import (MOVED, SLOWLY, STAYED, URI, Managed,
                          fixture_guest, fixture_shell)  # pylint: disable=unused-import
from two_hosts_guests import BUSY, NAME, Guest

BOTH_WAYS = pytest.mark.parametrize("way", ["", "--p2p "], ids=["direct", "p2p"])
LOST = "client socket is closed|[Cc]onnection reset|keepalive|end of file|Unable to write"
# In post-copy: seconds for what is left, and for the link.
POSTCOPY = "--postcopy --p2p --bandwidth 40 --postcopy-bandwidth 4"


def check_stayed(guest):
    """It runs at the source; at the destination nothing is left, once its libvirt has found out."""
    wait_until(lambda: guest.states() == STAYED, what=f"{STAYED}, not {guest.states()},")
    guest.check_runs(guest.hosts.source)


def check_moved(guest):
    wait_until(lambda: guest.states() == MOVED, what=f"{MOVED}, not {guest.states()},")
    guest.check_runs(guest.hosts.destination)


# --- the link ---

@BOTH_WAYS
def test_link_that_comes_back(hosts, guest, shell, way):
    shell.begin(way + SLOWLY)
    hosts.source.set_link("down")
    assert shell.fail("wait migration 0.5")[0] == "Timeout"
    assert shell.get("info migrate")["status"] == "active"
    hosts.source.set_link("up")
    shell.finish()
    check_moved(guest)


def test_link_that_stays_down(hosts, guest, shell):
    shell.begin("--p2p " + SLOWLY)
    hosts.source.set_link("down")
    shell.failed(LOST)
    assert shell.get("info status") == "VM status: running\n"
    hosts.source.set_link("up")
    check_stayed(guest)


@BOTH_WAYS
def test_cancelled_without_a_link(hosts, guest, shell, way):
    shell.begin(way + SLOWLY)
    hosts.source.set_link("down")
    shell.get("migrate_cancel")
    hosts.source.set_link("up")
    shell.failed(f"cancel|{LOST}")
    check_stayed(guest)


# --- libvirt ---

@BOTH_WAYS
def test_destination_without_its_libvirtd(hosts, guest, shell, way):
    shell.begin(way + SLOWLY)
    hosts.destination.kill_daemon()
    if way:
        shell.failed(LOST)
    hosts.destination.start_daemon()  # which ends the guest that waits
    hosts.destination.wait_for_daemon()
    if not way:
        shell.failed(LOST)
    check_stayed(guest)


@BOTH_WAYS
def test_source_without_its_libvirtd(hosts, guest, shell, way):
    shell.begin(way + SLOWLY)
    hosts.source.kill_daemon()
    hosts.source.start_daemon()  # which cancels what it was about to do
    hosts.source.wait_for_daemon()
    assert "error" in shell.ask("wait migration 60")
    check_stayed(guest)


# --- the guest, and who asked for it ---

def test_guest_that_ends_meanwhile(hosts, guest, shell):
    shell.begin(SLOWLY)
    hosts.source.virsh("destroy", NAME)
    kind, text = shell.fail("wait migration 60")
    assert kind in ("GenericError", "Lost") and "migrated away" not in text, text
    wait_until(lambda: guest.states() == ("gone", "gone"), what="their end")


@BOTH_WAYS
def test_destination_that_ends_meanwhile(hosts, guest, shell, way):
    shell.begin(way + SLOWLY)
    hosts.destination.virsh("destroy", NAME)
    shell.failed(".")
    check_stayed(guest)


@BOTH_WAYS
def test_shell_that_is_killed(guest, shell, way):
    """Only what the source's libvirt does by itself goes on without it."""
    shell.begin(way + SLOWLY)
    nsenter = shell.process.pid
    child, = pathlib.Path(f"/proc/{nsenter}/task/{nsenter}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    (check_moved if way else check_stayed)(guest)


@BOTH_WAYS
def test_script_that_ends(hosts, guest, way):
    """Not before a migration that needs it."""
    done = hosts.source.run(HMPSH, NAME, stdin=f"migrate -d {way}--bandwidth 10 {URI}\n"
                                               "wait active 20\n")
    assert done.returncode == 0, done.stderr
    assert ("it needs this shell" in done.stderr) == (not way)
    assert way or guest.states() == MOVED
    check_moved(guest)


# --- post-copy ---

@pytest.fixture(name="post_copy")
def fixture_post_copy(hosts):
    """A guest in post-copy, and a shell that has begun it."""
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        shell.begin(POSTCOPY)
        shell.get("migrate_start_postcopy")
        shell.wait_for("postcopy-active")
        yield guest, shell


def test_post_copy_cannot_be_cancelled(post_copy):
    guest, shell = post_copy
    assert "cannot cancel" in shell.fail("migrate_cancel")[1]
    shell.get("migrate_set_parameter max-postcopy-bandwidth 0")
    shell.completed()
    check_moved(guest)


def lose_link(guest):
    """The link is down until libvirt gives up what QEMU takes for a slow link still."""
    source, destination = guest.hosts
    source.set_link("down")
    wait_until(lambda: source.virsh("domstate", "--reason", NAME)
               == "paused (post-copy failed)", what="the end of libvirt's patience")
    assert destination.virsh("domstate", NAME) == "running"  # but for pages that it waits for
    source.set_link("up")


def test_post_copy_whose_link_comes_back(post_copy):
    """QEMU does the rest by itself, and both libvirts see it."""
    guest, shell = post_copy
    lose_link(guest)
    text = shell.failed("is not completed: ")  # for now
    assert "keepalive" in text or "socket" in text, text
    check_moved(guest)
    shell.completed()


@pytest.mark.parametrize("again", ["migrate -r --postcopy --p2p",
                                   "migrate --postcopy --postcopy-resume --p2p"],
                         ids=["by its letter", "by libvirt's name"])
def test_post_copy_recovery(post_copy, again):
    guest, shell = post_copy
    lose_link(guest)
    shell.get("migrate_pause")
    assert shell.get("wait postcopy-paused 20")["status"] == "postcopy-paused"
    wait_until(lambda: guest.hosts.destination.virsh("domstate", "--reason", NAME)
               == "running (post-copy failed)", what="the destination's notice of it")
    assert shell.get(f"{again} {URI}")["status"] == "completed"
    shell.completed()
    check_moved(guest)
