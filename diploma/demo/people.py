"""The demonstration's people. All names are invented; every e-mail address ends in ``demo.test``.

A name stands as its holder writes it; the five spellings of those who hold certificates are in ``SPELLINGS``.
"""

# login, full name as in the roster, language, entity (index into ENTITIES of the partner)
UZ: tuple[tuple[str, str, str, int], ...] = (
    ("trainee.uz", "Yoʻldosheva Madina Rustam qizi", "uz-Latn", 0),
    ("nearly.uz", "Қодиров Жасур Бахтиёр ўғли", "uz-Cyrl", 1),
    ("graduate.uz", "Gʻulomova Dilnoza Abduqodir qizi", "uz-Latn", 2),
    ("uz.04", "Тошматов Бобур Шухрат ўғли", "uz-Cyrl", 0),
    ("uz.05", "Karimova Aziza Anvar qizi", "uz-Latn", 3),
    ("uz.06", "Исмоилов Шерзод Олим ўғли", "uz-Cyrl", 1),
    ("uz.07", "Ким Светлана Викторовна", "ru", 2),
    ("uz.08", "Rahimov Otabek Ilhom oʻgʻli", "uz-Latn", 4),
    ("uz.09", "Наримонова Гулчеҳра Содиқ қизи", "uz-Cyrl", 3),
    ("uz.10", "Петров Алексей Николаевич", "ru", 0),
    ("uz.11", "Saidova Nilufar Akmal qizi", "uz-Latn", 2),
    ("uz.12", "Ҳакимов Сардор Равшан ўғли", "uz-Cyrl", 4),
    ("uz.13", "Ergashev Jamshid Murod oʻgʻli", "uz-Latn", 1),
    ("uz.14", "Абдуллаева Феруза Ҳамид қизи", "uz-Cyrl", 0),
    ("uz.15", "Tursunov Farrux Baxtiyor oʻgʻli", "uz-Latn", 3),
    ("uz.16", "Юсупова Лола Тимур қизи", "uz-Cyrl", 2),
    ("uz.17", "Aliyev Doniyor Sobir oʻgʻli", "uz-Latn", 4),
    ("uz.18", "Смирнова Елена Павловна", "ru", 1),
    ("uz.19", "Nazarova Shahnoza Botir qizi", "uz-Latn", 0),
    ("uz.20", "Мирзаев Улуғбек Қаҳрамон ўғли", "uz-Cyrl", 3),
    ("uz.21", "Xolmatova Zulfiya Nodir qizi", "uz-Latn", 4),
    ("uz.22", "Раҳматов Элдор Жўра ўғли", "uz-Cyrl", 2),
    ("uz.23", "Usmonova Kamola Sherali qizi", "uz-Latn", 1),
    ("uz.24", "Бекмуродов Азиз Фарҳод ўғли", "uz-Cyrl", 0),
)

AE: tuple[tuple[str, str, str, int], ...] = (
    ("trainee.ae", "مريم سالم المثال", "ar", 0),
    ("ae.02", "خالد أحمد النموذجي", "ar", 1),
    ("ae.03", "فاطمة راشد العيّني", "ar", 2),
    ("ae.04", "سلطان محمد الافتراضي", "ar", 0),
    ("ae.05", "نورة عبد الله المثال", "ar", 3),
    ("ae.06", "حمد سعيد النموذجي", "ar", 1),
    ("ae.07", "Priya Example Nair", "en", 2),
    ("ae.08", "عائشة علي العيّني", "ar", 0),
    ("ae.09", "عبد الرحمن خليفة المثال", "ar", 3),
    ("ae.10", "شيخة ناصر النموذجية", "ar", 1),
    ("ae.11", "Daniel Sample Okafor", "en", 0),
    ("ae.12", "منصور حسن الافتراضي", "ar", 2),
    ("ae.13", "لطيفة جمعة المثال", "ar", 3),
    ("ae.14", "ماجد إبراهيم العيّني", "ar", 1),
    ("ae.15", "ريم يوسف النموذجية", "ar", 0),
    ("ae.16", "زايد عمر المثال", "ar", 2),
    ("ae.17", "هند طارق الافتراضية", "ar", 3),
    ("ae.18", "Sofia Specimen Reyes", "en", 1),
    ("ae.19", "بدر فيصل النموذجي", "ar", 0),
    ("ae.20", "علياء مبارك المثال", "ar", 2),
    ("ae.21", "عمران صالح العيّني", "ar", 3),
    ("ae.22", "موزة حميد الافتراضية", "ar", 1),
    ("ae.23", "ياسر كمال النموذجي", "ar", 0),
    ("ae.24", "آمنة خلفان المثال", "ar", 2),
)

