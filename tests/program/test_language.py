# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh in a Chinese locale, which the system need not have: what a reader sees is in Chinese, what
a program reads is as in English, to the byte."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest

from conftest import HMPSH
from lab_terminal import LabTerminal
from terminal import CTRL_A, CTRL_D, TAB, Terminal

CHINESE = "zh_CN.UTF-8"
ENGLISH = "C.UTF-8"
HANZI = re.compile("[\u4e00-\u9fff]")
NO_GUEST = {"LIBVIRT_DEFAULT_URI": "test:///default"}

# A line and whether hmpsh says in its own words what is wrong with it.
REFUSED = (("sleep x", True), ("sleep", True), ("wait", True), ("watch -n", True),
           ("migrate --p2pp x", True), ("attach nobody", True), ("set nothing", True),
           ("qmp nothing", False), ("source /nowhere", True),
           ("migrate", False), ("migrate_set_speed x", False), ("info status more", False),
           ("migrate -z tcp:h:1", False), ("hmp", True))

# What a program reads: text of QEMU's and JSON.
READ = """\
info status
info migrate
info migrate_parameters
info migrate_capabilities
migrate_set_speed 200m
migrate -d peer
wait migration 60
info migrate
info status
peer info status
"""
ASKED = """\
info status
help
help migrate
help sleep
sleep x
bogus
migrate --p2pp x
info migrate_parameters
qmp nothing
{"execute": "nothing"}
migrate_check peer
set
wait
attach nobody
"""


def why_not():
    """Why this hmpsh speaks no Chinese here; None: it does. The build has made the catalogue and the
    locale, or the system has the locale."""
    made = pathlib.Path(HMPSH).resolve().parent / "doc"
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    if not (made / "po/zh_CN/LC_MESSAGES/hmpsh.mo").exists():
        return "there is no Chinese catalogue"
    if not (made / "locale/zh_CN.utf8").is_dir() and "zh_CN.utf8" not in known.split():
        return "there is no Chinese locale"
    return None


pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


def run(locale, *args, stdin="", **variables):
    """hmpsh in that locale, to its end."""
    environment = {**os.environ, "LC_ALL": locale, **variables}
    return subprocess.run([HMPSH, *args], input=stdin, env=environment, timeout=120,
                          capture_output=True, text=True, check=False)


def in_both(ask):
    """What ask(LOCALE) gives for English and for Chinese, at the same time."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(ask, (ENGLISH, CHINESE)))


# --- at a terminal ---

@pytest.fixture(scope="module", name="window")
def chinese_window():
    with LabTerminal(columns=80, rows=400, LC_ALL=CHINESE) as terminal:
        yield terminal


def test_greeting(window):
    assert HANZI.search(window.text()) and "Two guests" not in window.text()


def test_errors(window):
    lines = window.run("sleep x")
    assert lines[0].startswith("sleep: SECONDS ") and all(map(HANZI.search, lines))
    assert HANZI.search("".join(window.run("lab strat")))


def test_errors_of_hmp(window):
    """They are QEMU's, as its own monitor says them."""
    assert window.run("migrate_set_speed x") == [
        "invalid size", 'Try "help migrate_set_speed" for more information']


def test_help(window):
    """The groups, and what each command does."""
    lines = window.run("help")
    headings = [line for line in lines if line and not line.startswith(" ")]
    assert len(headings) > 5 and all(map(HANZI.search, headings[:5]))
    assert HANZI.search("".join(window.run("help sleep")))


@pytest.mark.parametrize("shown, name", [("工作集", "working set"), ("不会收敛", "will not converge"),
                                         ("停机时间上限", "downtime limit"), ("轮次", "pass")])
def test_terms(window, shown, name):
    """What the terminal shows can be asked for as it is shown, and is told with its name."""
    lines = window.run(f"explain {shown}")
    assert re.match(f"[\u4e00-\u9fff]+ {name}（", lines[0])
    assert lines == window.run(f"explain {name}")


def test_list_of_words(window):
    assert window.run("set colour x") == ["colour 不能是“x”，应为：auto、on 或 off"]


def test_hint(window):
    window.clear()
    window.send(b"sendkey ")
    window.send(TAB)
    window.wait(lambda: HANZI.search(window.text()), what="hint")
    window.send(b"\x15")


