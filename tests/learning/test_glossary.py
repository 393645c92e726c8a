"""Terms in the text of a lesson, the entries under it, and the page of the glossary."""

import re

import pytest

from config import ROOT
from diploma.core.lang import LANGS, Lang
from diploma.learning import catalogue, glossary, loader
from diploma.learning.lexicon import Lexicon, written_forms
from tests.world import M2

LESSON = f"/modules/{M2}/lessons/01-from-complaint-to-challenge"
FORMS = {"challenge": ["challenge", "challenges"], "statement": ["challenge statement"], "floor": ["floor"]}


@pytest.fixture
def lexicon():
    return Lexicon(FORMS, Lang.EN)


def link(entry: str, text: str) -> str:
    return f'<a class="term" id="why-en-{entry}" href="#term-en-{entry}">{text}</a>'


def test_the_first_occurrence_in_a_section_becomes_a_link(lexicon):
    html = lexicon.mark("<p>A challenge and a Challenge.</p><p>Two challenges.</p>", "why")
    assert html == f"<p>A {link('challenge', 'challenge')} and a Challenge.</p><p>Two challenges.</p>"


def test_the_longer_term_wins(lexicon):
    assert lexicon.mark("<p>Challenge statement</p>", "why") == f"<p>{link('statement', 'Challenge statement')}</p>"


@pytest.mark.parametrize("tag", ["h3", "h4", "a", "code", "pre"])
def test_nothing_is_marked_inside_a_heading_a_link_or_code(lexicon, tag):
    html = f"<{tag}>floor <em>floor</em></{tag}>"
    assert lexicon.mark(html, "why") == html
    assert lexicon.mark(f"{html}<p>floor</p>", "why") == f"{html}<p>{link('floor', 'floor')}</p>"


def test_attributes_and_entities_stay_as_they_are(lexicon):
    html = '<p title="floor">&lt;floors&gt; &amp; &quot;x&quot;</p>'
    assert lexicon.mark(html, "why") == html


def test_a_lexicon_without_forms_marks_nothing():
    assert Lexicon({"weight": []}, Lang.EN).mark("<p>weight</p>", "why") == "<p>weight</p>"


@pytest.mark.parametrize("lang", LANGS)
def test_every_entry_is_written_in_every_language_in_one_sentence(lang):
    texts = loader.load(ROOT / "courses" / "gid").texts["glossary"]
    assert texts[lang].keys() == texts[Lang.EN].keys()
    for key, text in texts[lang].items():
        if key.endswith("/meaning"):
            assert re.fullmatch(r"[^.؟!]+(?:[»؟?][^.]*)?\.", text), text


@pytest.mark.parametrize("lang", LANGS)
def test_terms_of_a_lesson_are_found_in_every_language(lang):
    files = loader.load(ROOT / "courses" / "gid")
    lexicon = Lexicon(written_forms(files.glossary, lang), lang)
    lessons = " ".join(text for key, text in files.texts[M2][lang].items() if key.startswith("lessons/"))
    assert {"challenge_statement", "baseline", "cause_tree", "actor_map", "gate", "cio"} <= set(lexicon.found(lessons))


def test_each_mark_of_a_lesson_leads_to_an_entry_and_back(world, browser_of):
    page = browser_of(world.trainee).get(LESSON, query_string={"lang": "en", "alt": "ar"}).text
    marks = re.findall(r'<a class="term" id="([^"]+)" href="#([^"]+)"', page)
    entries = re.findall(r'<li id="(term-[^"]+)">', page)
    assert {entry for _mark, entry in marks} == set(entries)
    assert set(re.findall(r'class="back" href="#([^"]+)"', page)) == {mark for mark, _entry in marks}
    assert len(entries) == len(set(entries)) and len(marks) == len(set(marks))


def test_two_languages_side_by_side_explain_each_in_its_own(world, browser_of):
    page = browser_of(world.trainee).get(LESSON, query_string={"lang": "en", "alt": "ar"}).text
    arabic = page.partition('id="term-ar-challenge"')[2].partition("</li>")[0]
    english = page.partition('id="term-en-challenge"')[2].partition("</li>")[0]
    assert 'lang="ar" dir="rtl"' in arabic and "التحدي" in arabic
    assert 'lang="en" dir="ltr"' in english and "A situation that people" in english


def test_a_lesson_lists_only_the_terms_that_its_reader_sees(world, browser_of):
    uz, ae = (
        browser_of(one).get(LESSON, query_string={"lang": "en"}).text for one in (world.trainee, world.other_trainee)
    )
    assert "term-en-peoples_reception" in uz and "term-en-peoples_reception" not in ae
    assert "term-en-happiness_centre" in ae and "term-en-happiness_centre" not in uz


def test_a_visitor_reads_the_glossary_by_letter(world, client):
    page = client.get("/glossary?lang=ar").text
    assert page.index("الابتكار الحكومي") < page.index("الورشة التأسيسية")
    assert 'class="tag warn"' in page


@pytest.mark.parametrize("lang", LANGS)
def test_each_letter_has_one_place(world, reading, lang):
    with reading():
        letters = [letter for letter, _terms in glossary.by_letter(catalogue.latest().glossary(lang).values())]
    assert len(letters) == len(set(letters))


def test_uzbek_letters_of_two_signs_have_a_place_of_their_own(world, reading):
    with reading():
        terms = catalogue.latest().glossary(Lang.UZ_LATN).values()
        letters = [letter for letter, _terms in glossary.by_letter(terms)]
    assert "Sh" in letters and letters.index("Y") < letters.index("Sh")


@pytest.mark.parametrize("query", ["муаммо баёни", "muammo bayoni", "challenge statement", "صياغه التحدي"])
def test_a_term_is_found_in_any_of_its_languages(world, client, query):
    page = client.get("/glossary", query_string={"lang": "en", "q": query}).text
    assert re.findall(r'<li id="([^"]+)">', page) == ["challenge_statement"]


def test_a_word_that_is_no_term_gets_a_way_on(world, client):
    page = client.get("/glossary?lang=en&q=zzz<script>").text
    assert "No such term" in page and "Show all terms" in page and "zzz<script>" not in page


def test_before_the_first_publication_there_is_no_glossary(client):
    assert client.get("/glossary").status_code == 404
