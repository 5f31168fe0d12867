# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab scripts in doc/labs run through, each in a lab of its own; they check themselves. Those
without a number are for something else than a lab."""
import pathlib

import pytest

LESSONS = sorted((pathlib.Path(__file__).parents[2] / "doc/labs").glob("[0-9]*.hmp"))
SAYS = {  # at its end
    "09-disks": "as they were written", "10-saving": "as they were written",  # lab check
    "11-policies": "VM status: running\n",
}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson(hmpsh, lesson):
    done = hmpsh("--lab", "-f", str(lesson), timeout=120)
    assert done.returncode == 0, done.stderr
    assert SAYS[lesson.stem] in done.stdout


def test_there_are_lessons():
    assert {lesson.stem for lesson in LESSONS} == set(SAYS)
