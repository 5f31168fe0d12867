# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does between two hosts: those that matter most. The others are in
test_managed_table.py, test_managed_disks.py and test_managed_faults.py."""
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import HMPSH
from managed_rows import MAIN, check

TESTS = pathlib.Path(__file__).parent
SCRIPT = TESTS.parents[1] / "doc/labs/12-managed.hmp"


@pytest.mark.parametrize("row", MAIN, ids=str)
def test_managed(hosts, row):
    check(hosts, row)


def test_lab_script(two_hosts):  # pylint: disable=unused-argument  # skipped with them
    """As a newcomer runs it, on two hosts of its own."""
    done = subprocess.run([sys.executable, TESTS / "two_hosts.py", HMPSH, "-f", SCRIPT, "web01"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    typed = re.findall(r"^migrate (.*)", SCRIPT.read_text(), re.MULTILINE)
    table = done.stdout[done.stdout.index("\nguest  ") + 1:].splitlines()[1:]
    assert [line.split()[:3] for line in table] == [["web01", "managed", "completed"]] * len(typed)
    assert [line.rstrip().endswith(f" {behind}") for line, behind in zip(table, typed)] == [
        True] * len(typed)
