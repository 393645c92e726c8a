"""Workbooks that people without a shell hand in: kept until the operator imports them into the files.

The web never writes into the content files (ADR 15). What it takes in was checked and is checked again by the import.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.core import audit, clock
from diploma.core.db import session, unit_of_work
from diploma.core.errors import N_, Refused
from diploma.core.grid import SheetRefused
from diploma.core.lang import Lang
from diploma.learning.models import TranslationUpload, UploadState
from diploma.learning.translation import importing, records, workbooks
from diploma.learning.translation.importing import Problem
from diploma.learning.translation.messages import of_refusal

OTHER_LANGUAGE = N_("This workbook holds texts in %(found)s; choose it under that language, not under %(here)s.")
MOST_PROBLEMS = 200  # kept of one workbook: whoever has more begins with these


@dataclass(frozen=True)
class Source:
    """The file behind an upload, as kept in the file store."""

    name: str
    sha256: str


def hand_in(lang: Lang, source: Source, *, partial: bool, by: User) -> TranslationUpload:
    """Keep a workbook for the import; the same one that waits already is not kept twice.

    :class:`Refused` for who may not translate into ``lang``.
    """
    records.check_translator(by, lang)
    same = {"lang": lang, "sha256": source.sha256, "by_id": by.id, "state": UploadState.WAITING}
    held: TranslationUpload | None = session.scalar(select(TranslationUpload).filter_by(**same))
    if held:
        held.partial = partial
        return held
    made = TranslationUpload(
        **same, file_name=source.name, partial=partial, handed_in_at=clock.now(), closed_at=None, report={}
    )
    session.add(made)
    session.flush()
    audit.record("translation.handed_in", f"upload:{made.id}", by=by, lang=lang, sha256=source.sha256)
    return made


def of_person(by: User, lang: Lang, most: int = 20) -> list[TranslationUpload]:
    """A person's workbooks in a language, the newest first."""
    query = select(TranslationUpload).where(TranslationUpload.by_id == by.id, TranslationUpload.lang == lang)
    return list(session.scalars(query.order_by(TranslationUpload.id.desc()).limit(most)))


def waiting() -> list[TranslationUpload]:
    """All that wait, in the order in which they came."""
    query = select(TranslationUpload).where(TranslationUpload.state == UploadState.WAITING)
    return list(session.scalars(query.options(joinedload(TranslationUpload.by)).order_by(TranslationUpload.id)))


def take(upload: TranslationUpload, root: Path, path_of: Callable[[str], Path]) -> TranslationUpload:
    """Import a waiting workbook in the name of who handed it in, and note what came of it.

    Killed between the files and the note, it waits still; imported again, it finds its texts in the files already.
    """
    state, report = UploadState.REFUSED, {}
    try:
        sheet = workbooks.read(path_of(upload.sha256), upload.file_name)
        plan = importing.apply(root, sheet, by=upload.by, partial=upload.partial)
        written = plan.ready if upload.partial or not plan.errors else 0
        report = {"written": written, "problems": [as_json(one) for one in plan.problems[:MOST_PROBLEMS]]}
        state = UploadState.REFUSED if plan.errors and not written else UploadState.IMPORTED
    except (SheetRefused, Refused) as refused:
        report = {"written": 0, "problems": [as_json(of_refusal(refused))]}
    with unit_of_work():
        upload.state, upload.report, upload.closed_at = state, report, clock.now()
        session.add(upload)
        audit.record("translation.imported", f"upload:{upload.id}", state=state, written=report["written"])
    return upload


def as_json(problem: Problem) -> dict[str, Any]:
    """A problem as a report keeps it, to be said in the language of whoever reads it."""
    return {**vars(problem), "params": {key: str(value) for key, value in problem.params.items()}}


def problems(upload: TranslationUpload) -> list[Problem]:
    """What a report says."""
    return [Problem(**one) for one in upload.report.get("problems", ())]
