"""Feedback files: matched by the receipt number in a name, and for the trainee only after the release."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.offline import bundle, feedback
from diploma.coursework.offline.bundle import Fault
from diploma.coursework.offline.models import FeedbackFile
from diploma.coursework.offline.scrubbing import without_names
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, decide
from tests.coursework.conftest import Handed, Unit
from tests.coursework.offline.conftest import PAGE, brought_files, packed, packed_as, sent_files
from tests.coursework.offline.test_sheet_back import said
from tests.coursework.samples import DOCX, JPG, PDF, PNG, office
from tests.world import World

__all__ = ["decide"]
Open = Callable[[str], Client]
NAME = "Zukhra Instructor"


def signed_pdf(text: str = "page") -> bytes:
    """A PDF whose properties, metadata, comments and attachments name its writer."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents=text, T=NAME
    )
    pdf.pages[0].obj.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
    pdf.docinfo["/Author"] = NAME
    with pdf.open_metadata() as meta:
        meta["dc:creator"] = [NAME]
    pdf.attachments["who.txt"] = NAME.encode()
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def files(reading: Unit, handed: Handed) -> list[FeedbackFile]:
    with reading() as reader:
        query = select(FeedbackFile).where(FeedbackFile.marking_id == handed.marking).order_by(FeedbackFile.number)
        return list(reader.scalars(query))


def added(browser: Client, handed: Handed, data: bytes, name: str) -> str:
    """The page of a script after a file was added there."""
    address = f"/marking/{handed.marking}"
    form = {"feedback": (io.BytesIO(data), name)}
    answer = browser.send(
        f"{address}/feedback", form, page=address, content_type="multipart/form-data", follow_redirects=True
    )
    return said(answer.text)


# ---- names


@pytest.mark.parametrize(
    "path",
    [
        "R-7K3M-9QR1.pdf",
        "r_7k3m_9qrl feedback.pdf",
        "marks/R 7K3M 9QRI/comments.pdf",
        "Karimova-7K3M9QR1-final.pdf",
        "ｒ－７Ｋ３Ｍ－９ＱＲ１.pdf",
        "Отзыв R7K3M9QR1 (2).docx",
    ],
)
def test_a_receipt_number_is_found_in_a_name_however_it_is_written(path: str) -> None:
    assert "R-7K3M-9QR1" in [number for names in bundle.receipts(path) for number in names]


def test_the_file_comes_before_its_folder_and_a_number_within_a_longer_one_is_none() -> None:
    first, second = bundle.receipts("R-AAAA-BBBB/R-CCCC-DDDD.pdf")
    assert (first[0], second) == ("R-CCCC-DDDD", ["R-AAAA-BBBB"])
    assert all("R-7K3M-9QR1" not in names for names in bundle.receipts("X7K3M9QR12.pdf"))


# ---- many


def test_files_of_one_archive_go_to_their_works_and_the_others_are_listed(
    two: tuple[Handed, Handed], marker: Client, reading: Unit
) -> None:
    one, other = two
    archive = packed_as(
        [
            (f"{one.receipt.lower().replace('-', '_')} отзыв.pdf", signed_pdf()),
            (f"back/{other.receipt}/شرح.docx", DOCX),
            (f"back/{other.receipt}/copy.docx", DOCX),
            (f"{one.receipt} {other.receipt}.pdf", PDF),
            ("feedback.pdf", PDF),
            (f"{other.receipt}/page.html", b"<html>"),
            (f"{other.receipt}/text.html", b"<html>"),
            ("__MACOSX/._x", b"x"),
            ("marks.xlsx", b"x"),
        ]
    )
    page = said(sent_files(marker, archive).text)
    assert "2 files will be saved" in page and files(reading, one) == []
    for part in (
        "feedback.pdf – No receipt number of a work",
        "copy.docx Bobur Toshmatov Another file of the archive has the same content",
        "Its name holds the receipt numbers of two works",
        "page.html Bobur Toshmatov It is not a sound file",
    ):
        assert part in page, (part, page)
    assert "MACOSX" not in page and "text.html" not in page and "marks.xlsx" not in page
    assert "2 feedback files are saved" in brought_files(marker, archive).text
    (mine,), (theirs,) = files(reading, one), files(reading, other)
    assert (mine.kind, theirs.name, theirs.kind) == ("pdf", "شرح.docx", "docx")
    assert "There is nothing new in this archive." in brought_files(marker, archive).text
    newer = packed_as([(f"{other.receipt}/شرح.docx", _longer())])
    assert "replaces a file of this name" in sent_files(marker, newer).text
    brought_files(marker, newer)
    (replaced,) = files(reading, other)
    assert replaced.number == theirs.number and replaced.sha256 != theirs.sha256
    with reading() as reader:
        kinds = set(reader.scalars(select(AuditEvent.kind).where(AuditEvent.subject == f"marking:{other.marking}")))
    assert "feedback.added" in kinds


