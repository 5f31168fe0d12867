# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate -b and -i between two guests of a real libvirtd: the disks are mirrored, and compared."""
import json
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import HMPSH
from disks import (INCOMING, MIB, check_sectors, disk_xml, qemu_img, same_content, write_at,
                   fixture_pair)  # pylint: disable=unused-import
from libvirtd import wait_until
from terminal import Terminal


def needs_shell(pair):
    """What a shell says that was left."""
    return f"with its disks needs this shell, and was cancelled: '{pair.source}' runs on"


def own_bytes(image):
    """How much is allocated in an image itself, not in its base."""
    return sum(part["length"] for part in
               json.loads(qemu_img("map", "-U", "--output=json", image))
               if part["depth"] == 0 and part["data"])


# --- all of each disk ---

@pytest.fixture(name="many")
def fixture_many(pair):
    """Two disks, and two drives of which nothing is to be copied."""
    pair.simple()
    pair.disk("vda", pair.image("source.qcow2", 8 * MIB, content=True),
              pair.image("destination.qcow2", 8 * MIB))
    for name in pair.devices:
        medium = pair.image(f"cd-{name}.raw", MIB, content=True)
        pair.devices[name] += disk_xml("hdc", medium, device="cdrom") + disk_xml(
            "hdd", None, device="cdrom")
    return pair


def test_all_writable_disks_are_copied(hmpsh, many):
    """What the terminal shows, and what is there afterwards."""
    many.start()
    assert not same_content(*many.images[0])
    done = hmpsh(*many.arguments, stdin="migrate -b peer\ninfo migrate\n")
    assert done.returncode == 0, done.stderr
    heading, *rows = done.stderr.splitlines()[:4]
    assert heading.split() == ["disk", "size", "copied", "from", "to"]
    sizes = {row.split()[0]: row.split()[1:4] for row in rows[:2]}
    assert sizes == {"ide0-0-0": ["4", "MiB", "all"], "virtio-disk0": ["8", "MiB", "all"]}
    assert str(many.images[0][1]) in done.stderr and "cd-" not in done.stderr
    assert "\nCompleted 100 %\n" in done.stderr
    figures = dict(re.findall(r"^(\w+ disk): (\d+) kbytes$", done.stdout, re.MULTILINE))
    assert figures["remaining disk"] == "0"
    assert figures["transferred disk"] == figures["total disk"]
    assert int(figures["total disk"]) >= 12 << 10
    many.check_arrived()
    many.check_same()
    media = [many.directory / f"cd-{name}.raw" for name in many.devices]
    assert not same_content(*media)
    many.ports[many.destination].wait_for_beat()


def test_pause_before_switchover_stays(many):
    """Who wants to look before the switch-over still does."""
    many.start()
    shell = many.shell()
    shell.get("migrate_set_capability pause-before-switchover on")
    kind, text = shell.fail("migrate_continue pre-switchover")
    assert (kind, "disk" in text) == ("GenericError", False)
    assert shell.get("migrate -b peer")["status"] == "pre-switchover"
    for _ in range(3):  # it does not go on by itself
        time.sleep(0.2)
        assert many.state(many.source) != "running"
        assert many.state(many.destination) == "inmigrate"
    assert len(many.jobs()) == 2
    assert shell.get("wait pre-switchover 5")["status"] == "pre-switchover"
    shell.get("migrate_continue pre-switchover")
    status = shell.get("wait migration 30")
    assert status["status"] == "completed"
    assert status["disk"]["remaining"] == 0
    assert status["disk"]["transferred"] == status["disk"]["total"] >= 12 * MIB
    assert shell.get("info migrate")["disk"] == status["disk"]
    many.check_arrived(pauses=True)
    many.check_same()


# --- what is above a base, and what is not ---

