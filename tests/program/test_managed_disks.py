# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does with disks: what must be at the destination for what, and that the
guest finds there what it wrote."""
import contextlib
import dataclasses

import pytest

from conftest import HMPSH
from disks import MIB
from managed_rows import EXCLUDE, MOVED, STAYED, URI, Managed, Row, run
from two_hosts_guests import (BASE, DISK, DISK_SIZE, NAME, Guest, make_certificates, make_image,
                              storage_pool)

NO_POOL = "Storage pool not found: no storage pool with matching target path"
NO_PRECREATION = "pre-creation of storage targets for incremental storage migration is not"


@dataclasses.dataclass(frozen=True)
class DiskRow(Row):
    """form: the guest's image, as Guest.add_disk(). there: what is at the destination before."""
    form: str = "raw"
    there: str = "empty"


ROWS = [
    DiskRow("neither copied nor shared", error="Unsafe migration"),
    DiskRow("unsafe", "--unsafe", there="copy"),
    DiskRow("all", "--copy-storage-all"),
    DiskRow("blk", "-b"),
    DiskRow("all to nothing", "--copy-storage-all", there="nothing", error=NO_POOL),
    DiskRow("all to a pool", "--copy-storage-all", there="pool"),
    DiskRow("all to a smaller one", "--copy-storage-all", there="smaller",
            error="Source and target image have different sizes"),
    DiskRow("all p2p", "--p2p --copy-storage-all"),
    DiskRow("all p2p tunnelled", "--p2p --tunnelled --copy-storage-all", early=True,
            error=EXCLUDE.format("--tunnelled", "--copy-storage-all")),
    DiskRow("all tls", "--tls --copy-storage-all", tls=True),
    DiskRow("all by name", f"--copy-storage-all --migrate-disks {DISK}"),
    DiskRow("all with a disk that is not there", "--copy-storage-all --migrate-disks vdz",
            error="Unsafe migration"),  # libvirt passes over what it does not know
    DiskRow("disks alone", f"--migrate-disks {DISK}", early=True,
            error="--migrate-disks needs --copy-storage-all or --copy-storage-inc"),
    DiskRow("all by a port", "--copy-storage-all --disks-port 49300"),
    DiskRow("all slowly", "--copy-storage-all --bandwidth 20"),
    DiskRow("all synchronously", "--copy-storage-all --copy-storage-synchronous-writes"),
    DiskRow("inc", "--copy-storage-inc", form="qcow2", there="overlay"),
    DiskRow("inc by its letter", "-i", form="qcow2", there="overlay"),
    DiskRow("inc to its base", "--copy-storage-inc", form="qcow2", there="base",
            error=NO_PRECREATION),
    DiskRow("inc to a pool with its base", "--copy-storage-inc", form="qcow2", there="base in pool",
            error=NO_PRECREATION),
    DiskRow("all of an overlay", "--copy-storage-all", form="qcow2"),
    DiskRow("all of an overlay to a pool", "--copy-storage-all", form="qcow2", there="pool"),
    DiskRow("all and inc", "-b -i", early=True,
            error=EXCLUDE.format("--copy-storage-all", "--copy-storage-inc")),
]


def prepare(guest, there):
    """Makes what is to be at the destination: a context."""
    destination = guest.hosts.destination
    if there in ("empty", "smaller"):
        make_image(destination, guest.image, size=DISK_SIZE if there == "empty" else MIB)
    elif there == "copy":
        guest.copy_to_destination(guest.image)
    elif there in ("overlay", "base", "base in pool"):
        guest.copy_to_destination(BASE)
        if there == "overlay":
            make_image(destination, guest.image, base=BASE)
    return storage_pool(destination) if "pool" in there else contextlib.nullcontext()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_disk(hosts, row):
    if row.tls:
        make_certificates(hosts)
    guest = Guest(hosts)
    device = guest.add_disk(row.form)
    guest.start(devices=device, writes=row.there != "copy")
    with prepare(guest, row.there):
        run(hosts, row)
        assert guest.states() == (STAYED if row.error else MOVED)
        guest.check_runs(hosts.source if row.error else hosts.destination)
    if not row.error:
        guest.check_same_disk()


@pytest.mark.parametrize("extra, options, moves", [
    ("<shareable/>", "", False), ("<readonly/>", "", True)], ids=["shareable", "readonly"])
def test_disk_that_is_not_copied(hosts, extra, options, moves):
    """libvirt takes no risk with one that is written to, not even by several guests."""
    guest = Guest(hosts)
    device = guest.add_disk("raw", extra).replace(DISK, "vda").replace("'ide'", "'virtio'")
    guest.start(devices=device, writes=False)
    guest.copy_to_destination(guest.image)
    run(hosts, Row("", options, error="" if moves else "Unsafe migration"))
    assert guest.states() == (MOVED if moves else STAYED)


@pytest.mark.parametrize("options", ["", "--p2p "], ids=["direct", "p2p"])
def test_cancelled_while_the_disk_is_copied(hosts, options):
    """The source goes on with its own."""
    guest = Guest(hosts)
    guest.start(devices=guest.add_disk("raw"))
    with prepare(guest, "empty"), Managed(hosts) as shell:
        shell.get(f"migrate -d --copy-storage-all {options}--bandwidth 1 {URI}")
        status = shell.wait_for_disk()
        assert status["disk"]["total"] == DISK_SIZE
        shell.get("migrate_cancel")
        shell.failed("cancel")
    assert guest.states() == STAYED
    guest.check_runs(hosts.source)


def test_advice_where_a_disk_is_in_the_way(hosts):
    guest = Guest(hosts)
    guest.start(devices=guest.add_disk("raw"))
    done = hosts.source.run(HMPSH, NAME, "migrate", URI)
    assert done.returncode == 1
    assert "'-b' copies the disks, '--unsafe' takes the risk" in done.stderr
