# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate_check between two hosts: healthy ones have nothing to be said of, and each thing that the
destination lacks is a row of its own."""

import pytest

from check_rows import only_row, rows
from conftest import HMPSH
from disks import disk_xml
from libvirtd import guest_xml, wait_until
from shell import Shell
from two_hosts import IMAGES

DIRECT = "qemu+tcp://hostb/system"
NETWORK = "<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>"
LINKS = ("<interface type='network'><source network='lan'/></interface>"
         "<interface type='bridge'><source bridge='br1'/></interface>")


@pytest.fixture(name="start")
def guest_starter(hosts, lab_guest):
    """Starts a guest at the source and gives an hmpsh at it: start(NAME, OPTION=...)."""
    shells = []

    def start(name, *more, **options):
        hosts.source.start_guest(name, kernel=lab_guest, **options)
        shells.append(Shell(HMPSH, *more, name, within=hosts.source.within))
        return shells[-1]
    yield start
    for shell in shells:
        shell.close()


def image(host, name="disk.raw", size=4 << 20):
    """Makes an empty image of a host's; its path there."""
    path = f"{IMAGES}/{name}"
    with open(host.path(path), "wb") as file:
        file.truncate(size)
    return path


def check(shell, line=f"migrate_check {DIRECT}"):
    """What is not ok, but for the clocks, which no libvirt tells of."""
    found = rows(shell, line)
    assert found.pop("the rest", ("unknown",))[0] == "unknown"
    return found


def test_healthy(hosts, start, lab_guest):
    """For libvirt and for a peer."""
    shell = start("healthy")
    for line in f"migrate_check {DIRECT}", f"migrate -n --p2p --persistent {DIRECT}":
        assert rows(shell, line) == {"the rest": (
            "unknown", f"not looked at: whether hostb has {lab_guest}; whether the hosts' clocks "
                       "agree; ")}
        assert {"libvirt", "memory's way", "CPU", "NX", "machine", "name", "UUID", "memory",
                "QEMU's version", "libvirt's version"} <= {row["check"] for row in shell.get(line)}
    assert hosts.destination.virsh("list", "--all", "--name") == ""
    assert shell.get("qmp query-migrate") == {}
    shell.get(f"migrate {DIRECT}")


def test_healthy_peer(hosts, start, lab_guest):
    hosts.destination.start_guest("there", kernel=lab_guest, qemu_args=("-incoming", "defer"))
    shell = start("here", "-p", f"there@{DIRECT}")
    assert rows(shell) == {"the rest": ("unknown", "not looked at: whether the hosts' clocks agree "
                                        "(both guests' events tell, once there are some); ")}
    assert {row["check"] for row in shell.get("migrate_check")} >= {"NX", "machine", "memory"}
    shell.get("migrate peer")
    answer = shell.ask("migrate_check")["return"]  # both sides have told of events
    clocks, = (row for row in answer if row["check"] == "clocks")
    assert clocks["result"] == "ok"


def test_name_is_taken(hosts, start, lab_guest):
    hosts.destination.start_guest("twice", kernel=lab_guest)
    shell = start("twice")
    (name, (result, text)), = check(shell).items()
    assert (name, result) == ("name", "blocker") and "'--dname NAME'" in text
    assert not check(shell, f"migrate -n --dname other {DIRECT}")


@pytest.mark.parametrize("active", [True, False])
def test_uuid_is_taken(hosts, start, active):
    number = "11111111-2222-4333-8444-555555555555"
    shell = start("one", uuid=number)
    xml = (f"<domain type='qemu'><name>two</name><uuid>{number}</uuid><memory>65536</memory>"
           "<os><type>hvm</type></os></domain>")
    hosts.destination.virsh("create" if active else "define", "/dev/stdin", stdin=xml)
    (name, (result, text)), = check(shell).items()
    assert (name, result) == ("UUID", "blocker")
    assert f"'virsh {'destroy' if active else 'undefine'} two'" in text


def test_own_definition_is_there(hosts, start):
    """Left by an earlier migration: that is well."""
    number = "11111111-2222-4333-8444-555555555555"
    shell = start("known", uuid=number)
    hosts.destination.virsh("define", "/dev/stdin", stdin=(
        f"<domain type='qemu'><name>known</name><uuid>{number}</uuid><memory>65536</memory>"
        "<os><type>hvm</type></os></domain>"))
    assert not check(shell)


