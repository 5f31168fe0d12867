# SPDX-License-Identifier: GPL-3.0-or-later
"""The lessons in doc/labs run through in a pipe, each in a lab of its own; they check themselves.
And what `lab lesson` says of them elsewhere."""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import HMPSH
from course import install

ROOT = pathlib.Path(__file__).parents[2]
LESSONS = sorted((ROOT / "doc/labs").glob("[0-9]*-*.hmp"))
NEEDS_HOSTS = [path for path in LESSONS if "\n# Needs: two hosts\n" in path.read_text()]
OF_THE_LAB = [path for path in LESSONS if path not in NEEDS_HOSTS]
SAYS = {  # at its end
    "09-disks": "as they were written", "10-saving": "as they were written",  # lab check
    "11-policies": "VM status: running\n",
}
NOWHERE = "-c", "test:///default"  # a guest, and no QEMU


def by_name(path):
    return getattr(path, "stem", "none")


def number_of(path):
    return path.stem.split("-")[0]


@pytest.fixture(scope="module", name="runs")
def fixture_runs(hmpsh, request):
    """All that are asked for on their way, two at a time: {path: its future}."""
    wanted = {item.callspec.params["lesson"] for item in request.session.items
              if "runs" in getattr(item, "fixturenames", ())}
    with ThreadPoolExecutor(2) as pool:
        yield {path: pool.submit(hmpsh, "--lab", "lab", "lesson", number_of(path), timeout=180)
               for path in OF_THE_LAB if path in wanted}


@pytest.mark.parametrize("lesson", OF_THE_LAB, ids=by_name)
def test_lesson(runs, lesson):
    if "\nplot" in lesson.read_text() and not shutil.which("gnuplot"):
        pytest.skip("no gnuplot")
    done = runs[lesson].result()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert SAYS.get(lesson.stem, "") in done.stdout
    commands = [line for line in lesson.read_text().splitlines() if line and line[0] != "#"]
    echoed = re.findall(r"^\([^)\n]*\) (.*)$", done.stdout, re.M)
    assert echoed == commands
    assert "\x1b" not in done.stdout and "\r" not in done.stdout


@pytest.mark.parametrize("lesson", LESSONS, ids=by_name)
def test_form(lesson):
    """What a reader relies on: a title, lines that are not too long, and three things to try."""
    lines = lesson.read_text().splitlines()
    assert re.fullmatch(r"# \S.*[^.]", lines[0])
    assert all(len(line) <= 102 for line in lines if not line.startswith("#     "))
    assert lines[-4] == "# Try it yourself:"
    assert all(re.fullmatch(r"#     \S.* {2,}\S.*", line) for line in lines[-3:])


@pytest.mark.parametrize("lesson", NEEDS_HOSTS, ids=by_name)
def test_two_hosts_instead_of_a_lab(hmpsh, lesson):
    done = hmpsh("--lab", "lab", "lesson", number_of(lesson))
    assert done.returncode == 1 and done.stdout == ""
    assert "python3 tests/program/two_hosts.py" in done.stderr


def test_there_are_lessons(hmpsh):
    """Each has a number of its own; the list has them all."""
    numbers = [number_of(path) for path in LESSONS]
    assert numbers == [f"{number:02}" for number in range(1, len(numbers) + 1)]
    assert set(SAYS) <= {path.stem for path in LESSONS}
    done = hmpsh(*NOWHERE, stdin="lab lesson\n")
    assert done.returncode == 0, done.stderr
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()[1:]]
    titles = [path.read_text().split("\n")[0].removeprefix("# ").removesuffix(".")
              for path in LESSONS]
    assert rows == [list(row) for row in zip(numbers, titles)]
    listed = json.loads(hmpsh(*NOWHERE, "--json", stdin="lab lesson\n").stdout)["return"]
    assert [(row["lesson"], row["name"], row["title"]) for row in listed] == \
        list(zip(numbers, [path.stem for path in LESSONS], titles))


def test_tab(hmpsh):
    done = hmpsh(*NOWHERE, "--complete=lab lesson ")
    assert done.stdout.split() == [number_of(path) for path in LESSONS]


