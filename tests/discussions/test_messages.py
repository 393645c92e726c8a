"""Messages to a selection: chosen, written per language, looked at, sent once to each, kept for both sides."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.cohorts.models import EnrolmentState
from diploma.core import clock
from diploma.core.batch import BatchItem, ItemState
from diploma.discussions import rules
from diploma.discussions.models import Message, MessageRecipient
from tests.conftest import Client
from tests.discussions.conftest import enrolment, mails, user
from tests.world import M2, World

PAGE = "/cohorts/uz-1/messages"
WRITTEN = {
    "heading_uz_latn": "{name}, muddat yaqin",
    "text_uz_latn": "{module}: {due}",
    "module": M2,
    "version": "1",
}


@pytest.fixture
def everybody(world: World, unit: Any) -> list[int]:
    """Enrolment ids of the two trainees."""
    with unit():
        return [enrolment(one).id for one in (world.trainee, world.trainee_2)]


@pytest.fixture
def begun(coordinator: Client, everybody: list[int]) -> str:
    """The address of a draft to both."""
    answer = coordinator.send(f"{PAGE}/begin", {"enrolment": everybody}, page=f"{PAGE}/people")
    assert answer.status_code == 302
    return str(answer.headers["Location"]).removesuffix("/write")


# ---- choosing


def test_the_lists_of_people_lead_to_a_message(world: World, coordinator: Client, unit: Any) -> None:
    roster = coordinator.get("/cohorts/uz-1/roster").text
    assert f'formaction="{PAGE}/begin"' in roster
    assert "Write to the chosen" in coordinator.get(f"{PAGE}/people").text


def test_all_whom_a_list_finds_are_taken(world: World, coordinator: Client, reading: Any) -> None:
    form = {"everybody": "found", "q": "Toshmatov", "standing": ""}
    coordinator.send(f"{PAGE}/begin", form, page=f"{PAGE}/people")
    with reading() as session:
        assert session.scalars(select(MessageRecipient.enrolment_id)).all() == [enrolment(world.trainee_2).id]


def test_those_who_are_behind_can_be_written_to(
    world: World, coordinator: Client, everybody: list[int], reading: Any
) -> None:
    with clock.at(clock.now()):
        form = {"everybody": ",".join(map(str, everybody))}
        coordinator.send(f"{PAGE}/begin", form, page=f"{PAGE}/people")
    with reading() as session:
        assert session.scalars(select(MessageRecipient.enrolment_id).order_by(MessageRecipient.enrolment_id)).all() == [
            *everybody
        ]


def test_ids_of_another_cohort_and_who_left_are_left_out(
    world: World, coordinator: Client, unit: Any, everybody: list[int], put: Any, reading: Any
) -> None:
    with unit():
        stranger = enrolment(world.other_trainee).id
    put(world.trainee, EnrolmentState.WITHDRAWN)
    coordinator.send(f"{PAGE}/begin", {"enrolment": [stranger, *everybody]}, page=f"{PAGE}/people")
    coordinator.send(f"{PAGE}/begin", {"everybody": f"{stranger},x,-1,{10**30}"}, page=f"{PAGE}/people")
    with reading() as session:
        assert session.scalars(select(MessageRecipient.enrolment_id)).all() == everybody[1:]


def test_nobody_chosen_is_said(world: World, coordinator: Client) -> None:
    coordinator.send(f"{PAGE}/begin", {}, page=f"{PAGE}/people")
    assert "Nobody was chosen" in coordinator.get(f"{PAGE}/people").text


def test_a_trainee_sends_no_mass_mail(world: World, aziza: Client, everybody: list[int], begun: str) -> None:
    for path in (f"{PAGE}/begin", f"{begun}/send", f"{begun}/write", f"{begun}/discard"):
        assert aziza.send(path, {"enrolment": everybody}, page="/account").status_code == 403
    assert aziza.get(f"{PAGE}/people").status_code == 403


# ---- writing


def test_the_form_says_how_many_read_each_language(world: World, coordinator: Client, begun: str) -> None:
    page = coordinator.get(f"{begun}/write").text
    assert page.count("1 person reads it") == 2 and "Needed" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"heading_uz_latn": "", "text_uz_latn": ""}, "at least: others fall back to it"),
        ({"text_uz_latn": ""}, "both a subject and a text"),
        ({"text_uz_latn": "{name} {salary} {{x}}"}, "There is no placeholder {salary} {x}."),
        ({"module": ""}, "need a module"),
        ({"heading_ru": "{имя}", "text_ru": "x"}, "{имя}"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words_and_kept(
    coordinator: Client, begun: str, form: dict[str, str], said: str
) -> None:
    answer = coordinator.send(f"{begun}/write", WRITTEN | form)
    assert answer.status_code == 409 and said in answer.text


def test_the_preview_shows_what_a_reader_of_each_language_gets(coordinator: Client, begun: str) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    page = coordinator.get(begun).text
    assert "Aziza Karimova, muddat yaqin" in page and "Bobur Toshmatov, muddat yaqin" in page
    assert "There is no text in this language" in page and "Toshkent vaqti" in page and "{due}" not in page


def test_two_windows_do_not_overwrite_each_other(coordinator: Client, begun: str) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    answer = coordinator.send(f"{begun}/write", WRITTEN | {"text_uz_latn": "Boshqa matn"})
    assert answer.status_code == 409 and "another window" in answer.text and "Boshqa matn" in answer.text


def test_a_draft_belongs_to_its_writer(begun: str, instructor: Client, english: Any, world: World) -> None:
    for browser in (instructor, english(world.other_coordinator)):
        assert browser.get(begun).status_code == 404
        assert browser.send(f"{begun}/send", page="/account").status_code == 404


def test_what_a_person_is_called_is_no_placeholder() -> None:
    assert rules.filled("{name} {due}", {"name": "{due}", "due": "5-may"}) == "{due} 5-may"


# ---- sending


def test_it_goes_to_each_once_also_when_it_is_sent_twice(
    coordinator: Client, begun: str, work_off: Any, unit: Any, world: World
) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    first, second = (coordinator.send(f"{begun}/send", page="/account").headers["Location"] for _ in range(2))
    work_off()
    coordinator.send(f"{begun}/send", page="/account")
    work_off()
    with unit():
        found = {one["to"]: one for one in mails()}
        assert first == second and len(mails()) == 2
        assert found[world.trainee]["subject"] == "Aziza Karimova, muddat yaqin"
        assert found[world.trainee]["sender"]["reply_to"] == world.coordinator
        assert found[world.trainee_2]["lang"] == "uz-Cyrl"


def test_a_retry_sends_nobody_a_second_mail(
    coordinator: Client, begun: str, work_off: Any, unit: Any, world: World
) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    job = coordinator.send(f"{begun}/send", page="/account").headers["Location"]
    work_off()
    with unit() as session:
        for item in session.scalars(select(BatchItem)):
            item.state, item.message = ItemState.SKIPPED, ""
    coordinator.send(f"{job}/retry", page="/account")
    work_off()
    with unit():
        assert len(mails()) == 2


def test_who_left_in_between_gets_nothing_and_the_writer_sees_it(
    coordinator: Client, begun: str, work_off: Any, unit: Any, put: Any, world: World
) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    coordinator.send(f"{begun}/send", page="/account")
    put(world.trainee, EnrolmentState.WITHDRAWN)
    work_off()
    with unit():
        assert [one["to"] for one in mails()] == [world.trainee_2]
    assert "Not sent" in coordinator.get(begun).text


def test_a_writer_who_lost_the_right_sends_nothing_more(
    coordinator: Client, begun: str, work_off: Any, unit: Any, world: World
) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    coordinator.send(f"{begun}/send", page="/account")
    with unit() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user(world.coordinator).id)).one()
        grant.ends_on = grant.starts_on
        grant.starts_on = grant.ends_on = clock.now().date().replace(year=2020)
    work_off()
    with unit():
        assert mails() == []


def test_the_page_says_what_became_of_each_mail(coordinator: Client, begun: str, deliver: Any, work_off: Any) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    coordinator.send(f"{begun}/send", page="/account")
    assert coordinator.get(begun).text.count("Not sent") == 2
    deliver()
    page = coordinator.get(begun).text
    assert "Not sent" not in page and page.count("Sent</span>") == 2
    assert "muddat yaqin" in coordinator.get(PAGE).text


def test_a_recipient_finds_it_on_their_own_page(
    coordinator: Client, begun: str, work_off: Any, aziza: Client, bobur: Client, unit: Any, world: World
) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    coordinator.send(f"{begun}/send", page="/account")
    work_off()
    with unit() as session:
        own = session.scalars(
            select(MessageRecipient.id).where(MessageRecipient.enrolment_id == enrolment(world.trainee).id)
        ).one()
    assert "1 new" in aziza.get("/dashboard").text and "Unread" in aziza.get("/messages/").text
    assert "Aziza Karimova, muddat yaqin" in aziza.get(f"/messages/{own}").text
    assert "1 new" not in aziza.get("/dashboard").text
    assert bobur.get(f"/messages/{own}").status_code == 404 and coordinator.get(f"/messages/{own}").status_code == 404


def test_a_sent_message_is_neither_changed_nor_deleted(coordinator: Client, begun: str, reading: Any) -> None:
    coordinator.send(f"{begun}/write", WRITTEN)
    coordinator.send(f"{begun}/send", page="/account")
    assert coordinator.send(f"{begun}/write", WRITTEN | {"version": "3"}).status_code == 409
    assert coordinator.send(f"{begun}/discard", page="/account").status_code == 409
    with reading() as session:
        assert session.scalar(select(func.count(Message.id))) == 1


def test_a_draft_is_deleted_with_its_recipients(coordinator: Client, begun: str, reading: Any) -> None:
    coordinator.send(f"{begun}/discard", page=begun)
    with reading() as session:
        assert session.scalar(select(func.count(MessageRecipient.id))) == 0


# ---- what a mail carries


def test_no_header_gets_into_a_mail_through_a_text_or_a_name(
    coordinator: Client, begun: str, unit: Any, deliver: Any, app: Any, world: World
) -> None:
    with unit():
        accounts.rename(user(world.trainee), "Aziza\r\nBcc: all@uz.test")
    form = WRITTEN | {
        "heading_uz_latn": "{name} x\r\nBcc: you@uz.test\u2028Cc: he@uz.test",
        "text_uz_latn": ".\r\nTo: x",
    }
    coordinator.send(f"{begun}/write", form)
    coordinator.send(f"{begun}/send", page="/account")
    deliver()
    sent = [message_from_bytes(one.read_bytes(), policy=default) for one in app.config["MAIL_FOLDER"].glob("*.eml")]
    assert sorted(str(one["To"]) for one in sent) == [world.trainee, world.trainee_2]
    for one in sent:
        assert one["Bcc"] is None and one["Cc"] is None and one["Reply-To"] == world.coordinator
        assert "Bcc: you@uz.test" in str(one["Subject"]) and len(one.get_all("Subject")) == 1