def test_networks(hosts, start):
    """Missing, there but not started, and there."""
    for bridge in "br0", "br1":
        hosts.source.do("ip", "link", "add", bridge, "type", "bridge")
    try:
        for command in (("net-define", "/dev/stdin"), ("net-start", "lan")):
            hosts.source.virsh(*command, stdin=NETWORK)
        shell = start("linked", devices=LINKS)
        found = check(shell)
        assert set(found) == {"network lan", "bridge br1"}
        assert found["network lan"][0] == found["bridge br1"][0] == "blocker"
        assert "'virsh net-define'" in found["network lan"][1]
        hosts.destination.do("ip", "link", "add", "br0", "type", "bridge")
        hosts.destination.do("ip", "link", "add", "br1", "type", "bridge")
        hosts.destination.virsh("net-define", "/dev/stdin", stdin=NETWORK)
        found = check(shell)
        assert list(found) == ["network lan"] and "inactive" in found["network lan"][1]
        hosts.destination.virsh("net-start", "lan")
        assert not check(shell)
        shell.get(f"migrate {DIRECT}")
    finally:
        for host in hosts:
            host.end_guests()
            for words in (("virsh", "net-destroy", "lan"), ("virsh", "net-undefine", "lan"),
                          ("ip", "link", "del", "br0"), ("ip", "link", "del", "br1")):
                host.run(*words)


def test_local_disk(hosts, start):
    """libvirt takes it for unsafe, and so does the check."""
    path = image(hosts.source)
    image(hosts.destination)
    shell = start("stored", devices=disk_xml("vda", path))
    result, text = check(shell)["disk vda"]
    assert result == "blocker" and "'--unsafe'" in text and "'-b'" in text
    assert "Unsafe migration" in shell.fail(f"migrate {DIRECT}")[1]
    assert check(shell, f"migrate -n --unsafe {DIRECT}")["disk vda"][0] == "warning"
    assert check(shell, f"migrate_check -b {DIRECT}") == {}
    shell.get(f"migrate -b {DIRECT}")


def test_image_that_is_not_there(hosts, start):
    """As the storage pool there tells."""
    path = image(hosts.source)
    shell = start("stored", devices=disk_xml("vda", path))
    assert f"whether {path} is at hostb" in rows(shell, f"migrate -n -b {DIRECT}")["the rest"][1]
    hosts.destination.virsh("pool-create-as", "images", "dir", "--target", IMAGES)
    try:
        for line, serious in (("--unsafe", "warning"), ("-i", "blocker")):
            result, text = check(shell, f"migrate -n {line} {DIRECT}")["disk vda"]
            assert result == serious and "'virsh pool-refresh images' there" in text
        assert not check(shell, f"migrate -n -b {DIRECT}")  # libvirt makes it
        shell.get(f"migrate -b {DIRECT}")
    finally:
        hosts.destination.virsh("pool-destroy", "images")


def test_no_room(hosts, start):
    path = image(hosts.source, size=1 << 40)
    shell = start("large", devices=disk_xml("vda", path))
    hosts.destination.virsh("pool-create-as", "images", "dir", "--target", IMAGES)
    try:
        result, text = check(shell, f"migrate -n -b {DIRECT}")["disk vda"]
        assert result == "warning" and "1 TiB" in text
    finally:
        hosts.destination.virsh("pool-destroy", "images")


def test_medium(hosts, start):
    path = image(hosts.source, "medium.iso")
    shell = start("reading", devices=disk_xml("hda", path, device="cdrom"))
    result, text = check(shell)["disk hda"]
    assert result == "warning" and "'eject'" in text


def test_cpu_that_was_not_given(hosts):
    """What libvirt was told not to look at, and QEMU has not, is missed nowhere."""
    cpu = ("<cpu mode='custom' match='exact' check='none'><model>qemu64</model>"
           "<feature policy='require' name='avx512f'/></cpu>")
    xml = guest_xml("wishful").replace("<devices>", f"{cpu}<devices>")
    hosts.source.virsh("create", "/dev/stdin", stdin=xml)
    with Shell(HMPSH, "wishful", within=hosts.source.within) as shell:
        assert not check(shell)
        shell.get(f"migrate {DIRECT}")


