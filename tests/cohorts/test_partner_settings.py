"""How a partner appears: names, languages, sender of mails, logo; and what a file or a name could do."""

import io
import struct
import zlib
from email import message_from_bytes, policy
from typing import Any

import pytest
from PIL import Image, ImageFile, PngImagePlugin
from sqlalchemy import select

from diploma.cohorts.invitations import inviting
from diploma.cohorts.models import Cohort, Partner
from diploma.cohorts.partners import profiles
from diploma.core import images, jobs, mail
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.cohorts.conftest import cohort_of, enrolment_of, row

SETTINGS = "/partners/uz/settings"
FORM = {
    "name_en": "Uzbekistan",
    "name_ru": "Узбекистан",
    "languages": ["ru", "uz-Latn", "en"],
    "default": "uz-Latn",
    "version": "1",
}


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


def partner_of(session: Any, slug: str = "uz") -> Partner:
    return session.scalar(select(Partner).where(Partner.slug == slug))  # type: ignore[no-any-return]


def picture(kind: str = "PNG", size: tuple[int, int] = (200, 100), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def announced(width: int, height: int) -> bytes:
    """A PNG of a few bytes that announces so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def send_logo(browser: Any, data: bytes, name: str = "logo.png") -> Any:
    return browser.send(f"{SETTINGS}/logo", {"logo": (io.BytesIO(data), name)}, page=SETTINGS)


# ---- names and languages


def test_the_default_language_stands_first(coordinator: Any, reading: Any) -> None:
    assert coordinator.send(SETTINGS, FORM).status_code == 302
    with reading() as session:
        found = partner_of(session)
        assert found.languages == ["uz-Latn", "ru", "en"]
        assert found.names == {"en": "Uzbekistan", "ru": "Узбекистан"} and found.time_zone == "Asia/Tashkent"


def test_a_new_cohort_offers_the_partners_languages_alone(coordinator: Any) -> None:
    coordinator.send(SETTINGS, FORM)
    page = coordinator.get("/partners/uz/cohorts/new").text
    offered = page[page.index('id="languages"') : page.index('id="certificate_languages"')]
    assert [tag for tag in ("ar", "uz-Cyrl", "ru", "uz-Latn", "en") if f'value="{tag}"' in offered] == [
        "ru",
        "uz-Latn",
        "en",
    ]


def test_a_cohort_keeps_a_language_that_its_partner_offers_no_more(coordinator: Any, reading: Any) -> None:
    coordinator.send(SETTINGS, FORM)
    page = coordinator.get("/cohorts/uz-1/settings").text
    offered = page[page.index('id="languages"') : page.index('id="certificate_languages"')]
    assert 'value="uz-Cyrl"' in offered and 'value="ar"' not in offered
    with reading() as session:
        assert "uz-Cyrl" in session.scalar(select(Cohort.languages).where(Cohort.slug == "uz-1"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_en": "", "name_ru": ""},
        {"languages": []},
        {"languages": ["xx"]},
        {"default": "ar"},
        {"reply_to": "no address"},
        {"reply_to": "a@b.test, c@d.test"},
        {"reply_to": "a@uz.test\r\nBcc: x@evil.test"},
        {"sender_en": "director@gov.uz"},
        {"sender_en": "Office <office@gov.uz>"},
        {"sender_en": "x" * 81},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(coordinator: Any, reading: Any, wrong: dict[str, Any]) -> None:
    page = coordinator.send(SETTINGS, FORM | wrong)
    assert page.status_code == 422 and "Nothing was saved yet" in page.text
    with reading() as session:
        assert (partner_of(session).version, partner_of(session).sender_names) == (1, {})


def test_of_two_who_change_it_the_second_looks_again(coordinator: Any) -> None:
    coordinator.send(SETTINGS, FORM)
    page = coordinator.send(SETTINGS, FORM | {"name_en": "Second"})
    assert page.status_code == 409 and 'value="Second"' in page.text and "Somebody else changed" in page.text


def test_zone_and_short_name_stay(coordinator: Any, reading: Any) -> None:
    coordinator.send(SETTINGS, FORM | {"slug": "xx", "time_zone": "Asia/Dubai", "logo_sha256": "0" * 64})
    with reading() as session:
        found = partner_of(session)
        assert (found.slug, found.time_zone, found.logo_sha256) == ("uz", "Asia/Tashkent", None)


# ---- mails


def sent(app: Any) -> list[Any]:
    with app.app_context():
        jobs.drain()
    paths = app.config["MAIL_FOLDER"].glob("*.eml")
    return [message_from_bytes(one.read_bytes(), policy=policy.default) for one in paths]


def test_a_mail_to_the_partners_people_bears_its_name_and_its_address_for_answers(
    app: Any, coordinator: Any, load: Any, unit: Any
) -> None:
    coordinator.send(SETTINGS, FORM | {"sender_ru": "Диплом инноваций", "reply_to": "Office@uz.test"})
    load(row("new@uz.test", lang="ru"))
    with unit() as session:
        inviting.invite(cohort_of(session), "http://x", [enrolment_of(session, "new@uz.test").id])
    [message] = sent(app)
    own = message_from_bytes(f"From: {app.config['MAIL_FROM']}\n\n".encode(), policy=policy.default)["From"]
    address = message["From"].addresses[0]
    assert address.display_name == "Диплом инноваций"
    assert address.addr_spec == own.addresses[0].addr_spec  # its domain is the one that SPF and DMARC vouch for
    assert message["Reply-To"] == "office@uz.test"


def test_another_partners_mails_do_not_bear_it(app: Any, coordinator: Any, unit: Any) -> None:
    coordinator.send(SETTINGS, FORM | {"sender_en": "Uzbek office", "reply_to": "office@uz.test"})
    with unit() as session:
        sender = partner_of(session, "ae").sender(Lang.EN)
        mail.send("reset", "x@ae.test", Lang.EN, "k", sender=sender, name="X", link="http://x", hours=2)
    [message] = sent(app)
    assert str(message["From"]) == app.config["MAIL_FROM"] and message["Reply-To"] is None


@pytest.mark.parametrize("name", ["A\nBcc: x@evil.test", "A\r\n\r\nBody", "A\0", "A\u2028B", "a@b", '"A" <x>'])
def test_no_name_of_a_sender_begins_another_line(world: Any, unit: Any, name: str) -> None:
    with unit() as session, pytest.raises(Refused):
        found = partner_of(session)
        profiles.change_partner(found, profiles.Profile(found.names, found.languages, {"en": name}, ""))


# ---- logo


@pytest.mark.parametrize(("kind", "name"), [("PNG", "logo.png"), ("JPEG", "logo.jpg"), ("PNG", "logo.svg")])
def test_a_picture_is_drawn_anew_and_shown(app: Any, coordinator: Any, reading: Any, kind: str, name: str) -> None:
    assert send_logo(coordinator, picture(kind), name).status_code == 302
    with reading() as session:
        digest = partner_of(session).logo_sha256
    for path in (SETTINGS, "/partners/uz", "/cohorts/uz-1"):
        assert f'src="/logos/{digest}.png"' in coordinator.get(path).text
    answer = app.test_client().get(f"/logos/{digest}.png", buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"] and "no-store" not in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert shown.format == "PNG" and shown.size == (200, 100)


def test_nothing_of_the_file_but_its_pixels_is_kept() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "<script>alert(1)</script>")
    kept = images.logo(picture(pnginfo=said) + b"<?php secret")
    assert b"script" not in kept and b"secret" not in kept
    assert images.logo(picture(size=(2000, 1000))) and len(images.logo(picture(size=(2000, 1000)))) < 20_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a picture first."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no PNG or JPEG"),
        (picture("GIF"), "no PNG or JPEG"),
        (picture()[:60], "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no PNG or JPEG"),
        (picture(size=(31, 100)), "32 to 2,000 pixels"),
        (picture(size=(2001, 100)), "32 to 2,000 pixels"),
        (announced(60_000, 60_000), "32 to 2,000 pixels"),
        (announced(2000, 2000), "no PNG or JPEG"),
        (picture() + b"\0" * 200_000, "larger than 200 kB"),
    ],
    ids=["none", "svg", "gif", "cut", "empty", "narrow", "wide", "bomb", "no pixels", "heavy"],
)
def test_what_is_no_such_picture_is_refused(
    coordinator: Any, reading: Any, monkeypatch: pytest.MonkeyPatch, data: bytes, words: str
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    page = send_logo(coordinator, data)
    assert page.status_code == 422 and words in page.text
    with reading() as session:
        assert partner_of(session).logo_sha256 is None


def test_the_logo_is_taken_away(coordinator: Any, reading: Any) -> None:
    send_logo(coordinator, picture())
    coordinator.send(f"{SETTINGS}/logo", {"remove": "1"}, page=SETTINGS)
    with reading() as session:
        assert partner_of(session).logo_sha256 is None


def test_of_the_stored_files_only_logos_are_served(app: Any, coordinator: Any) -> None:
    secret = app.extensions["files"].put(io.BytesIO(b"a roster")).sha256
    for digest in (secret, "0" * 64, "..", "x" * 300):
        assert app.test_client().get(f"/logos/{digest}.png").status_code == 404


def test_a_foreign_partner_gets_no_logo_and_is_not_found(coordinator: Any, reading: Any) -> None:
    for data in (picture(), b"nothing"):
        sent = {"logo": (io.BytesIO(data), "logo.png")}
        assert coordinator.send("/partners/ae/settings/logo", sent, page=SETTINGS).status_code == 404
    with reading() as session:
        assert partner_of(session, "ae").logo_sha256 is None