_EG_GIVEN = (
    "أحمد",
    "منى",
    "مصطفى",
    "هبة",
    "كريم",
    "نهى",
    "طارق",
    "دعاء",
    "وائل",
    "سارة",
    "عمرو",
    "إيمان",
    "هشام",
    "رانيا",
    "تامر",
    "ياسمين",
    "شريف",
    "مروة",
    "حسام",
    "غادة",
)
_EG_FAMILY = (("محمود النموذجي", "عادل المثالي"), ("إبراهيم المثالي", "سمير النموذجي"))
EG: tuple[tuple[str, str, str, int], ...] = tuple(
    (
        f"eg.{number:02}",
        f"{_EG_GIVEN[(number - 1) % 20]} {_EG_FAMILY[(number - 1) // 20][number % 2]}",
        "ar",
        number % 3,
    )
    for number in range(1, 41)
)

STAFF: tuple[tuple[str, str, str, str, str], ...] = (  # login, name, language, role, scope
    ("director", "Leila Example Haddad", "en", "director", ""),
    ("registrar", "Rustam Namunaviy", "en", "registrar", ""),
    ("instructor.ae", "د. هالة النموذجية", "ar", "instructor", "cohort:ae-2026-1"),
    ("instructor.uz", "Намунов Ботир Ҳамидович", "uz-Cyrl", "instructor", "cohort:uz-2026-1"),
    ("moderator.uz", "Йўлдошева Намуна Баҳодировна", "uz-Cyrl", "moderator", "cohort:uz-2026-1"),
    ("tutor.uz", "Raximova Dilnoza Namuna qizi", "uz-Latn", "instructor", "cohort:uz-2026-1"),
    ("coordinator.ae", "سعيد المنسّق المثال", "ar", "coordinator", "partner:ae"),
    ("coordinator.uz", "Namunayeva Gulnora Karimovna", "uz-Latn", "coordinator", "partner:uz"),
    (
        "manager.uz",
        "Namunov Anvar Ismoilovich",
        "uz-Latn",
        "line_manager",
        "entity:uz/Example Ministry of Public Services",
    ),
    ("centre.uz", "Примерова Нигора Акмаловна", "ru", "line_manager", "entity:uz/Example Cabinet Office"),
    ("coordinator.eg", "سلمى المنسّقة المثالية", "ar", "coordinator", "partner:eg"),
)

SPELLINGS: dict[str, dict[str, str]] = {
    "trainee.uz": {
        "ar": "مدينة رستم يولداشيفا",
        "en": "Madina Yuldosheva",
        "ru": "Юлдашева Мадина Рустамовна",
        "uz-Latn": "Yoʻldosheva Madina Rustam qizi",
        "uz-Cyrl": "Йўлдошева Мадина Рустам қизи",
    },
    "nearly.uz": {
        "ar": "جسور بختيار قادروف",
        "en": "Jasur Kodirov",
        "ru": "Кадыров Жасур Бахтиёрович",
        "uz-Latn": "Qodirov Jasur Baxtiyor oʻgʻli",
        "uz-Cyrl": "Қодиров Жасур Бахтиёр ўғли",
    },
    "graduate.uz": {
        "ar": "ديلنوزا عبد القادر غلاموفا",
        "en": "Dilnoza Gulomova",
        "ru": "Гулямова Дилноза Абдукадировна",
        "uz-Latn": "Gʻulomova Dilnoza Abduqodir qizi",
        "uz-Cyrl": "Ғуломова Дилноза Абдуқодир қизи",
    },
    "trainee.ae": {"ar": "مريم سالم المثال", "en": "Mariam Salem Al Mithal"},
    "ae.02": {"ar": "خالد أحمد النموذجي", "en": "Khalid Ahmed Al Namothaji"},
}

