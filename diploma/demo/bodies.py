"""The bodies of the demonstration's governments: a small tree with kinds, a new name and a move of two months ago."""

import io
from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from PIL import Image, ImageDraw

from diploma.cohorts.entities import changing
from diploma.cohorts.models import Entity, EntityKind, Partner
from diploma.cohorts.partners import profiles
from diploma.core import clock, images
from diploma.demo import people

_K = EntityKind
CENTRES: Mapping[str, dict[str, str]] = {
    "uz": {
        "en": "Example Cabinet Office",
        "ru": "Условный аппарат кабинета министров",
        "uz-Latn": "Namuna: Vazirlar Mahkamasi devoni",
        "uz-Cyrl": "Намуна: Вазирлар Маҳкамаси девони",
        "ar": "مكتب مجلس الوزراء النموذجي",
    },
    "ae": {"en": "Example Office of Government Affairs", "ar": "مكتب شؤون الحكومة النموذجي"},
    "eg": {"en": "Example Cabinet Secretariat", "ar": "الأمانة العامة النموذجية لمجلس الوزراء"},
}
KINDS: Mapping[str, tuple[EntityKind, ...]] = {  # in the order of ``people.ENTITIES``
    "uz": (_K.MINISTRY, _K.AGENCY, _K.MINISTRY, _K.OTHER, _K.AGENCY),
    "ae": (_K.MINISTRY, _K.AGENCY, _K.OTHER, _K.COMPANY),
    "eg": (_K.MINISTRY, _K.AGENCY, _K.OTHER),
}
UNIVERSITY = {  # known in three of the five languages: the tree says which are missing
    "en": "Example Academy of Public Administration",
    "ru": "Условная академия государственного управления",
    "uz-Latn": "Namuna: Davlat boshqaruvi akademiyasi",
}
RENAMED: Mapping[str, dict[str, str]] = {
    "uz": {
        "en": "Example Agency for Cadastre and Registers",
        "ru": "Условное агентство кадастра и реестров",
        "uz-Latn": "Namuna: Kadastr va reyestrlar agentligi",
        "uz-Cyrl": "Намуна: Кадастр ва реестрлар агентлиги",
        "ar": "وكالة السجل العقاري والسجلات النموذجية",
    },
    "ae": {"en": "Example Federal Authority for Licences", "ar": "الهيئة الاتحادية النموذجية للرخص"},
    "eg": {"en": "Example Civil Status Sector", "ar": "قطاع الأحوال المدنية النموذجي"},
}
SENDERS: Mapping[str, dict[str, str]] = {
    "uz": {
        "en": "Innovation Diploma, Uzbekistan",
        "ru": "Диплом инноваций, Узбекистан",
        "uz-Latn": "Innovatsiya diplomi, Oʻzbekiston",
        "uz-Cyrl": "Инновация дипломи, Ўзбекистон",
    },
    "ae": {"en": "Innovation Diploma, UAE", "ar": "دبلوم الابتكار، الإمارات"},
}
COLOURS = {"uz": ("#0e7c86", "#e3b23c"), "ae": ("#1f6f43", "#b5323a")}


def found(partner: Partner) -> list[Entity]:
    """The bodies in the order of ``people.ENTITIES``, below the centre of government.

    Two months ago the second got a new name, and since then it belongs to the first.
    """
    centre = changing.create_entity(partner, CENTRES[partner.slug], kind=_K.CENTRE_OF_GOVERNMENT)
    listed = zip(people.ENTITIES[partner.slug], KINDS[partner.slug], strict=True)
    made = [changing.create_entity(partner, names, kind=kind, parent=centre) for names, kind in listed]
    if partner.slug == "uz":
        changing.create_entity(partner, UNIVERSITY, kind=_K.UNIVERSITY, parent=made[0])
    day = clock.today(partner.time_zone) + timedelta(days=1)
    changing.rename_entity(made[1], RENAMED[partner.slug], day + timedelta(days=14))
    changing.move_entity(made[1], made[0], day + timedelta(days=14))
    return made


def dress(partner: Partner) -> None:
    """A sender of mails and a logo, for the governments that have set them."""
    if partner.slug not in SENDERS:
        return
    reply_to = f"office.{partner.slug}@demo.test"
    profile = profiles.Profile(partner.names, partner.languages, SENDERS[partner.slug], reply_to)
    profiles.change_partner(partner, profile)
    store = current_app.extensions["files"]
    profiles.set_logo(partner, store.put(io.BytesIO(images.logo(_drawn(*COLOURS[partner.slug])))).sha256)


def _drawn(ground: str, star: str) -> bytes:
    """An eight-pointed star on a round ground."""
    picture = Image.new("RGBA", (160, 160))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((2, 2, 158, 158), fill=ground)
    pen.rectangle((48, 48, 112, 112), fill=star)
    pen.polygon([(80, 35), (125, 80), (80, 125), (35, 80)], fill=star)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
