"""Writes texts into the content files: tried on a copy first, then file by file, one writer at a time."""

import fcntl
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from diploma.core.lang import Lang
from diploma.learning import checker, freshness
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.loader import Loaded
from diploma.learning.translation.editing import put
from diploma.learning.translation.places import Place, places

Keys = Collection[tuple[str, str]]  # (module, key)
New = Mapping[tuple[str, str], str]  # … → text

_EDITED = (".toml", ".md")
_BOM = "\ufeff"


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the course's folder, so that two writers follow each other; whoever waits reads what the first one wrote."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """A copy of the course's texts in a folder of its own; its videos are only linked."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / root.name
        shutil.copytree(root, copy, copy_function=_copy, ignore=shutil.ignore_patterns(".*"))
        yield copy


def edit(root: Path, loaded: Loaded, lang: Lang, texts: New) -> None:
    """Put new texts of ``lang`` into the files below ``root``, which ``loaded`` was read from, or a copy of it."""
    for module in dict.fromkeys(module for module, _key in texts):
        freshness.sound(loaded, module)
        known = places(loaded, module, lang)
        by_file: dict[str, dict[Place, str]] = {}
        for key, place in known.items():
            if (module, key) in texts:
                by_file.setdefault(place.file, {})[place] = texts[module, key]
        for name, new in by_file.items():
            order = [str(one.path[0]) for one in known.values() if one.file == name and one.section]
            _rewrite(root / name, new, order)


def accept(root: Path, lang: Lang, keys: Keys) -> None:
    """Record for these texts that they say what their source says today."""
    for module in dict.fromkeys(module for module, _key in keys):
        freshness.accept(root, module, lang, {key for one, key in keys if one == module})


def mistakes(loaded: Loaded, keys: Keys) -> list[Mistake]:
    """What is wrong with the modules of ``keys``, and with the course around them.

    Other modules are passed over, so that the check takes the time of what is written; what the course then says of
    their absence, it says before and after.
    """
    touched = {module for module, _key in keys}
    return checker.check(replace(loaded, files={name: one for name, one in loaded.files.items() if name in touched}))


def new_mistakes(before: list[Mistake], after: list[Mistake]) -> list[Mistake]:
    """What an edit has made wrong. Lines move, so a mistake that was there before is known by its words."""
    known = Counter(_words(one) for one in before)
    found = []
    for one in after:
        if known[_words(one)] > 0:
            known[_words(one)] -= 1
        else:
            found.append(one)
    return found


def take_over(copy: Path, root: Path) -> list[str]:
    """Replace the files of ``root`` that differ from those of its edited copy; returns their names.

    Each is written beside the old one, is on disk, and takes its place in one step: a reader sees the old or the new.
    """
    changed = []
    for path in sorted(one for one in copy.rglob("*") if one.suffix in _EDITED and one.is_file()):
        target, data = root / path.relative_to(copy), path.read_bytes()
        if not target.is_file() or target.read_bytes() != data:
            _replace(target, data)
            changed.append(str(path.relative_to(copy)))
    return changed


def _copy(source: str, target: str) -> None:
    if source.endswith(_EDITED):
        shutil.copyfile(source, target)
    else:
        os.symlink(Path(source).resolve(), target)


def _rewrite(path: Path, new: Mapping[Place, str], order: list[str]) -> None:
    """The file with its own line ends and its byte order mark, if it has one."""
    raw = path.read_bytes().decode() if path.is_file() else ""
    mark = _BOM if raw.startswith(_BOM) else ""
    path.write_bytes((mark + put(raw.removeprefix(_BOM), new, order)).encode())


def _replace(target: Path, data: bytes) -> None:
    beside = target.with_name(f".{target.name}.new")  # hidden: the loader passes it over
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if target.is_file():
        shutil.copymode(target, beside)
    beside.replace(target)


def _words(one: Mistake) -> tuple[str, str, str, str]:
    return one.file, one.key, one.message, one.hint
