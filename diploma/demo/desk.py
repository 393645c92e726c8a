"""A translator and a named reader of the demonstration, and what they have done with the first lesson."""

from datetime import timedelta

from flask import current_app

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.core import clock
from diploma.core.lang import LANGS, Lang
from diploma.learning import loader
from diploma.learning.structure import Act
from diploma.learning.translation import records, standing

MODULE, LESSON = "m2-challenge-assessment", "01-from-complaint-to-challenge"
TRANSLATIONS = [lang for lang in LANGS if lang is not Lang.EN]


def work(hashed: str) -> None:
    """The first lesson in Cyrillic Uzbek and in Arabic: written by one, read in part by the other."""
    days_ago = clock.now() - timedelta(days=3)
    with clock.at(days_ago - timedelta(days=4)):
        translator = accounts.create_user("translator@demo.test", "Таржимонова Намуна Ботировна", Lang.UZ_CYRL)
        reader = accounts.create_user("reader@demo.test", "أمينة القارئة المثال", Lang.AR)
        for user in (translator, reader):
            accounts.set_password(user, hashed)
        accounts.grant_role(translator, Role.TRANSLATOR, translates=TRANSLATIONS)
        accounts.grant_role(reader, Role.TRANSLATOR, approves=TRANSLATIONS)
    loaded = loader.load(current_app.config["COURSES"])
    for lang in (Lang.UZ_CYRL, Lang.AR) if MODULE in loaded.modules else ():
        texts = standing.texts(loaded, MODULE, lang, {})
        lesson = [one for key, one in texts.items() if key.startswith(f"lessons/{LESSON}/") and one.text]
        fresh = [one for one in lesson if one.standing is standing.Standing.DRAFT]
        with clock.at(days_ago):
            records.translated(lesson, by=translator)
        with clock.at(days_ago + timedelta(days=1)):
            records.approve(loaded, fresh[:3], by=reader)
            records.approve(loaded, fresh[3:5], by=reader, act=Act.REVIEWED)
