import pytest

from diploma.learning.authoring.readability import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("shop", 1), ("owners", 2), ("licence", 2), ("table", 2), ("tables", 2), ("whole", 1), ("changes", 2)),
        *(("needed", 2), ("asked", 1), ("statement", 2), ("something", 2), ("idea", 3), ("society", 4)),
        *(("period", 3), ("nation", 2), ("various", 3), ("precious", 2), ("doing", 2), ("actual", 3), ("trial", 2)),
        *(
            ("created", 3),
            ("people", 2),
            ("language", 2),
            ("innovation", 4),
            ("citizen’s", 3),
            ("4,000", 1),
            ("try", 1),
        ),
    ],
)
def test_syllables_are_counted_as_they_are_said(word, count):
    assert syllables(word) == count


def test_the_grade_is_that_of_flesch_and_kincaid():
    """Ten words, two sentences, twelve syllables: 0.39 × 5 + 11.8 × 1.2 − 15.59."""
    assert grade("The cat sat on it. The happy dog was hungry.") == pytest.approx(0.39 * 5 + 11.8 * 1.2 - 15.59)


def test_long_sentences_and_long_words_are_harder():
    plain = "We ask people what they need. Then we look for a way."
    assert grade(plain) < grade(plain.replace(". Then", ", and then"))
    assert grade(plain) < grade(plain.replace("ask people", "interrogate beneficiaries"))


def test_an_item_of_a_list_is_a_sentence_without_a_full_stop():
    assert grade("One thing\n\nAnother thing") == grade("One thing.\n\nAnother thing.")


def test_a_line_break_inside_a_paragraph_ends_no_sentence():
    assert grade("We ask people\nwhat they need.") == grade("We ask people what they need.")


def test_a_quotation_mark_or_bold_type_may_follow_the_full_stop():
    assert grade('She said "wait." We did. **Good.** Now go.') == grade("She said wait. We did. Good. Now go.")


def test_nothing_is_no_hard_text():
    assert grade("  \n\n – \n") == 0
