"""What a stored plan may be, which answers fit, and which mail domains are taken. Pure."""

import copy

import pytest

from diploma.admissions import answers, domains, plan
from diploma.admissions.plan import Criterion, Effect, Plan, Question, QuestionKind, Rule, RuleKind
from diploma.core.errors import Refused
from diploma.core.lang import Lang

CHOICE = Question("q3", QuestionKind.CHOICE, {"en": "Which?"}, False, ({"en": "One"}, {"en": "Two"}))
QUESTIONS = (
    Question("q1", QuestionKind.SHORT, {"en": "Short"}),
    Question("q2", QuestionKind.LONG, {"en": "Long"}),
    CHOICE,
    Question("q4", QuestionKind.YES_NO, {"en": "Yes?"}),
    Question("q5", QuestionKind.NUMBER, {"en": "How many?"}),
)
RULES = (
    Rule(RuleKind.SERVICE, Effect.EXCLUDING, 3),
    Rule(RuleKind.ENTITIES, Effect.ADVISORY, (1, 2)),
    Rule(RuleKind.LEVELS, Effect.ADVISORY, ("senior",)),
    Rule(RuleKind.LANGUAGE, Effect.ADVISORY),
)
FULL = Plan(QUESTIONS, RULES, (Criterion("c1", {"en": "Idea"}, 10),), {"offer": {"ru": "Ждём вас."}}, quota=5)


def test_a_plan_comes_back_as_it_was_stored() -> None:
    assert plan.read(FULL.as_json()) == FULL and plan.read(Plan().as_json()) == Plan()


def broken(**parts: object) -> dict:
    return {**copy.deepcopy(FULL.as_json()), **parts}


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        [],
        broken(quota=0),
        broken(quota="5"),
        broken(gap=True),
        broken(offer_days=61),
        broken(waiting=-1),
        broken(letters={"insult": {"en": "x"}}),
        broken(letters={"offer": {"xx": "x"}}),
        broken(letters={"offer": {"en": 5}}),
        broken(rules=[{"kind": "age", "effect": "excluding", "parameter": 30}]),
        broken(rules=[{"kind": "service", "effect": "excluding", "parameter": 0}]),
        broken(rules=[{"kind": "service", "effect": "perhaps", "parameter": 3}]),
        broken(rules=[{"kind": "entities", "effect": "excluding", "parameter": []}]),
        broken(rules=[{"kind": "levels", "effect": "excluding", "parameter": ["king"]}]),
        broken(questions=[{"id": "a", "kind": "choice", "texts": {"en": "x"}, "required": True, "choices": []}]),
        broken(questions=[{"id": "a", "kind": "short", "texts": {}, "required": True, "choices": []}]),
        broken(questions=[{"id": "a b", "kind": "short", "texts": {"en": "x"}, "required": True, "choices": []}]),
        broken(questions=[FULL.as_json()["questions"][0]] * 2),
        broken(criteria=[{"id": "c", "texts": {"en": "x"}, "weight": 0}]),
        broken(rules=[FULL.as_json()["rules"][0]] * 2),
        broken(questions=[{**FULL.as_json()["questions"][0], "id": f"q{n}"} for n in range(13)]),
        broken(criteria=[{"id": f"c{n}", "texts": {"en": "x"}, "weight": 1} for n in range(9)]),
    ],
)
def test_what_is_no_plan_is_refused(stored: object) -> None:
    with pytest.raises(Refused):
        plan.read(stored)


def test_a_text_is_shown_in_a_language_it_has() -> None:
    assert plan.in_language({"ru": "да", "en": "yes"}, Lang.RU) == "да"
    assert plan.in_language({"ru": "да", "en": "yes"}, Lang.AR) == "yes"
    assert plan.in_language({"ru": "да"}, Lang.AR) == "да"


@pytest.mark.parametrize(
    ("key", "answer", "fits"),
    [
        (0, "x" * 300, True),
        (0, "x" * 301, False),
        (0, 5, False),
        (1, "x" * 4000, True),
        (1, "x" * 4001, False),
        (2, 1, True),
        (2, 2, False),
        (2, True, False),
        (3, False, True),
        (3, "yes", False),
        (4, -5, True),
        (4, 10**9, False),
        (4, "5", False),
    ],
)
def test_an_answer_fits_its_question(key: int, answer: object, fits: bool) -> None:
    assert answers.fits(QUESTIONS[key], answer) is fits


def test_what_no_question_asks_is_dropped_and_an_empty_text_is_no_answer() -> None:
    given = {"q1": "", "q3": 0, "q4": False, "state": "accepted"}
    assert answers.kept(QUESTIONS, given) == {"q3": 0, "q4": False}
    assert answers.missing(QUESTIONS, {"q4": False}) == ["q1", "q2", "q5"]


# ---- mail domains


@pytest.mark.parametrize(
    ("said", "domain"),
    [
        (" Adliya.GOV.uz. ", "adliya.gov.uz"),
        ("@adliya.gov.uz", "adliya.gov.uz"),
        ("вазирлик.uz", "xn--80adqeamf3b.uz"),
    ],
)
def test_a_domain_is_kept_as_mail_writes_it(said: str, domain: str) -> None:
    assert domains.written(said) == domain


@pytest.mark.parametrize(
    "said", ["", "uz", "a b.uz", "-a.uz", "a..uz", "x@y.uz", "a_b.uz", "x" * 64 + ".uz", "*.gov.uz"]
)
def test_what_is_no_domain_is_refused(said: str) -> None:
    with pytest.raises(Refused, match="not a mail domain"):
        domains.written(said)


@pytest.mark.parametrize("said", ["gmail.com", "GMAIL.com", "mail.ru", "yandex.ru", "umail.uz"])
def test_a_public_mail_domain_is_refused(said: str) -> None:
    with pytest.raises(Refused, match="Anybody"):
        domains.written(said)


@pytest.mark.parametrize(
    ("email", "exact", "below"),
    [
        ("a@gov.uz", True, True),
        ("a@GOV.UZ", True, True),
        ("a@adliya.gov.uz", False, True),
        ("a@evilgov.uz", False, False),
        ("a@gov.uz.evil.test", False, False),
        ("gov.uz@evil.test", False, False),
        ("a@" + "x" * 70 + ".gov.uz", False, False),
    ],
)
def test_a_domain_covers_itself_and_if_asked_what_lies_below(email: str, exact: bool, below: bool) -> None:
    assert domains.covers("gov.uz", email, subdomains=False) is exact
    assert domains.covers("gov.uz", email, subdomains=True) is below
