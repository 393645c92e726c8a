"""Snapshots for the tests of rendering. Every person and office is invented."""

import hashlib
from datetime import date
from typing import Any

from config import ROOT
from diploma.certificates.drawing import record_words
from diploma.certificates.record import Credit, ModuleRecord, ProjectRecord, StudyRecord
from diploma.certificates.snapshot import Award, Digits, Issuer, Signatory, Snapshot
from diploma.core import vectors

FIVE = ["ar", "en", "ru", "uz-Latn", "uz-Cyrl"]
UZBEK = ["uz-Latn", "uz-Cyrl", "ru"]
SETS = {"ar+en": ["ar", "en"], "uzbek": UZBEK, "four": [*UZBEK, "en"], "five": FIVE, "five, uz first": FIVE[::-1]}
SETS |= {lang: [lang] for lang in FIVE}

USUAL = {
    "ar": "ديلنوزا عبد القادر غولوموفا",
    "en": "Dilnoza Gulomova",
    "ru": "Гулямова Дилноза Абдукадировна",
    "uz-Latn": "Gʻulomova Dilnoza Abduqodir qizi",
    "uz-Cyrl": "Ғуломова Дилноза Абдуқодир қизи",
}
LONG = {  # of about 60 letters
    "ar": "محمد عبد الرحمن بن عبد العزيز بن سلطان آل خليفة الهاشمي القرشي",
    "en": "Mohammed Abdulrahman bin Abdulaziz bin Sultan Al Khalifa Al Hashimi",
    "ru": "Ходжамкулов-Туракурганский Абдурахман Мухаммадюсуфович оглы",
    "uz-Latn": "Xoʻjamqulov-Toʻraqoʻrgʻoniy Abdurahmon Muhammadyusuf oʻgʻli",
    "uz-Cyrl": "Хўжамқулов-Тўрақўрғоний Абдураҳмон Муҳаммадюсуф ўғли",
}
ONE_WORD = {"ar": "أورول", "en": "Urol", "ru": "Урол", "uz-Latn": "Oʻrol", "uz-Cyrl": "Ўрол"}

DIPLOMA = {
    "ar": "دبلوم الابتكار الحكومي",
    "en": "Government Innovation Diploma",
    "ru": "Диплом по государственным инновациям",
    "uz-Latn": "Davlat innovatsiyalari diplomi",
    "uz-Cyrl": "Давлат инновациялари дипломи",
}
ASSESSOR = {
    "ar": "مقيّم معتمد",
    "en": "Certified assessor",
    "ru": "Сертифицированный эксперт по оценке",
    "uz-Latn": "Sertifikatlangan baholovchi ekspert",
    "uz-Cyrl": "Сертификатланган баҳоловчи эксперт",
}
MODULE = {
    "ar": "تقييم التحديات",
    "en": "Challenge assessment",
    "ru": "Оценка вызовов",
    "uz-Latn": "Muammolarni baholash",
    "uz-Cyrl": "Муаммоларни баҳолаш",
}
PLACE = {"ar": "طشقند", "en": "Tashkent", "ru": "Ташкент", "uz-Latn": "Toshkent", "uz-Cyrl": "Тошкент"}
ISSUERS: list[Issuer] = [
    {
        "id": "centre",
        "name": {
            "ar": "مركز نموذجي للابتكار الحكومي",
            "en": "Example Centre for Government Innovation",
            "ru": "Пример: центр государственных инноваций",
            "uz-Latn": "Namuna: davlat innovatsiyalari markazi",
            "uz-Cyrl": "Намуна: давлат инновациялари маркази",
        },
    },
    {
        "id": "agency",
        "name": {
            "ar": "وكالة نموذجية لتطوير الخدمة العامة",
            "en": "Example Agency for Public Service Development",
            "ru": "Пример: агентство развития государственной службы",
            "uz-Latn": "Namuna: davlat xizmatini rivojlantirish agentligi",
            "uz-Cyrl": "Намуна: давлат хизматини ривожлантириш агентлиги",
        },
    },
]
DIRECTOR: Signatory = {
    "name": {
        "ar": "سالم المثال",
        "en": "Salem Al Mithal",
        "ru": "Салем Аль-Митал",
        "uz-Latn": "Salim Al-Misol",
        "uz-Cyrl": "Салим Ал-Мисол",
    },
    "role": {
        "ar": "مدير البرنامج",
        "en": "Programme Director",
        "ru": "Руководитель программы",
        "uz-Latn": "Dastur rahbari",
        "uz-Cyrl": "Дастур раҳбари",
    },
}

