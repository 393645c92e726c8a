"""The public page of the register, its files, and the address of a witness."""

import base64

import pytest
from sqlalchemy import select, update

from diploma.certificates.models import CertificateEvent
from diploma.certificates.transparency.models import RegisterHead
from diploma.cohorts.models import Partner
from diploma.core import signing
from diploma.core.lang import LANGS
from tests.certificates.conftest import words
from tests.certificates.transparency.conftest import NOON


def test_before_the_first_day_the_page_says_so(world, client):
    assert "No head is signed yet" in client.get("/registry").text


def test_everybody_sees_figures_and_heads_and_no_person(office, aziza, world, days, client, reading):
    office.issue(world.other_trainee)
    days.run(0)
    with days.at(0):
        page = client.get("/registry")
    said = words(page)
    year = aziza.serial[4:8]
    assert f"United Arab Emirates {year} 1 0 0 0 Uzbekistan {year} 1 0 0 0" in said
    assert "Events in the register 4" in said
    for secret in ("Aziza", "سالم", aziza.token, aziza.serial, "@uz.test"):
        assert secret not in page.text


@pytest.mark.parametrize("lang", LANGS)
def test_it_speaks_every_language(world, days, client, lang):
    days.run()
    page = client.get(f"/registry?lang={lang.value}")
    assert page.status_code == 200 and f'dir="{lang.dir}"' in page.text


def test_head_signature_and_key_are_files_that_verify(world, days, client, heads):
    days.run()
    [row] = heads()
    text, mark, key = (
        client.get(f"/registry/{one}").data
        for one in (f"heads/{row.day}.txt", f"heads/{row.day}.sig", f"keys/{row.key_id}.pem")
    )
    assert (text, mark) == (row.text.encode(), base64.b64decode(row.signature))
    assert signing.verifies(key.decode(), text, mark)


@pytest.mark.parametrize(
    "path",
    ["heads/2020-01-01.txt", "heads/x.sig", "heads/2026-13-99.txt", "heads/%00.txt", "heads/..%2f.txt", "keys/x.pem"],
)
def test_what_is_not_there_is_not_found(world, days, client, path):
    days.run()
    assert client.get(f"/registry/{path}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999", "1e9", "%00"])
def test_a_strange_page_number_is_some_page(world, days, client, page):
    days.run()
    assert client.get(f"/registry?page={page}").status_code == 200


def test_days_are_turned_over_thirty_at_a_time(world, days, client, unit):
    days.run()
    with unit() as session:
        one = session.scalars(select(RegisterHead)).one()
        kept = {name: getattr(one, name) for name in ("signed_at", "events", "text", "signature", "key_id")}
        session.add_all(RegisterHead(day=one.day.replace(year=1990 + n), **kept, figures=[]) for n in range(31))
    assert f"/registry/heads/{NOON:1990-%m-%d}.txt" not in client.get("/registry").text
    assert f"/registry/heads/{NOON:1990-%m-%d}.txt" in client.get("/registry?page=2").text


def test_the_page_asks_as_often_for_many_days_and_certificates(office, aziza, days, client, queries):
    days.run(0)
    with queries() as first:
        client.get("/registry")
    office.crowd(12, "issued")
    days.run(1)
    days.run(2)
    with queries() as second:
        client.get("/registry")
    assert len(second) == len(first) <= 8
    assert not [one for one in second if "FROM certificate_events" in one or "FROM certificates" in one]


def test_a_register_that_does_not_hold_is_named_until_a_head_is_signed_again(office, aziza, world, days, client, unit):
    days.run(0)
    with unit() as session:
        kind = session.get_one(CertificateEvent, 1).kind
        session.execute(update(CertificateEvent).where(CertificateEvent.number == 1).values(kind="resumed"))
    days.run(1)
    with days.at(1):
        assert "The register was not signed" in client.get("/registry").text
    with unit() as session:
        session.execute(update(CertificateEvent).where(CertificateEvent.number == 1).values(kind=kind))
    days.run(2)
    with days.at(2):
        assert "The register was not signed" not in client.get("/registry").text


def test_a_runner_that_stands_still_shows(world, days, client):
    days.run(0)
    with days.at(1):
        assert "older than two days" not in client.get("/registry").text
    with days.at(3):
        assert "older than two days" in client.get("/registry").text


def test_it_is_linked_where_certificates_are_verified(world, client):
    assert client.get("/verify").text.count('href="/registry"') == 2  # there, and at the foot of every page


# ---- the witness


def settings(browser):
    page = browser.get("/partners/uz/settings").text
    version = page.partition('name="version"')[2].partition('value="')[2].partition('"')[0]
    return {"version": version, "name_en": "Uzbekistan", "languages": ["uz-Latn", "en"], "default": "uz-Latn"}


def test_a_partner_names_a_witness_and_takes_it_away(world, browser_of, reading):
    coordinator = browser_of(world.coordinator)
    for given, kept in (("Archive@Gov.test", "archive@gov.test"), ("", "")):
        answer = coordinator.send("/partners/uz/settings", {**settings(coordinator), "witness": given})
        assert answer.status_code == 302
        with reading() as session:
            assert session.scalar(select(Partner.witness).where(Partner.slug == "uz")) == kept


@pytest.mark.parametrize("address", ["no address", "a@b", "a@gov.test\r\nBcc: x@evil.test", "a@gov.test, b@gov.test"])
def test_what_is_no_address_is_no_witness(world, browser_of, reading, address):
    coordinator = browser_of(world.coordinator)
    answer = coordinator.send("/partners/uz/settings", {**settings(coordinator), "witness": address})
    assert answer.status_code == 422
    with reading() as session:
        assert session.scalar(select(Partner.witness).where(Partner.slug == "uz")) == ""
