"""``content check`` as its users see it."""

import json
import os
import subprocess
import sys

import pytest

from config import ROOT, Config
from diploma.authors import create_app
from tests.learning.sample import LESSON_RU, MODULE, Course


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def check(course):
    runner = create_app(Config(COURSES=course.root)).test_cli_runner()
    return lambda *options: runner.invoke(args=["content", "check", *options])


def test_a_good_course_ends_with_nought(check):
    done = check()
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "0 mistakes, 0 warnings")


def test_warnings_alone_end_with_nought(course, check):
    course.change(LESSON_RU, "слово. " * 100, "")
    done = check()
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "0 mistakes, 1 warnings")
    assert f"{LESSON_RU}:{course.line(LESSON_RU, '## ')}: warning: " in done.output


def test_a_mistake_ends_with_one(course, check):
    course.change(MODULE, "theory = 2", "theory = 3")
    assert check().exit_code == 1


def test_the_bars_are_shown_when_they_are_asked_for(check):
    assert "reading grade" not in check().output
    lines = check("--bars").output.splitlines()
    start = lines.index("m2-challenge")
    assert "outcomes covered" in lines[start + 1]
    assert any("passed by guessing" in line and "reached" in line for line in lines[start:])


def test_a_bar_that_is_not_reached_says_so(course, check):
    course.change(LESSON_RU, "слово. " * 100, "")
    line = next(line for line in check("--bars").output.splitlines() if "words to the source's" in line)
    assert "NOT REACHED" in line and "ru 0.60" in line and "(asked: 0.65 to 1.2)" in line


def test_tools_read_the_bars_as_json(check):
    report = json.loads(check("--json").output)
    bars = {one["name"]: one for one in report["bars"]["m2-challenge"]}
    assert bars["hours"] == {
        "name": "hours",
        "value": "2 theory + 3 workshop + 5 practical",
        "goal": "10 in all",
        "met": True,
    }
    assert (report["errors"], report["mistakes"]) == (0, [])


def test_it_starts_without_pages_and_database(course):
    """They would take longer than the check itself."""
    script = (
        "import sys; sys.argv = ['flask', '--app', 'wsgi', 'content', 'check']\n"
        "import flask.cli\n"
        "try: flask.cli.main()\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "print([name for name in ('sqlalchemy', 'wtforms', 'weasyprint', 'xlsxwriter') if name in sys.modules])\n"
    )
    environ = {**os.environ, "COURSES": str(course.root)}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