RECTOR: Signatory = {
    "name": {
        "ar": "نرغيزا نمونوفا",
        "en": "Nargiza Namunova",
        "ru": "Наргиза Намунова",
        "uz-Latn": "Nargiza Namunova",
        "uz-Cyrl": "Наргиза Намунова",
    },
    "role": {
        "ar": "مديرة المركز",
        "en": "Director of the Centre",
        "ru": "Директор центра",
        "uz-Latn": "Markaz direktori",
        "uz-Cyrl": "Марказ директори",
    },
}
LONG_ENTITY = {
    "ar": "وكالة المثال لتطوير الخدمة المدنية وتنمية رأس المال البشري التابعة لرئاسة جمهورية المثال",
    "en": "Example Agency for the Development of Public Service under the President of the Example Republic",
    "ru": "Пример: агентство развития государственной службы при Президенте Условной Республики",
    "uz-Latn": "Namuna: Namuna Respublikasi Prezidenti huzuridagi davlat xizmatini rivojlantirish agentligi",
    "uz-Cyrl": "Намуна: Намуна Республикаси Президенти ҳузуридаги давлат хизматини ривожлантириш агентлиги",
}
LONG_ROLE: Signatory = {
    "name": DIRECTOR["name"],
    "role": {
        "ar": "مدير عام وكالة المثال لتطوير الخدمة المدنية وتنمية رأس المال البشري",
        "en": "Director of the Example Agency for the Development of Public Service",
        "ru": "Директор условного агентства развития государственной службы",
        "uz-Latn": "Davlat xizmatini rivojlantirish namunaviy agentligi direktori",
        "uz-Cyrl": "Давлат хизматини ривожлантириш намунавий агентлиги директори",
    },
}

# The drawings of a partner of the demonstration, by digest, and the changes that put them on a certificate.
_DRAWN = {path.stem: vectors.read(path.read_bytes()).svg() for path in (ROOT / "courses/gid/partners/uz").iterdir()}
DRAWINGS = {hashlib.sha256(svg).hexdigest(): svg for svg in _DRAWN.values()}
_DIGESTS = {name: hashlib.sha256(svg).hexdigest() for name, svg in _DRAWN.items()}
LOGOS = {"centre": _DIGESTS["programme"], "agency": _DIGESTS["partner"]}
SEALS = {"centre": _DIGESTS["programme-seal"], "agency": _DIGESTS["partner-seal"]}
ONE_OFFICIAL: dict[str, Any] = {
    "issuers": ISSUERS[:1],
    "logos": {"centre": _DIGESTS["programme"]},
    "seals": {"centre": _DIGESTS["programme-seal"]},
}
OFFICIAL: dict[str, Any] = {"logos": LOGOS, "seals": SEALS}


