"""The words of roster files: headers, languages and roles as people write them in five languages.

A word is compared by ``key``: folded and without punctuation, so that one spelling stands for its Cyrillic and
Latin forms alike (Ф.И.Ш. and F.I.Sh., Ташкилот and Tashkilot).
"""

import re

from diploma.accounts.permissions import Role
from diploma.core.lang import Lang
from diploma.core.text import fold

FIELDS = ("email", "full_name", "entity", "language", "role", "position", "phone", "personnel_number")
GIVEN_NAME, SURNAME, PATRONYMIC = "given_name", "surname", "patronymic"
NAME_PARTS = (GIVEN_NAME, SURNAME, PATRONYMIC)  # headers of lists that keep the parts of a name apart

_LONGEST_WORD = 120  # longer cells are text, no headers
_CYRILLIC = re.compile("[\u0400-\u04ff]")

# Spellings stand between semicolons.
_HEADERS: dict[str, str] = {
    "email": """
        E-mail; Mail; Email address; E-mail address; Work e-mail; Corporate e-mail; Почта; Эл. почта; Эл. адрес; Адрес
        эл. почты; Электронная почта; Адрес электронной почты; Электронный адрес; Имейл; Емейл; Е-мейл; Рабочая почта;
        Корпоративная почта; Электрон почта; Электрон почта манзили; Эл. почта манзили; Электрон манзил; Pochta; El.
        pochta; Elektron pochta; Elektron pochta manzili; Elektron manzil; البريد; البريد الإلكتروني; بريد إلكتروني;
        عنوان البريد الإلكتروني; الإيميل; ايميل; البريد الالكتروني الرسمي""",
    "full_name": """
        Full name; Name and surname; Name in full; Participant; Participant name; Employee name; Trainee; Trainee name;
        ФИО; Ф.И.О.; Фамилия Имя Отчество; Фамилия, имя, отчество; Фамилия и имя; Фамилия, имя; Полное имя; ФИО
        сотрудника; ФИО слушателя; ФИО участника; Слушатель; Участник; Сотрудник; Ф.И.Ш.; F.I.Sh.; F.I.O.; Familiya,
        ism, sharif; Familiyasi, ismi, sharifi; Familiya, ismi, otasining ismi; Familiyasi, ismi, otasining ismi;
        Familiyasi, ismi va otasining ismi; Familiya va ism; Familiyasi va ismi; Toʻliq ismi; Toʻliq ism; Ism-sharifi;
        Ism-sharif; Ism familiya; Ismi familiyasi; Tinglovchi; Tinglovchining F.I.Sh.; الاسم الكامل; الاسم بالكامل;
        الاسم الثلاثي; الاسم الرباعي; الاسم واللقب; اسم المنتسب; اسم المتدرب; اسم المشارك; اسم الموظف; المنتسب; Имя и
        фамилия; Имя, фамилия""",
    GIVEN_NAME: """
        Name; First name; Forename; Given name; Given names; Имя; Ism; Ismi; الاسم; اسم; الاسم الأول""",
    SURNAME: """
        Surname; Last name; Family name; Фамилия; Familiya; Familiyasi; اسم العائلة; اللقب; العائلة; الاسم الأخير""",
    PATRONYMIC: """
        Patronymic; Patronymic name; Middle name; Second name; Father's name; Grandfather's name; Отчество; Sharif;
        Sharifi; Otasining ismi; Ota ismi; Otasi ismi; اسم الأب; اسم الوالد; اسم الجد; الاسم الثاني; الاسم الثالث""",
    "entity": """
        Entity; Organisation; Organization; Government entity; Ministry; Agency; Institution; Employer; Place of work;
        Workplace; Организация; Наименование организации; Название организации; Ведомство; Учреждение; Министерство;
        Место работы; Орган; Государственный орган; Tashkilot; Tashkiloti; Tashkilot nomi; Ish joyi; Vazirlik; Vazirlik
        va idora; Idora; Muassasa; Davlat organi; الجهة; جهة; الجهة الحكومية; اسم الجهة; جهة العمل; المؤسسة; الوزارة;
        الهيئة; مكان العمل; Entity name; Organisation name; Name of organisation""",
    "language": """
        Language; Lang; Preferred language; Language of study; Study language; Язык; Язык обучения; Предпочитаемый язык;
        Til; Tili; Oʻqish tili; Taʼlim tili; Oʻquv tili; اللغة; لغة; لغة الدراسة; لغة التدريب; اللغة المفضلة""",
    "role": """
        Role; Роль; Роль в программе; Rol; Roli; الدور; دور; الدور في البرنامج""",
    "position": """
        Position; Job title; Post; Job; Должность; Занимаемая должность; Lavozim; Lavozimi; Egallab turgan lavozimi;
        المسمى الوظيفي; الوظيفة; المنصب; المسمى""",
    "phone": """
        Phone; Phone number; Telephone; Tel.; Mobile; Mobile number; Mobile phone; Cell phone; Contact number; Телефон;
        Номер телефона; Тел.; Тел. номер; Мобильный; Мобильный телефон; Моб. телефон; Сотовый; Сотовый телефон;
        Контактный телефон; Telefon; Telefon raqami; Telefoni; Tel. raqami; Mobil telefon; Bogʻlanish uchun telefon;
        الهاتف; هاتف; رقم الهاتف; الجوال; رقم الجوال; الهاتف المتحرك; رقم الهاتف المتحرك; الموبايل; رقم الموبايل;
        المحمول""",
    "personnel_number": """
        Personnel number; Personnel no.; Employee number; Employee no.; Employee ID; Staff number; Staff no.; Staff ID;
        Табельный номер; Таб. номер; Таб. №; Личный номер; Номер сотрудника; Tabel raqami; Tabel №; Xodim raqami;
        Shaxsiy raqami; الرقم الوظيفي; رقم الموظف; الرقم الإداري""",
}

