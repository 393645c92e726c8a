"""Comments in a work, and PDFs that are what they should be, or not at all."""

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from diploma.core.db import session
from diploma.coursework.annotations import drawing, service
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Desk, Passage, Place, Said
from diploma.coursework.models import Marking
from diploma.coursework.rules import SentFile
from tests.coursework.conftest import TEXT, Handed, Unit, user
from tests.world import World

QUOTE = "three windows"
AT = TEXT.index(QUOTE)


@pytest.fixture(autouse=True)
def _forget_pictures() -> None:
    drawing._kept.clear()


def saved(pdf: Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):  # of a form without fields
        pdf.save(out, **options)
    return out.getvalue()


def paper(pages: int = 2, turned: Sequence[int] = ()) -> bytes:
    """A sound PDF with an edge of its pages cut away, as a scanner leaves it; ``turned`` has a page for each turn."""
    pdf = pikepdf.new()
    for turn in turned or [0] * pages:
        page = pdf.add_blank_page(page_size=(600, 800))
        page.obj.CropBox, page.obj.Rotate = Array([100, 0, 600, 800]), turn
        page.obj.Contents = Stream(pdf, b"0.9 g 120 40 200 200 re f")
    return saved(pdf)


def trapped() -> bytes:
    """A PDF that does all it can: scripts, actions, files, forms, and addresses outside."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800)).obj

    def script() -> Dictionary:
        return Dictionary(S=Name.JavaScript, JS=String("app.alert('TRAPPED')"))

    pdf.Root.OpenAction = script()
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script()])))
    pdf.attachments["evil.exe"] = b"MZ TRAPPED"
    pdf.Root.AA = Dictionary(WC=script())
    pdf.docinfo["/Author"] = String("TRAPPED")
    page.AA = Dictionary(O=script())
    launch = Dictionary(S=Name.Launch, F=String("TRAPPED.exe"))
    chained = Dictionary(S=Name.URI, URI=String("https://example.test/"), Next=script())
    notes = [
        Dictionary(Subtype=Name.Link, A=launch),
        Dictionary(Subtype=Name.Link, A=chained),
        Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("javascript:TRAPPED"))),
        Dictionary(Subtype=Name.Widget, A=script(), AA=Dictionary(K=script()), Parent=Dictionary(AA=script())),
        Dictionary(Subtype=Name.FileAttachment, FS=Dictionary(F=String("TRAPPED"))),
        Dictionary(Subtype=Name.Screen, A=script()),
    ]
    page.Annots = Array([pdf.make_indirect(one) for one in notes])
    for one in page.Annots:
        one.Type, one.Rect = Name.Annot, Array([0, 0, 90, 90])
    outside = Stream(pdf, b"")
    outside.F, outside.Type, outside.Subtype = String("file:///etc/TRAPPED"), Name.XObject, Name.Form
    outside.BBox, outside.Ref = Array([0, 0, 9, 9]), Dictionary(F=String("TRAPPED.pdf"))
    outside.Metadata = Stream(pdf, b"<TRAPPED/>")
    page.Resources = Dictionary(XObject=Dictionary(X=pdf.make_indirect(outside)))
    return saved(pdf)


def locked() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return saved(pdf, encryption=pikepdf.Encryption(owner="o", user="u"))


def nested() -> bytes:
    """A few kilobytes that take for ever to draw."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 800)).obj

    def form(content: bytes, inner: Any = None) -> Any:
        made = Stream(pdf, content)
        made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 800])
        if inner is not None:
            made.Resources = Dictionary(XObject=Dictionary(X=inner))
        return pdf.make_indirect(made)

    inner = form(b"0 0 1 1 re f")
    for _ in range(12):
        inner = form(b"/X Do " * 20, inner)
    page.Resources, page.Contents = Dictionary(XObject=Dictionary(X=inner)), Stream(pdf, b"/X Do")
    return saved(pdf)


def vast() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page().obj.MediaBox = Array([0, 0, 10**9, 10**9])
    return saved(pdf)


@dataclass(frozen=True)
class Noted:
    """A work with a comment on a passage and one on a page; ids."""

    handed: Handed
    passage: int
    place: int

    @property
    def path(self) -> str:
        return f"/marking/{self.handed.marking}"

    @property
    def sheet(self) -> str:
        return f"{self.path}/files/1/pages/1"


@pytest.fixture
def submitted(world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile]) -> Handed:
    """The first trainee's work with a real PDF of two pages."""
    return hand_in(world.trainee, file=stored(paper()))


def write(work: Handed, where: Passage | Place | None = None, text: str = "Who counted them?", *, by: str) -> int:
    """Inside a unit of work: a comment as the desk writes it; its id."""
    row = session.get_one(Marking, work.marking)
    return service.add(Desk(row), where or Passage(AT, AT + len(QUOTE)), Said(text, "evidence"), by=user(by)).id


def place(work: Handed, page: int = 1, **at: int) -> Place:
    row = session.get_one(Marking, work.marking)
    return Place(service.files(row.work)[0], page, **({"x": 1000, "y": 2000, "w": 3000, "h": 500} | at))


@pytest.fixture
def noted(submitted: Handed, world: World, unit: Unit) -> Noted:
    with unit():
        first = write(submitted, by=world.instructor)
        second = write(submitted, place(submitted), "Read )>> endobj\nمن أين؟", by=world.instructor)
    return Noted(submitted, first, second)


def notes() -> list[Annotation]:
    return list(session.query(Annotation).order_by(Annotation.id))
