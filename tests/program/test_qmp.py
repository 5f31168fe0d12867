# SPDX-License-Identifier: GPL-3.0-or-later
"""QMP typed by hand: each value becomes what the schema of the guest's QEMU wants."""
import pytest

from conftest import HMPSH
from lab import Lab

MOST = 2 ** 64 - 1


@pytest.fixture(scope="module", name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        yield lab


def parameter(lab, name):
    return lab.get("qmp query-migrate-parameters")[name]


@pytest.mark.parametrize("typed, value", [
    ("1G", 2 ** 30), ("0x100000", 2 ** 20), ('"5000000"', 5000000), ("1.5m", 3 * 2 ** 19),
    (str(MOST), MOST), (str(MOST - 1), MOST - 1), (str(2 ** 53 + 1), 2 ** 53 + 1),
])
def test_integers(lab, typed, value):
    lab.get(f"qmp migrate-set-parameters max-bandwidth={typed}")
    assert parameter(lab, "max-bandwidth") == value


def test_strings_stay_strings(lab):
    for text in ("5", "true", "1G"):
        lab.get(f"qmp migrate-set-parameters tls-authz={text}")
        assert parameter(lab, "tls-authz") == text
    lab.get('qmp migrate-set-parameters "tls-authz=a b"')
    assert parameter(lab, "tls-authz") == "a b"


def test_booleans_and_enums(lab):
    for word, on in (("on", True), ("no", False), ("true", True), ("off", False)):
        lab.get(f"qmp migrate-set-parameters cpu-throttle-tailslow={word}")
        assert parameter(lab, "cpu-throttle-tailslow") is on
    lab.get("qmp migrate-set-parameters multifd-compression=zlib")
    assert parameter(lab, "multifd-compression") == "zlib"
    assert lab.fail("qmp migrate-set-parameters multifd-compression=zilb") == (
        "Syntax", "multifd-compression: no value is called 'zilb' (did you mean 'zlib'?)")
    assert lab.fail("qmp migrate-set-parameters cpu-throttle-tailslow=1") == (
        "Syntax", "cpu-throttle-tailslow: on or off expected, not '1'")


def test_nested_members_and_unions(lab):
    lab.get("qmp blockdev-add node-name=qmp-0 size=1M driver=null-co")
    lab.get("qmp blockdev-add driver=raw node-name=qmp-1 file=qmp-0 offset=64K size=512K "
            "cache.direct=off")
    nodes = {node["node-name"]: node for node in
             lab.get("qmp query-named-block-nodes flat=on")}
    assert nodes["qmp-0"]["image"]["virtual-size"] == 2 ** 20
    assert nodes["qmp-1"]["image"]["virtual-size"] == 2 ** 19
    assert lab.fail("qmp blockdev-add driver=raw node-name=qmp-2 file=qmp-0 cache=off")[1] == (
        "cache is an object: use cache.MEMBER=VALUE or cache:=JSON")
    for node in ("qmp-1", "qmp-0"):
        lab.get(f"qmp blockdev-del node-name={node}")


def test_what_the_schema_does_not_know_is_for_qemu(lab):
    assert lab.fail("qmp query-status a=1")[0] == "GenericError"
    assert lab.fail("qmp no-such-command a=1")[0] == "CommandNotFound"
    assert lab.fail("qmp migrate-set-parameters max-bandwidth:=\"1G\"")[0] == "GenericError"
    lab.get("qmp object-add qom-type=iothread id=qmp-io poll-max-ns=5K")
    assert lab.get("qmp qom-get path=/objects/qmp-io property=poll-max-ns") == 5120
    lab.get("qmp qom-set path=/objects/qmp-io property=poll-max-ns value=7000")  # takes any type
    assert lab.get("qmp qom-get path=/objects/qmp-io property=poll-max-ns") == 7000
    lab.get("qmp object-del id=qmp-io")


def test_numbers_as_printed(hmpsh):
    """Without --json too."""
    done = hmpsh("--lab", stdin=f"qmp migrate-set-parameters max-bandwidth={MOST}\n"
                                "qmp query-migrate-parameters\n")
    assert done.returncode == 0, done.stderr
    assert f'"max-bandwidth":{MOST}' in done.stdout
