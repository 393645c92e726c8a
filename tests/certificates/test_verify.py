"""Public verification: what a code, a number, a file or a guess is answered. The attacks are here."""

import html
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import text

from diploma.accounts import service as accounts
from diploma.certificates import registry, rules, service, status, subscriptions, verification, verify_views
from diploma.certificates.verification import Verdict
from diploma.core import clock
from diploma.core.lang import LANGS, Lang
from tests.certificates.conftest import words

GUESSES = verify_views.VERIFY_BURST // verify_views.MISS_COSTS


@pytest.fixture
def pdf(aziza, office, world, reading):
    """The bytes of Aziza's issued file."""
    with reading():
        return subscriptions.read(office.row(world.trainee))


def compare(client, data):
    """Send a file as a browser does; the body is built here, because the test client would put a large one on disk."""
    head = "Content-Disposition: form-data; name="
    body = (
        (
            f'--X\r\n{head}"csrf_token"\r\n\r\n{client.token("/verify")}\r\n'
            f'--X\r\n{head}"file"; filename="c.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        ).encode()
        + data
        + b"\r\n--X--\r\n"
    )
    return client.post("/verify?lang=en", data=body, content_type="multipart/form-data; boundary=X")


# ---- the code


def test_a_valid_certificate_shows_every_printed_field(client, aziza):
    answer = client.get(f"/verify/{aziza.token}?lang=en")
    assert answer.status_code == 200
    page, fixed = words(answer), aziza.snapshot
    assert "This certificate is valid" in page
    for text_by_language in (
        fixed.names,
        fixed.titles,
        *(one["name"] for one in fixed.issuers),
        *(one["name"] for one in fixed.signatories),
        *(one["role"] for one in fixed.signatories),
    ):
        for said in text_by_language.values():
            assert said in page
    for said in (aziza.serial, rules.shown_token(aziza.token), "30", "Module certificate"):
        assert said in page
    for day in (fixed.starts_on, fixed.ends_on, fixed.issued_on):
        assert f'datetime="{day.isoformat()}"' in answer.text


def test_the_answer_says_when_it_was_given(client, aziza):
    with clock.at(clock.now() + timedelta(days=2)):
        moment, page = clock.now(), client.get(f"/verify/{aziza.token}?lang=en").text
    assert f'<time datetime="{moment.isoformat()}">' in page
    assert f"/verify/{aziza.token}</bdi>" in page


def test_nothing_private_stands_on_the_public_page(client, aziza, world):
    page = client.get(f"/verify/{aziza.token}").text
    assert world.trainee not in page
    assert "noindex" in page
    assert "/certificates/" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_a_visitor_reads_the_answer_in_their_language(client, aziza, lang):
    answer = client.get(f"/verify/{aziza.token}?lang={lang.value}")
    assert answer.status_code == 200
    assert f'<html lang="{lang.value}" dir="{lang.dir}"' in answer.text
    assert aziza.snapshot.names["uz-Latn"] in words(answer)


@pytest.mark.parametrize(
    "change", [str.lower, rules.shown_token, lambda code: code.replace("0", "O").replace("1", "l")]
)
def test_a_code_typed_by_hand_is_found(client, aziza, change):
    answer = client.get("/verify", query_string={"code": change(aziza.token), "lang": "en"})
    assert answer.status_code == 200
    assert "This certificate is valid" in words(answer)


def test_a_code_can_be_posted(client, aziza):
    assert "This certificate is valid" in words(client.send("/verify?lang=en", {"code": aziza.token}))


def test_an_unknown_code_gets_a_page_that_helps(client, world):
    answer = client.get("/verify/0123456789ABCDEF?lang=en")
    assert answer.status_code == 404
    assert "No certificate has this code" in words(answer)
    assert "scan the QR mark" in words(answer)


def test_a_number_is_never_accepted_for_a_code(client, aziza):
    for answer in (
        client.get("/verify", query_string={"code": aziza.serial, "lang": "en"}),
        client.get(f"/verify/{aziza.serial}?lang=en"),
    ):
        assert answer.status_code == 422
        assert "Enter the code that is printed under the QR mark" in words(answer)
        assert "Aziza" not in words(answer)


def test_a_slip_in_typing_is_explained(client, world):
    answer = client.get("/verify?code=7K3M&lang=en")
    assert answer.status_code == 422
    assert "four groups of four" in words(answer)


def test_the_empty_question_is_a_page(client, world):
    answer = client.get("/verify?lang=en")
    assert answer.status_code == 200
    assert 'name="code"' in answer.text and 'name="file"' in answer.text


def test_a_draft_cannot_be_verified(client, office, world):
    office.approve(world.trainee)
    assert client.get("/verify/" + "0" * 16).status_code == 404


# ---- the states


def test_a_revoked_certificate_says_when_and_why(client, aziza, office, world, unit):
    with unit():
        status.revoke(office.row(world.trainee), "Issued <in> error")
    answer = client.get(f"/verify/{aziza.token}?lang=en")
    assert answer.status_code == 200
    assert "This certificate is revoked" in words(answer)
    assert "Issued <in> error" in words(answer)
    assert "<in>" not in answer.text
    assert "is valid" not in words(answer)


def test_a_suspended_certificate_says_so(client, aziza, office, world, unit):
    with unit():
        status.suspend(office.row(world.trainee), "under examination")
    page = words(client.get(f"/verify/{aziza.token}?lang=en"))
    assert "This certificate is suspended" in page and "under examination" in page


def test_an_old_code_answers_replaced_and_does_not_lead_to_the_new_one(client, aziza, office, world, unit):
    with unit():
        newer = status.reissue(office.row(world.trainee), "new surname")
        serial, token = newer.serial, newer.token
    answer = client.get(f"/verify/{aziza.token}?lang=en")
    assert "Replaced by a newer version" in words(answer)
    assert serial in words(answer)
    assert token not in answer.text and rules.shown_token(token) not in answer.text
    assert "is valid" not in words(answer)
    assert "This certificate is valid" in words(client.get(f"/verify/{token}?lang=en"))


def test_a_tampered_register_confirms_nothing(client, aziza, unit):
    with unit() as session:
        session.execute(text("UPDATE certificates SET snapshot = REPLACE(snapshot, 'Aziza', 'Azizb')"))
    page = words(client.get(f"/verify/{aziza.token}?lang=en"))
    assert "cannot be confirmed" in page
    assert "Azizb" not in page


# ---- the file


def test_the_issued_file_is_valid(client, aziza, pdf):
    answer = compare(client, pdf)
    assert answer.status_code == 200
    assert aziza.serial in words(answer)
    assert "unchanged" in words(answer)


def test_every_changed_byte_is_noticed(app, aziza, pdf):
    places = [round(at * (len(pdf) - 1) / 59) for at in range(60)]
    with app.app_context():
        for place in places:
            forged = bytearray(pdf)
            forged[place] ^= 1
            assert verification.of_file(bytes(forged)).verdict in (Verdict.CHANGED, Verdict.UNREGISTERED), place


def test_an_added_byte_is_noticed(client, pdf):
    answer = compare(client, pdf + b"\n")
    assert answer.status_code == 422
    assert "is valid" not in words(answer)


def test_a_forged_file_that_names_a_certificate_is_called_forged(client, aziza, pdf):
    answer = compare(client, pdf.replace(b'"hours":30', b'"hours":99'))
    assert "This is not the issued file" in words(answer)
    assert aziza.serial in words(answer)
    assert "Aziza" not in words(answer)  # a number inside a file opens no record


def test_a_file_of_nobody_is_unknown(client, world, renderer):
    answer = compare(client, b"%PDF-1.7 something else GID-2026-UZ-009999")
    assert answer.status_code == 404
    assert "We do not know this file" in words(answer)


def test_the_file_of_a_revoked_certificate_is_revoked(client, office, world, unit, pdf):
    with unit():
        status.revoke(office.row(world.trainee), "error")
    assert "This certificate is revoked" in words(compare(client, pdf))


def test_the_answer_to_nothing_asks_for_something(client, world):
    answer = client.send("/verify?lang=en", {})
    assert answer.status_code == 422
    assert "Choose a PDF file" in words(answer)


def test_a_large_upload_is_refused_before_it_is_read(client, world):
    answer = compare(client, b"%PDF-1.7" + b"0" * (verification.LARGEST_FILE + 200_000))
    assert answer.status_code == 413


def test_a_compared_file_never_reaches_the_disk(client, app, aziza, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a temp file")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    monkeypatch.setattr("werkzeug.formparser.TemporaryFile", refuse, raising=False)
    before = set(app.extensions["files"].digests())
    assert compare(client, b"%PDF-1.7" + b"0" * 2_000_000).status_code == 404
    assert set(app.extensions["files"].digests()) == before


def test_a_file_of_nothing_but_streams_costs_little(app, world):
    bomb = (b"stream\n" + b"x\x9c" * 40) * 50_000
    with app.app_context():
        assert verification.of_file(bomb[: verification.LARGEST_FILE]).verdict is Verdict.UNREGISTERED
    assert len(list(verification._parts(bomb))) <= verification.MOST_STREAMS + 1


def test_a_packed_title_is_read(app, aziza):
    packed = b"%PDF-1.7\nstream\n" + zlib.compress(f"<li>Name – {aziza.serial}</li>".encode()) + b"\nendstream"
    with app.app_context():
        assert verification.of_file(packed).verdict is Verdict.CHANGED


# ---- other attacks


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "{% raw %}",
        "%(name)s",
        ") Tj ET Q (forged",
        "\\u202e",
        "' OR 1=1 --",
    ],
)
def test_a_hostile_name_is_shown_as_text(client, office, world, unit, name):
    office.confirm(world.trainee)
    with unit():
        accounts.set_name(office.user(world.trainee), Lang.RU, name, confirmed=True)
        [made] = service.issue_all([office.row(world.trainee)]).issued
        token = made.token
    answer = client.get(f"/verify/{token}?lang=en")
    assert answer.status_code == 200
    assert name in html.unescape(answer.text)
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text and ">49<" not in answer.text


@pytest.fixture
def stopped_clock():
    """No bucket of the rate limit fills meanwhile, however slow the machine."""
    with clock.at(clock.now()):
        yield


def test_guessing_codes_is_slowed_down(client, world, stopped_clock):
    answers = [client.get(f"/verify/{number:016}").status_code for number in range(GUESSES + 5)]
    assert answers[:GUESSES] == [404] * GUESSES
    assert set(answers[GUESSES:]) == {429}


def test_guessing_through_the_form_shares_the_limit(client, world, stopped_clock):
    for number in range(GUESSES):
        client.get(f"/verify/{number:016}")
    assert client.get("/verify", query_string={"code": "0" * 16}).status_code == 429
    limited = client.get("/verify/" + "0" * 16)
    assert int(limited.headers["Retry-After"]) > 0


def test_codes_do_not_follow_from_each_other():
    codes = {registry.new_token() for _ in range(200)}
    assert len(codes) == 200
    assert all(rules.normal_token(code) == code for code in codes)