def _longer() -> bytes:
    return office("word/document.xml", "word/more.xml")


def test_the_trainees_own_file_in_a_folder_that_is_packed_again_is_not_feedback(
    handed: Handed, marker: Client, reading: Unit
) -> None:
    page = said(sent_files(marker, packed(**{f"{handed.receipt}/files/1-map.pdf": PDF})).text)
    assert "It is the file that the trainee handed in, unchanged." in page


def test_works_of_others_and_released_ones_get_no_file(
    world: World,
    two: tuple[Handed, Handed],
    hand_in: Callable[..., Handed],
    set_mark: Callable[..., None],
    release: Callable[..., None],
    marker: Client,
    reading: Unit,
) -> None:
    one, other = two
    foreign = hand_in(world.other_trainee, key="f" * 20)
    set_mark(one)
    release(one)
    archive = packed(**{f"{work.receipt}.docx": DOCX for work in (one, other, foreign)})
    page = said(brought_files(marker, archive).text)
    assert f"{foreign.receipt}.docx – No receipt number of a work that you may mark" in page and "سالم" not in page
    assert f"{one.receipt}.docx Aziza Karimova The mark is released" in page
    assert [len(files(reading, work)) for work in (one, other, foreign)] == [0, 1, 0]


# ---- hostile archives