def test_top_layers(hmpsh, pair):
    """With -i only what an overlay has itself is copied; of a disk without a base all is."""
    base = pair.image("base.raw", 4 * MIB, content=True)
    twin = pair.directory / "twin.raw"
    shutil.copyfile(base, twin)
    pair.daemon._give(twin)
    for target, other in ("vda", base), ("vdb", twin):
        overlay = pair.image(f"{target}.qcow2", 4 * MIB, base=base)
        write_at(overlay, "qcow2", "1M", "3M")
        pair.disk(target, overlay, pair.image(f"{target}-to.qcow2", 4 * MIB, base=other))
    pair.simple(2 * MIB).start()
    done = hmpsh(*pair.arguments, stdin="migrate -i peer\ninfo migrate\n")
    assert done.returncode == 0, done.stderr
    copied = re.findall(r"^([\w-]+) +\d MiB +(top layer|all) ", done.stderr, re.MULTILINE)
    assert dict(copied) == {"virtio-disk0": "top layer", "virtio-disk1": "top layer",
                            "ide0-0-0": "all"}
    assert f"(on {base})" in done.stderr and f"(on {twin})" in done.stderr
    assert f"total disk: {(2 * MIB + 4 * 65536) >> 10} kbytes" in done.stdout
    pair.check_arrived()
    pair.check_same()
    for _, overlay in pair.images[:2]:
        assert own_bytes(overlay) == 2 * 65536


def test_overlay_into_a_raw_image(hmpsh, pair):
    """With -b the base is copied too, and the destination needs none."""
    overlay = pair.image("overlay.qcow2", 4 * MIB, base=pair.image("base.raw", 4 * MIB,
                                                                   content=True))
    write_at(overlay, "qcow2", "2M")
    pair.disk("vda", overlay, pair.image("whole.raw", 4 * MIB))
    pair.start()
    done = hmpsh(*pair.arguments, "migrate", "-b", "peer")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^virtio-disk0 +4 MiB +all ", done.stderr, re.MULTILINE)
    pair.check_arrived()
    pair.check_same()


def test_empty_top_layer(hmpsh, pair):
    """There is nothing to copy, and that is no reason to wait."""
    base = pair.image("base.raw", 4 * MIB, content=True)
    pair.disk("vda", pair.image("one.qcow2", 4 * MIB, base=base),
              pair.image("two.qcow2", 4 * MIB, base=base))
    pair.start()
    done = hmpsh(*pair.arguments, stdin="migrate -i peer\ninfo migrate\n")
    assert done.returncode == 0, done.stderr
    assert "Completed 100 %" in done.stderr
    pair.check_arrived()
    pair.check_same()


@pytest.mark.parametrize("sides", [("", "peer "), ("",), ("peer ",)],
                         ids=["both", "source", "destination"])
def test_tls(hmpsh, pair, sides):
    """Disks go as safely as memory does: with TLS where both sides have it, else not at all."""
    keys = pair.directory / "psk"
    keys.mkdir()
    (keys / "keys.psk").write_text("qemu:" + "5eedc0de" * 8 + "\n")
    for path in (keys, keys / "keys.psk"):
        pair.daemon._give(path)
    pair.simple().start()
    ends = {"": "client username=qemu", "peer ": "server"}
    script = "".join(f"{side}qmp object-add qom-type=tls-creds-psk id=tls0 dir={keys} "
                     f"endpoint={ends[side]}\n{side}migrate_set_parameter tls-creds tls0\n"
                     for side in sides)
    done = hmpsh(*pair.arguments, stdin=script + "migrate -b peer\n")
    if len(sides) == 2:
        assert done.returncode == 0, done.stderr
        pair.check_arrived()
        pair.check_same()
    else:
        assert done.returncode == 1 and "set it on both" in done.stderr, done.stderr
        pair.check_not_moved()


# --- disks that both guests have ---

def share(pair):
    """Gives both guests one and the same disk."""
    image = pair.image("shared.qcow2", 4 * MIB, content=True)
    for name in pair.devices:
        pair.devices[name] += disk_xml("vda", image, "qcow2")


def test_shared_disk_is_not_copied(hmpsh, pair):
    share(pair)
    pair.simple(2 * MIB).start(paused_destination=True)
    done = hmpsh(*pair.arguments, stdin="migrate -b peer\ninfo migrate\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^virtio-disk0 +4 MiB +shared .* -$", done.stderr, re.MULTILINE)
    assert "total disk: 2048 kbytes" in done.stdout
    pair.check_arrived()
    pair.check_same()


def test_nothing_but_a_shared_disk(hmpsh, pair):
    """Then it is a migration as any other."""
    share(pair)
    pair.start(paused_destination=True)
    done = hmpsh(*pair.arguments, stdin="migrate -b peer\ninfo migrate\npeer cont\n")
    assert done.returncode == 0, done.stderr
    assert "shared" in done.stderr
    assert "Migration status: completed" in done.stdout
    pair.check_arrived()


# --- the shell that drives it ---

