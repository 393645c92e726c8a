"""The snapshot: canonical, complete, and only what can be printed."""

import json
from datetime import date
from typing import Any

import pytest

from diploma.certificates.snapshot import Snapshot
from tests.certificates.specimens import DIRECTOR, ISSUERS, USUAL, assessor, attendance, diploma, module


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
def test_a_snapshot_survives_the_way_through_json(make: Any) -> None:
    snapshot = make()
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_json_is_canonical() -> None:
    text = diploma().to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert "Ғуломова" in text


def test_the_order_of_keys_does_not_change_the_hash() -> None:
    assert diploma(names=dict(reversed(USUAL.items()))).sha256() == diploma().sha256()


@pytest.mark.parametrize(
    "change",
    [
        {"serial": "GID-2026-UZ-000148"},
        {"hours": 299},
        {"band": None},
        {"specimen": True},
        {"issued_on": date(2026, 7, 16)},
    ],
)
def test_whatever_is_printed_changes_the_hash(change: dict[str, Any]) -> None:
    assert diploma(**change).sha256() != diploma().sha256()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("serial", {"serial": ""}),
        ("serial", {"serial": "GID-2026-ЎЗ-1"}),
        ("token", {"token": "7K3M9QRT2VWX4YZ"}),
        ("token", {"token": "IK3M9QRT2VWX4YZ8"}),
        ("verify_url", {"verify_url": "javascript:alert(1)//7K3M9QRT2VWX4YZ8"}),
        ("verify_url", {"verify_url": "https://diploma.example.gov/verify/0000000000000000"}),
        ("module", {"module": "m1"}),
        ("languages", {"languages": []}),
        ("languages", {"languages": ["en", "en"]}),
        ("languages", {"languages": ["de"]}),
        ("hours", {"hours": 0}),
        ("hours", {"hours": 1000}),
        ("band", {"band": "excellent"}),
        ("ends_on", {"ends_on": date(2026, 1, 11)}),
        ("issuers", {"issuers": []}),
        ("issuers", {"issuers": [*ISSUERS, ISSUERS[0]]}),
        ("signatories", {"signatories": []}),
        ("signatories", {"signatories": [DIRECTOR] * 4}),
        ("names", {"names": {"en": "Dilnoza"}}),
        ("titles", {"titles": {}}),
        ("place", {"place": {"en": "Tashkent"}}),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_field(field: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: "):
        diploma(**change)


def test_attendance_has_no_band() -> None:
    with pytest.raises(ValueError, match=r"^band: "):
        attendance(band="good")


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200f", "\u2066", "\u00ad", "\ufeff", "\n", "\t", "\x00", "\u00a0", "\ue000", "\ud800"]
)
def test_a_name_with_an_invisible_character_is_refused(hidden: str) -> None:
    with pytest.raises(ValueError, match=r"^names: "):
        diploma(names=USUAL | {"en": f"Dil{hidden}noza"})


@pytest.mark.parametrize("name", ["", " ", " Urol", "Urol ", "Bayram Ali\u0306"])
def test_a_name_is_tidy_and_composed(name: str) -> None:
    with pytest.raises(ValueError, match=r"^names: "):
        diploma(names=USUAL | {"en": name})


def test_a_joiner_is_part_of_a_name() -> None:
    assert diploma(names=USUAL | {"ar": "می\u200cخواهم"})


@pytest.mark.parametrize("text", ["[]", "{}", '{"award":"diploma"}', "null"])
def test_other_json_is_no_snapshot(text: str) -> None:
    with pytest.raises(ValueError, match="not a snapshot"):
        Snapshot.from_json(text)


def test_an_unknown_field_is_no_part_of_a_snapshot() -> None:
    values = json.loads(diploma().to_json()) | {"photo": "x"}
    with pytest.raises(ValueError, match="photo"):
        Snapshot.from_json(json.dumps(values))


def test_a_field_of_another_type_is_no_part_of_a_snapshot() -> None:
    values = json.loads(diploma().to_json()) | {"names": "Dilnoza"}
    with pytest.raises(ValueError, match="not a snapshot"):
        Snapshot.from_json(json.dumps(values))


def test_a_snapshot_from_before_a_field_came_keeps_its_bytes() -> None:
    before = diploma().to_json()
    assert "valid_until" not in before
    assert Snapshot.from_json(before).to_json() == before


def test_an_award_that_ends_says_when_and_not_before_it_begins() -> None:
    ending = diploma(valid_until=date(2029, 7, 14))
    assert Snapshot.from_json(ending.to_json()) == ending
    with pytest.raises(ValueError, match=r"^valid_until: "):
        diploma(valid_until=date(2026, 7, 15))
