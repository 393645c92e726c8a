"""Logos and official seals: named by hash when a certificate is issued, and never another one on its page."""

import hashlib
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from diploma.certificates import printed, status
from diploma.certificates.drawing import frame
from diploma.certificates.drawing.compose import SCALES, compose
from diploma.certificates.drawing.sheet import Sheet
from diploma.certificates.drawing.worker import RenderError, RenderPool
from diploma.certificates.snapshot import Snapshot
from diploma.core import vectors
from diploma.learning import publisher
from tests.certificates.conftest import facts
from tests.certificates.specimens import (
    DIRECTOR,
    DRAWINGS,
    ISSUERS,
    LOGOS,
    OFFICIAL,
    ONE_OFFICIAL,
    SEALS,
    diploma,
    module,
)

READ = {digest: vectors.read(svg) for digest, svg in DRAWINGS.items()}
OTHER = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect height='9' width='9'/></svg>"


# ---- what the snapshot says


def test_a_certificate_without_drawings_keeps_the_bytes_of_older_ones() -> None:
    assert '"logos"' not in diploma().to_json()
    assert '"seals"' not in diploma().to_json()


def test_the_drawings_of_a_snapshot_survive_the_way_through_json() -> None:
    official = diploma(**OFFICIAL)
    assert Snapshot.from_json(official.to_json()) == official
    assert official.drawings() == sorted(DRAWINGS)