def test_editing(window):
    """Where the cursor stands in a line of wide characters, also behind the window's edge."""
    window.clear()
    window.send("sleep 热迁移")
    window.wait(lambda: window.screen.cursor.x == len("(source) sleep ") + 6)
    window.send(b"\x1b[D\x1b[D")
    window.send("的")
    window.wait(lambda: window.screen.display[0].startswith("(source) sleep 热的迁移"))
    assert window.screen.cursor.x == len("(source) sleep ") + 4
    window.send(CTRL_A)
    window.wait(lambda: window.screen.cursor.x == len("(source) "))
    window.send(b"\x05" + "脏页".encode() * 20)
    window.wait(lambda: (window.screen.cursor.x, window.screen.cursor.y) == (9 + 6 + 88 - 80 + 1, 1),
                what="cursor in the second line")
    window.interrupt()


def test_prompt(window):
    """A prompt with wide characters is as wide as it looks."""
    window.send('set prompt "(%g 源端) "\r')
    window.wait_for("(source 源端)")
    window.send("\x0c")
    window.send("脏页")
    window.wait(lambda: window.screen.cursor.x == len("(source ) ") + 8)
    window.send('\x15set prompt "(%g%s) "\r')
    window.wait_prompt()


@pytest.mark.parametrize("columns", [40, 60])
def test_lines_fit(columns):
    """Chinese has no blanks between words, and yet no line runs out of the window. No line begins
    with a closing sign."""
    with LabTerminal(columns=columns, rows=120, LC_ALL=CHINESE) as terminal:
        terminal.clear()
        before = len(terminal.sent)
        terminal.run("lab strat")
        terminal.run("attach nobody")
        terminal.run("bogus | grep x")
        text = re.sub(rb"\x1b\[[?0-9;]*[a-zA-Z]", b"", terminal.sent[before:]).decode()
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.rsplit("\r", 1)[-1]
        width = sum(2 if ord(c) > 0x2e7f else 1 for c in line)
        assert width <= columns or " " not in line.strip(), line
        assert not re.match("[，。、；：）」”！？]", line.strip()), line


def test_lesson_is_in_chinese():
    """No line is without Chinese, but for what is typed, drawn or QEMU's."""
    done = run(CHINESE, stdin="lab lesson 03 --recorded\n", **NO_GUEST)
    text = done.stdout.split("\n本课的迁移")[0]
    lesson = [line for line in text.splitlines() if line and not line.startswith("    ")]
    assert len(lesson) > 10 and all(map(HANZI.search, lesson))
    assert "    速度 x 停机时间上限 = 64 MiB/s x 0.3 s = 19.2 MiB\n" in text


# --- what programs read ---

def test_hmp_is_the_same():
    """Figures differ from one migration to the next, the rest does not."""
    outputs = in_both(lambda locale: run(locale, "--lab", stdin=READ))
    english, chinese = (re.sub(r"\d+(\.\d+)?", "N", done.stdout) for done in outputs)
    assert [(done.returncode, done.stderr) for done in outputs] == [(0, "")] * 2
    assert "Migration status: completed\n" in english
    assert chinese == english


def test_json_is_the_same():
    def answers(locale):
        done = run(locale, "--lab", "--json", "--keep-going", stdin=ASKED)
        text = re.sub(r"hmpsh-\w+|[\d.]+ GiB that are free", "", done.stdout)
        assert not HANZI.search(text)
        return done.returncode, [re.sub(r'"seconds":[\d.]+', "", line)
                                 for line in text.splitlines()]

    english, chinese = in_both(answers)
    assert english[0] == 1 and len(english[1]) == ASKED.count("\n")
    assert chinese == english


def test_json_errors_are_english():
    done = run(CHINESE, "--json", stdin="sleep x\n", **NO_GUEST)
    assert json.loads(done.stdout)["error"]["desc"].startswith("sleep: SECONDS is a time")
    assert not HANZI.search(done.stderr)


@pytest.fixture(scope="module", name="refusals")
def fixture_refusals():
    """Of both locales what is said of each of the lines: {LINE: {LOCALE: TEXT}}."""
    said = {line: {} for line, _ in REFUSED}
    script = "".join(f"{line}\n" for line in said)

    def ask(locale):
        done = run(locale, "--lab", "--keep-going", stdin=script)
        assert (done.returncode, done.stdout) == (1, "")
        for number, line in enumerate(said, 1):
            begin = f"<stdin>:{number}: "
            said[line][locale] = [text.removeprefix(begin) for text in done.stderr.splitlines()
                                  if text.startswith(begin)]

    in_both(ask)
    return said


