# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever dies or is cancelled in a migration with disks, and whenever: the guest is not lost with
its data, does not run twice, and of the migration nothing is left."""
import shutil
import time

import pytest

from disks import MIB, Pair, check_sectors, qemu_img, same_content
from libvirtd import wait_until

SPAN = MIB
BEFORE = "copy", "memory", "pre-switchover"
AFTER = 0, 0.01, 0.03, 0.06, 0.1, 0.2  # seconds from when the switch-over was let go


@pytest.fixture(name="pair", params=["idle", "writing"])
def fixture_pair(request, session_daemon, lab_guest):
    """A guest that has written to its disk, and does so still or not. Idle it has a raw image,
    which then stays what it is: a copy is kept."""
    if not lab_guest:
        pytest.skip("no guest program")
    with Pair(session_daemon, lab_guest) as pair:
        pair.writing = request.param == "writing"
        form = "qcow2" if pair.writing else "raw"
        pair.disk("hda", pair.image(f"source.{form}", 8 * MIB, content=True),
                  pair.image(f"destination.{form}", 8 * MIB))
        pair.start()
        port = pair.ports[pair.source]
        port.write(1024, SPAN >> 10)
        wait_until(lambda: port.look().disk["written"] >= SPAN >> 12, what="some writing")
        if not pair.writing:
            port.write(0, 0)
            pair.copy = pair.directory / "copy.raw"
            shutil.copyfile(pair.images[0][0], pair.copy)
        yield pair


def bring_to(pair, shell, phase):
    """Starts a migration and waits until it is there."""
    shell.get("migrate_set_speed " + {"copy": "1m", "memory": "12m"}.get(phase, "0"))
    if phase not in ("copy", "memory"):
        shell.get("migrate_set_capability pause-before-switchover on")
    shell.get("migrate -d -b peer")
    if phase == "copy":
        pair.wait_for_copying(shell)
    elif phase == "memory":
        pair.wait_for_memory(shell)
    else:
        shell.get("wait pre-switchover 30")


def wait_for_end(pair, shell, victim):
    """Waits until all is over; the error's class and text, None and "" when it completed."""
    if victim == "shell":
        def over():
            states = pair.states()
            left = [pair.left(name) for name in pair.devices if pair.is_alive(name)]
            return states.count("running") == 1 and not any(left)
        wait_until(over, 20, f"one guest that runs, in {pair.states()}")
        time.sleep(0.3)
        return None, ""
    error = shell.ask("wait migration 30").get("error", {})
    return error.get("class"), error.get("desc", "")


def check_image(pair):
    """The source's image has the guest's data, whatever became of its QEMU."""
    pair.kill(pair.source)
    image = pair.images[0][0]
    if pair.writing:
        qemu_img("check", "-q", "-r", "leaks", image)
        raw = pair.directory / "content.raw"
        qemu_img("convert", "-O", "raw", image, raw)
        check_sectors(raw, SPAN)
    else:
        assert same_content(image, pair.copy)


def run(pair, victim, phase, delay=None):
    """Brings about the fault, and sees to it that it did no more harm than it had to."""
    shell = pair.shell()
    bring_to(pair, shell, phase)
    pauses = phase == "pre-switchover"
    if delay is not None:
        shell.get("migrate_continue pre-switchover")
        time.sleep(delay)
    if victim == "shell":
        shell.process.kill()
    elif victim == "cancel":
        shell.ask("migrate_cancel")
    else:
        pair.kill(getattr(pair, victim))
    kind, text = wait_for_end(pair, shell, victim)
    here, there = states = pair.states()
    assert states.count("running") <= 1
    moved = here in ("postmigrate", "gone") and there == "running"
    if victim == "source":
        assert here == "gone" and (kind is None) == moved, (states, kind, text)
        assert moved or kind == "Lost" and "is gone" in text
        assert moved or (there == "paused") == ("'cont' there runs it" in text)
        assert delay is not None or there in ("inmigrate", "gone")
    elif victim == "destination":
        assert there == "gone"
        if here == "running":
            assert kind == "GenericError" and "runs on with its own disks" in text
        else:  # the guest had left
            assert delay is not None and here == "postmigrate", (states, kind, text)
    else:
        # QEMU cancels even when the destination has all; it stands there, and is not let run
        assert moved or here == "running", (states, kind, text)
        assert there != "paused" or delay is not None
        assert moved or victim == "shell" or "cancelled" in text
        assert delay is not None or not moved
    if victim != "shell":
        pair.check_nothing_left(pauses or delay is not None)
    for name, state in zip(pair.devices, states):
        if state == "running":
            pair.ports[name].check()
    if not moved and here != "postmigrate":
        check_image(pair)
    return states, kind, text


@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("victim", ["source", "destination", "shell", "cancel"])
def test_before_the_switch_over(pair, victim, phase):
    run(pair, victim, phase)


@pytest.mark.parametrize("delay", AFTER)
@pytest.mark.parametrize("victim", ["source", "destination", "shell", "cancel"])
def test_in_the_switch_over(pair, victim, delay):
    run(pair, victim, "after", delay)
