# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux of one's own in the lab: it boots, its console is seen, and `top` goes on across a
migration."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import HMPSH
from lab import Lab
from libvirtd import wait_until

MAKE = pathlib.Path(__file__).parents[2] / "doc/labs/make-linux"
NO_DOWNLOAD = re.compile(  # apt-get's words
    "Could not (resolve|connect)|Temporary failure resolving|Unable to connect|"
    "Cannot initiate the connection|Connection (failed|timed out|refused)")


@pytest.fixture(name="linux", scope="module")
def kernel_and_initrd(tmp_path_factory):
    if not shutil.which("apt-get"):
        pytest.skip("the kernel is Debian's")
    directory = tmp_path_factory.mktemp("linux")
    done = subprocess.run([MAKE, directory], stderr=subprocess.PIPE, text=True, timeout=120,
                          check=False)
    if done.returncode and NO_DOWNLOAD.search(done.stderr) and not os.environ.get("CI"):
        pytest.skip(f"the kernel cannot be downloaded: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return f"--kernel {directory}/vmlinuz --initrd {directory}/initrd.gz"


@pytest.fixture(name="lab", scope="module")
def lab_with_linux(linux):
    with Lab(HMPSH) as lab:
        lab.get(f"lab reset {linux}")
        wait_until(lambda: "top" in lab.get("lab console"), 60, "top at the console")
        yield lab


def test_no_orders_for_it(lab):
    error = lab.fail("lab dirty 1M")
    assert error == ("GenericError", "that is for the lab's own guest, and this one is yours "
                     "('lab reset --lab-guest' starts the lab's again)")


def test_top_goes_on_across_a_migration(lab):
    lab.get("migrate_set_speed 0")
    lab.get("migrate peer")
    assert lab.get("peer info status") == "VM status: running\n"
    wait_until(lambda: "busybox top" in lab.get("lab console"), 30, "top at the destination")
    lab.get("lab type q")  # it hears us there
    wait_until(lambda: "This is a shell" in lab.get("lab console"), 30, "the shell after top")
    lab.get("lab type echo $((6 * 7))")
    wait_until(lambda: "\n42\n" in lab.get("lab console"), 30, "an answer")
    sides = lab.sides()
    assert (sides["source"]["state"], sides["destination"]["state"]) == ("postmigrate", "running")
    assert "beat" not in sides["destination"]


def test_a_fresh_pair_boots_it_again(lab):
    lab.get("lab reset")
    wait_until(lambda: "busybox top" in lab.get("lab console"), 60, "top at the console")
    lab.get("lab reset --lab-guest")
    lab.get("lab dirty 1M")


def test_what_cannot_be(hmpsh, tmp_path):
    """What is wrong with the words leaves the lab as it is."""
    def error(words):
        done = hmpsh("--lab", stdin=f"lab reset {words}\n")
        assert done.returncode == 1
        return done.stderr.strip()
    assert error("--initrd x") == ("<stdin>:1: --initrd is about a kernel of your own: name it too "
                                   "(--kernel FILE)")
    assert error("--kernel /nonexistent") == ("<stdin>:1: cannot read '/nonexistent': No such file "
                                              "or directory")
    assert error(f"--kernel {tmp_path}") == f"<stdin>:1: cannot read '{tmp_path}': Is a directory"
    assert error(f"--kernel {__file__} --lab-guest") == ("<stdin>:1: --kernel and --lab-guest "
                                                         "exclude each other")
