# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab for predictions of migrations, and what was predicted of those that have ended."""
import pytest

from conftest import HMPSH
from lab import Lab

MIB = 1 << 20


@pytest.fixture(name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        yield lab


def prepare(lab, dirty, speed, downtime):
    for line in (f"lab dirty {dirty}", f"migrate_set_speed {speed}",
                 f"migrate_set_downtime {downtime}"):
        lab.get(line)


def last_end(lab):
    return lab.get("info migrations")[-1]