_LANGUAGES: dict[Lang, str] = {
    Lang.AR: """
        ar; ara; ar-AE; ar-EG; Arabic; Арабский; Арабский язык; Араб; Арабча; Араб тили; Arab; Arabcha; Arab tili;
        العربية; عربي; عربية; العربي; اللغة العربية""",
    Lang.EN: """
        en; eng; en-GB; en-US; English; Английский; Английский язык; Англ.; Инглиз; Инглизча; Инглиз тили; Ingliz;
        Inglizcha; Ingliz tili; الإنجليزية; إنجليزي; إنجليزية; الإنجليزي; اللغة الإنجليزية; الانكليزية""",
    Lang.RU: """
        ru; rus; ru-RU; Russian; Русский; Русский язык; Рус.; Рус; Русча; Рус тили; Rus; Ruscha; Rus tili; الروسية;
        روسي; روسية; الروسي; اللغة الروسية""",
}
_UZBEK_IN_UZBEK = "Oʻzbek; Oʻzbekcha; Oʻzbek tili; Узбек; Узбекча; Узбек тили; Ўзб.; Узб."
_UZBEK_ABROAD = "uz; uz-UZ; Uzbek; Узбекский; Узбекский язык; الأوزبكية; أوزبكي; أوزبكية; اللغة الأوزبكية; الأوزبكي"
_SCRIPTS: dict[Lang, str] = {
    Lang.UZ_LATN: """
        Latn; Latn-UZ; Latin; Latin script; in Latin script; Лат.; Латиница; Латинский; на латинице; Лотин; Лотинча;
        Лотин ёзуви; Lotin alifbosi; لاتيني; اللاتينية; بالحروف اللاتينية; لاتينية""",
    Lang.UZ_CYRL: """
        Cyrl; Cyrl-UZ; Cyrillic; Cyrillic script; in Cyrillic script; Кир.; Кирилл; Кириллица; на кириллице; Кириллча;
        Кирилл ёзуви; Kirill alifbosi; Krill; Krillcha; Kirilcha; سيريلي; السيريلية; بالحروف السيريلية; كيريلي;
        الكيريلية""",
}

