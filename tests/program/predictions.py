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


def predict_and_migrate(lab, dirty, speed, downtime):
    """A migration that will end: what was predicted, and its summary, which tells that too."""
    prepare(lab, dirty, speed, downtime)
    predicted = lab.get("migrate_predict")
    assert predicted["converges"], predicted
    assert 70 * MIB < predicted["nonzero-bytes"] < 140 * MIB  # 100 MiB, by some hundred pages
    assert 256 * MIB <= predicted["memory-bytes"] < 260 * MIB
    assert predicted["link-assumed"] and len(predicted["assumptions"]) == 4
    lab.get("migrate peer")
    end = last_end(lab)
    assert end["predicted"] == "converges"
    for name in ("total-ms", "downtime-ms", "passes"):
        assert end["predicted-" + name] == predicted[name], end
    return predicted, end
