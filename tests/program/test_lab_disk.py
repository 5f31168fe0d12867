# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks of the lab's guests: written at a rate, checked, copied, and gone afterwards."""
import os
import pathlib
import time

import pytest

from conftest import HMPSH
from lab import Lab, Place
from libvirtd import wait_until

MIB = 1 << 20
BLOCK = 4096
NO_DISK = "the lab's guests have no disk ('lab reset --disk 64M' gives them one)"


def images(lab):
    """The image files of the lab, by name."""
    return {path.name: path for path in lab.place.path.glob("*/images/*")}


def disk(lab, guest="source"):
    return lab.sides()[guest]["disk"]


@pytest.fixture(name="raw", scope="module")
def lab_with_raw_disks():
    with Lab(HMPSH) as lab:
        for line in ("lab write 1M", "lab check", "lab copy"):
            assert lab.fail(line) == ("GenericError", NO_DISK)
        assert all("disk" not in side for side in lab.sides().values())
        lab.get("lab reset --disk 64M")
        yield lab


@pytest.fixture(name="overlay", scope="module")
def lab_with_overlays(raw):
    """The same lab, used up by the tests before."""
    raw.get("lab reset --base")  # the size is as it was
    return raw


# --- options ---

@pytest.mark.parametrize("line, kind, reason", [
    ("lab reset --disk 1023k", "GenericError", "1 MiB to 64 GiB"),
    ("lab reset --disk 65G", "GenericError", "1 MiB to 64 GiB"),
    ("lab reset --disk 0 --base", "GenericError", "give its size too"),
    ("lab reset --disk", "Syntax", "lab reset: --disk: SIZE expected: a disk"),
    ("lab reset --disk big", "Syntax", "lab reset: SIZE is a size, not 'big': MiB, or"),
    ("lab reset --dsk 64M", "Syntax", "unsupported option --dsk (did you mean '--disk'?)"),
    ("lab reset 64M", "Syntax", "extraneous characters"),
    ("lab start --disk 64M", "GenericError", "runs already"),
    ("lab write", "Syntax", "lab write: RATE expected: bytes per second"),
    ("lab write 1k", "GenericError", "smallest rate is 4k"),
    ("lab write 1M 1k", "GenericError", "smallest span"),
    ("lab copy", "GenericError", "stop it first"),
])
def test_refusals(raw, line, kind, reason):
    """Nothing is done to the guests then."""
    before = set(raw.place.qemus())
    said = raw.fail(line)
    assert said[0] == kind and reason in said[1]
    assert set(raw.place.qemus()) == before


# --- raw images ---

def test_raw_images_are_sparse(raw):
    assert set(images(raw)) == {"source.raw", "destination.raw"}
    for path in images(raw).values():
        assert path.stat().st_size == 64 * MIB and path.stat().st_blocks * 512 < MIB


def test_nothing_is_written_unasked(raw):
    assert raw.get("lab check") == {"blocks": 0, "bad": 0, "errors": 0}
    assert disk(raw) == {"size": 64 * MIB, "rate": 0, "span": 0, "written": 0, "errors": 0}


@pytest.mark.parametrize("rate, span", [(1, 1), (20, 16)])
def test_rate_is_kept(raw, rate, span):
    raw.get(f"lab write {rate} {span}M")
    time.sleep(0.3)
    first, begun = disk(raw), time.monotonic()
    time.sleep(1)
    last, took = disk(raw), time.monotonic() - begun
    assert (last["rate"], last["span"]) == (rate * MIB, span * MIB)
    achieved = (last["written"] - first["written"]) / took / MIB
    assert rate * 0.8 < achieved < rate * 1.2