# --- the text: what is translated is what is shown ---

def texts_of(lesson):
    """What doc/po/lessons collects from it."""
    pot = subprocess.run([ROOT / "doc/po/lessons", lesson], capture_output=True, text=True,
                         check=True).stdout
    return [re.sub(r"\\(.)", r"\1", text) for text in re.findall(r'^msgid "(.+)"$', pot, re.M)]


@pytest.mark.parametrize("lesson", LESSONS, ids=by_name)
def test_texts_are_read_alike(hmpsh, lesson):
    """The program asks gettext for the very texts that the translators get."""
    done = hmpsh(*NOWHERE, stdin=f"lab lesson {lesson.stem} --recorded\n")
    shown = done.stdout.split("\n")
    title, *texts = texts_of(lesson)
    assert shown[0] == f"Lesson {number_of(lesson)}: {title}"
    assert texts and all(any(line == text or line.startswith("    ") and line.endswith(text)
                             for line in shown) for text in texts)
    end = next(n for n, line in enumerate(shown)
               if line.startswith(("The lesson's migrations, as", "There is no recording")))
    assert {line for line in shown[3:end] if line and line[0] != " "} <= set(texts)
    assert done.returncode == 0, done.stderr


def test_installed(tmp_path):
    """Everything that is read at run time is outside of share/doc."""
    build = pathlib.Path(shutil.which(HMPSH)).resolve().parent
    if not shutil.which("meson") or not (build / "build.ninja").exists():
        pytest.skip("needs meson and a build directory")
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir",
                    tmp_path], check=True, stdout=subprocess.DEVNULL)
    (program,) = tmp_path.rglob("bin/hmpsh")
    share = program.parents[1] / "share"
    shutil.rmtree(share / "doc")
    labs = ROOT / "doc/labs"
    files = {path.relative_to(labs) for path in labs.rglob("*") if path.is_file()}
    labs = share / "hmpsh/labs"
    assert {path.relative_to(labs) for path in labs.rglob("*") if path.is_file()} == \
        files - {pathlib.Path("make-recordings")}
    done = subprocess.run([program, *NOWHERE, "--json"], input=b"lab lesson\n", capture_output=True,
                          check=True)
    assert len(json.loads(done.stdout)["return"]) == len(LESSONS)


def test_catalogue_of_texts_is_one():
    """A text of two lessons is in it once."""
    done = subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", "-"], check=False,
                          input=subprocess.check_output([ROOT / "doc/po/lessons"]))
    assert done.returncode == 0


# --- lessons of our own ---

@pytest.fixture(scope="module", name="own")
def fixture_own(tmp_path_factory):
    """own(ARG..., stdin=""): hmpsh with the lessons of course.py; as hmpsh()."""
    directory = tmp_path_factory.mktemp("course")
    program = install(directory)

    def run(*args, stdin=""):
        return subprocess.run([program, *args], input=stdin, timeout=60, capture_output=True,
                              text=True, check=False)
    run.program = program
    run.labs = directory / "share/hmpsh/labs"
    return run


@pytest.fixture(scope="module", name="quick")
def fixture_quick(own):
    return own("--lab", "lab", "lesson", "quick")


def test_in_a_pipe(quick):
    assert (quick.returncode, quick.stderr) == (0, "")
    head, status, table, nothing, end = re.split(r"^\(source\) .*\n", quick.stdout, flags=re.M)
    assert head == ("Lesson 01: A quick one\n\n"
                    "The guest runs. What it is asked, and what it says, comes next.\n\n"
                    "Like this:\n\n    info version\n\n")
    assert (status, nothing) == ("VM status: running\n", "")
    assert table.endswith("\n\nIt was running. Now it stands still.\n\n")
    assert end == ("VM status: paused\n\nTry it yourself:\n\n"
                   "    cont         the guest goes on\n    info status  it says so\n\n")


def test_failure(own):
    done = own("--lab", stdin="lab lesson 2\ninfo status\n")
    assert done.returncode == 1
    assert done.stderr.startswith("<stdin>:1: 02-fails.hmp:4: unknown command: 'nosuch'")
    assert done.stdout.endswith("(source) nosuch thing\n")
    done = own("--lab", "--keep-going", stdin="lab lesson 2\n")
    assert done.returncode == 1 and "This is never said." in done.stdout