def diploma(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """A diploma with distinction; ``changes`` replace fields."""
    token = changes.get("token", "7K3M9QRT2VWX4YZ8")
    values: dict[str, Any] = {
        "serial": "GID-2026-UZ-000147",
        "token": token,
        "verify_url": f"https://diploma.example.gov/verify/{token}",
        "award": Award.DIPLOMA,
        "module": None,
        "titles": DIPLOMA,
        "languages": languages,
        "names": USUAL,
        "hours": 300,
        "band": "distinction",
        "starts_on": date(2026, 1, 12),
        "ends_on": date(2026, 7, 10),
        "issued_on": date(2026, 7, 15),
        "place": PLACE,
        "issuers": ISSUERS,
        "signatories": [DIRECTOR, RECTOR],
        "edition": 3,
        "digits": Digits.LATN,
        "template": "0" * 64,
        "fonts": "0" * 64,
        "specimen": False,
    }
    return Snapshot(**values | changes)


def module(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """A module certificate without a band, signed by one person."""
    values: dict[str, Any] = {
        "award": Award.MODULE,
        "module": "m2-challenge-assessment",
        "titles": MODULE,
        "hours": 30,
        "band": None,
        "ends_on": date(2026, 2, 6),
        "signatories": [DIRECTOR],
    }
    return diploma(languages, **values | changes)


def attendance(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """A certificate of attendance of one day."""
    values: dict[str, Any] = {"award": Award.ATTENDANCE, "module": None, "hours": 12, "ends_on": date(2026, 1, 12)}
    return module(languages, **values | changes)


def assessor(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """A certificate that ends, of four days of training."""
    values: dict[str, Any] = {
        "award": Award.ASSESSOR,
        "module": None,
        "titles": ASSESSOR,
        "hours": 24,
        "ends_on": date(2026, 1, 15),
        "valid_until": date(2029, 7, 14),
    }
    return module(languages, **values | changes)


SEVEN = (  # with long titles
    (
        "Innovation and design thinking in government",
        "الابتكار والتفكير التصميمي في العمل الحكومي",
        "Инновации и дизайн-мышление в государственном управлении",
        "Davlat boshqaruvida innovatsiya va dizayn-tafakkur",
        "Давлат бошқарувида инновация ва дизайн-тафаккур",
    ),
    tuple(MODULE[lang] for lang in ("en", "ar", "ru", "uz-Latn", "uz-Cyrl")),
    (
        "Co-creation with stakeholders and absent groups",
        "الابتكار المشترك مع أصحاب المصلحة والفئات الغائبة",
        "Совместное создание с заинтересованными сторонами и отсутствующими группами",
        "Manfaatdor tomonlar va ishtirok etmayotgan guruhlar bilan birgalikda yaratish",
        "Манфаатдор томонлар ва иштирок этмаётган гуруҳлар билан биргаликда яратиш",
    ),
    ("Creating solutions", "إبداع الحلول", "Создание решений", "Yechimlar yaratish", "Ечимлар яратиш"),
    (
        "Prototyping and applying",
        "بناء النماذج الأولية وتطبيق الابتكار",
        "Прототипирование и применение",
        "Prototip yaratish va qoʻllash",
        "Прототип яратиш ва қўллаш",
    ),
    (
        "Service efficiency and customer journey",
        "كفاءة الخدمات ورحلة المتعامل",
        "Эффективность услуг и путь клиента",
        "Xizmatlar samaradorligi va mijoz yoʻli",
        "Хизматлар самарадорлиги ва мижоз йўли",
    ),
    (
        "Embedding innovation and scaling it up",
        "تضمين الابتكار وتوسيع نطاقه",
        "Встраивание и масштабирование инноваций",
        "Innovatsiyani singdirish va kengaytirish",
        "Инновацияни сингдириш ва кенгайтириш",
    ),
)
# Quiz, assignment, workshops, and the mark and grade that follow from them (RULES, SCALE): at and near the limits.
MARKS = (
    ("95.0", "88.0", "92.0", "90.0", "distinction"),
    ("95.0", "88.0", "91.5", "89.9", "very_good"),
    ("70.0", "80.0", "93.5", "80.0", "very_good"),
    ("72.5", "72.0", "86.5", "74.3", "good"),
    ("60.0", "60.0", "60.0", "60.0", "pass"),
    ("95.0", "99.0", "98.0", "98.1", "distinction"),
    ("100.0", "98.0", "96.0", "98.1", "distinction"),
)
CAPSTONE, FINAL = "98.5", "90.0"
SCALE = {"distinction": 90, "very_good": 80, "good": 70, "pass": 60, "not_passed": 0}
RULES = {
    "quiz": 20,
    "assignment": 65,
    "workshop": 15,
    "module_at_least": 60,
    "assignment_at_least": 60,
    "quiz_at_least": 60,
    "attendance_at_least": 75,
    "made_up_at_most": 20,
    "grace_days": 3,
    "late_cap": 80,
    "closes_after_days": 14,
    "resubmission_cap": 75,
    "modules_weight": 60,
    "capstone_weight": 40,
}
PROJECT = ProjectRecord(theory=0, workshop=18, practical=72)
CREDIT = {"ar": "الساعات المعتمدة", "en": "Credits", "ru": "Кредиты", "uz-Latn": "Kreditlar", "uz-Cyrl": "Кредитлар"}


def studied(place: int = 1, **changes: Any) -> ModuleRecord:
    """One completed module of seven."""
    quiz, assignment, workshop, mark, band = MARKS[place]
    values: dict[str, Any] = {
        "code": f"GID-10{place + 1}",
        "titles": dict(zip(("en", "ar", "ru", "uz-Latn", "uz-Cyrl"), SEVEN[place], strict=True)),
        "theory": 8,
        "workshop": 8,
        "practical": 14,
        "held": "16",
        "attended": "14.5",
        "attendance": "90.6",
        "quiz": quiz,
        "assignment": assignment,
        "workshop_mark": workshop,
        "mark": mark,
        "band": band,
        "completed_on": date(2026, 2, 6),
    }
    return ModuleRecord(**values | changes)


def record(count: int = 7, **changes: Any) -> StudyRecord:
    values: dict[str, Any] = {
        "programme": DIPLOMA,
        "modules": [studied(place) for place in range(count)],
        "scale": SCALE,
        "rules": RULES,
    }
    return StudyRecord(**values | changes)


def transcript(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """A transcript of seven modules with long titles."""
    values: dict[str, Any] = {
        "award": Award.TRANSCRIPT,
        "titles": record_words.titles(),
        "hours": 210,
        "band": None,
        "place": None,
        "record": record(),
    }
    return diploma(languages, **values | changes)


def supplement(languages: list[str] = FIVE, **changes: Any) -> Snapshot:
    """The transcript of somebody who has the diploma (:func:`diploma`), where credits are confirmed."""
    whole = record(
        capstone=CAPSTONE,
        final=FINAL,
        credit=Credit(name=CREDIT, hours=25),
        project=PROJECT,
        diploma="GID-2026-UZ-000147",
    )
    values = {"serial": "GID-2026-UZ-000148", "band": "distinction", "hours": whole.hours, "record": whole}
    return transcript(languages, **values | changes)
