"""A lesson's own video: is its file one that browsers play, and are there captions in every language?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import ceil
from pathlib import Path

from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.captions import Cue, parse_captions
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import guess
from diploma.learning.authoring.spelling import slips
from diploma.learning.authoring.tomlfile import read_text

LARGEST = 60  # megabytes, of 1,000,000 bytes: about twenty minutes on a phone's screen
CAPTIONS = ".vtt"
_BEGINNINGS = {".mp4": (4, b"ftyp"), ".webm": (0, b"\x1aE\xdf\xa3")}  # where, and what every such file has there
SUFFIXES = (*_BEGINNINGS, CAPTIONS)

Media = Mapping[str, Path]  # the lesson's video and captions, by file name


def captions_of(video: str, lang: Lang) -> str:
    """``walk.mp4`` → ``walk.ar.vtt``"""
    return f"{Path(video).stem}.{lang.value}{CAPTIONS}"


def minutes(media: Media) -> int:
    """Whole minutes until the last caption ends."""
    ends = [cue.end for name in media if name.endswith(CAPTIONS) for cue in _cues(name, media[name])]
    return ceil(max(ends) / 60_000)


def video_mistakes(
    translations: Mapping[Lang, LessonFile], media: Media, source: Lang, languages: Collection[Lang]
) -> Iterator[Mistake]:
    """``languages`` are those in which the module is offered: whoever cannot hear reads in each of them."""
    original = translations.get(source)
    if original is None:
        return
    folder = original.name.rpartition("/")[0]
    video = original.front.data.get("video")
    known = [video["file"], *(captions_of(video["file"], lang) for lang in LANGS)] if video else []
    for name in media.keys() - known:
        hint = guess(name, known) if video else f"Name it in {source}.md under [video], or remove it."
        yield Mistake(f"{folder}/{name}", 1, "", "This file belongs to no video of the lesson.", hint)
    yield from _titles([lesson for lesson in translations.values() if lesson is not original], bool(video))
    if video:
        yield from _file(original, media.get(video["file"]))
        yield from _captions(original, folder, media, languages)


def _titles(translations: Iterable[LessonFile], wanted: bool) -> Iterator[Mistake]:
    for lesson in translations:
        if wanted and "video" not in lesson.front.data:
            hint = 'Write [video], then title = "…", at the end of the front matter.'
            yield lesson.front.mistake((), "The title of the video is missing.", hint)
        elif not wanted and "video" in lesson.front.data:
            yield lesson.front.mistake(("video",), "The source has no video.", "Remove it here, or add it there.")


def _file(lesson: LessonFile, path: Path | None) -> Iterator[Mistake]:
    where = ("video", "file")
    if path is None:
        yield lesson.front.mistake(where, "There is no such file in the lesson's folder.", "Put it beside this one.")
        return
    at, beginning = _BEGINNINGS[path.suffix]
    with path.open("rb") as file:
        if not file.read(at + len(beginning)).endswith(beginning):
            message = f"The file is not what its ending says: {path.suffix}."
            yield lesson.front.mistake(where, message, "Export the video again as MP4 (H.264) or WebM.")
    if path.stat().st_size > LARGEST * 1_000_000:
        hint = "Cut it, or export it with fewer pixels: it is watched on phones."
        yield lesson.front.mistake(where, f"The file is larger than {LARGEST} MB.", hint)


def _captions(lesson: LessonFile, folder: str, media: Media, languages: Collection[Lang]) -> Iterator[Mistake]:
    for lang in LANGS:
        name = captions_of(lesson.front.data["video"]["file"], lang)
        if name in media:
            yield from _written(f"{folder}/{name}", media[name], lang)
        elif lang in languages:
            message = f"There are no captions in {lang.value}."
            yield lesson.front.mistake(("video", "file"), message, f"Write {name} beside the video.")


def _written(name: str, path: Path, lang: Lang) -> Iterator[Mistake]:
    text = read_text(path, name)
    found = [text] if isinstance(text, Mistake) else parse_captions(name, text)
    for one in found:
        if isinstance(one, Mistake):
            yield one
        else:
            for slip in slips(one.text, lang):
                yield Mistake(name, one.line + 1 + one.text.count("\n", 0, slip.at), "", slip.message, slip.hint)


def _cues(name: str, path: Path) -> list[Cue]:
    text = read_text(path, name)
    return [] if isinstance(text, Mistake) else [one for one in parse_captions(name, text) if isinstance(one, Cue)]
