# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate -b and -i that are refused, or in which something breaks: the guest is not lost, does not
run twice, and of the migration nothing is left."""
import subprocess
import time

import pytest

from conftest import HMPSH
from disks import (INCOMING, MIB, Pair, disk_xml, write_at,
                   fixture_pair)  # pylint: disable=unused-import
from libvirtd import Libvirtd, end_qemu, wait_until


# --- refused before anything is started ---

def refuse(pair, *words):
    """Tries a migration that must be refused and change nothing; what was said."""
    done = subprocess.run([HMPSH, *pair.arguments, *words], capture_output=True, text=True,
                          timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert pair.state(pair.source) == "running" and pair.left(pair.source) == []
    return done.stderr


def test_refused_destinations(hmpsh, pair):
    """One source, and destinations that do not fit; then one that does."""
    raw = pair.image("source.raw", 2 * MIB, content=True)
    base = pair.image("base.raw", 2 * MIB, content=True)
    overlay = pair.image("overlay.qcow2", 2 * MIB, base=base)
    write_at(overlay, "qcow2", "1M")
    pair.disk("hda", raw, pair.image("destination.raw", 2 * MIB))
    pair.disk("vda", overlay, pair.image("destination.qcow2", 2 * MIB, base=base))
    fitting = pair.devices[pair.destination]
    other_base = pair.image("other-base.raw", MIB)
    hda = disk_xml("hda", pair.image("hda.raw", 2 * MIB))
    vda = disk_xml("vda", pair.image("vda.qcow2", 2 * MIB, base=base), "qcow2")
    cases = (
        ("-b", disk_xml("hda", pair.image("smaller.raw", MIB)) + vda,
         "'ide0-0-0'", "has 2097152 bytes"),
        ("-b", disk_xml("hda", pair.image("larger.raw", 3 * MIB)) + vda,
         "'ide0-0-0'", "exactly as large"),
        ("-b", vda, "'ide0-0-0'", "no counterpart"),
        ("-b", hda + disk_xml("vdb", pair.image("vdb.raw", 2 * MIB)),
         "'virtio-disk0'", "no counterpart"),
        ("-i", hda + disk_xml("vda", pair.image("alone.qcow2", 2 * MIB), "qcow2"),
         "'virtio-disk0'", "has the backing file"),
        ("-i", hda + disk_xml("vda", pair.image("odd.qcow2", 2 * MIB, base=other_base), "qcow2"),
         "'virtio-disk0'", "same contents"),
    )
    pair.start_guest(pair.source)
    for flag, devices, disk, reason in cases:
        pair.renew_destination(devices)
        text = refuse(pair, "migrate", flag, "peer")
        assert f"disk {disk} of '{pair.source}'" in text and reason in text, text
        assert hmpsh(*pair.arguments, "info", "block-jobs").stdout == "No active jobs\n"
        pair.check_usable()
    pair.renew_destination(fitting)
    assert hmpsh(*pair.arguments, "migrate", "-i", "peer").returncode == 0
    pair.check_arrived()
    pair.check_same()


def test_image_in_use_by_another_guest(pair):
    """Started paused the destination does not hold its image yet, and another QEMU can."""
    pair.simple().start(paused_destination=True)
    image = pair.images[0][1]
    other = pair.daemon.start_guest(pair.new_name("other"), devices=disk_xml("hda", image))
    try:
        text = refuse(pair, "migrate", "-b", "peer")
    finally:
        end_qemu(pair.daemon.qemu_pid(other), pair.daemon.directory)
    assert "'ide0-0-0'" in text and str(image) in text and "lock" in text
    pair.check_not_moved(destination=("inmigrate",))
    done = subprocess.run([HMPSH, *pair.arguments, "migrate", "-b", "peer"], timeout=60,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pair.check_arrived()
    pair.check_same()


def test_peers_that_cannot_be_used(hmpsh, pair):
    """One that does not wait, and none at all: then both ways out are told."""
    pair.simple()
    pair.start_guest(pair.source)
    pair.start_guest(pair.destination)
    text = refuse(pair, "migrate", "-b", "peer")
    assert f"'{pair.destination}' does not wait for a migration" in text
    done = hmpsh("-c", pair.daemon.uri, pair.source, "migrate", "-b", "peer")
    assert done.returncode == 3 and "no peer is attached" in done.stderr
    for flag in "-b", "-i":
        done = hmpsh("-c", pair.daemon.uri, pair.source, "migrate", flag, "tcp:127.0.0.1:1")
        assert done.returncode == 1
        assert "attach -p DOMAIN" in done.stderr
        assert f"'migrate {flag} qemu+ssh://HOST/system'" in done.stderr
    assert pair.states() == ("running", "running")
    pair.check_nothing_left()


def test_nbd_server_of_somebody_else(pair):
    """It is not taken, and not ended."""
    pair.simple().start()
    server = {"type": "unix", "data": {"path": str(pair.directory / "other")}}
    pair.qmp(pair.destination, "nbd-server-start", addr=server)
    text = refuse(pair, "migrate", "-b", "peer")
    assert f"'{pair.destination}' cannot serve its disks" in text and "already running" in text
    pair.qmp(pair.destination, "nbd-server-stop")  # fails where there is none
    pair.check_usable()


def test_another_migration_under_way(pair):
    """It is left alone, and goes on."""
    pair.simple().start()
    first = pair.shell()
    first.get("migrate_set_speed 1m")
    first.get("migrate -d -b peer")
    pair.wait_for_copying(first)
    second = pair.shell()
    kind, text = second.fail("migrate -b peer")
    assert kind == "GenericError"
    assert f"'{pair.source}' has block jobs or exports of another" in text
    assert "There's a migration process in progress" in first.fail("migrate -b peer")[1]
    assert first.get("info migrate")["status"] == "active" and len(pair.jobs()) == 1
    first.get("migrate_set_speed 0")
    assert first.get("wait migration 30")["status"] == "completed"
    pair.check_arrived()
    pair.check_same()


# --- what breaks ---

@pytest.mark.parametrize("phase", ["copy", "memory"])
def test_broken_link(pair, phase):
    """A source that writes nothing would not notice."""
    pair.simple(8 * MIB, content=phase == "copy").start()
    shell = pair.shell()
    shell.get("migrate_set_speed 2m")
    shell.get("migrate -d -b peer")
    (pair.wait_for_copying if phase == "copy" else pair.wait_for_memory)(shell)
    shell.get("peer nbd_server_stop")
    kind, text = shell.fail("wait migration 5")  # on an idle machine one second is enough
    assert kind == "GenericError", text
    assert f"'{pair.source}' runs on with its own disks" in text
    assert "no longer serves its disks" in text or "could not be copied" in text
    assert shell.get("info migrate")["status"] == "failed"
    pair.check_not_moved()
    before = pair.ports[pair.source].look().beat
    pair.ports[pair.source].wait_for_beat(before + 10)


def test_source_killed(pair):
    pair.simple(8 * MIB).start()
    with pair.start_process("migrate_set_speed 2m\nmigrate -b peer\n") as process:
        wait_until(pair.jobs, what="a block job")
        pair.kill(pair.source)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 3, errors
    assert f"'{pair.source}' is gone" in errors and "still waits" in errors
    assert pair.state(pair.destination) in ("inmigrate", "gone")
    pair.check_nothing_left()


def test_destination_killed(pair):
    pair.simple(8 * MIB, content=False).start()
    pair.ports[pair.source].write(512, 1024)
    with pair.start_process("migrate_set_speed 4m\nmigrate -b peer\n") as process:
        wait_until(lambda: pair.qmp(pair.source, "query-migrate").get("status") == "active",
                   what="a migration")
        pair.kill(pair.destination)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1, errors
    assert f"'{pair.source}' runs on with its own disks" in errors
    pair.check_not_moved()
    pair.ports[pair.source].check()


def kill_while_copying(pair):
    """Kills the shell that copies disks, and waits until nothing is left of the copying."""
    shell = pair.shell()
    shell.get("migrate_set_speed 1m")
    shell.get("migrate -d -b peer")
    pair.wait_for_copying(shell)
    shell.process.kill()
    wait_until(lambda: pair.left(pair.source) + pair.left(pair.destination) == []
               and not pair.capability(pair.destination, "late-block-activate"), what="tidiness")


def test_shell_killed(pair):
    """Nobody is left to drive it: what it made is removed all the same."""
    pair.simple(8 * MIB).start()
    kill_while_copying(pair)
    pair.check_not_moved(destination=("inmigrate",))
    shell = pair.shell()
    shell.get("migrate_set_speed 0")
    shell.get("migrate -b peer")
    pair.check_arrived()
    pair.check_same()


def test_destination_of_a_killed_shell_starts_its_guest(pair):
    """It was held for as long as its disks were copied to, and runs the next guest by itself."""
    pair.simple(8 * MIB).start()
    kill_while_copying(pair)
    shell = pair.shell()
    shell.get("migrate_set_speed 0")
    shell.get("migrate peer")
    wait_until(lambda: pair.state(pair.destination) == "running", 5, "a guest that runs")


# --- what would end in two guests, or in none ---

def test_memory_goes_where_the_disks_go(pair):
    """A URI at which another QEMU listens than the peer's is refused before anything is copied."""
    pair.simple().start()
    other = pair.new_name("other")
    pair.devices[other] = disk_xml("hda", pair.image("other.raw", 4 * MIB))
    pair.start_guest(other, INCOMING)
    listening = subprocess.run([HMPSH, "-c", pair.daemon.uri, other, "migrate_incoming",
                                "tcp:127.0.0.1:0"], check=False, capture_output=True)
    assert listening.returncode == 0
    shell = pair.shell()
    _, text = shell.fail("migrate -b tcp:127.0.0.1:4242")
    assert f"'{pair.destination}', which the disks go to, does not listen at" in text
    shell.get("peer migrate_incoming tcp:127.0.0.1:0")
    _, text = shell.fail("migrate -b tcp:127.0.0.1:4242")
    assert "but at tcp:" in text
    pair.check_not_moved()


