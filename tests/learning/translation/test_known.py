"""What the check of all content knows of named readers, without the libraries of the database."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from config import ROOT
from diploma.core.lang import Lang
from diploma.learning.translation import records
from diploma.learning.translation.known import known
from tests.learning.translation.conftest import READER, TRANSLATOR, person, read, texts

WHY = "lessons/01-listen/why"


def test_the_records_are_those_of_the_database(app: Any, desk: Any, unit: Any, reading: Any) -> None:
    with unit():
        read(desk, Lang.RU, READER, WHY)
        records.translated([texts(desk, Lang.UZ_CYRL)["module/title"]], by=person(TRANSLATOR))
    with reading():
        assert known(app.config["SQLALCHEMY_DATABASE_URI"]) == records.held() != {}


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert known(f"sqlite:///{tmp_path / 'diploma.db'}") is None and list(tmp_path.iterdir()) == []


def test_what_is_no_database_or_an_older_one_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be taken for one" * 40)
    (tmp_path / "old.db").touch()
    assert known(f"sqlite:///{tmp_path / 'text.db'}") is None is known(f"sqlite:///{tmp_path / 'old.db'}")


def test_a_server_that_does_not_answer_tells_nothing() -> None:
    assert known("postgresql+psycopg://nobody@127.0.0.1:9/none") is None


def test_it_is_known_without_the_libraries_of_pages_and_database() -> None:
    script = "import sys, diploma.authors; print([one for one in sys.modules if one in ('sqlalchemy', 'psycopg')])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
