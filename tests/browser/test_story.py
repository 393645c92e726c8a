"""The main job from end to end, in a browser: learn, answer, hand in, be marked, hold a certificate, be believed."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.certificates.models import Certificate
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment, Presence
from diploma.core import clock, db, jobs
from diploma.core.lang import Lang
from diploma.demo import texts
from diploma.learning import catalogue
from diploma.learning.structure import Item, ItemType
from tests.world import M2

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
NAMES = {
    "uz-Latn": "Karimova Aziza Anvar qizi",
    "uz-Cyrl": "Каримова Азиза Анвар қизи",
    "ru": "Каримова Азиза Анваровна",
}


@pytest.fixture
def taught(world: Any, unit: Any) -> Any:
    """Both workshops of the module are held and aziza was there."""
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        aziza = session.scalar(select(Enrolment).join(User).where(User.email == world.trainee))
        for days, workshop in ((10, "w1"), (3, "w2")):
            when = clock.now() - timedelta(days=days)
            live = cohorts.plan_session(cohort, M2, workshop, when, Decimal(4), workshop=workshop)
            cohorts.save_sheet(live, [cohorts.SheetEntry(aziza.id, Presence.PRESENT, Decimal(84))])
    return world


def drain(app: Flask) -> None:
    with app.app_context():
        jobs.drain()


def read_all_lessons(page: Page, lang: str) -> None:
    page.goto(f"/modules/{M2}/lessons/01-from-complaint-to-challenge?lang={lang}&alt=ar")
    expect(page.locator("html")).to_have_attribute("lang", lang)
    if lang != "ar":
        expect(page.locator(".second [lang=ar][dir=rtl]").first).to_be_visible()
    while "/lessons/" in page.url:
        with page.expect_navigation():
            page.click(".pager form button")


def answer_quiz(page: Page, app: Flask) -> None:
    """Every drawn item with its right answer, through the controls of the page."""
    with app.app_context():
        content = catalogue.latest()
        assert content is not None
        bank = {
            str(content.say(M2, f"quiz/{one.id}/stem", lang)): one
            for one in content.modules[M2].quiz.items
            for lang in Lang
        }
        floor = content.say(M2, "quiz/q11/accepted", Lang.EN).splitlines()[0]
    page.goto(f"/modules/{M2}/quiz")
    with page.expect_navigation():
        page.click("main form button")
    while page.locator("form[data-autosave]").count():
        stem = re.sub(r"^\d+\.\s*", "", page.locator("legend").inner_text()).strip()
        _fill(page, bank[stem], floor)
        with page.expect_navigation():
            page.locator("form[data-autosave] button.btn[name=go]").first.click()
    page.click("main form button.btn")
    page.wait_for_url("**/review*")


def _fill(page: Page, item: Item, floor: str) -> None:
    if item.type is ItemType.MATCH:
        for left, right in item.pairs.items():
            page.select_option(f"#left-{left}", right)
    elif item.type is ItemType.ORDER:
        for place, option in enumerate(item.key, 1):
            page.select_option(f"#place-{option}", str(place))
    elif item.type is ItemType.NUMBER:
        page.fill("#answer", str(item.value).replace(".", ",").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    elif item.type is ItemType.SHORT:
        page.fill("#answer", floor)
    else:
        for option in item.key:
            page.check(f"input[name=answer][value='{option}']")


def hand_in(page: Page, lang: Lang) -> str:
    page.goto(f"/modules/{M2}/assignment")
    page.fill("#text", texts.WORKS[lang][0])
    page.set_input_files(
        "#annex-files",
        {
            "name": "annex.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
        },
    )
    for box in page.locator("input[name=declared]").all():
        box.check()
    page.click("button[name=do][value=submit]")
    page.wait_for_url("**/receipts/*")
    return page.url.rpartition("/")[2]


def mark_by_keyboard(page: Page) -> None:
    """Levels by keys 4 and 5 alone, then the mark, then its release."""
    page.goto("/marking/")
    with page.expect_navigation():  # keys are heard once the page has loaded its script
        page.click("main tbody a >> nth=0")
    page.locator("fieldset.crit input[type=radio]").first.focus()
    page.keyboard.type("45454")
    expect(page.locator("[data-total]").first).to_contain_text(re.compile(r"8\d"))
    with page.expect_navigation():
        page.click("button[name=do][value=mark]")
    page.goto("/marking/?state=marked")
    page.locator("main tbody input[type=checkbox]").first.check()
    with page.expect_navigation():
        page.click(".dock button.btn")


def confirm_names(page: Page) -> None:
    page.goto("/certificates/names")
    for lang, name in NAMES.items():
        page.locator(f".field:has(label [lang='{lang}']) input").fill(name)
    with page.expect_navigation():
        page.click("main form button.btn")


@pytest.mark.parametrize("lang", [Lang.AR, Lang.UZ_CYRL])
def test_a_trainee_learns_is_marked_and_holds_a_certificate_that_a_stranger_believes(
    taught: Any, app: Flask, sit_down: SitDown, lang: Lang
) -> None:
    trainee = sit_down(taught.trainee, lang.value)
    read_all_lessons(trainee, lang.value)
    answer_quiz(trainee, app)
    receipt = hand_in(trainee, lang)
    assert re.fullmatch(r"R-\w{4}-\w{4}", receipt)
    trainee.goto(f"/modules/{M2}/result")
    before = trainee.content()

    mark_by_keyboard(sit_down(taught.instructor, lang.value))
    drain(app)
    trainee.goto(f"/modules/{M2}/result")
    assert trainee.content() != before
    confirm_names(trainee)

    registrar = sit_down(taught.registrar, lang.value)
    registrar.goto(f"/certificates/cohorts/{taught.cohort}")
    for _ in range(2):  # the two issuers of the country pack; one that has approved is not asked again
        registrar.locator("main tbody input[type=checkbox]").first.check()
        with registrar.expect_navigation():
            registrar.locator("button[name=issuer]").first.click()
    registrar.goto(f"/certificates/cohorts/{taught.cohort}?group=approved")
    registrar.locator("main tbody input[type=checkbox]").first.check()
    with registrar.expect_navigation():
        registrar.click(".dock button.btn")
    with registrar.expect_navigation():
        registrar.click("main form button.btn")
    drain(app)

    with app.app_context():
        certificate = db.session.scalars(select(Certificate)).one()
        token, serial, drawn = certificate.token, certificate.serial, certificate.pdf_sha256
    assert drawn and serial, (certificate.state, registrar.locator("main").inner_text())

    stranger = sit_down()
    stranger.goto(f"/verify/{token}?lang={lang.value}")
    expect(stranger.locator(".seal.ok")).to_be_visible()
    expect(stranger.locator("main")).to_contain_text(NAMES["uz-Latn"])
    expect(stranger.locator("main")).to_contain_text(serial)

    pdf = trainee.request.get(f"/certificates/{serial}.pdf")
    assert pdf.ok and pdf.body().startswith(b"%PDF")
    stranger.goto("/verify")
    stranger.set_input_files("#file", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": pdf.body()})
    stranger.locator("form:has(#file) button.btn").click()
    expect(stranger.locator(".seal.ok")).to_be_visible()


def test_the_way_to_a_receipt_works_without_javascript(taught: Any, app: Flask, sit_down: SitDown) -> None:
    trainee = sit_down(taught.trainee, "uz-Latn", js=False, width=360)
    trainee.goto(f"/modules/{M2}/lessons/01-from-complaint-to-challenge")
    trainee.locator("button[name=section]").first.click()
    expect(trainee).to_have_url(re.compile("#why"))
    answer_quiz(trainee, app)
    assert hand_in(trainee, Lang.UZ_LATN)
