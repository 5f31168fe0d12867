# SPDX-License-Identifier: GPL-3.0-or-later
"""What `info migrate` says about the end of real migrations in the lab, and whether that comes."""
import os
import time

import pytest

from lab import Lab

HMPSH = os.environ["HMPSH"]
MIB = 1 << 20


@pytest.fixture(name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        yield lab


def state(lab):
    return lab.get("info migrate")


def watch(lab, until, seconds=30):
    """Looks four times a second until a look fulfils the condition; all looks."""
    looks = []
    end = time.monotonic() + seconds
    while not looks or not until(looks[-1]):
        assert time.monotonic() < end, looks[-1]
        lab.get("sleep 0.25")
        looks.append(state(lab))
    return looks


def hopeless(look):
    return look["verdict"] == "will not converge"


def over(look):
    return look["status"] in ("completed", "failed", "cancelled")


def start(lab, *, dirty="0", speed="64m", downtime="0.05"):
    lab.get(f"lab dirty {dirty}")
    lab.get(f"migrate_set_speed {speed}")
    lab.get(f"migrate_set_downtime {downtime}")
    lab.get("migrate -d peer")


def test_idle_guest(lab):
    """The first pass is all there is; half-way through it, its end is foreseen."""
    lab.get("lab dirty 2000M 230M")  # no page of zeros is left, so that all are equally long
    lab.get("sleep 0.5")
    start(lab, speed="48m", downtime="0.3")
    begun = time.monotonic()
    looks = [(time.monotonic() - begun, look) for look in watch(lab, over)]
    took = time.monotonic() - begun
    assert looks[-1][1]["verdict"] == "completed"
    percents = [look["percent"] for _, look in looks if "percent" in look]
    assert percents == sorted(percents) and 0 <= percents[0] and percents[-1] <= 100
    assert all("percent" not in look for _, look in looks if look.get("pass", 0) > 1)


def test_eta_of_the_first_pass(lab):
    """Within 30 % once half of it is done."""
    lab.get("lab dirty 2000M 230M")
    lab.get("sleep 0.5")
    start(lab, speed="48m", downtime="0.3")
    foreseen = []
    while (look := state(lab)).get("pass", 1) == 1 and not over(look):
        if 50 <= look.get("percent", 0) <= 80:
            foreseen.append((time.monotonic(), look["eta"]))
            assert look["eta-means"] == "to the end of the first pass"
        lab.get("sleep 0.2")
    end = time.monotonic()
    assert len(foreseen) > 3
    for when, eta in foreseen:
        assert abs(eta - (end - when)) < 0.3 * (end - when) + 0.3, foreseen


@pytest.mark.parametrize("which, command", [(0, "migrate_set_downtime"), (1, "migrate_set_speed")])
def test_no_end_and_the_way_out(lab, which, command):
    """Within three passes it says so; the command that it prints ends the migration."""
    start(lab, dirty="400M 100M")
    looks = watch(lab, hopeless)
    assert looks[-1]["pass"] <= 3
    assert abs(looks[-1]["working-set"] - 100 * MIB) < 6 * MIB  # as exact as QEMU 10's throughput
    assert "eta" not in looks[-1] and "percent" not in looks[-1]
    advice = looks[-1]["advice"][which]
    assert advice.startswith(command + " ")
    lab.get(advice)
    lab.get("wait migration 5")


@pytest.mark.parametrize("span, ends", [(24, True), (42, False)])
def test_at_the_threshold(lab, span, ends):
    """64 MiB/s and half a second: 32 MiB may be left."""
    start(lab, dirty=f"2000M {span}M", downtime="0.5")
    if ends:
        looks = watch(lab, over)
        assert looks[-1]["status"] == "completed"
        assert not any(hopeless(look) for look in looks)
    else:
        looks = watch(lab, hopeless)
        lab.get("sleep 2")
        assert state(lab)["status"] == "active"
        assert abs(looks[-1]["threshold"] - 32 * MIB) < 4 * MIB


def test_throttled(lab):
    """A guest that QEMU slows is no hopeless case."""
    lab.get("migrate_set_capability auto-converge on")
    start(lab, dirty="200M 64M", downtime="0.3")
    looks = watch(lab, lambda look: look.get("cpu-throttle-percentage", 0) > 0)
    looks += watch(lab, lambda look: look["verdict"] in ("throttling", "converging"))
    assert not any(hopeless(look) for look in looks)
    lab.get("migrate_cancel")


def test_postcopy(lab):
    if os.geteuid() != 0:
        pytest.skip("post-copy needs userfaultfd")
    for line in ("peer migrate_set_capability postcopy-ram on",
                 "migrate_set_capability postcopy-ram on"):
        lab.get(line)
    start(lab, dirty="400M 100M", speed="24m")
    lab.get("migrate_set_parameter max-postcopy-bandwidth 48M")
    looks = watch(lab, hopeless)
    assert looks[-1]["advice"][-1] == "migrate_start_postcopy"
    lab.get(looks[-1]["advice"][-1])
    assert "post-copy" in {look["verdict"] for look in watch(lab, over)}
    assert state(lab)["status"] == "completed"


def test_cancelled_and_failed(lab):
    start(lab, dirty="100M 50M", speed="8m")
    lab.get("sleep 0.3")
    lab.get("migrate_cancel")
    assert state(lab)["verdict"] in ("cancelled", "failed")  # see raw.h: raw_cancel()
    lab.get("migrate -d tcp:127.0.0.1:1")
    lab.fail("wait migration 5")
    look = state(lab)
    assert look["verdict"] == "failed" and "refused" in look["reason"]


def test_attached_late(lab):
    """Nobody looked until pass 4: QEMU's own figures tell as much."""
    start(lab, dirty="400M 50M")
    lab.get("sleep 7")
    look = state(lab)
    assert look["pass"] >= 4 and hopeless(look)
    assert abs(look["working-set"] - 50 * MIB) < 5 * MIB