def test_little_memory(start):
    with open("/proc/meminfo", encoding="ascii") as file:
        total = int(file.readline().split()[1]) >> 10
    shell = start("huge", memory=total - 8)
    (name, (result, _)), = check(shell).items()
    assert (name, result) == ("memory", "warning")


def test_paused(start):
    shell = start("paused")
    shell.get("stop")
    (name, (result, _)), = check(shell).items()
    assert (name, result) == ("state", "warning")


def test_job_of_libvirt(hosts, start):
    """A backup goes on until it is ended."""
    hosts.source.do("qemu-img", "create", "-q", "-f", "qcow2", f"{IMAGES}/disk.qcow2", "4M")
    shell = start("saved", devices=disk_xml("vda", f"{IMAGES}/disk.qcow2", "qcow2"))
    hosts.source.virsh("backup-begin", "saved", "/dev/stdin", stdin=(
        "<domainbackup mode='pull'><server name='localhost' port='10809'/></domainbackup>"))
    found = check(shell, f"migrate_check -b {DIRECT}")
    assert found["libvirt's job"][0] == "blocker"
    assert "'!virsh domjobabort saved'" in found["libvirt's job"][1]
    assert any(name.startswith("block job ") for name in found)
    hosts.source.virsh("domjobabort", "saved")


def test_migration_under_way(start):
    shell = start("moving")
    shell.get(f"migrate -d --bandwidth 1 {DIRECT}")
    wait_until(lambda: shell.get("info migrate").get("status") == "active", what="the migration")
    result, text = check(shell)["migration"]
    assert result == "blocker" and "'migrate_cancel'" in text
    assert "libvirt's job" not in check(shell)
    shell.get("migrate_cancel")


# --- the way there ---

@pytest.mark.parametrize("uri, reason", [
    ("qemu+tcp://nowhere.invalid/system", "Unable to resolve"),
    ("qemu+tcp://hostb:1/system", "Connection refused"),
    ("qemu:///system", "the guest's own host"),
])
def test_destination_that_cannot_be_reached(start, uri, reason):
    (name, (result, text)), = check(start("lonely"), f"migrate_check {uri}").items()
    assert (name, result) == ("libvirt", "blocker") and reason in text


def test_silent_destination(hosts, start):
    """libvirtd there is stopped: it is waited for 10 s."""
    shell = start("patient")
    hosts.destination.do("sh", "-c", f"kill -STOP {hosts.destination.daemon_pid()}")
    try:
        answer = shell.ask(f"migrate_check {DIRECT}", 30)
    finally:
        hosts.destination.do("sh", "-c", f"kill -CONT {hosts.destination.daemon_pid()}")
    row = answer["return"][0]
    assert 8 < answer["seconds"] < 14
    assert (row["check"], row["result"]) == ("libvirt", "blocker") and "10 s" in row["reason"]


@pytest.mark.parametrize("line, reason", [("", "is not known here"),
                                          ("192.0.2.1 hostb", "is this host")])
def test_name_that_leads_elsewhere(hosts, start, line, reason):
    """libvirt sends memory to what the destination calls itself."""
    file = hosts.source.path("/etc/hosts")
    before = file.read_text()
    shell = start("misled")
    file.write_text(before.replace("192.0.2.2 hostb", line))
    try:
        (name, (result, text)), = check(shell, "migrate_check qemu+tcp://192.0.2.2/system").items()
        assert (name, result) == ("memory's way", "blocker")
        assert reason in text and "'--migrateuri tcp://ADDRESS'" in text
        assert not check(shell, "migrate -n --migrateuri tcp://192.0.2.2 "
                                "qemu+tcp://192.0.2.2/system")
    finally:
        file.write_text(before)


def test_raw_way(start):
    """To a port of another host, which is not tried out."""
    shell = start("raw")
    found = rows(shell, "migrate_check tcp:hostb:4444")
    assert list(found) == ["the rest"] and "port 4444 of hostb" in found["the rest"][1]
    check_name, result, _ = only_row(shell, "migrate_check tcp:hosta:4444")
    assert (check_name, result) == ("way there", "blocker")
