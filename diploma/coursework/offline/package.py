"""The ZIP that a marker takes along: a folder for each work, named by its receipt, and the sheet for the marks.

It is written into a file on disk, a stored file at a time: what it holds is never in memory as a whole. Texts are pages
without script or style, in the direction of their language, and open in any browser without a line.
"""

import tempfile
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, cast

from flask_babel import gettext as _
from markupsafe import Markup

from diploma.core import filetypes, i18n
from diploma.core.files import FileStore
from diploma.core.lang import Lang
from diploma.coursework import results, rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.models import Marking
from diploma.coursework.offline import sheet
from diploma.coursework.offline.scripts import Tables

_PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>\n'
    "<body><h1><bdi>{title}</bdi></h1>\n{body}</body></html>\n"
)
_PACKED = frozenset({"pdf", "docx", "xlsx", "pptx", "png", "jpg"})  # packing them again saves nothing


def write(tables: Tables, store: FileStore, lang: Lang) -> BinaryIO:
    """The ZIP as an open file at its beginning, which is gone when it is closed."""
    made = tables.made()
    out = tempfile.TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("marks.xlsx", sheet.write(made, _, rtl=lang.dir == "rtl"), zipfile.ZIP_STORED)
            for one in tables.works:
                _add(archive, one, store, lang, hidden=tables.is_hidden(one), due=tables.due(one))
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return cast(BinaryIO, out)


def _add(archive: zipfile.ZipFile, one: Marking, store: FileStore, lang: Lang, *, hidden: bool, due: str) -> None:
    work = one.work
    archive.writestr(f"{work.receipt}/text.html", _text(one, lang, due))
    archive.writestr(f"{work.receipt}/rubric.html", _rubric(one))
    files = [file for part in work.files.values() for file in part]
    names = anonymity.file_names(work, hidden=hidden)
    for number, (file, name) in enumerate(zip(files, names, strict=True), 1):
        kept = filetypes.safe_name(name)
        how = zipfile.ZIP_STORED if filetypes.ending(kept) in _PACKED else zipfile.ZIP_DEFLATED
        place = f"{work.receipt}/files/{kept if hidden else f'{number}-{kept}'}"
        archive.write(store.path(file["sha256"]), place, how)


def _text(one: Marking, lang: Lang, due: str) -> str:
    """The text of a work, with what stands beside it on its page."""
    work, module = one.work, one.work.submission.module
    content = results.content_of(work)
    facts = [
        (_("Assignment"), content.say(module, "assignment/title", lang)),
        (_("Attempt"), str(work.attempt)),
        (_("Due"), due),
        (_("Language of the work"), work.lang.native_name),
        (_("Words"), str(rules.words(work.text))),
    ]
    body = _join(Markup("<dt>{}</dt><dd><bdi>{}</bdi></dd>\n").format(*fact) for fact in facts)
    parts = [Markup("<dl>\n{}</dl>\n").format(body), _said(work.text, work.lang)]
    if work.helpers:
        parts += [Markup("<h2>{}</h2>\n").format(_("Helpers and tools used")), _said(work.helpers, work.lang)]
    return _page(work.receipt, _join(parts), lang)


def _rubric(one: Marking) -> str:
    """The rubric in the language of the work, the best level first."""
    work, module = one.work, one.work.submission.module
    content = results.content_of(work)
    with i18n.speaking(work.lang):
        title = _("Rubric")
    parts = []
    for line in results.lines(content, module, {}, work.lang):
        steps = _join(
            Markup("<dt>{}. {} ({})</dt><dd>{}</dd>\n").format(step.rank, step.title, step.points, step.descriptor)
            for step in reversed(line.levels)
        )
        parts.append(Markup("<h2>{} ({})</h2>\n<dl>\n{}</dl>\n").format(line.title, line.weight, steps))
    return _page(f"{title}: {content.say(module, 'assignment/title', work.lang)}", _join(parts), work.lang)


def _said(text: str, lang: Lang) -> Markup:
    paragraphs = _join(
        Markup('<p dir="auto">{}</p>\n').format(Markup("<br>\n").join(part.split("\n")))
        for part in text.replace("\r\n", "\n").split("\n\n")
        if part.strip()
    )
    return Markup('<div lang="{}" dir="{}">\n{}</div>\n').format(lang.value, lang.dir, paragraphs)


def _page(title: str, body: Markup, lang: Lang) -> str:
    return str(_PAGE.format(lang=lang.value, dir=lang.dir, title=title, body=body))


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
