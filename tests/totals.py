#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "N passed, N failed" for the last test run in each Meson build directory given.

Counted are the single cases (TAP lines, pytest's summary); a program that reports
none, or that failed beside its cases, counts as one.
"""
import json
import re
import sys


def cases(test):
    output = test.get("stdout", "")
    tap = re.findall(r"^(not )?ok\b(?!.*# *SKIP\b)", output, re.I | re.M)
    last_line = output.strip().rpartition("\n")[2]
    summary = {word: int(count)
               for count, word in re.findall(r"(\d+) (passed|failed|error)", last_line)}
    passed = tap.count("") + summary.get("passed", 0)
    failed = len(tap) - tap.count("") + summary.get("failed", 0) + summary.get("error", 0)
    if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
        failed = max(failed, 1)
    elif test["result"] == "OK" and passed == 0:
        passed = 1
    return passed, failed


totals = [0, 0]
for build in sys.argv[1:]:
    with open(f"{build}/meson-logs/testlog.json", encoding="utf-8") as log:
        for line in log:
            totals = [total + count for total, count in zip(totals, cases(json.loads(line)))]
print(f"{totals[0]} passed, {totals[1]} failed")
sys.exit(totals[1] > 0)
