# SPDX-License-Identifier: GPL-3.0-or-later
"""What migrate_check says, for the tests of it."""


def rows(shell, line="migrate_check peer"):
    """What is not ok: the result and the text by what was looked at."""
    answer = shell.ask(line)
    found = answer["return"]
    blockers = sum(row["result"] == "blocker" for row in found)
    expected = f"{blockers} blocker{'s' * (blockers != 1)}"
    assert answer.get("error", {}).get("desc", "").endswith(expected) if blockers else (
        "error" not in answer), answer
    return {row["check"]: (row["result"], row["reason"] + "; " + row.get("way-out", ""))
            for row in found if row["result"] != "ok"}


def only_row(shell, line="migrate_check peer"):
    """The only one: what it is about, its result, its text."""
    (check, (result, text)), = rows(shell, line).items()
    return check, result, text
