"""What publication asks of the translations of a module, and what their files claim without a reader. Pure."""

from collections.abc import Iterator

from diploma.core.lang import Lang
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.loader import Loaded
from diploma.learning.structure import Status
from diploma.learning.translation.places import files_of, places
from diploma.learning.translation.standing import Held, Standing, languages, lowest, modules, texts

_IS = {
    Standing.MISSING: "is not translated",
    Standing.STALE: "is stale: its source changed after it was translated",
    Standing.DRAFT: "is a draft that no named reader has recorded",
    Standing.REVIEWED: "is reviewed and not approved",
}


def too_low(loaded: Loaded, held: Held) -> Iterator[Mistake]:
    """The texts that stand below what their module's ``[languages]`` asks, each at its place.

    ``draft`` asks nothing: what is missing or stale is read in another language, with a note.
    """
    for module in loaded.modules.values():
        for lang, needed in module.required_status.items():
            if needed is not Status.DRAFT:
                yield from _too_low(loaded, module.id, lang, needed, held)


def claims(loaded: Loaded, held: Held) -> Iterator[Mistake]:
    """Warnings for files whose ``status`` says more than readers have recorded; it is shown nowhere."""
    for module in modules(loaded):
        for lang in languages(loaded):
            claimed = loaded.status[module].get(lang, Status.DRAFT)
            if claimed is not Status.DRAFT and claimed.rank > lowest(texts(loaded, module, lang, held).values()).rank:
                yield Mistake(
                    f"{files_of(loaded, module).folder}/{lang}.toml",
                    1,
                    "status",
                    f"The files say {claimed}, but not every text has the record of a named reader.",
                    'Write status = "draft": what readers record with content approve counts, and is shown.',
                    warning=True,
                )


def _too_low(loaded: Loaded, module: str, lang: Lang, needed: Status, held: Held) -> Iterator[Mistake]:
    where = places(loaded, module, lang)
    for key, text in texts(loaded, module, lang, held).items():
        if text.standing in _IS and not (text.standing is Standing.REVIEWED and needed is Status.REVIEWED):
            yield where[key].mistake(
                f"This text {_IS[text.standing]}; module.toml asks for {needed} in {lang}.",
                "Have it translated and recorded by a named reader, or ask for less under [languages].",
            )
