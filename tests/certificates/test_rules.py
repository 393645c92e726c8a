"""The life of a certificate, eligibility, codes and names."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diploma.certificates import rules
from diploma.certificates.models import CertificateState
from diploma.certificates.rules import Record, Requirement
from diploma.core.lang import LANGS, Lang

CODE = "7K3MX8VVPKPJWW0F"


def test_every_state_has_its_moves():
    assert set(rules.MOVES) == set(CertificateState)


def test_a_revoked_or_replaced_certificate_stays_what_it_is():
    assert not rules.MOVES[CertificateState.REVOKED]
    assert not rules.MOVES[CertificateState.SUPERSEDED]


def test_only_an_approved_certificate_is_issued():
    leading = {state for state, moves in rules.MOVES.items() if CertificateState.ISSUED in moves}
    assert leading == {CertificateState.APPROVED, CertificateState.SUSPENDED}


def test_every_requirement_is_said_in_words():
    assert set(rules.TEXTS) == set(Requirement)


def test_a_complete_module_earns_its_certificate():
    record = Record("module:m2", enrolled=True, required=frozenset({"m2"}), completed=frozenset({"m2", "m3"}))
    assert rules.missing(record) == []


def test_an_incomplete_module_earns_nothing():
    record = Record("module:m2", enrolled=True, required=frozenset({"m2"}), completed=frozenset({"m3"}))
    assert rules.missing(record) == [Requirement.MODULE]


def test_who_has_left_the_cohort_earns_nothing():
    record = Record("module:m2", enrolled=False, required=frozenset({"m2"}), completed=frozenset({"m2"}))
    assert rules.missing(record) == [Requirement.ENROLMENT]


@pytest.mark.parametrize(
    ("attendance", "unmet"),
    [
        (None, [Requirement.ATTENDANCE]),
        (Decimal("79.9999"), [Requirement.ATTENDANCE]),
        (Decimal(80), []),
        (Decimal(100), []),
    ],
)
def test_a_foundation_workshop_asks_for_attendance_alone(attendance, unmet):
    assert rules.missing(Record("foundation", enrolled=True, attendance=attendance, attendance_at_least=80)) == unmet


def test_nobody_gets_a_diploma_while_the_capstone_is_only_planned():
    record = Record(
        "diploma", enrolled=True, required=frozenset({"m2"}), completed=frozenset({"m2"}), capstone_planned=True
    )
    assert rules.missing(record) == [Requirement.CAPSTONE_PLANNED]


def test_a_diploma_asks_for_every_module_and_the_capstone():
    record = Record("diploma", enrolled=True, required=frozenset({"m1", "m2"}), completed=frozenset({"m2"}))
    assert rules.missing(record) == [Requirement.CAPSTONE, Requirement.MODULES]


def test_a_passed_capstone_and_all_modules_earn_the_diploma():
    record = Record(
        "diploma", enrolled=True, required=frozenset({"m2"}), completed=frozenset({"m2"}), capstone_passed=True
    )
    assert rules.missing(record) == []


def test_the_module_of_an_award():
    assert rules.module_of(rules.module_award("m2")) == "m2"
    assert rules.module_of("diploma") is None


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "7K3M-X8VV-PKPJ-WW0F",
        "7k3m x8vv pkpj wwof",
        "7K3M–X8VV–PKPJ–WWOF",
        f" {CODE}\n",
        f"https://diploma.example.gov/verify/{CODE}",
        f"https://diploma.example.gov/verify/{CODE}/",
        "٧K٣MX٨VVPKPJWW٠F",
        "７Ｋ３ＭＸ８ＶＶＰＫＰＪＷＷ０Ｆ",
        "7K3M\u200e-X8VV-PKPJ-WW0F",
    ],
)
def test_a_code_is_understood_however_it_is_typed(typed):
    assert rules.normal_token(typed) == CODE


@pytest.mark.parametrize("letter", ["I", "i", "L", "l", "1"])
def test_letters_that_look_like_one_are_one(letter):
    assert rules.normal_token(letter * 16) == "1" * 16


@pytest.mark.parametrize(
    "typed", ["", "7K3M", CODE + "0", "U" * 16, "GID-2026-UZ-000147", "é" * 16, "Ж" * 16, "/" * 16, "²" * 15]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert rules.normal_token(typed) is None


@given(st.text(alphabet=rules.ALPHABET, min_size=16, max_size=16))
def test_a_code_survives_its_printed_form(code):
    assert rules.normal_token(rules.shown_token(code)) == code


@given(st.text())
def test_whatever_is_typed_is_a_code_or_nothing(text):
    code = rules.normal_token(text)
    assert code is None or (len(code) == 16 and set(code) <= set(rules.ALPHABET))


def test_the_shape_of_a_serial():
    assert rules.serial(2026, "uz", 147) == "GID-2026-UZ-000147"
    assert rules.serial(2026, "uz", 147, version=2) == "GID-2026-UZ-000147-R2"


def test_a_reissue_keeps_the_number():
    assert rules.reissued("GID-2026-UZ-000147", 2) == "GID-2026-UZ-000147-R2"
    assert rules.reissued("GID-2026-UZ-000147-R2", 3) == "GID-2026-UZ-000147-R3"


@pytest.mark.parametrize(
    "typed",
    ["GID-2026-UZ-000147", "gid 2026 uz 000147", "GID-2026-UZ-147", "GID-2026-UZ-000147-R2", "GID–2026–UZ–000147"],
)
def test_a_number_is_recognised_as_one(typed):
    assert rules.looks_like_serial(typed)


@pytest.mark.parametrize("typed", [CODE, "GID", "GID-2026", "hello", ""])
def test_other_texts_are_no_numbers(typed):
    assert not rules.looks_like_serial(typed)


@pytest.mark.parametrize(
    ("lang", "typed", "printed"),
    [
        (Lang.UZ_LATN, "  Bobur   To'xtamatov ", "Bobur Toʻxtamatov"),
        (Lang.UZ_LATN, "G`ulomova Ma'mura", "Gʻulomova Maʼmura"),
        (Lang.EN, "Sean O'Brien", "Sean O'Brien"),
        (Lang.AR, "سالم\u200f المثال", "سالم المثال"),
    ],
)
def test_a_name_is_tidied_for_print(lang, typed, printed):
    assert rules.tidy_name(lang, typed) == printed


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        (Lang.UZ_LATN, "Gʻulomova Dilnoza Abduqodir qizi"),
        (Lang.UZ_CYRL, "Ғуломова Дилноза"),
        (Lang.RU, "Ходжамкулов-Туракурганский"),
        (Lang.EN, "Sean O’Brien Jr. (Khalid bin Ahmed)"),
        (Lang.AR, "محمّد عبد الله"),
        (Lang.EN, "X" * 120),
    ],
)
def test_an_ordinary_name_can_be_printed(lang, name):
    assert rules.name_fault(lang, name) is None


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        (Lang.EN, ""),
        (Lang.EN, "-"),
        (Lang.EN, "X" * 121),
        (Lang.EN, "سالم"),
        (Lang.AR, "Salem"),
        (Lang.UZ_CYRL, "Aziza"),
        (Lang.EN, "Аziza"),
        (Lang.EN, "<b>Aziza</b>"),
        (Lang.EN, "Aziza 2"),
        (Lang.EN, "{{ 7 * 7 }} Aziza"),
        (Lang.EN, "Aziza ☺"),
    ],
)
def test_what_is_no_name_in_that_language_is_refused(lang, name):
    assert rules.name_fault(lang, name)


@given(st.sampled_from(LANGS), st.text(max_size=150))
def test_any_text_is_a_name_or_has_a_fault(lang, text):
    name = rules.tidy_name(lang, text)
    assert rules.name_fault(lang, name) or 0 < len(name) <= rules.LONGEST_NAME
