#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "N passed, N failed" for the last test run in each Meson build directory given.

Counted are the single cases (TAP lines, pytest's summary); a program that reports
none, or that failed beside its cases, counts as one. Of a program that was run again,
alone, the second run counts.

  totals.py BUILD...         prints the totals
  totals.py --failed BUILD   prints the names of the whole-program tests that failed, if
                             they are few: a busy machine may have been the reason
"""
import json
import pathlib
import re
import sys

FEW = 3


def tests(build, base):
    """What Meson logged, by name; nothing where there was no such run."""
    path = pathlib.Path(build, "meson-logs", base + ".json")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {test["name"]: test for test in map(json.loads, lines)}


def is_good(test):
    return test["result"] in ("OK", "SKIP", "EXPECTEDFAIL")


def cases(test):
    output = test.get("stdout", "")
    tap = re.findall(r"^(not )?ok\b(?!.*# *SKIP\b)", output, re.I | re.M)
    last_line = output.strip().rpartition("\n")[2]
    summary = {word: int(count)
               for count, word in re.findall(r"(\d+) (passed|failed|error)", last_line)}
    passed = tap.count("") + summary.get("passed", 0)
    failed = len(tap) - tap.count("") + summary.get("failed", 0) + summary.get("error", 0)
    if not is_good(test):
        failed = max(failed, 1)
    elif test["result"] == "OK" and passed == 0:
        passed = 1
    return passed, failed


def failed_programs(build):
    """None when something else failed too, or too much."""
    failed = [name for name, test in tests(build, "testlog").items() if not is_good(test)]
    programs = [name.rpartition(" / ")[2] for name in failed if ":program / " in name]
    return programs if len(programs) == len(failed) <= FEW else []


def main(builds):
    totals = [0, 0]
    for build in builds:
        again = tests(build, "testlog-again")
        for name, test in (tests(build, "testlog") | again).items():
            totals = [total + count for total, count in zip(totals, cases(test))]
            if name in again and is_good(test):
                print(f"passed only when it was run again, alone: {name}")
    print(f"{totals[0]} passed, {totals[1]} failed")
    return totals[1] > 0


if sys.argv[1] == "--failed":
    print(*failed_programs(sys.argv[2]))
else:
    sys.exit(main(sys.argv[1:]))
