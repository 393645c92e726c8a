"""Many codes at once, for personnel offices: what is read, what is answered, what it costs. The attacks are here."""

import csv
import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from diploma.certificates import checks, rules, status, verify_views
from diploma.core import clock, ratelimit
from diploma.core.errors import Refused
from diploma.core.lang import LANGS
from tests.certificates.conftest import words
from tests.cohorts.nasty.archive import repacked, xlsx

BATCH = "/verify/batch"
UNKNOWN = "0123456789ABCDEF"


@pytest.fixture(autouse=True)
def stopped_clock():
    """No bucket of the rate limit fills meanwhile, however slow the machine."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def ask(client):
    """``ask(codes)``: paste codes; the answer in English."""

    def send(codes, lang="en"):
        typed = codes if isinstance(codes, str) else "\n".join(codes)
        return client.send(f"{BATCH}?lang={lang}", {"codes": typed}, page="/verify")

    return send


@pytest.fixture
def hand_in(client):
    """``hand_in(data, name)``: send a table as a browser does."""

    def send(data, name="codes.csv"):
        """The body is built here, because the test client would put a large one on disk."""
        head = "Content-Disposition: form-data; name="
        token = f'--X\r\n{head}"csrf_token"\r\n\r\n{client.token("/verify")}\r\n'
        file = f'--X\r\n{head}"file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        body = (token + file).encode() + data + b"\r\n--X--\r\n"
        return client.post(f"{BATCH}?lang=en", data=body, content_type="multipart/form-data; boundary=X")

    return send


def rows_of(answer):
    """The rows of the answer as plain text."""
    body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("<tr>")[1:]]


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


# ---- reading


def test_each_line_of_a_pasted_list_is_a_code_with_its_number():
    asked = checks.from_text(f"\n{UNKNOWN}\n\n  0123-4567-89ab-cdef \n")
    assert [(one.row, one.code) for one in asked] == [(2, UNKNOWN), (4, "0123-4567-89ab-cdef")]


@pytest.mark.parametrize("header", ["Verification code", "Код", "الرمز", "Code"])
def test_a_header_above_the_codes_is_no_code(header):
    assert [one.row for one in checks.from_text(f"{header}\n{UNKNOWN}")] == [2]


def test_a_wrong_code_in_the_first_line_is_not_taken_for_a_header():
    assert [one.row for one in checks.from_text(f"7K3M\n{UNKNOWN}")] == [1, 2]


def test_the_column_of_codes_is_found_by_what_stands_in_it():
    data = table(["Name", "Code", "Year"], ["Aziza", UNKNOWN, 2026], ["Bobur", "7K3M", 2026], ["", "", ""])
    assert [(one.row, one.code) for one in checks.from_file(data, "a.csv")] == [(2, UNKNOWN), (3, "7K3M")]


def test_a_workbook_is_read_like_a_text():
    data = xlsx(["Name", "Code"], ["Aziza", UNKNOWN])
    assert [(one.row, one.code) for one in checks.from_file(data, "a.xlsx")] == [(2, UNKNOWN)]


@pytest.mark.parametrize("typed", ["", "\n \n", "Verification code"])
def test_a_list_without_codes_is_refused(typed):
    with pytest.raises(Refused, match="No codes"):
        checks.from_text(typed)


def test_a_table_without_a_column_of_codes_is_refused():
    with pytest.raises(Refused, match="No codes"):
        checks.from_file(table(["Name"], ["Aziza"]), "a.csv")


# ---- answers


def test_every_row_is_answered_in_its_place(ask, aziza, office, world, unit):
    other = office.issue(world.trainee_2)
    with unit():
        status.revoke(office.row(world.trainee_2), "Copied work")
    answer = ask([aziza.token.lower(), UNKNOWN, "7K3M", aziza.serial, rules.shown_token(other.token)])
    assert answer.status_code == 200
    said = rows_of(answer)
    assert [one.split()[0] for one in said] == ["1", "2", "3", "4", "5"]
    for row, word in zip(said, ("Valid", "No certificate has this code", "Not a verification code",
                                "A certificate number, not a code", "Revoked"), strict=True):  # fmt: skip
        assert word in row
    assert "Aziza Karimova" in said[0] and "Aziza" not in "".join(said[1:4])
    assert aziza.snapshot.issuers[0]["name"]["uz-Latn"] in said[0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_answers_come_in_the_language_of_the_reader(ask, aziza, lang):
    answer = ask([aziza.token], lang.value)
    assert answer.status_code == 200 and f'<html lang="{lang.value}"' in answer.text
    tag = lang.value if lang.value in aziza.snapshot.languages else aziza.snapshot.languages[0]
    assert aziza.snapshot.names[tag] in words(answer)


def test_the_answers_are_taken_home_as_a_workbook(client, ask, aziza):
    page = ask([aziza.token, UNKNOWN]).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    answer = client.send(f"{BATCH}?lang=en", {"ticket": ticket}, page="/verify")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=verification-")
    [head, first, second] = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert head[0] == "Row" and first[:3] == ["1", aziza.token, "Valid"]
    assert first[3] == aziza.snapshot.names["uz-Latn"] and second[2] == "No certificate has this code"


def test_what_was_asked_is_kept_nowhere(ask, aziza, unit):
    with unit() as session:
        before = _counts(session)
    ask([aziza.token, UNKNOWN])
    with unit() as session:
        assert _counts(session) == before


def _counts(session):
    tables = ("audit_events", "outbox", "certificate_events", "certificates")
    return [session.scalar(text(f"SELECT count(*) FROM {one}")) for one in tables]


def test_a_hundred_codes_ask_the_database_as_often_as_one(client, ask, aziza, office, queries, reading):
    made = office.crowd(9, "issued")
    with reading() as session:
        tokens = [session.scalar(text("SELECT token FROM certificates WHERE id = :id"), {"id": one}) for one in made]
    with queries() as few:
        assert ask([aziza.token]).status_code == 200
    with queries() as many:
        assert ask(tokens * 10 + [UNKNOWN] * 10).status_code == 200

    def about(seen):
        return [one for one in seen if "FROM certificates" in one or "FROM certificate_events" in one]

    assert len(about(many)) == len(about(few)) == 2


# ---- attacks


def test_a_hundred_and_one_codes_are_refused_whole(ask, aziza):
    assert len(rows_of(ask([aziza.token] * 100))) == 100
    answer = ask([aziza.token] * 101)
    assert answer.status_code == 422
    assert "101 codes" in words(answer) and "Aziza" not in words(answer)


def test_a_batch_larger_than_what_is_left_is_refused_whole(ask, aziza):
    assert ask([aziza.token] * 90).status_code == 200
    answer = ask([aziza.token] * 60)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 60
    assert "None of them was checked" in words(answer) and not rows_of(answer)
    assert ask([aziza.token] * 30).status_code == 200


def test_guesses_cost_more_than_codes_that_exist(ask, aziza, client):
    assert ask([UNKNOWN] * 40).status_code == 200
    assert ask([aziza.token]).status_code == 429
    assert client.get(f"/verify/{aziza.token}").status_code == 429


def test_guessing_in_batches_shares_the_bucket_with_every_worker(app, world, ask):
    """Another process sees the same bucket: what it took there is missing here."""
    with app.app_context():
        looks = {"burst": verify_views.VERIFY_BURST, "per_minute": verify_views.VERIFY_PER_MINUTE}
        assert not ratelimit.take("verify:address:127.0.0.1", **looks, cost=100)
    assert ask([UNKNOWN] * 21).status_code == 429
    assert ask([UNKNOWN] * 20).status_code == 200
    assert ask([UNKNOWN]).status_code == 429


def test_malformed_codes_are_no_cheaper_way_to_guess(ask, world):
    assert ask(["7K3M"] * 40).status_code == 200
    assert ask(["7K3M"]).status_code == 429


def test_the_number_of_a_certificate_tells_nothing(ask, aziza):
    [row] = rows_of(ask([aziza.serial]))
    assert "Aziza" not in row and "Valid" not in row


def test_a_ticket_cannot_be_written_by_hand(client, aziza):
    for ticket in ("", "x.y.z", f'[[1,"{aziza.token}"]]'):
        answer = client.send(f"{BATCH}?lang=en", {"ticket": ticket}, page="/verify")
        assert answer.status_code == 422 and "Aziza" not in words(answer)


def test_a_tampered_record_names_nobody(ask, aziza, unit):
    with unit() as session:
        session.execute(text("UPDATE certificates SET snapshot = replace(snapshot, 'Aziza', 'Malika')"))
    [row] = rows_of(ask([aziza.token]))
    assert "Cannot be confirmed now" in row and "Malika" not in row


def test_an_old_code_does_not_lead_to_the_new_one(ask, aziza, office, world, unit):
    with unit():
        made = status.reissue(office.row(world.trainee), "Name")
        code, serial = made.token, made.serial
    answer = ask([aziza.token])
    assert "Replaced" in rows_of(answer)[0]
    assert code not in answer.text and rules.shown_token(code) not in answer.text and serial not in answer.text


def bomb():
    """A workbook that unpacks to far more than it weighs."""
    return repacked(xlsx(["Code"], [UNKNOWN]), {"xl/media/a.png": bytes(3_000_000)})


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (bomb, "codes.xlsx"),
        (lambda: b"PK\x03\x04 no archive", "codes.xlsx"),
        (lambda: b"7K3M" * 50_000, "codes.csv"),
        (lambda: b'"' + UNKNOWN.encode() + b"\n" * 50, "codes.csv"),
        (lambda: b"\x00\x01\x02" * 900, "codes.csv"),
        (lambda: b"%PDF-1.7", "codes.pdf"),
        (lambda: b" \n", "codes.csv"),
    ],
)
def test_a_nasty_file_is_refused_in_words(hand_in, world, make, name):
    answer = hand_in(make(), name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text and not rows_of(answer)


def test_a_line_of_ten_megabytes_is_not_even_read(hand_in, world):
    assert hand_in(b"7" * 10_000_000).status_code == 413


def test_formulas_and_markup_stay_text_on_the_page_and_in_the_workbook(client, hand_in, aziza):
    hostile = ['=HYPERLINK("http://x.test","7K3M")', "<script>alert(1)</script>7", "+7K3M", "@SUM(7)", "\t=1+1"]
    answer = hand_in(table([aziza.token], *([one] for one in hostile)))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert(1)" in answer.text
    ticket = re.search(r'name="ticket" value="([^"]+)"', answer.text)[1]
    data = client.send(f"{BATCH}?lang=en", {"ticket": ticket}, page="/verify").data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in book.namelist()
    cells = [row[1] for row in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()]
    assert all(one[0] not in "=+@" for one in cells)


def test_codes_of_a_workbook_may_be_formulas_and_are_compared_as_what_they_show(hand_in, aziza):
    data = xlsx(["Code"], [aziza.token], ['="0" & "7"'])
    assert hand_in(data, "codes.xlsx").status_code == 200


@pytest.mark.parametrize("spelling", [str.lower, rules.shown_token, lambda one: f"https://x.test/verify/{one}"])
def test_a_code_is_known_in_any_spelling(ask, aziza, spelling):
    [row] = rows_of(ask([spelling(aziza.token)]))
    assert "Valid" in row


def test_the_page_asks_for_no_name(client, world):
    page = client.get(f"{BATCH}?lang=en").text
    assert re.findall(r'<(?:input|textarea)[^>]*name="(\w+)"', page.partition("<main")[2]) == [
        "csrf_token",
        "codes",
        "file",
    ]
    assert "noindex" in page
