"""The pages that a stranger sees: true to the published programme, the register and the settings."""

import copy
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import ROOT
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.core import clock
from diploma.core.lang import LANGS
from diploma.core.refusals import ERRORS
from diploma.home import views
from diploma.learning import catalogue
from tests.conftest import Client
from tests.world import World, person

Open = Callable[[str], Client]
PAGES = ("/", "/help", "/privacy", "/accessibility", "/contact", "/modules/", "/verify")
INFORMATION = PAGES[1:5]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def reworded(world: World, reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme published with other figures."""
    with reading():
        other = copy.copy(catalogue.latest())
        assert other
        old = other.programme
        other.programme = replace(
            old,
            weeks=41,
            hours=replace(old.hours, theory=old.hours.theory + 7),
            late=replace(old.late, grace_days=5, cap=77, closes_after_days=19),
            resubmission=replace(old.resubmission, cap=71),
            module_weights=replace(old.module_weights, quiz=23),
            pass_rules=replace(old.pass_rules, assignment_at_least=63),
        )
    monkeypatch.setattr(views.catalogue, "latest", lambda: other)


def test_the_front_page_counts_what_is_published(client: Client, reworded: None) -> None:
    page = words(client.get("/?lang=en").text)
    assert "41 weeks" in page and "307" in page and "63 or more" in page


def test_help_names_the_rules_that_are_published(client: Client, reworded: None) -> None:
    page = words(client.get("/help?lang=en").text)
    for said in ("5 calendar days", "77 of 100", "After 19 days", "at most 71 of 100", "quiz with 23%", "63 in the"):
        assert said in page


@pytest.mark.parametrize("path", PAGES[:5])
def test_before_the_first_publication_the_pages_answer(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES[:5])
def test_a_visitor_costs_few_queries(
    world: World, client: Client, queries: Callable[[], AbstractContextManager[list[str]]], path: str
) -> None:
    client.get(path)
    with queries() as sent:
        client.get(path)
    assert sum(one.startswith("SELECT") for one in sent) <= 2


def test_the_front_page_names_the_partner_governments(world: World, client: Client) -> None:
    page = client.get("/?lang=en").text
    assert "Uzbekistan" in page and "United Arab Emirates" in page


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_describes_itself_in_every_language(world: World, client: Client, path: str) -> None:
    page = client.get(f"{path}?lang=ru&from=mail").text
    assert re.search(r'<meta name="description" content="[^"]{20,}">', page)
    assert f'<link rel="canonical" href="http://localhost{path}?lang=ru">' in page
    for tag in ("x-default", *LANGS):
        query = "" if tag == "x-default" else f"?lang={tag}"
        assert f'<link rel="alternate" hreflang="{tag}" href="http://localhost{path}{query}">' in page


@pytest.mark.parametrize("path", ["/sign-in", "/verify?code=0000000000000000", "/no-such-page"])
def test_other_pages_offer_nothing_to_search_engines(world: World, client: Client, path: str) -> None:
    assert 'rel="canonical"' not in client.get(path).text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/no-such-page"])
def test_the_footer_leads_to_all_of_them(client: Client, path: str) -> None:
    foot = client.get(path).text.split("<footer", 1)[1]
    assert all(f'href="{one}"' in foot for one in (*INFORMATION, "/verify"))


@pytest.mark.parametrize("path", PAGES[:5])
def test_headings_begin_with_one_and_leave_none_out(world: World, client: Client, path: str) -> None:
    levels = [int(one) for one in re.findall(r"<h([1-6])", client.get(path).text)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


# ---- help


def test_every_way_into_help_arrives(world: World, client: Client) -> None:
    page = client.get("/help").text
    texts = "".join(one.read_text("utf-8") for one in (ROOT / "diploma" / "templates").rglob("*.html"))
    wanted = {*re.findall(r"'home\.help', _anchor='([\w-]+)'", texts), *(topic for _, _, topic in ERRORS.values())}
    assert len(wanted) > 4 and {one for one in wanted if f'id="{one}"' not in page} == set()


@pytest.mark.parametrize("path", INFORMATION)
def test_the_contents_of_a_page_lead_to_its_parts(world: World, client: Client, path: str) -> None:
    page = client.get(path).text
    assert {one for one in re.findall(r'href="#([\w-]+)"', page) if f'id="{one}"' not in page} == set()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


# ---- privacy and accessibility


def test_the_periods_are_those_of_the_register(client: Client) -> None:
    page, register = client.get("/privacy?lang=en").text, (ROOT / "docs" / "privacy-register.md").read_text()
    periods = set(re.findall(r"\b(?:two|three|thirty|ninety) (?:days|years)\b", register))
    assert periods == {"two years", "three years", "thirty days", "ninety days"}
    assert periods == set(re.findall(r"\b(?:two|three|thirty|ninety) (?:days|years)\b", page))


def test_privacy_does_not_promise_what_is_not_there(client: Client) -> None:
    page = words(client.get("/privacy?lang=en").text)
    assert "There is no button for it yet" in page and "The site deletes nothing by itself" in page


def test_the_statement_carries_the_day_of_its_review(client: Client) -> None:
    day = views.STATEMENT_REVIEWED
    assert f'<time datetime="{day.isoformat()}">' in client.get("/accessibility").text
    assert day <= clock.now().date()


# ---- contact


@pytest.fixture
def office(app: Flask) -> Any:
    before = {name: app.config[name] for name in ("CONTACT_EMAIL", "CONTACT_PHONE")}
    app.config |= {"CONTACT_EMAIL": "office@diploma.test", "CONTACT_PHONE": "+998 (71) 200-00-00"}
    yield
    app.config |= before


@pytest.mark.parametrize("path", ["/contact", "/privacy", "/accessibility"])
def test_the_office_of_the_settings_is_named(client: Client, office: None, path: str) -> None:
    page = client.get(path).text
    assert 'href="mailto:office@diploma.test"' in page and 'href="tel:+99871200-00-00"' in page


def test_without_an_office_the_page_names_the_coordinator(client: Client) -> None:
    page = client.get("/contact?lang=en").text
    assert "mailto:" not in page and "coordinator of your government" in words(page)


def test_a_trainee_finds_the_coordinators_of_their_own_government(world: World, browser_of: Open) -> None:
    page = browser_of(world.trainee).get("/contact").text
    assert "mailto:coordinator@uz.test" in page and "ae.test" not in page and "instructor@" not in page


def test_a_visitor_finds_no_address_of_a_person(world: World, client: Client) -> None:
    assert "@" not in client.get("/contact").text.split("<main", 1)[1]


def test_who_is_no_longer_coordinator_is_not_named(world: World, browser_of: Open, unit: Any) -> None:
    with unit() as session:
        grant = session.scalar(
            select(RoleGrant).join(RoleGrant.user).where(User.email == "coordinator@uz.test").limit(1)
        )
        grant.starts_on = grant.ends_on = clock.now().date().replace(year=2020, day=1)
    assert "coordinator@uz.test" not in browser_of(world.trainee).get("/contact").text


def test_a_name_on_the_contact_page_is_text(world: World, browser_of: Open, unit: Any, password_hash: str) -> None:
    with unit() as session:
        partner = session.scalar(select(RoleGrant.partner_id).where(RoleGrant.role == Role.COORDINATOR).limit(1))
        person("second@uz.test", "<b>Second</b>", password_hash, Role.COORDINATOR, partner_id=partner)
    page = browser_of(world.trainee).get("/contact").text
    assert "<b>Second" not in page and "&lt;b&gt;Second" in page
