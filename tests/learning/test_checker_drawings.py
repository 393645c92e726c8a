"""Logos, seals and languages of certificates in a country pack."""

from pathlib import Path

import pytest

from diploma.core.vectors import read
from tests.learning.sample import PARTNER, Course

RECT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\n<rect width="9" height="9"/>\n</svg>'
LOGO = "partners/uz/office.svg"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """With a logo that its issuer names."""
    made = Course(tmp_path)
    made.write(LOGO, RECT)
    made.change(PARTNER, 'id = "office"\n', 'id = "office"\nlogo = "office.svg"\n')
    return made


def test_a_logo_beside_the_pack_is_read(course):
    assert course.check() == []
    assert course.load().drawings["uz"] == {"office.svg": read(RECT.encode())}


def test_a_drawing_that_cannot_be_printed_is_refused_by_file_and_line(course):
    course.write("partners/uz/other.svg", RECT.replace("<rect", "<script/>\n<rect"))
    (found,) = course.check()
    assert (found.file, found.line) == ("partners/uz/other.svg", 2)
    assert "cannot be printed: the element <script> is not one of" in found.message


def test_a_picture_of_pixels_is_refused(course):
    course.write("partners/uz/office.png", "x")
    (found,) = course.check()
    assert (found.file, found.message) == (
        "partners/uz/office.png",
        "This drawing cannot be printed: a logo or a seal is an SVG file.",
    )


@pytest.mark.parametrize("kind", ["logo", "seal"])
def test_an_issuer_names_a_drawing_that_is_there(course, kind):
    course.change(PARTNER, 'logo = "office.svg"', f'{kind} = "ofice.svg"')
    course.refuses(PARTNER, "ofice.svg", f"issuers.office.{kind}", "There is no drawing 'ofice.svg'", "office.svg")


@pytest.mark.parametrize("name", ["../ae/partner.svg", "/etc/passwd", "Office.svg", "office.png"])
def test_a_drawing_is_named_by_a_plain_name(course, name):
    course.change(PARTNER, 'logo = "office.svg"', f'logo = "{name}"')
    course.refuses(PARTNER, name, "issuers.office.logo", "ending in .svg")


def test_languages_are_those_of_an_award_and_stand_once(course):
    course.change(PARTNER, "[week]", '[certificate_languages]\nmodul = ["ru"]\n\n[week]')
    course.refuses(PARTNER, "modul =", "certificate_languages.modul", "There is no award 'modul'")
    course.change(PARTNER, 'modul = ["ru"]', 'module = ["ru", "ru"]')
    course.refuses(PARTNER, "module =", "certificate_languages.module", "A language stands twice")