ENTITIES: dict[str, tuple[dict[str, str], ...]] = {
    "uz": (
        {
            "en": "Example Ministry of Public Services",
            "ru": "Условное министерство государственных услуг",
            "uz-Latn": "Namuna: Davlat xizmatlari vazirligi",
            "uz-Cyrl": "Намуна: Давлат хизматлари вазирлиги",
            "ar": "وزارة الخدمات العامة النموذجية",
        },
        {
            "en": "Example Agency for Land and Cadastre",
            "ru": "Условное агентство по кадастру",
            "uz-Latn": "Namuna: Kadastr agentligi",
            "uz-Cyrl": "Намуна: Кадастр агентлиги",
            "ar": "وكالة السجل العقاري النموذجية",
        },
        {
            "en": "Example Ministry of Health Care",
            "ru": "Условное министерство здравоохранения",
            "uz-Latn": "Namuna: Sogʻliqni saqlash vazirligi",
            "uz-Cyrl": "Намуна: Соғлиқни сақлаш вазирлиги",
            "ar": "وزارة الرعاية الصحية النموذجية",
        },
        {
            "en": "Example City Administration of Nukus",
            "ru": "Условная администрация города Нукус",
            "uz-Latn": "Namuna: Nukus shahar hokimligi",
            "uz-Cyrl": "Намуна: Нукус шаҳар ҳокимлиги",
            "ar": "إدارة مدينة نوكوس النموذجية",
        },
        {
            "en": "Example Tax Committee",
            "ru": "Условный налоговый комитет",
            "uz-Latn": "Namuna: Soliq qoʻmitasi",
            "uz-Cyrl": "Намуна: Солиқ қўмитаси",
            "ar": "لجنة الضرائب النموذجية",
        },
    ),
    "ae": (
        {"en": "Example Ministry of Customer Services", "ar": "وزارة خدمات المتعاملين النموذجية"},
        {"en": "Example Federal Licensing Authority", "ar": "الهيئة الاتحادية النموذجية للتراخيص"},
        {"en": "Example Municipality", "ar": "البلدية النموذجية"},
        {"en": "Example Health Services Establishment", "ar": "مؤسسة الخدمات الصحية النموذجية"},
    ),
    "eg": (
        {"en": "Example Ministry of Local Services", "ar": "وزارة الخدمات المحلية النموذجية"},
        {"en": "Example Civil Registry Sector", "ar": "قطاع السجل المدني النموذجي"},
        {"en": "Example Governorate", "ar": "المحافظة النموذجية"},
    ),
}

LIST = "lavozimlar.csv"
POSITIONS = """E-mail,F.I.Sh.,Lavozimi
uz.04@demo.test,Тошматов Бобур Шухрат ўғли,Бош мутахассис
uz.05@demo.test,Karimova Aziza Anvar qizi,Boʻlim boshligʻi
uz.08@demo.test,Rahimov Otabek Ilhom oʻgʻli,Yetakchi mutaxassis
,Yoʻlchiyev Sanjar Odil oʻgʻli,Bosh mutaxassis
"""

# A list on its way: scripts mixed, a misspelt entity, a language in words, an address that is none, a namesake.
NEXT_LIST = "yangi-tinglovchilar.csv"
NEXT_PEOPLE = """Тингловчилар рўйхати
E-mail,Ф.И.Ш.,Ташкилот,Тил,Лавозими,Телефон
n.saidova@demo.test,Саидова Нигора Баҳодировна,Адлия вазирлиги,Узб.,Бош мутахассис,+998 90 120 11 22
j.tursunov@demo.test,Tursunov Jasur Akmal oʻgʻli,Adliya vazirlgi,Oʻzbekcha,Boʻlim boshligʻi,+998 91 220 33 44
k.aliyeva@demo,Алиева Камола Рустамовна,Адлия вазирлиги,Русский,Етакчи мутахассис,+998 93 320 55 66
bobur.t@demo.test,Bobur Toshmatov,,Узбекский яз.,Bosh mutaxassis,
s.nazarov@demo.test,Назаров Сардор Олимович,Адлия вазирлиги,Узбекский яз.,Мутахассис,+998 94 420 77 88
,Yoʻlchiyev Sanjar Odil oʻgʻli,Adliya vazirligi,Oʻzbekcha,Bosh mutaxassis,+998 95 520 99 00
"""