def test_second_lesson_begins_afresh(own):
    """What was done before does not count; without anything, the lab's first pair will do."""
    lines = "migrate peer\nmigrate_policy nova\nswap\nlab lesson 01\ninfo migrate\n"
    done = own("--lab", "-q", stdin=lines + "info migrate_policy\n")
    assert done.returncode == 0, done.stderr
    before, after = done.stdout.split("It begins with a fresh pair of guests:\n\n")
    assert "Lesson 01" in before and after.startswith("(destination) lab reset --disk 0\n")
    assert "VM status: running\n" in after and "manual" in after


def test_json(own):
    done = own("--lab", "--json", stdin="lab lesson 1\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["command"] for row in rows] == ["info status", "lab status", "stop", "info status",
                                                "lab lesson 1"]


def test_refusals(own):
    for line, reason in (("lab lesson 1", "'lab lesson 01 --recorded' shows"),
                         ("lab lesson --recorded", "Its number or name is missing"),
                         ("lab lesson 9", "there is no lesson '9'"),
                         ("lab lesson 1 2", "extraneous characters"),
                         ("lab lesson --nosuch 1", "nosuch")):
        done = own(*NOWHERE, stdin=line + "\n")
        assert done.returncode == 1 and reason in done.stderr, line
    done = own("--lab", "lab lesson 5")
    assert done.returncode == 1 and "05-nested.hmp:3: a lesson runs already" in done.stderr
    done = own("--lab", "--read-only", stdin="lab status\nlab lesson 1\n")
    assert done.returncode == 1 and "refused by --read-only" in done.stderr


def test_two_hosts_with_a_guest(own):
    done = own("--lab", "lab lesson 3")
    assert done.returncode == 1 and "two_hosts.py" in done.stderr
    done = own(*NOWHERE, "test", "lab lesson 3")  # a guest, if one that answers nothing
    assert done.returncode != 0 and "03-hosts.hmp:4: " in done.stderr
    assert "Here is a guest." in done.stdout


def test_recorded(own):
    """Without QEMU: the text, then the recording."""
    done = own(*NOWHERE, "-q", stdin="lab lesson 01 --recorded\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "    info status\n    lab status\n" in done.stdout
    assert "VM status" not in done.stdout and "There is no recording" in done.stdout
    (own.labs / "recordings").mkdir()
    shutil.copy(ROOT / "tests/recordings/hopeless.jsonl", own.labs / "recordings/01-quick.jsonl")
    done = own(*NOWHERE, stdin="lab lesson --recorded 01\n")
    assert done.returncode == 0, done.stderr
    text, rest = done.stdout.split("The lesson's migrations, as they were recorded:\n")
    assert "It was running" in text and "Migration status: completed" in rest
    assert "Migration of source: completed" in rest and rest.index("plot") < rest.index("Try it")


def test_reader_that_leaves(own):
    """Then nothing more is run."""
    begun = time.monotonic()
    with subprocess.Popen([own.program, "--lab", "lab lesson 7"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout.readline() == b"Lesson 07: One with much to say\n"
        shell.stdout.close()
        assert shell.wait(30) == 128 + signal.SIGPIPE
    assert time.monotonic() - begun < 20


def test_without_lessons(tmp_path):
    program = shutil.copy(shutil.which(HMPSH), tmp_path)
    for line in "lab lesson", "lab lesson 1 --recorded":
        done = subprocess.run([program, *NOWHERE], input=line + "\n", capture_output=True, text=True,
                              check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith("<stdin>:1: the lessons are neither beside the program nor "
                                    "installed\n")


def test_a_broken_lesson(own):
    broken = own.labs / "99-broken.hmp"
    broken.write_text("stop\n")
    try:
        done = own(*NOWHERE, stdin="lab lesson 99 --recorded\n")
        assert done.returncode == 1 and f"'{broken}' is no lesson" in done.stderr
    finally:
        broken.unlink()