@pytest.mark.parametrize("line, own", REFUSED)
def test_refused(refusals, line, own):
    """The same exit status; hmpsh's own words in Chinese, QEMU's as they are."""
    statuses = in_both(lambda locale: run(locale, "test", line, **NO_GUEST).returncode)
    assert statuses[0] == statuses[1] != 0
    english, chinese = ("\n".join(refusals[line][locale]) for locale in (ENGLISH, CHINESE))
    assert english and chinese and not HANZI.search(english)
    if own:
        assert HANZI.search(chinese)
    else:
        assert chinese == english


def commands():
    """The names of all commands, without what stays or ends."""
    names = run(ENGLISH, "--complete", "", **NO_GUEST).stdout.split()
    return [name for name in names if name not in ("exit", "quit", "q")]


def test_every_command_has_the_same_status():
    """With an argument that none takes. An --option is tried since few take it as a word."""
    names = commands()

    def statuses(locale):
        return [(name, run(locale, "--timeout", "5", "test", f"{name} --nothing-like-this 1 2 3",
                           **NO_GUEST).returncode) for name in names]

    english, chinese = in_both(statuses)
    assert len(names) > 40 and english == chinese


def test_usage_errors():
    for args, status in ((("--lab-dir", "x"), 2), (("--nothing",), 2), (("-f", "/nowhere"), 1),
                         (("nobody", "info status"), 3)):
        english, chinese = (run(locale, *args, **NO_GUEST) for locale in (ENGLISH, CHINESE))
        assert english.returncode == chinese.returncode == status, args
        assert HANZI.search(chinese.stderr) and not HANZI.search(english.stderr)


def test_help_of_the_program():
    """Its columns fit: the meanings stand below each other."""
    text = run(CHINESE, "--help").stdout
    meanings = [line for line in text.splitlines() if re.match(r"  (-\w, )?--\w", line)]
    assert len(meanings) > 10 and all(map(HANZI.search, meanings))
    assert len({re.search(r"\S  +(?=\S)", line).end() for line in meanings}) == 1


# --- the locale ---

def test_character_set_that_is_not_utf_8():
    """Not a byte that it has no character for: everything is in English."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    environment |= {"LC_CTYPE": "C", "LANG": CHINESE, **NO_GUEST}
    for args in (("--help",), ("sleep x",), ("-f", "/nowhere")):
        done = subprocess.run([HMPSH, *args], env=environment, capture_output=True, check=False)
        assert (done.stdout + done.stderr).isascii() and done.stdout + done.stderr, args


@pytest.mark.parametrize("name", ["zh_CN.UTF-8", "zh_CN.utf8"])
@pytest.mark.parametrize("variable", ["LC_ALL", "LC_MESSAGES", "LANG"])
def test_variables(variable, name):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    done = subprocess.run([HMPSH, "-f", "/nowhere"], env={**environment, variable: name},
                          capture_output=True, text=True, check=False)
    assert HANZI.search(done.stderr.split("/nowhere")[0])


@pytest.mark.parametrize("before", [{}, {"LOCPATH": "/somewhere"}])
def test_what_is_started_does_not_inherit_it(before):
    done = run(CHINESE, stdin="!echo ${LOCPATH-none} $LC_ALL\n", **NO_GUEST, **before)
    assert done.stdout == f"{before.get('LOCPATH', 'none')} {CHINESE}\n"


def start(locale):
    """What a terminal shows up to the first prompt."""
    environment = {**os.environ, **NO_GUEST, "LC_ALL": locale}
    with Terminal(HMPSH, environment=environment) as terminal:
        terminal.wait_prompt("(no guest)")
        terminal.run("sleep x", "(no guest)")
        text = terminal.text()
        first = terminal.sent.decode()
        terminal.send(CTRL_D)
        return first, text, terminal.wait_end()[0]


def test_locale_that_is_not_installed():
    """One that hmpsh speaks the language of: it says why it does not."""
    first, text, status = start("zh_CN.NOTHING")
    assert first.startswith("the locale 'zh_CN.NOTHING' is not installed\r\n")
    assert "sleep: SECONDS is a time" in text and status == 0


def test_locale_of_another_language():
    first, text, _ = start("xx_YY.UTF-8")
    assert "not installed" not in first and "sleep: SECONDS is a time" in text


def test_locale_that_is_not_installed_in_a_script():
    done = run("zh_CN.NOTHING", stdin="sleep x\n", **NO_GUEST)
    assert "\n<stdin>:1: sleep: SECONDS is a time" in done.stderr
    assert "not installed" not in done.stderr
