"""What people did with translated texts, as rows: read for what is shown, and the verbs that add to them.

A record speaks of one text by its hash. Nothing is ever taken back: a changed source or translation has another hash,
and then nobody has read it yet.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts.access import approves, translates
from diploma.accounts.models import User
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.lang import Lang
from diploma.learning import freshness
from diploma.learning.loader import Loaded
from diploma.learning.models import TranslationRecord
from diploma.learning.structure import Act
from diploma.learning.translation.places import places, title
from diploma.learning.translation.standing import Held, Standing, Text

Reason = tuple[str, str]  # name of a text, and why it cannot be approved (a gettext source)

NO_RIGHT = N_("You have no right to approve texts in %(lang)s.")
MISSING = N_("It is not translated yet.")
STALE = N_("Its source changed after it was translated.")
OWN = N_("Your own translation is for somebody else to approve.")


class NotApprovable(Refused):
    """Some of the texts cannot be approved; ``reasons`` names them all, and nothing was recorded."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(N_("%(num)s texts cannot be approved; nothing was recorded."), num=len(reasons))
        self.reasons = reasons


def held(*, module: str | None = None, langs: Collection[Lang] = ()) -> Held:
    """What was done with the texts of all modules or one, in all languages or some."""
    row = TranslationRecord
    query = select(row.module, row.lang, row.key, row.act, row.source_hash, row.text_hash)
    if module is not None:
        query = query.where(row.module == module)
    if langs:
        query = query.where(row.lang.in_(langs))
    found: dict[tuple[str, Lang], set[tuple[str, Act, str, str]]] = {}
    for of_module, lang, key, act, source_hash, own_hash in session.execute(query):
        found.setdefault((of_module, lang), set()).add((key, act, source_hash, own_hash))
    return found


def history(text: Text) -> list[TranslationRecord]:
    """Who did what with this very text, the earliest first."""
    row = TranslationRecord
    query = select(row).filter_by(module=text.module, lang=text.lang, key=text.key, text_hash=text.text_hash)
    return list(session.scalars(query.options(joinedload(row.by)).order_by(row.at, row.id)))


def approve(
    loaded: Loaded, texts: Collection[Text], *, by: User, act: Act = Act.APPROVED, operator: bool = False
) -> int:
    """Record that ``by`` has read these texts of one module and language; returns how many records are new.

    ``act`` may be ``REVIEWED`` as well. ``operator``: the command line says so in the name of ``by``. :class:`Refused`
    without the right on the language; :class:`NotApprovable` for what is missing, stale, or translated by the same
    person.
    """
    reasons = [
        (title(one.key, places(loaded, one.module, one.lang)[one.key]), why)
        for one, why in obstacles(loaded, texts, by)
    ]
    if reasons:
        raise NotApprovable(reasons)
    return _record(texts, act, by, operator)


def obstacles(loaded: Loaded, texts: Collection[Text], by: User) -> list[tuple[Text, str]]:
    """What keeps ``by`` from reviewing or approving these texts, and why; :class:`Refused` without the right at all."""
    langs = {one.lang for one in texts}
    for lang in langs - approves(by):
        raise Refused(NO_RIGHT, lang=lang.value)
    own = {lang: _written(by, freshness.lineage(loaded, lang)) for lang in langs}
    found = []
    for one in texts:
        if one.standing in (Standing.MISSING, Standing.STALE):
            found.append((one, MISSING if one.standing is Standing.MISSING else STALE))
        elif (one.module, one.key) in own[one.lang]:
            found.append((one, OWN))
    return found


def check_unchanged(text: Text, seen: tuple[str, str]) -> None:
    """:class:`Stale` when ``seen``, the hashes of the source and text that a person read, are not those of today."""
    if seen != (text.source_hash, text.text_hash):
        raise Stale(N_("This text has changed while you were reading. Read it once more."))


def translated(texts: Iterable[Text], *, by: User, operator: bool = False) -> int:
    """Record that ``by`` wrote these texts."""
    return _record(texts, Act.TRANSLATED, by, operator)


def check_translator(user: User, lang: Lang) -> None:
    """:class:`Refused` unless ``user`` may translate into ``lang``."""
    if lang not in translates(user):
        raise Refused(N_("You have no right to translate into %(lang)s."), lang=lang.value)


def _written(by: User, langs: Collection[Lang]) -> set[tuple[str, str]]:
    """Module and key of the texts that a person ever wrote in one of ``langs``.

    Every version counts, or a comma by somebody else would make one's own translation a stranger's; and so does the
    Cyrillic text from which the Latin one is derived.
    """
    row = TranslationRecord
    query = select(row.module, row.key).where(row.by_id == by.id, row.act == Act.TRANSLATED, row.lang.in_(langs))
    return {(module, key) for module, key in session.execute(query)}


def _record(texts: Iterable[Text], act: Act, by: User, operator: bool) -> int:
    """Add a record for each text that has none of this person yet, and enter it in the audit chain."""
    row, now, added = TranslationRecord, clock.now(), 0
    done = select(row.module, row.lang, row.key, row.source_hash, row.text_hash)
    there = {tuple(one) for one in session.execute(done.where(row.by_id == by.id, row.act == act))}
    for one in texts:
        place, hashes = (one.module, one.lang, one.key), {"source_hash": one.source_hash, "text_hash": one.text_hash}
        if (*place, *hashes.values()) in there:
            continue
        there.add((*place, *hashes.values()))
        session.add(row(module=one.module, lang=one.lang, key=one.key, **hashes, act=act, by_id=by.id, at=now))
        subject = f"text:{one.lang.value}:{one.module}/{one.key}"
        audit.record(f"translation.{act.value}", subject, by=by, **hashes, operator=operator or None)
        added += 1
    session.flush()
    return added
