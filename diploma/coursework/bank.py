"""The comment bank: what a marker keeps to say again, each comment in the languages in which they have worded it."""

from collections.abc import Mapping

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework.models import BankComment

MOST = 200  # comments of one marker: all of them stand beside each script
LONGEST = 2_000  # characters
_OTHER_ALPHABET = {Lang.UZ_LATN: Lang.UZ_CYRL, Lang.UZ_CYRL: Lang.UZ_LATN}


def of(owner: User) -> list[BankComment]:
    """All comments of one marker, the most used first."""
    mine = select(BankComment).where(BankComment.owner_id == owner.id)
    return list(session.scalars(mine.order_by(BankComment.used.desc(), BankComment.id.desc())))


def keep(owner: User, texts: Mapping[Lang, str], module: str | None) -> BankComment:
    """Add a comment; one that is there already in these words is not added twice."""
    worded, held = _worded(texts), of(owner)
    same = next((one for one in held if worded.items() <= one.texts.items()), None)
    if same:
        return same
    if len(held) >= MOST:
        raise Refused(N_("The bank holds %(most)s comments at most. Delete one that you no longer use."), most=MOST)
    made = BankComment(owner_id=owner.id, module=module, texts=worded, used=0, added_at=clock.now())
    session.add(made)
    session.flush()
    return made


def change(comment: BankComment, texts: Mapping[Lang, str], module: str | None) -> None:
    comment.texts, comment.module = _worded(texts), module
    session.flush()


def delete(comment: BankComment) -> None:
    session.delete(comment)
    session.flush()


def count_use(owner: User, said: str) -> None:
    """Count the comments that stand in what was ``said`` to a trainee."""
    for one in of(owner) if said else ():
        if any(text in said for text in one.texts.values()):
            one.used += 1


def worded(comment: BankComment, *wanted: Lang) -> tuple[Lang, str]:
    """The comment in the first of the ``wanted`` languages that it has, Uzbek in either alphabet; else in any."""
    order = [one for lang in wanted for one in (lang, _OTHER_ALPHABET.get(lang, lang))]
    lang = next(one for one in (*order, *Lang) if one in comment.texts)
    return lang, comment.texts[lang]


def _worded(texts: Mapping[Lang, str]) -> dict[str, str]:
    """The languages in which something is said; :class:`Refused` when there is none, or too much is said."""
    found = {lang.value: text.strip() for lang, text in texts.items() if text.strip()}
    if not found:
        raise Refused(N_("There is no comment yet. Write it, or select a part of it."))
    if max(map(len, found.values())) > LONGEST:
        raise Refused(
            N_("A comment of the bank has %(most)s characters at most. Select a part of your comment."), most=LONGEST
        )
    return found
