"""Names and headers in five languages, made up of common parts, for lists in every encoding.

None of them was looked at when the reader's pairs of letters were counted.
"""

import itertools
from collections.abc import Iterator

LANGUAGES = ("en", "ru", "uz-Latn", "uz-Cyrl", "ar")
CARRIED = {  # the languages whose letters an encoding of eight bits has
    "cp1251": ("en", "ru"),
    "cp1256": ("en", "ar"),
    "cp866": ("en", "ru"),
    "koi8_r": ("en", "ru"),
}

HEADERS = {
    "en": ["E-mail", "Full name", "Organisation", "Position"],
    "ru": ["Эл. почта", "ФИО", "Организация", "Должность"],
    "uz-Latn": ["Elektron pochta", "F.I.Sh.", "Tashkilot", "Lavozimi"],
    "uz-Cyrl": ["Электрон почта", "Ф.И.Ш.", "Ташкилот", "Лавозими"],
    "ar": ["البريد الإلكتروني", "الاسم الكامل", "الجهة", "المسمى الوظيفي"],
}
_SURNAMES = {
    "en": "Smith;Jones;O'Neill;Brown;Taylor;Wilson;Evans;Walker",
    "ru": "Щербаков;Юнусов;Жуковская;Цой;Хван;Ёлкина;Черных;Эргашев;Фёдорова;Пак;Шарипов;Цветков;Ибрагимова",
    "uz-Latn": "Gʻulomov;Oʻrinov;Joʻrayeva;Shokirov;Choʻliyev;Ergasheva",
    "uz-Cyrl": "Ғуломов;Ўринов;Жўраева;Шокиров;Чўлиев;Эргашева;Ҳасанов;Қаюмов",
    "ar": "المنصوري;الشامسي;القحطاني;الزعابي;غنيم;الظاهري;الكعبي;عبدالرؤوف;الحوسني;البلوشي;السويدي;خضر",
}
_NAMES = {
    "en": "Emma;James;Zoe;William;Quentin;Olivia",
    "ru": "Юрий;Жанна;Эльмира;Хуршид;Цезарь;Зухра;Фируза;Алишер;Вячеслав;Любовь;Шухрат;Гюзель",
    "uz-Latn": "Moʻmin;Ulugʻbek;Gulnora;Sherzod;Ozoda",
    "uz-Cyrl": "Мўмин;Улуғбек;Гулнора;Шерзод;Озода;Дилфуза",
    "ar": "هزاع;فاطمة;خليفة;ميثاء;ظبية;يوسف;آمنة;غيث;زينب;شيخة;طارق;ضحى",
}
_ENTITIES = {
    "en": "Ministry of Health;Tax Office;Cabinet Office",
    "ru": "Минздрав;Хокимият города;Налоговый комитет;Агентство по кадастру;Центр Ёшлар;Школа 7",
    "uz-Latn": "Sogʻliqni saqlash vazirligi;Soliq qoʻmitasi",
    "uz-Cyrl": "Соғлиқни сақлаш вазирлиги;Солиқ қўмитаси",
    "ar": "وزارة الصحة;هيئة الضرائب;ديوان الموظفين;بلدية العين",
}
_POSITIONS = {
    "en": "Analyst;Head of unit",
    "ru": "Главный специалист;Юрисконсульт;Начальник отдела;Эксперт",
    "uz-Latn": "Bosh mutaxassis;Boʻlim boshligʻi",
    "uz-Cyrl": "Бош мутахассис;Бўлим бошлиғи",
    "ar": "محلل;رئيس قسم;خبير أول;مهندس",
}


def people(language: str, count: int, first: int = 0) -> Iterator[list[str]]:
    """Address, full name, entity and position of made-up people, no two of one name among the first dozens."""
    sources = [[*one[language].split(";")] for one in (_SURNAMES, _NAMES, _ENTITIES, _POSITIONS)]
    names = [f"{surname} {name}" for surname, name in itertools.product(*sources[:2])]
    for n in range(first, first + count):
        step = n * 7 + n // len(names)
        yield [f"p{n}@mail.test", names[step % len(names)], *(one[n % len(one)] for one in sources[2:])]