def test_check_while_it_writes(raw):
    beat = raw.sides()["source"]["beat"]
    assert raw.get("lab check") == {"blocks": 16 * MIB // BLOCK, "bad": 0, "errors": 0}
    raw.wait_for_beat("source", beat)
    written = disk(raw)["written"]
    wait_until(lambda: disk(raw)["written"] > written, what="the writing to go on")


def test_span_is_cut(raw):
    raw.get("lab write 1 1G")
    assert disk(raw)["span"] == 64 * MIB
    assert "first 64 MiB of its disk and no further" in raw.stderr()


def test_changes_behind_the_guests_back_are_found(raw):
    raw.get("lab write 0")
    blocks = raw.get("lab check")["blocks"]
    with open(images(raw)["source.raw"], "r+b") as image:
        for block in (1, 5, 6):
            image.seek(block * BLOCK + 1000)
            image.write(b"?")
        image.seek(20 * BLOCK)
        image.write(bytes(BLOCK))
        image.seek(40 * MIB)  # the guest has not written there
        image.write(b"?")
    assert raw.fail("lab check") == (
        "GenericError", f"4 of {blocks} blocks are not as the guest wrote them")
    written = disk(raw)["written"]
    raw.get("lab write 100 32M")  # over it
    wait_until(lambda: disk(raw)["written"] > written + 33 * MIB, what="a round written")
    raw.get("lab write 0")
    assert raw.get("lab check")["bad"] == 0


def test_stopped_guest_does_not_check(raw):
    raw.get("stop")
    kind, text = raw.fail("lab check")
    assert kind == "Timeout" and "is it stopped?" in text
    raw.get("cont")
    assert raw.get("lab check")["bad"] == 0


def test_memory_moves_without_the_disk(raw):
    """The destination's disk is empty, and its guest knows what should be there."""
    raw.get("lab write 20 8M")
    raw.get("migrate peer")
    raw.wait_for_beat("destination", 0)
    kind, text = raw.fail("lab check")
    assert kind == "GenericError" and "blocks are not as the guest wrote them" in text
    # all but what it has written there since
    bad, blocks = (int(word) for word in text.split() if word.isdigit())
    assert 0 < blocks - 8 * MIB // BLOCK <= bad <= blocks
    side = raw.sides()["destination"]
    assert side["disk"]["rate"] == 20 * MIB and side["disk"]["written"] > 50 * MIB


# --- overlays on a base ---

def test_overlays(overlay):
    there = images(overlay)
    assert set(there) == {"base.raw", "source.qcow2", "destination.qcow2"}
    assert there["base.raw"].stat().st_size == 64 * MIB
    with open(there["base.raw"], "rb") as base:
        assert base.read(15) == b"hmpsh lab base " and base.read(1) == b"0"
    assert disk(overlay)["size"] == 64 * MIB
    assert f"Backing file:     {there['base.raw']}" in overlay.get("info block")
    assert f"Backing file:     {there['base.raw']}" in overlay.get("peer info block")


def test_static_migration(overlay):
    """Saved, copied, loaded: the guest goes on at the destination, with its disk."""
    overlay.get("lab write 20 16M")
    wait_until(lambda: disk(overlay)["written"] > 16 * MIB, what="the span written")
    overlay.get("savevm one")
    overlay.get("stop")
    last = overlay.sides()["source"]["beat"]
    overlay.get("lab copy")
    assert overlay.get("peer info status").startswith("VM status: paused")
    assert "'one'" in str(overlay.get("peer info snapshots"))
    overlay.get("peer loadvm one")
    overlay.get("peer cont")
    first = overlay.wait_for_beat("destination", 0)
    assert last - 50 < first < last + 50
    assert overlay.get("lab check") == {"blocks": 16 * MIB // BLOCK, "bad": 0, "errors": 0}
    sides = overlay.sides()
    assert (sides["source"]["state"], sides["destination"]["state"]) == ("paused", "running")
    assert sides["destination"]["disk"]["rate"] == 20 * MIB
    overlay.get("lab write 5")  # it takes orders there
    kind, text = overlay.fail("migrate peer")
    assert kind == "GenericError" and "does not wait for a migration" in text


def test_pair_is_made_as_the_last_time(overlay):
    before = {name: path.stat().st_ino for name, path in images(overlay).items()}
    overlay.get("lab stop")
    assert images(overlay) == {} and not list(overlay.place.path.glob("*/images"))
    assert "is stopped" in overlay.fail("lab write 1")[1]
    overlay.get("lab start")
    assert set(images(overlay)) == set(before)
    assert overlay.get("lab check")["blocks"] == 0
    overlay.get("lab reset --disk 0")
    assert images(overlay) == {}
    assert overlay.fail("lab write 1M") == ("GenericError", NO_DISK)
    assert "give its size too" in overlay.fail("lab reset --base")[1]


# --- a directory that stays ---

def test_given_directory_keeps_no_image(hmpsh):
    with Place() as place:
        directory = place.path / "lab"
        directory.mkdir()
        known = pathlib.Path(os.environ["XDG_CACHE_HOME"]) / "hmpsh" / "libvirt"
        (directory / "cache").symlink_to(known)  # QEMU was asked for its capabilities before
        done = hmpsh("--lab", f"--lab-dir={directory}",
                     stdin="lab reset --disk 4M --base\nlab status\nlab check\n")
        assert (done.returncode, done.stderr) == (0, "")
        table = done.stdout.splitlines()
        assert table[0].split() == ["guest", "state", "heartbeat", "writes", "disk"]
        assert table[1].endswith("4 MiB") and done.stdout.endswith(
            "\n0 blocks of 4 KiB as they were written\n")
        wait_until(lambda: not (directory / "images").exists(), what="no image")
        assert os.listdir(directory)
