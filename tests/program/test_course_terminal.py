# SPDX-License-Identifier: GPL-3.0-or-later
"""The lessons of doc/labs at a terminal, in English and in Chinese: no line is wider than the window,
nothing flashes by, all is in the reader's language, and what is shown can be typed."""
import gettext
import os
import pathlib
import re

import pytest
from wcwidth import wcswidth

from conftest import HMPSH
from lab_terminal import LabTerminal
from terminal import ENTER, Terminal

LESSONS = sorted((pathlib.Path(__file__).parents[2] / "doc/labs").glob("[0-9]*-*.hmp"))
CATALOGUES = pathlib.Path(HMPSH).resolve().parent / "doc/po"
ENGLISH, CHINESE = "C.UTF-8", "zh_CN.UTF-8"
SEQUENCE = re.compile(rb"\x1b\[[?0-9;]*[a-zA-Z]|\x1b[=>()][B0]?")
SENTENCE = re.compile(r"(?<![-/\w])[A-Za-z]?[a-z]+,?(?: [a-z]+){3}(?![-/=\w])")  # English, not a name
GOES_ON = "Enter goes on; q, then Enter, ends the lesson"
RUNS = ("Enter runs it; q, then Enter, ends the lesson",
        "Enter runs them; q, then Enter, ends the lesson")
NO_RECORDING, RECORDED = ("There is no recording of this lesson.",
                          "The lesson's migrations, as they were recorded:")
ROWS = 24


def in_language(locale, text):
    if locale == ENGLISH:
        return text
    if not CATALOGUES.is_dir():
        pytest.skip("there is no catalogue")
    return gettext.translation("hmpsh", CATALOGUES, ["zh_CN"]).gettext(text)


def lines_of(sent):
    """What was sent, line by line, as it stands in the end."""
    text = SEQUENCE.sub(b"", sent).decode().replace("\r\n", "\n")
    return [line.rsplit("\r", 1)[-1].rstrip() for line in text.split("\n")]


def too_wide(lines, columns):
    return [line for line in lines if not 0 <= wcswidth(line) <= columns]  # -1: it cannot be told


def in_english(lines):
    """Those with a sentence that is not in Chinese; QEMU's own words stand in quotes, what is typed
    behind a prompt or is indented."""
    return [line for line in lines if not line.startswith(("(source) ", "│     "))
            and SENTENCE.search(re.sub("“[^”]*”?|[^“]*”", "", line))]


def pauses(terminal, locale, is_over):
    """Goes through the lesson that was begun: at each pause what it waits for, and the lines since
    the one before."""
    invitations = [in_language(locale, text) for text in (*RUNS, GOES_ON)]
    begun = len(terminal.sent)
    while True:
        terminal.wait(lambda: len(terminal.sent) > begun + 20 and
                      (is_over() or terminal.lines()[-1] in invitations), 60)
        if is_over():
            return
        yield terminal.lines()[-1], lines_of(terminal.sent[begun:])[1:-1]
        begun = len(terminal.sent)
        terminal.send(ENTER)


def commands_of(lesson):
    return [line for line in lesson.read_text().splitlines() if line[:1] not in ("", "#")]


@pytest.mark.parametrize("columns, locale", [(60, ENGLISH), (60, CHINESE), (100, CHINESE)])
def test_widths(columns, locale):
    """Every lesson shows what it would run, in lines that fit."""
    ends = [in_language(locale, text) for text in (NO_RECORDING, RECORDED)]
    environment = {**os.environ, "LC_ALL": locale, "NO_COLOR": "1"}
    with Terminal(HMPSH, "-c", "test:///none", columns=columns, rows=60,
                  environment=environment) as terminal:
        prompt = f"({in_language(locale, 'no guest')})"
        terminal.wait_prompt(prompt)
        terminal.run("lab lesson", prompt)
        for lesson in LESSONS:
            terminal.clear()
            before = len(terminal.sent)
            terminal.send(f"lab lesson {lesson.stem} --recorded\r")
            for _ in pauses(terminal, locale, lambda: any(text in terminal.text() for text in ends)):
                pass
            terminal.interrupt(prompt)
            barred = [line for line in lines_of(terminal.sent[before:]) if line.startswith("│")]
            assert len(barred) > 10 and too_wide(barred, columns) == []
            shown = " ".join(line.removeprefix("│").strip() for line in barred)
            assert [line for line in commands_of(lesson) if line not in shown] == []
            if locale == CHINESE:
                assert in_english(barred) == []


@pytest.mark.parametrize("locale, number", [(ENGLISH, 1), (CHINESE, 3)])
def test_first_time(locale, number):
    """All of a lesson, as somebody goes through it who then types what it has shown."""
    lesson, = [path for path in LESSONS if path.stem.startswith(f"{number:02}-")]
    runs = [in_language(locale, text) for text in RUNS]
    shown = []
    with LabTerminal(columns=80, rows=ROWS, no_colour="1", LC_ALL=locale) as terminal:
        terminal.clear()
        terminal.send(f"lab lesson {number}\r")
        for invitation, lines in pauses(terminal, locale, terminal.at_prompt):
            picture = "(source) plot" in lines  # goes through the pager, where there is one
            assert picture or len(lines) < 2 * ROWS and too_wide(lines, 80) == []
            if invitation in runs:
                step = lines[len(lines) - lines[::-1].index("│"):]
                shown += [line.removeprefix("│     ") for line in step if line]
            if locale == CHINESE and not picture:
                assert in_english(lines) == []
        assert shown == commands_of(lesson)
        terminal.run("lab reset")
        terminal.run("set events off")
        for line in shown:
            result = "\n".join(terminal.run(line, seconds=60))
            assert not re.search("rror|unknown|refused|错误|失败", result), (line, result)
