"""Same person? Pairs of names in three scripts: those that are one person's, and those that are near misses."""

import pytest

from diploma.cohorts.roster import likeness
from diploma.cohorts.roster.likeness import FULLEST, Index, alike

SAME = [
    # Latin and Cyrillic, Uzbek and Russian spelling
    ("Dilnoza Gʻulomova", "Дилноза Ғуломова"),
    ("Dilnoza G'ulomova", "Дилноза Гуломова"),
    ("Oʻktam Yoʻldoshev", "Ўктам Йўлдошев"),
    ("Oʻktam Yoʻldoshev", "Уктам Юлдашев"),
    ("Shahlo Xoʻjayeva", "Шахло Ходжаева"),
    ("Sherzod Qodirov", "Шерзод Кадыров"),
    ("Bobur Rahimov", "Бабур Рахимов"),
    ("Nodira Umarova", "Надира Умарова"),
    ("Alisher Usmonov", "Алишер Усманов"),
    ("Jamshid Toʻrayev", "Жамшид Тураев"),
    ("Javohir Zokirov", "Жавохир Закиров"),
    ("Abdurahmon Sodiqov", "Абдурахман Садыков"),
    ("Abdulla Qodiriy", "Абдулла Кадыри"),
    ("Abdulaziz Komilov", "Абдулазиз Камилов"),
    ("Muhammad Yusupov", "Мухаммад Юсупов"),
    ("Muhammad Yusupov", "Mukhammad Yusupov"),
    ("Zulfiya Isroilova", "Зульфия Исраилова"),
    ("Gulchehra Oʻrinova", "Гулчехра Уринова"),
    ("Ozod Xolmatov", "Озод Холматов"),
    ("Ozod Kholmatov", "Ozod Xolmatov"),
    # order, patronymic, courtesy
    ("Karimova Aziza", "Aziza Karimova"),
    ("Каримова Азиза Рустамовна", "Aziza Karimova"),
    ("Karimov Aziz Anvar oʻgʻli", "Азиз Каримов"),
    ("Karimova Aziza Anvar qizi", "Каримова Азиза Анваровна"),
    ("Каримов Азиз Анварович", "Karimov Aziz Anvarovich"),
    ("Erkinjon Tosheva", "Erkin Tosheva"),
    ("Nigoraxon Saidova", "Нигора Саидова"),
    ("Анна Ли", "Ли Анна"),
    ("Алёна Фёдорова", "Alyona Fyodorova"),
    ("Алёна Фёдорова", "Алена Федорова"),
    ("Aljona Petrova", "Алёна Петрова"),
    ("Елена Ким", "Yelena Kim"),
    # Latin spellings of Arabic names
    ("Ahmed Al Shamsi", "Ahmad Alshamsi"),
    ("Mohamed Al-Hashimi", "Muhammad Hashimi"),
    ("Abdul Rahman Al Mansoori", "Abdulrahman Almansoori"),
    ("Abd al-Rahman Mansur", "Abdurrahman Mansur"),
    ("Khalid bin Salem", "Khaled Salem"),
    ("Othman Nasser", "Osman Nasser"),
    ("Gamal Fawzi", "Gamal Fauzi"),
    # Arabic and Latin
    ("سالم الشامسي", "Salem Al Shamsi"),
    ("أحمد محمد الهاشمي", "Ahmed Al-Hashimi"),
    ("أحمد محمد الهاشمي", "Ahmad Mohamed Alhashimi"),
    ("محمد بن راشد", "Mohammed bin Rashid"),
    ("فاطمة الزهراء", "Fatima Zahra"),
    ("مريم المنصوري", "Mariam Al Mansoori"),
    ("عبد الرحمن خالد", "Abdulrahman Khalid"),
    ("عبدالرحمن خالد", "Abdul Rahman Khaled"),
    ("عبد الله يوسف", "Abdullah Yousef"),
    ("عبدالعزيز سعيد", "Abdulaziz Saeed"),
    ("خالد إبراهيم", "Khaled Ibrahim"),
    ("جمال حسن", "Gamal Hassan"),
    ("جمال حسن", "Jamal Hasan"),
    ("مصطفى عثمان", "Mostafa Osman"),
    ("نورة العلي", "Noura Al Ali"),
    ("منى فوزي", "Mona Fawzi"),
    ("أنور قاسم", "Anwar Qasim"),
    ("طارق ضياء", "Tariq Diya"),
    # Arabic and Cyrillic or Uzbek
    ("عزيزة كريموفا", "Азиза Каримова"),
    ("عزيز كريموف", "Aziz Karimov"),
    ("دلنوازة غلاموفا", "Дилноза Ғуломова"),
    ("شيرزود قادروف", "Sherzod Qodirov"),
    ("عبد الرحمن صادقوف", "Abdurahmon Sodiqov"),
    ("أنور يوسفوف", "Анвар Юсуфов"),
    ("رستم إبراهيموف", "Рустам Ибрагимов"),
    ("محمد علييف", "Мухаммад Алиев"),
    ("دولت نظروف", "Davlat Nazarov"),
    ("بولات عثمانوف", "Пулат Усмонов"),
    ("جاسور أحمدوف", "Jasur Ahmedov"),
    # Arabic alone: forms of letters
    ("أحمد علي", "احمد على"),
    ("فاطمة حسن", "فاطمه حسن"),
]
OTHERS = [
    ("Aziz Karimov", "Aziza Karimova"),
    ("Азиз Каримов", "Aziza Karimova"),
    ("عزيز كريموف", "Азиза Каримова"),
    ("عزيزة كريموفا", "Aziz Karimov"),
    ("Nodir Umarov", "Nodira Umarova"),
    ("Karim Rahimov", "Akram Rahimov"),
    ("Karim Rahimov", "Karam Rahimov"),
    ("Kamal Hassan", "Kamil Hassan"),
    ("Jamal Hassan", "Jamil Hassan"),
    ("جمال حسن", "Jamil Hassan"),
    ("جميل حسن", "Jamal Hassan"),
    ("كمال حسن", "كامل حسن"),
    ("كامل حسن", "Kamal Hassan"),
    ("Hassan Ali", "Hussein Ali"),
    ("حسن علي", "Hussein Ali"),
    ("حسين علي", "Hassan Ali"),
    ("Ali Karimov", "Vali Karimov"),
    ("Ali Valiyev", "Ali Aliyev"),
    ("Salem Ahmed", "Salim Ahmed"),
    ("Salem Ahmed", "Salma Ahmed"),
    ("سالم أحمد", "Salma Ahmed"),
    ("سلمى أحمد", "Salem Ahmed"),
    ("Anvar Qodirov", "Anora Qodirova"),
    ("Karimov Aziz Anvarovich", "Karimov Aziz Botirovich"),
    ("Karimov Aziz Anvar oʻgʻli", "Каримов Азиз Ботирович"),
    ("Aziz Karimov", "Aziz Rahimov"),
    ("Aziz Karimov", "Aziz Karimiy"),
    ("Karimov A.", "Karimov Anvar"),
    ("Karimov A. B.", "Karimov Aziz"),
    ("Anvar", "Anvar Qodirov"),
    ("Umar Saidov", "Omina Saidova"),
    ("Rustam Toʻrayev", "Rustam Toʻxtayev"),
    ("Sardor Ergashev", "Sarvar Ergashev"),
    ("Dilshod Ismoilov", "Dilfuza Ismoilova"),
    ("Shohida Nazarova", "Shahlo Nazarova"),
    ("Bahrom Olimov", "Bahodir Olimov"),
    ("فاطمة حسن", "Fatih Hassan"),
    ("مريم سعيد", "Marwa Saeed"),
    ("خالد سعيد", "Khalil Saeed"),
    ("نور محمد", "Nora Mohamed"),
    ("Person Number1", "Person Number2"),
    ("Person Number1", "Person Number11"),
    ("Ahmed Mohamed", "Mohamed Ahmed"),
    ("Said Karimov", "Sayid Karimova"),
    ("Bekzod Normatov", "Behzod Normatov"),
    ("Oybek Salimov", "Aybek Solihov"),
]
# What sounds do not tell. A near miss that is shown costs a person one answer, a pair that is missed one account.
MISSED = {("رستم إبراهيموف", "Рустам Ибрагимов")}
SHOWN = {
    ("Ahmed Mohamed", "Mohamed Ahmed"),
    ("Salem Ahmed", "Salim Ahmed"),
    ("كامل حسن", "Kamal Hassan"),
    ("حسن علي", "Hussein Ali"),
}


