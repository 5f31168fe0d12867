# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does between two hosts: every kind of guest, way and option, and what is
done meanwhile."""
import pytest

from managed_rows import LONG, check


@pytest.mark.parametrize("row", LONG, ids=str)
def test_managed(hosts, row):
    check(hosts, row)