def test_detached_one_shot_waits_for_the_end(hmpsh, pair):
    pair.simple().start()
    done = hmpsh(*pair.arguments, "migrate", "-d", "-b", "peer")
    assert done.returncode == 0, done.stderr
    assert f"waiting for the migration of '{pair.source}' with its disks" in done.stderr
    pair.check_arrived()
    pair.check_same()


def test_detached_one_shot_that_fails(pair):
    """The destination dies: the guest runs on, and the status says that it has not moved."""
    pair.simple().start()
    pair.qmp(pair.source, "migrate-set-parameters", **{"max-bandwidth": MIB})
    with subprocess.Popen([HMPSH, *pair.arguments, "migrate", "-d", "-b", "peer"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(pair.jobs, what="a block job")
        pair.kill(pair.destination)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"'{pair.source}' runs on with its own disks" in errors
    assert f"'{pair.destination}' has ended" in errors
    pair.check_not_moved()


def test_script_that_fails_later(pair):
    """What it started does not go on without it."""
    pair.simple().start()
    with pair.start_process("migrate_set_speed 1m\nmigrate -d -b peer\nnosuch\n") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "<stdin>:3: " in errors and needs_shell(pair) in errors
    pair.check_not_moved(destination=("inmigrate",))
    pair.check_usable()


def test_one_shot_that_would_stand_at_the_switch_over(hmpsh, pair):
    """Nobody could let it go on, once the shell has left."""
    pair.simple().start()
    hmpsh(*pair.arguments, "migrate_set_capability", "pause-before-switchover", "on")
    done = hmpsh(*pair.arguments, "migrate", "-b", "peer")
    assert done.returncode == 1 and needs_shell(pair) in done.stderr, done.stderr
    pair.check_not_moved(pauses=True)


@pytest.mark.parametrize("number, script", [
    (signal.SIGTERM, "migrate -b peer\n"), (signal.SIGINT, "migrate -b peer\n"),
    (signal.SIGINT, "migrate -d -b peer\nsleep 60\n"), (signal.SIGTERM, "migrate -d -b peer\n")])
def test_signal_while_it_waits(pair, number, script):
    pair.simple().start()
    with pair.start_process("migrate_set_speed 1m\n" + script) as process:
        wait_until(pair.jobs, what="a block job")
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + number, errors
    assert needs_shell(pair) in errors and "goes on" not in errors
    pair.check_not_moved(destination=("inmigrate",))


def test_quit_at_a_terminal(pair):
    """Asked to leave, the shell says what that would end; asked again, it leaves."""
    pair.simple().start()
    with Terminal(HMPSH, *pair.arguments, columns=250) as terminal:
        terminal.wait_prompt(f"({pair.source})")
        terminal.run("migrate_set_speed 1m", f"({pair.source})")
        terminal.run("migrate -d -b peer", f"({pair.source})")
        wait_until(pair.jobs, what="a block job")
        said = " ".join(terminal.run("quit", f"({pair.source})"))
        assert f"this shell copies the disks of '{pair.source}'" in said
        assert "wait migration" in said
        assert len(pair.jobs()) == 1
        terminal.send("quit\r")
        assert terminal.wait_end(20)[0] == 0
        assert needs_shell(pair) in terminal.text()
    pair.check_not_moved(destination=("inmigrate",))


# --- while it runs ---

def test_limits_and_figures_of_the_copy(pair):
    """Two disks share the limit; a new one takes effect at once."""
    for target in "hda", "hdb":
        pair.disk(target, pair.image(f"{target}.raw", 32 * MIB, content=True),
                  pair.image(f"{target}-to.raw", 32 * MIB))  # 16 MiB at a time, paid back later
    pair.start()
    shell = pair.shell()
    shell.get("migrate_set_speed 4m")
    shell.get("migrate -d -b peer")
    assert shell.get("wait active 20")["status"] == "active"
    assert [job["speed"] for job in pair.jobs()] == [2 * MIB] * 2
    begun = pair.wait_for_copying(shell)
    assert begun["status"] == "active"
    assert begun["disk"]["remaining"] == begun["disk"]["total"] - begun["disk"]["transferred"]
    later = wait_until(lambda: (now := shell.get("info migrate"))["disk"]["transferred"] >
                       begun["disk"]["transferred"] and now, what="progress")
    assert later["total-time"] > begun["total-time"]
    assert later["disk"]["transferred"] < later["disk"]["total"] and "ram" not in later
    assert shell.fail("wait migration 0.3")[0] == "Timeout"
    shell.get("migrate_set_speed 5m")
    assert [job["speed"] for job in pair.jobs()] == [5 * MIB // 2] * 2
    shell.get("migrate_set_speed 0")
    end = shell.get("wait migration 30")
    assert end["status"] == "completed" and end["total-time"] > later["total-time"]
    pair.check_arrived()
    pair.check_same()


def test_limit_of_the_memory_and_cancelling(pair):
    """The disk is copied as fast as the memory may be, and cancelling either undoes all."""
    pair.simple(8 * MIB).start()
    shell = pair.shell()
    shell.get("migrate_set_speed 1m")
    shell.get("migrate -d -b peer")
    pair.wait_for_copying(shell)
    assert [job["speed"] for job in pair.jobs()] == [MIB]
    shell.get("migrate_cancel")
    kind, text = shell.fail("wait migration 10")
    assert kind == "GenericError" and "cancelled" in text
    assert shell.get("info migrate")["status"] == "cancelled"
    pair.check_not_moved(destination=("inmigrate",))
    shell.get("migrate_set_speed 8m")
    shell.get("migrate -d -b peer")  # to the same destination, which still waits
    pair.wait_for_memory(shell)
    first, begun = shell.get("info migrate")["ram"]["transferred"], time.monotonic()
    time.sleep(1)
    sent = shell.get("info migrate")["ram"]["transferred"] - first
    assert 0 < sent < (time.monotonic() - begun) * 8 * MIB * 1.5
    assert pair.qmp(pair.source, "query-migrate-parameters")["max-bandwidth"] == 8 * MIB
    shell.get("migrate_cancel")
    assert "cancelled" in shell.fail("wait migration 10")[1]
    pair.check_not_moved()
    before = pair.ports[pair.source].look().beat
    pair.ports[pair.source].wait_for_beat(before + 10)


# --- a guest that does not run ---

def test_paused_guest_stays_paused(pair):
    pair.simple().start()
    shell = pair.shell()
    pair.ports[pair.source].wait_for_beat()
    shell.get("stop")
    shell.get("migrate -b peer")
    assert pair.states() == ("postmigrate", "paused")
    pair.check_nothing_left()
    pair.check_same()
    shell.get("peer cont")
    pair.ports[pair.destination].wait_for_beat()


def test_guest_that_writes_and_is_stopped(pair):
    """What it wrote while its disk was copied is in the copy, and nothing else."""
    pair.simple(16 * MIB, content=False).start()
    source, destination = pair.ports[pair.source], pair.ports[pair.destination]
    source.write(4 << 10, 8 << 10)
    shell = pair.shell()
    shell.get("migrate_set_speed 12m")
    shell.get("migrate -d -b peer")
    pair.wait_for_memory(shell)
    shell.get("migrate_set_speed 1m")
    shell.get("stop")
    shell.get("migrate_set_speed 0")
    assert shell.get("wait migration 30")["status"] == "completed"
    assert pair.states() == ("postmigrate", "paused")
    pair.check_nothing_left()
    pair.check_same()
    check_sectors(pair.images[0][1], 8 * MIB)
    shell.get("peer cont")
    destination.check()


# --- QEMU's own block migration ---

def test_qemus_own_way(hmpsh, pair):
    """Without a peer, where QEMU has it still and the disks are its command line's."""
    images = [pair.image("source.raw", 8 * MIB, content=True),
              pair.image("destination.raw", 8 * MIB)]
    for name, image, more in zip(pair.devices, images, ((), INCOMING)):
        pair.start_guest(name, (*more, "-drive", f"file={image},format=raw,if=none,id=hd0",
                                "-device", "ide-hd,drive=hd0"))
    try:
        pair.capability(pair.source, "block")
    except KeyError:
        pytest.skip("this QEMU has no block migration")
    pair.qmp(pair.destination, "migrate-incoming", uri="tcp:127.0.0.1:0")
    port = pair.qmp(pair.destination, "query-migrate")["socket-address"][0]["port"]
    done = hmpsh("-c", pair.daemon.uri, pair.source, stdin=f"migrate -b tcp:127.0.0.1:{port}\n"
                 "info migrate\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^Completed \d+ %$", done.stderr, re.MULTILINE)
    assert "Migration status: completed" in done.stdout
    assert pair.states() == ("postmigrate", "running")
    pair.ports[pair.destination].wait_for_beat()
    assert same_content(*images)