def test_capabilities_of_one_side(pair):
    """What the destination's QEMU would end for, with all disks copied, is seen before."""
    pair.simple().start()
    shell = pair.shell()
    shell.get("migrate_set_capability multifd on")
    _, text = shell.fail("migrate -b peer")
    assert "'peer migrate_set_capability multifd on' first" in text
    pair.check_not_moved(destination=("inmigrate",))


def test_snapshot_while_disks_are_copied(pair):
    pair.simple(16 * MIB).start()
    shell = pair.shell()
    shell.get("migrate_set_speed 1M")
    shell.get("migrate -d -b peer")
    pair.wait_for_copying(shell)
    assert "are being migrated" in shell.fail("loadvm one")[1]
    shell.get("migrate_cancel")
    pair.check_not_moved()


def test_libvirtd_restarted_meanwhile(lab_guest):
    """The link is lost, not the guests: they are found again, and all is undone."""
    with Libvirtd() as daemon, Pair(daemon, lab_guest) as pair:
        pair.simple().start()
        shell = pair.shell()
        shell.get("migrate_set_speed 8M")
        shell.get("migrate -d -b peer")
        pair.wait_for_memory(shell)
        daemon.kill()
        time.sleep(1)
        daemon.start()
        wait_until(lambda: pair.state(pair.source) == "running" and
                   pair.left(pair.source) == [], what="the way back")
        pair.check_nothing_left()


def test_cancel_never_runs_the_destination(pair):
    """A source that its owner has run again keeps the guest, whatever is left at the other side."""
    pair.simple().start()
    shell = pair.shell()
    shell.get("migrate -b peer")
    shell.get("peer stop")
    shell.get("hmp cont")
    shell.get("peer nbd_server_start unix:" + str(pair.directory / "nbd"))
    shell.get("peer qmp block-export-add type=nbd id=hmpsh-0 name=x node-name=" + shell.get(
        "peer qmp query-block")[0]["inserted"]["node-name"])
    shell.get("migrate_cancel")
    assert pair.states() == ("running", "paused")