_ROLES: dict[Role, str] = {
    Role.TRAINEE: """
        Trainee; Participant; Student; Learner; المنتسب; منتسب; منتسبة; متدرب; متدربة; مشارك; Слушатель; Участник;
        Тингловчи; Иштирокчи""",
    Role.INSTRUCTOR: """
        Instructor; Teacher; Trainer; Tutor; المدرب; مدرب; مدربة; Преподаватель; Тренер; Oʻqituvchi; Trener""",
    Role.MODERATOR: """
        Moderator; Moderator of marks; مراجع التصحيح; Старший проверяющий; Модератор; Бош текширувчи""",
    Role.COORDINATOR: """
        Coordinator; المنسق; منسق; منسقة; Координатор; Мувофиқлаштирувчи""",
    Role.REGISTRAR: """
        Registrar; مسؤول التسجيل والشهادات; مسؤول التسجيل; Регистратор""",
    Role.DIRECTOR: """
        Director; Programme director; مدير البرنامج; Руководитель программы; Дастур раҳбари""",
    Role.TRANSLATOR: """
        Translator; المترجم; مترجم; مترجمة; Переводчик; Таржимон""",
    Role.LINE_MANAGER: """
        Line manager; Manager; المدير المباشر; Руководитель; Непосредственный руководитель; Раҳбар; Бевосита раҳбар""",
    Role.AUDITOR: """
        Auditor; المدقق; مدقق; Аудитор""",
    Role.ADMIN: """
        Admin; Administrator; مدير النظام; مسؤول النظام; Администратор; Администратор системы; Маъмур""",
}


def key(text: str) -> str:
    """What is compared: the folded letters and digits of a word or phrase, nothing between them."""
    return re.sub(r"[\W_]+", "", fold(text))


def _keys(words: str) -> list[str]:
    return [key(word) for word in words.split(";")]


_UZBEK = _keys(f"{_UZBEK_IN_UZBEK};{_UZBEK_ABROAD}")
_OWN_UZBEK = frozenset(_keys(_UZBEK_IN_UZBEK))
_FIELD_BY_KEY = {word: field for field, words in _HEADERS.items() for word in (key(field), *_keys(words))}
_ROLE_BY_KEY = {word: role for role, words in _ROLES.items() for word in (key(role), *_keys(words))}
_LANGUAGE_BY_KEY = {word: lang for lang, words in _LANGUAGES.items() for word in _keys(words)}
_LANGUAGE_BY_KEY |= dict.fromkeys(_UZBEK, Lang.UZ_LATN)
_LANGUAGE_BY_KEY |= {
    name + script: lang for lang, words in _SCRIPTS.items() for script in _keys(words) for name in _UZBEK
}


def field_of(header: str) -> str | None:
    """The field that a header names, ``None`` for a column that is not ours.

    A bilingual header (``ФИО / Full name``) and one with a remark (``E-mail (личный)``) count by any of their parts.
    """
    if len(header) > _LONGEST_WORD:
        return None
    parts = (header, *re.split(r"[/|\\\n()\[\]:*]|\s[-–—]\s", header))
    return next((_FIELD_BY_KEY[part] for part in map(key, parts) if part in _FIELD_BY_KEY), None)


def language_of(text: str) -> Lang | None:
    """The language that a cell names; Uzbek without a script is Latin, unless its Uzbek name stands in Cyrillic."""
    if len(text) > _LONGEST_WORD:
        return None
    word = key(text)
    if word in _OWN_UZBEK and _CYRILLIC.search(text):
        return Lang.UZ_CYRL
    return _LANGUAGE_BY_KEY.get(word)


def role_of(text: str) -> Role | None:
    """The role that a cell names."""
    return _ROLE_BY_KEY.get(key(text)) if len(text) <= _LONGEST_WORD else None
