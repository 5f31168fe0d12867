# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's guest moves with its disk, and finds there what it wrote."""
import os
import signal
import subprocess
import time

import pytest

from conftest import HMPSH
from disks import same_content
from lab import Lab, Place
from libvirtd import wait_until

RUNNING = "VM status: running\n"


@pytest.fixture(name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        yield lab


def images(lab):
    """The source's image and the destination's."""
    directory, = lab.place.path.glob("*/images")
    source, = directory.glob("source.*")
    return source, directory / f"destination{source.suffix}"


def check(lab):
    """The guest reads back what it wrote."""
    result = lab.get("lab check")
    assert result["bad"] == 0 and result["blocks"] > 0, result


def wait_for_memory(lab):
    """Waits until the disks are in step and the memory is on its way."""
    wait_until(lambda: (now := lab.get("info migrate")).get("ram", {}).get("transferred", 0) > 0
               and now["status"] == "active", what="the copying of memory")


def check_nothing_left(lab):
    for side in "", "peer ":
        assert lab.get(side + "qmp query-block-jobs") == []
        assert lab.get(side + "qmp query-block-exports") == []
        nodes = [node["node-name"] for node in lab.get(side + "qmp query-named-block-nodes")]
        assert not [name for name in nodes if name.startswith("hmpsh-")]


@pytest.mark.parametrize("flag, base", [("-b", ""), ("-i", "--base")])
@pytest.mark.parametrize("busy", [False, True])
def test_disk_moves_with_the_guest(lab, flag, base, busy):
    """All of it or its top layer, whether or not the guest goes on writing."""
    lab.get(f"lab reset --disk 32M {base}")
    lab.get("lab write 8M 8M")
    wait_until(lambda: lab.sides()["source"]["disk"]["written"] >= 4 << 20, what="some writing")
    if not busy:
        lab.get("lab write 0")
    lab.get(f"migrate {flag} peer")
    sides = lab.sides()
    assert (sides["source"]["state"], sides["destination"]["state"]) == ("postmigrate", "running")
    check_nothing_left(lab)
    lab.wait_for_beat("destination", 0)
    check(lab)
    if busy:  # it goes on there, and only there
        before = lab.sides()["destination"]["disk"]["written"]
        wait_until(lambda: lab.sides()["destination"]["disk"]["written"] > before,
                   what="more writing")
    else:
        assert same_content(*images(lab))


def test_stopped_while_it_writes(lab):
    """What the source has at the end is what the destination has, to the last byte."""
    lab.get("lab reset --disk 32M")
    lab.get("lab write 20M 16M")
    lab.get("migrate_set_speed 32m")
    lab.get("migrate -d -b peer")
    wait_for_memory(lab)
    lab.get("migrate_set_speed 1m")
    lab.get("stop")
    lab.get("migrate_set_speed 0")
    assert lab.get("wait migration 30")["status"] == "completed"
    assert lab.get("peer info status").startswith("VM status: paused")
    assert same_content(*images(lab))
    lab.get("peer cont")
    lab.wait_for_beat("destination", 0)
    check(lab)


def test_cancelled_and_once_more(lab):
    """The second time to a fresh destination: the first one ended with its migration."""
    lab.get("lab reset --disk 32M")
    lab.get("lab write 8M 8M")
    lab.get("migrate_set_speed 16m")
    lab.get("migrate -d -b peer")
    wait_for_memory(lab)
    lab.get("migrate_cancel")
    kind, text = lab.fail("wait migration 20")
    assert kind == "GenericError" and "cancelled" in text
    assert lab.get("info status") == RUNNING
    assert lab.get("qmp query-block-jobs") == []
    check(lab)
    lab.get("migrate_set_speed 0")
    assert lab.get("migrate -b peer")["status"] == "completed"
    lab.wait_for_beat("destination", 0)
    check(lab)
    check_nothing_left(lab)


@pytest.mark.skipif(os.geteuid() != 0, reason="page faults are handled for root")
def test_postcopy(lab):
    """The disk has moved when the guest does, and the memory follows."""
    lab.get("lab reset --disk 32M")
    lab.get("lab write 4M 8M")
    lab.get("peer migrate_set_capability postcopy-ram on")
    lab.get("migrate_set_capability postcopy-ram on")
    lab.get("migrate_set_speed 16m")
    lab.get("migrate -d -b peer")
    wait_for_memory(lab)
    lab.get("migrate_start_postcopy")
    lab.wait_for_beat("destination", 0)
    assert lab.get("wait migration 60")["status"] == "completed"
    assert lab.get("peer info status") == RUNNING
    check(lab)
    check_nothing_left(lab)


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGKILL, -9),
                                            (None, 1)])
def test_nothing_is_left(number, status):
    """However the shell ends while it copies, the lab ends with it."""
    script = "lab reset --disk 32M\nlab write 20M 16M\nmigrate_set_speed 4m\nmigrate -d -b peer\n"
    with Place() as place:
        with subprocess.Popen([HMPSH, "--lab"], env=place.environment, text=True, bufsize=1,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdin.write(script + "info status\n" + ("sleep 60\n" if number else "nosuch\n"))
            assert process.stdout.readline() == RUNNING
            if number:
                time.sleep(0.2)
                process.send_signal(number)
            try:
                process.communicate(timeout=20)
            finally:
                process.kill()
            assert process.returncode == status
        place.wait_until_empty()


def test_silence_is_told(hmpsh):
    done = hmpsh("--lab", stdin="lab reset --disk 32M\nlab write 4M\nmigrate -b peer\n"
                 "lab check\nlab status\n")
    assert done.returncode == 0, done.stderr
    assert " as they were written\n" in done.stdout
    assert "The heartbeat was silent for " in done.stdout