def _zip(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def _link(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return made


def test_a_bad_member_is_told_by_its_name_and_stops_no_other(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("x.pdf", PDF)
    path = _zip(
        tmp_path / "a.zip",
        ("good.pdf", PDF),
        ("../../etc/good.pdf", PDF),
        ("C:\\good.pdf", PDF),
        (_link("link.pdf"), b"/etc/passwd"),
        ("inner.zip", inner.getvalue()),
        ("inner.pdf", inner.getvalue()),
        ("poly.pdf", PDF + inner.getvalue()),
        ("page.pdf", b"<html>" + PDF),
        ("image.jpg", PNG),
        ("bomb.pdf", b"%PDF-" + b"\0" * 9_000_000),
        ("empty.pdf", b""),
    )
    found = {one.path: one.fault for one in bundle.members(path, "a.zip")}
    assert found == {
        "good.pdf": None,
        "../../etc/good.pdf": Fault.SLIP,
        "C:\\good.pdf": Fault.SLIP,
        "link.pdf": Fault.LINK,
        "inner.zip": Fault.KIND,
        "inner.pdf": Fault.KIND,
        "poly.pdf": Fault.KIND,
        "page.pdf": Fault.KIND,
        "image.jpg": Fault.KIND,
        "bomb.pdf": Fault.BOMB,
        "empty.pdf": Fault.EMPTY,
    }


def test_an_archive_that_lies_is_not_believed(tmp_path: Path) -> None:
    data = bytearray(_zip(tmp_path / "a.zip", ("a.pdf", PDF + b"\n" * 5_000)).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 40)  # declared size of the member
    (tmp_path / "lie.zip").write_bytes(data)
    assert [one.fault for one in bundle.members(tmp_path / "lie.zip", "lie.zip")] == [Fault.BOMB]
    locked = bytearray(_zip(tmp_path / "b.zip", ("a.pdf", PDF)).read_bytes())
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    assert [one.fault for one in bundle.members(tmp_path / "locked.zip", "locked.zip")] == [Fault.LOCKED]


def test_too_many_members_or_too_much_to_unpack_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    crowd = _zip(tmp_path / "crowd.zip", *((f"{n}.pdf", b"x") for n in range(bundle.MOST_FILES + 1)))
    swollen = _zip(tmp_path / "swollen.zip", *((f"{n}.pdf", b"\0" * 19_000_000) for n in range(11)))
    broken = tmp_path / "broken.zip"
    broken.write_bytes(crowd.read_bytes()[:5_000])
    page = tmp_path / "page.zip"
    page.write_bytes(b"<html>" + crowd.read_bytes())
    for path in (crowd, swollen, broken, page):
        with pytest.raises(Refused):
            list(bundle.members(path, path.name))


def test_an_endless_directory_is_not_even_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _zip(tmp_path / "endless.zip", *((f"{n}.pdf", b"x") for n in range(2 * bundle.MOST_FILES + 1)))
    opened: list[Path] = []
    monkeypatch.setattr(bundle.zipfile, "ZipFile", opened.append)
    with pytest.raises(Refused):
        list(bundle.members(path, path.name))
    assert opened == []


def test_names_in_old_letters_are_read(tmp_path: Path) -> None:
    for codec, name in (("cp866", "Отзыв на работу.pdf"), ("utf-8", "تعليق.pdf"), ("cp1251", "Отзыв на работу.pdf")):
        raw = name.encode(codec)
        data = _zip(tmp_path / "a.zip", ("n" * len(raw), PDF)).read_bytes().replace(b"n" * len(raw), raw)
        (tmp_path / "b.zip").write_bytes(data)
        assert [one.path for one in bundle.members(tmp_path / "b.zip", "b.zip")] == [name], codec


def test_an_archive_that_is_none_is_refused_with_words(handed: Handed, marker: Client) -> None:
    for data in (PDF, b"PK\x03\x04", packed(a=b"x")[:-10]):
        answer = sent_files(marker, data)
        assert answer.status_code == 422 and "is no ZIP archive that can be read" in said(answer.text)


# ---- one, on the page of a script


def test_a_marker_adds_replaces_and_removes_a_file_until_the_release(
    handed: Handed, set_mark: Callable[..., None], release: Callable[..., None], marker: Client, reading: Unit
) -> None:
    address = f"/marking/{handed.marking}"
    assert "notes.pdf: the feedback file is added." in added(marker, handed, PDF, "notes.pdf")
    assert "this feedback file is here already" in added(marker, handed, PDF, "notes.pdf")
    assert "the feedback file is replaced" in added(marker, handed, signed_pdf(), "notes.pdf")
    assert "It is not a sound file" in added(marker, handed, b"<svg onload=alert(1)>", "notes.svg")
    (file,) = files(reading, handed)
    answer = marker.get(f"{address}/feedback/{file.id}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=notes.pdf"
    answer.close()
    for n in range(feedback.MOST - 1):
        added(marker, handed, PDF, f"{n}.pdf")
    assert f"{feedback.MOST} feedback files are the most" in added(marker, handed, PDF, "more.pdf")
    marker.send(f"{address}/feedback/{file.id}/remove", page=address)
    assert len(files(reading, handed)) == feedback.MOST - 1
    set_mark(handed)
    release(handed)
    assert "The mark is released" in added(marker, handed, PDF, "late.pdf")
    left = files(reading, handed)[0]
    assert marker.send(f"{address}/feedback/{left.id}/remove", page=address).status_code == 409
    assert len(files(reading, handed)) == feedback.MOST - 1
    with reading() as reader:  # a file is not what is said of the work: no sheet becomes stale by it
        assert reader.get_one(Marking, handed.marking).state is MarkingState.RELEASED


def test_a_file_is_reached_through_its_own_mark_alone(
    world: World, two: tuple[Handed, Handed], marker: Client, browser_of: Open, reading: Unit
) -> None:
    one, other = two
    added(marker, one, PDF, "notes.pdf")
    (file,) = files(reading, one)
    assert marker.get(f"/marking/{other.marking}/feedback/{file.id}").status_code == 404
    wrong = marker.send(f"/marking/{other.marking}/feedback/{file.id}/remove", page=PAGE)
    abroad = browser_of(world.other_instructor)
    assert wrong.status_code == 404 and abroad.get(f"/marking/{one.marking}/feedback/{file.id}").status_code == 404
    sent = abroad.send(
        f"/marking/{one.marking}/feedback",
        {"feedback": (io.BytesIO(PDF), "x.pdf")},
        page=PAGE,
        content_type="multipart/form-data",
    )
    assert sent.status_code == 404 and len(files(reading, one)) == 1


# ---- the trainee


def test_the_trainee_gets_the_files_after_the_release_under_a_neutral_name(
    world: World,
    handed: Handed,
    set_mark: Callable[..., None],
    release: Callable[..., None],
    marker: Client,
    browser_of: Open,
) -> None:
    added(marker, handed, PDF, "by Zukhra.pdf")
    set_mark(handed)
    trainee, address = browser_of(world.trainee), f"/receipts/{handed.receipt}/feedback/1"
    assert trainee.get(address).status_code == 404
    assert "feedback-1" not in trainee.get(f"/receipts/{handed.receipt}").text
    release(handed)
    page = trainee.get(f"/receipts/{handed.receipt}").text
    assert f"{handed.receipt}-feedback-1.pdf" in page and "Zukhra" not in page
    answer = trainee.get(address)
    assert answer.status_code == 200 and "Zukhra" not in str(answer.headers)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()
    assert trainee.get(f"/receipts/{handed.receipt}/feedback/2").status_code == 404
    for email in (world.trainee_2, world.other_trainee, world.other_instructor):
        assert browser_of(email).get(address).status_code == 404


def test_a_marker_who_is_hidden_leaves_no_name_in_a_file(
    world: World, handed: Handed, decide: Decide, marker: Client, reading: Unit, app: Flask
) -> None:
    decide(hide_marker=True)
    assert "your name is taken out of its properties" in marker.get(f"/marking/{handed.marking}").text
    assert NAME.encode() in signed_pdf()
    assert "the feedback file is added" in added(marker, handed, signed_pdf(), "notes.pdf")
    for name, data in (("notes.docx", DOCX), ("notes.jpg", JPG)):
        assert "Only a PDF can be freed of your name" in added(marker, handed, data, name)
    assert "Only a PDF" in said(sent_files(marker, packed(**{f"{handed.receipt}.docx": DOCX})).text)
    (file,) = files(reading, handed)
    kept = app.extensions["files"].read(file.sha256)
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert len(pdf.pages) == 1 and str(pdf.pages[0].Annots[0].Contents) == "page"
        pdf.save(out := io.BytesIO(), compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert NAME.encode() not in out.getvalue() and b"Zukhra" not in out.getvalue()


def test_a_pdf_is_made_nameless_the_same_way_each_time_or_not_at_all() -> None:
    assert without_names(signed_pdf()) == without_names(signed_pdf())
    assert without_names(b"%PDF-1.7\nnothing%%EOF") is None
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out := io.BytesIO(), encryption=pikepdf.Encryption(owner="x", user=""))
    assert without_names(out.getvalue()) is None


def test_the_check_of_many_files_costs_as_many_questions_as_of_few(
    crowd: Callable[[int], list[Handed]], marker: Client, queries: Any
) -> None:
    def asked(count: int) -> int:
        page = sent_files(marker, packed(**{f"{one.receipt}.docx": DOCX for one in crowd(count)}))
        with queries() as seen:
            assert marker.get(f"{PAGE}files/check?file={page.request.args['file']}").status_code == 200
        return len(seen)

    assert asked(3) == asked(9)