@pytest.mark.parametrize("pair", [one for one in SAME if one not in MISSED])
def test_one_persons_name_is_known_again(pair: tuple[str, str]) -> None:
    assert alike(*pair) and alike(*reversed(pair))


@pytest.mark.parametrize("pair", [one for one in OTHERS if one not in SHOWN])
def test_a_near_miss_is_another_person(pair: tuple[str, str]) -> None:
    assert not alike(*pair) and not alike(*reversed(pair))


def test_precision_and_recall_over_both_tables() -> None:
    found, wrong = sum(alike(*pair) for pair in SAME), sum(alike(*pair) for pair in OTHERS)
    assert len(SAME) >= 60 and len(OTHERS) >= 40
    assert found / len(SAME) >= 0.98 and found / (found + wrong) >= 0.94


def test_an_index_finds_what_a_comparison_of_each_with_each_finds() -> None:
    known = [name for pair in SAME + OTHERS for name in pair]
    index = Index((place, name) for place, name in enumerate(known))
    for name in known:
        assert index.find(name) == {place for place, other in enumerate(known) if alike(name, other)}


def test_a_search_compares_with_few_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """3,700 names × 10,000 known ones would be 37 million comparisons."""
    given = ["Aziz", "Bobur", "Dilnoza", "Farrux", "Gulnora", "Hamid", "Iroda", "Jasur", "Kamola", "Laziz"]
    known = [f"{one} {two}{end}" for one in given for two in given for end in ("bekov", "bekova", "mat", "qul")]
    index, compared = Index(enumerate(known)), []
    monkeypatch.setattr(likeness, "_alike", lambda *pair: compared.append(pair))
    for name in known[:50]:
        index.find(name)
    assert 0 < len(compared) < 50 * len(known) / 20


def test_a_list_made_to_be_slow_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    vowels = "aeiou"
    known = [f"k{a}r{b}m s{c}l{d}m" for a in vowels for b in vowels for c in vowels for d in vowels]
    index, compared = Index(enumerate(known)), []
    monkeypatch.setattr(likeness, "_alike", lambda *pair: compared.append(pair))
    index.find("karim salam")
    assert len(known) > FULLEST >= len(compared)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "\u200b", "a", "=1+1", "ا", "و" * 200, "w" * 200, "abd", "عبدال", "x " * 90]
)
def test_whatever_a_cell_holds_is_compared(text: str) -> None:
    index = Index([(1, text), (2, "Aziz Karimov")])
    assert index.find(text) <= {1} and index.find("Азиз Каримов") == {2}