@pytest.mark.parametrize(
    ("field", "digests"),
    [
        ("logos", {"stranger": LOGOS["centre"]}),
        ("logos", {"centre": "programme.svg"}),
        ("seals", {"stranger": SEALS["centre"]}),
        ("seals", {"centre": SEALS["centre"].upper()}),
    ],
)
def test_a_drawing_belongs_to_an_issuer_and_is_named_by_its_hash(field: str, digests: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: "):
        diploma(**{field: digests})


# ---- the page


def placed(snapshot: Snapshot) -> int:
    return compose(snapshot, READ).marks.count("<svg x=")


def test_logos_and_seals_stand_on_the_page() -> None:
    assert placed(diploma(**OFFICIAL)) == 4
    assert placed(module(**OFFICIAL)) == 4


def test_a_single_issuers_logo_takes_the_place_of_the_star() -> None:
    with_star = compose(diploma(["en"], issuers=ISSUERS[:1]), READ)
    page = compose(diploma(["en"], **ONE_OFFICIAL), READ)
    assert page.marks.count("<svg x=") == 2
    only_of_the_star = "#d9c48f"
    assert only_of_the_star in {shape.stroke for shape in with_star.drawing}
    assert only_of_the_star not in {shape.stroke for shape in page.drawing}


def test_an_issuer_without_a_logo_keeps_its_star() -> None:
    both, one, none = (compose(diploma(logos=some), READ).drawing for some in (LOGOS, {"centre": LOGOS["centre"]}, {}))
    assert [[shape.stroke for shape in page].count("#2b7a78") for page in (both, one, none)] == [0, 1, 2]


@pytest.mark.parametrize("seals", [{}, {"centre": SEALS["centre"]}, SEALS], ids=["none", "one", "two"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_signatures_seals_and_code_stand_clear_of_each_other(count: int, seals: dict[str, str]) -> None:
    for languages in (["en"], ["ar", "en"], ["uz-Latn", "uz-Cyrl", "ru", "en"]):
        place = frame.foot(Sheet(diploma(languages, signatories=[DIRECTOR] * count, seals=seals), SCALES[0]))
        assert (len(place.signatures), len(place.seals)) == (count, len(seals))
        widths = [(axis, place.width) for axis in place.signatures] + [(axis, place.seal) for axis in place.seals]
        code = (place.qr, frame.QR_SIDE + 2 * frame.QR_QUIET)
        spans = sorted((axis - width / 2, axis + width / 2) for axis, width in [*widths, code])
        assert spans[0][0] >= 25.5
        assert spans[-1][1] <= 267.5
        assert all(right <= left + 0.01 for (_, right), (left, _) in pairwise(spans))


# ---- the sealed process


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with RenderPool(tmp_path_factory.mktemp("renderer"), timeout=120) as pool:
        yield pool


@pytest.mark.parametrize("files", [{}, {LOGOS["centre"]: OTHER}], ids=["missing", "another one"])
def test_another_drawing_than_the_issued_one_is_not_drawn(pool: RenderPool, files: dict[str, bytes]) -> None:
    with pytest.raises(RenderError, match=rf"Unprintable: the drawing {LOGOS['centre']} is missing or another one"):
        pool.render(diploma(["en"], logos={"centre": LOGOS["centre"]}), files)


def test_what_is_not_allowed_in_a_drawing_is_not_drawn_either(pool: RenderPool) -> None:
    hostile = OTHER.replace(b"<rect", b"<image href='http://127.0.0.1/'/><rect")
    digest = hashlib.sha256(hostile).hexdigest()
    with pytest.raises(RenderError, match="<image> is not one of"):
        pool.render(diploma(["en"], logos={"centre": digest}), {digest: hostile})


# ---- from the pack to the file


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "courses" / "gid", tmp_path / "gid"))


def say_languages(course: Path, line: str) -> None:
    pack = course / "partners" / "uz.toml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("[week]", f"[certificate_languages]\n{line}\n\n[week]", 1), encoding="utf-8")


def test_the_snapshot_names_the_drawings_of_the_pack_and_the_renderer_gets_them(office, world, renderer):
    made = office.drawn(world.trainee)
    assert set(made.snapshot.logos) == set(made.snapshot.seals) == {"programme", "partner"}
    assert sorted(renderer.drawings) == made.snapshot.drawings()
    assert {hashlib.sha256(svg).hexdigest() for svg in renderer.drawings.values()} == set(renderer.drawings)


def test_a_new_logo_changes_no_certificate_that_was_issued(office, world, unit, course, renderer):
    made = office.drawn(world.trainee)
    before = dict(renderer.drawings)
    (course / "partners" / "uz" / "partner.svg").write_bytes(OTHER)
    with unit():
        published = publisher.publish(course)
        certificate = office.row(world.trainee)
        certificate.enrolment.cohort.revision_id = published.revision_id
        newer = facts(status.reissue(certificate, "a new logo"))
        assert newer.snapshot.logos["partner"] == hashlib.sha256(OTHER).hexdigest()
        assert made.snapshot.logos["partner"] != newer.snapshot.logos["partner"]
    office.work()
    assert renderer.drawings[newer.snapshot.logos["partner"]] == OTHER
    store = office.app.extensions["files"]
    assert {digest: store.read(digest) for digest in made.snapshot.drawings()} == before


def test_place_and_languages_are_those_of_the_pack(office, world, unit, course):
    say_languages(course, 'module = ["en", "ru", "uz-Latn"]')
    office.approve(world.trainee)
    with unit():
        certificate = office.row(world.trainee)
        certificate.enrolment.cohort.revision_id = publisher.publish(course).revision_id
        fixed = printed.snapshot(certificate, printed.TRIAL_SERIAL, printed.TRIAL_TOKEN)
        assert fixed.languages == ["ru", "uz-Latn"]  # the cohort has no English
        assert set(fixed.names) == set(fixed.titles) == {"ru", "uz-Latn"}
        assert fixed.place == {"ru": "Ташкент", "uz-Latn": "Toshkent"}


def test_a_cohort_that_speaks_none_of_the_packs_languages_keeps_its_own(office, world, unit, course):
    say_languages(course, 'module = ["ar"]')
    office.approve(world.trainee)
    with unit():
        certificate = office.row(world.trainee)
        own = printed.languages_of(certificate)
        certificate.enrolment.cohort.revision_id = publisher.publish(course).revision_id
        assert printed.languages_of(certificate) == own
