"""The page of one certificate: for its holder and the staff of its cohort, and what the holder passes on."""

import html
import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from diploma.certificates import sharing, status
from diploma.core.lang import Lang
from tests.certificates import specimens
from tests.certificates.conftest import NAMES, words


def test_the_holder_sees_everything_that_is_printed(browser_of, aziza, world):
    page = words(browser_of(world.trainee).get(f"/certificates/{aziza.serial}?lang=en"))
    texts = [*NAMES[world.trainee].values(), *aziza.snapshot.titles.values(), aziza.serial, aziza.snapshot.verify_url]
    assert all(text in page for text in texts)
    assert "This certificate is valid" in page and "Sent to the holder" in page
    assert re.search(r"Download \(PDF, .*(kB|B|bytes)", page)


def test_the_list_leads_to_the_page(browser_of, aziza, world):
    assert f'href="/certificates/{aziza.serial}"' in browser_of(world.trainee).get("/certificates/").text


@pytest.mark.parametrize("who", ["trainee_2", "other_trainee", "other_coordinator"])
def test_for_others_it_does_not_exist(browser_of, aziza, world, who):
    person = browser_of(getattr(world, who))
    answer, missing = (person.get(f"/certificates/{serial}") for serial in (aziza.serial, "GID-2026-UZ-999999"))
    assert (answer.status_code, words(answer)) == (404, words(missing))


def test_a_visitor_is_asked_to_sign_in_whether_it_exists_or_not(client, aziza):
    for serial in (aziza.serial, "GID-2026-UZ-999999"):
        answer = client.get(f"/certificates/{serial}")
        assert answer.status_code == 302 and "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("who", ["registrar", "coordinator", "director"])
def test_the_staff_see_it_without_the_words_of_the_holder(browser_of, aziza, world, who):
    page = browser_of(getattr(world, who)).get(f"/certificates/{aziza.serial}?lang=en")
    assert page.status_code == 200 and "Aziza Karimova" in words(page)
    assert "I hold the certificate" not in words(page) and "linkedin.com" not in page.text


def test_a_replaced_version_leads_to_the_newer_one(browser_of, aziza, office, world, unit):
    with unit():
        status.reissue(office.row(world.trainee), "New surname")
    page = browser_of(world.trainee).get(f"/certificates/{aziza.serial}?lang=en")
    assert "Replaced by a newer version" in words(page) and "New surname" in words(page)
    assert f'href="/certificates/{aziza.serial}-R2"' in page.text and "linkedin.com" not in page.text


def test_the_address_stands_there_without_a_script(browser_of, aziza, world):
    page = browser_of(world.trainee).get(f"/certificates/{aziza.serial}").text
    assert f'<bdi dir="ltr">{aziza.snapshot.verify_url}</bdi>' in page
    assert f'data-copy="{aziza.snapshot.verify_url}"' in page


def test_the_link_to_linkedin_is_an_ordinary_one_and_nothing_is_loaded_from_there(browser_of, aziza, world):
    answer = browser_of(world.trainee).get(f"/certificates/{aziza.serial}?lang=en")
    [(link, rest)] = re.findall(r'<a [^>]*href="(https://www\.linkedin\.com[^"]*)"([^>]*)>', answer.text)
    assert rest.strip() == 'rel="noopener noreferrer"'
    assert answer.text.count("linkedin.com") == 1
    assert "linkedin" not in answer.headers["Content-Security-Policy"]
    asked = parse_qs(urlsplit(html.unescape(link)).query)
    assert asked["certId"] == [aziza.serial] and asked["certUrl"] == [aziza.snapshot.verify_url]


# ---- the link itself


def asked(snapshot, lang=Lang.EN):
    parts = urlsplit(sharing.linkedin(snapshot, lang))
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "www.linkedin.com", "/profile/add", "")
    return {key: value for key, [value] in parse_qs(parts.query, strict_parsing=True).items()}


def test_linkedin_is_told_award_issuers_date_number_and_address():
    made = specimens.diploma()
    assert asked(made) == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Government Innovation Diploma",
        "organizationName": ", ".join(one["name"]["en"] for one in made.issuers),
        "issueYear": str(made.issued_on.year),
        "issueMonth": str(made.issued_on.month),
        "certUrl": made.verify_url,
        "certId": made.serial,
    }


def test_an_award_that_ends_says_until_when():
    made = specimens.diploma(issued_on=date(2026, 5, 1), valid_until=date(2029, 4, 30))
    assert (asked(made)["expirationYear"], asked(made)["expirationMonth"]) == ("2029", "4")


def test_it_is_told_in_the_readers_language_where_it_is_printed_else_in_the_first():
    made = specimens.diploma(["uz-Latn", "ru"])
    assert asked(made, Lang.RU)["name"] == "Диплом по государственным инновациям"
    assert asked(made, Lang.AR)["name"] == "Davlat innovatsiyalari diplomi"


@pytest.mark.parametrize("nasty", ['"><script>alert(1)</script>', "A&certId=other#x", "a=b?c/d%26", "Жаъ دبلوم +"])
def test_markup_and_separators_stay_text(nasty):
    made = specimens.diploma(["en"], titles={"en": nasty})
    link = sharing.linkedin(made, Lang.EN)
    assert link.isascii() and not set("<>\"' ") & set(link)
    assert asked(made)["name"] == nasty and asked(made)["certId"] == made.serial


def test_bidi_controls_never_reach_the_link():
    with pytest.raises(ValueError, match="titles"):
        replace(specimens.diploma(["en"]), titles={"en": "Diploma\u202egnp"})
