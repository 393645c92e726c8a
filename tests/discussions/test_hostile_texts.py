"""Hostile titles, posts, reasons, announcements and messages in Chromium: no dialog, no report of the content policy.

``sit_down`` fails the test at the first of them.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from diploma.accounts import service as accounts
from diploma.core.lang import Lang
from diploma.discussions import announcements, messages, notices, service
from diploma.discussions.announcements import Plan
from diploma.discussions.service import Written
from tests.discussions.conftest import FORUM, cohort, enrolment, key, user
from tests.security.test_scripts_in_texts import EVIL
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def planted(world: World, unit: Any) -> dict[str, int]:
    with unit():
        trainee, staff = user(world.trainee), user(world.instructor)
        accounts.rename(trainee, f"{EVIL} 1")
        thread = service.open_thread(
            cohort(), EVIL, None, Written(f"{EVIL}\n\nhttps://a.test/{EVIL}", Lang.EN), key=key(), by=trainee
        )
        posts = [service.answer(thread, Written(EVIL, Lang.AR, 1), key=key(), by=trainee) for _ in range(2)]
        service.report(posts[0], EVIL, by=staff)
        service.hide(posts[1], EVIL, by=staff)
        texts = {"en": {"title": EVIL, "text": EVIL}}
        announcements.announce(cohort(), Plan(texts), key=key(), by=staff)
        withdrawn = announcements.announce(cohort(), Plan(texts), key=key(), by=staff)
        announcements.withdraw(withdrawn, EVIL, by=staff)
        draft = messages.begin(cohort(), [enrolment(world.trainee).id], by=staff)
        messages.write(draft, {"uz-Latn": {"subject": "x{name}", "text": "y{name}"}}, None, version=draft.version)
        messages.send(draft, back="/", by=staff)
        row = messages.examples(draft)[Lang.UZ_LATN]
        notices.give({"recipient_id": row.id}, staff.id)
        return {"thread": thread.id, "message": draft.id, "received": row.id}


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("aziza@uz.test", ["/dashboard", FORUM, f"{FORUM}/{{thread}}?answer=2", "/cohorts/uz-1/announcements",
                           "/messages/", "/messages/{received}"]),
        ("instructor@uz.test", [FORUM, f"{FORUM}/{{thread}}", f"{FORUM}/reports", "/cohorts/uz-1/announcements",
                                "/cohorts/uz-1/messages", "/cohorts/uz-1/messages/{message}",
                                "/cohorts/uz-1/messages/people"]),
    ],
)  # fmt: skip
def test_no_script_in_a_text_runs(
    planted: dict[str, int], sit_down: Callable[..., Page], who: str, paths: list[str], lang: str
) -> None:
    page = sit_down(who, lang=lang)
    for path in paths:
        answer = page.goto(path.format(**planted))
        assert answer is not None and answer.status == 200, path
        assert page.locator("img[src=x], svg[onload], [onfocus], main script").count() == 0
