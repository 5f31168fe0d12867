# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab scripts in doc/labs run through, each in a lab of its own; they check themselves. Those
without a number are for something else than a lab."""
import pathlib

import pytest

LESSONS = sorted((pathlib.Path(__file__).parents[2] / "doc/labs").glob("[0-9]*.hmp"))


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson(hmpsh, lesson):
    done = hmpsh("--lab", "-f", str(lesson), timeout=120)
    assert done.returncode == 0, done.stderr
    assert "as they were written" in done.stdout  # lab check, at the destination
