"""A video that browsers play, made on the spot, captions for it, and a world in which it is published.

A plugin of ``tests/conftest.py``.
"""

import io
import shutil
import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from config import ROOT
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import db
from diploma.core.lang import LANGS, Lang
from diploma.learning import publisher
from tests.shelf import Shelf
from tests.world import M2, World

LESSON = "01-from-complaint-to-challenge"
FILE = "counter.webm"
SAID = {
    Lang.EN: "The clerk asks for the same paper again.",
    Lang.AR: "يطلب الموظف الورقة نفسها مرة أخرى.",
    Lang.RU: "Сотрудник снова просит ту же бумагу.",
    Lang.UZ_LATN: "Xodim yana oʻsha qogʻozni soʻraydi.",
    Lang.UZ_CYRL: "Ходим яна ўша қоғозни сўрайди.",
}
TITLES = {
    Lang.EN: "At the counter",
    Lang.AR: "أمام الشباك",
    Lang.RU: "У окна приёма",
    Lang.UZ_LATN: "Qabul oynasi oldida",
    Lang.UZ_CYRL: "Қабул ойнаси олдида",
}


@cache
def webm(seconds: int) -> bytes:
    """WebM with one picture per second: a still lossy WebP is a key frame of VP8."""
    pictures = [_key_frame(255 * second // seconds) for second in range(seconds)]
    block = b"\x81" + struct.pack(">hB", 0, 0x80)  # of track 1, at the time of its cluster, a key frame
    clusters = [
        _element("1f43b675", _number("e7", 1000 * at), _element("a3", block + picture))
        for at, picture in enumerate(pictures)
    ]
    info = _element("1549a966", _number("2ad7b1", 1_000_000), _element("4489", struct.pack(">d", 1000 * seconds)))
    size = _element("e0", _number("b0", 320), _number("ba", 180))
    first_of = [_number(name, 1) for name in ("d7", "73c5", "83")]  # number, id and kind of the track
    tracks = _element("1654ae6b", _element("ae", *first_of, _element("86", b"V_VP8"), size))
    first = len(info + tracks) + len(_cues(0, clusters))
    head = [("4286", 1), ("42f7", 1), ("42f2", 4), ("42f3", 8)]
    kind = [_element("4282", b"webm"), _number("4287", 2), _number("4285", 2)]
    ebml = _element("1a45dfa3", *(_number(*one) for one in head), *kind)
    return ebml + _element("18538067", info, tracks, _cues(first, clusters), *clusters)


def vtt(lang: Lang, seconds: int) -> str:
    """One caption per second."""
    cues = [f"00:{at:02}.000 --> 00:{at + 1:02}.000\n{SAID[lang]}\n" for at in range(seconds)]
    return "\n".join(["WEBVTT\n", *cues])


@pytest.fixture
def filmed_course(tmp_path: Path) -> Path:
    """A copy of the files that ``filmed`` publishes."""
    return _course(tmp_path)


def _course(folder: Path) -> Path:
    course = Path(shutil.copytree(ROOT / "courses" / "gid", folder / "gid"))
    put_into(course / "modules" / M2 / "lessons" / LESSON)
    return course


@pytest.fixture
def filmed(world: World, app: Flask, _shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a video in the first lesson of the cohort of ``uz``; the other cohort keeps its texts."""

    def build() -> None:
        made = publisher.publish(_course(tmp_path_factory.mktemp("filmed")))
        found = db.session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        cohorts.advance_revision(found, made.edition_id, made.revision_id)

    with app.app_context():
        _shelf.give("filmed", build, base="world")
    return webm(40)


def put_into(lesson: Path, seconds: int = 40, languages: Iterable[Lang] = LANGS) -> None:
    """Give the lesson in this folder a video, captions in ``languages``, and a title in each of its own."""
    (lesson / FILE).write_bytes(webm(seconds))
    for lang in languages:
        (lesson / f"counter.{lang.value}.vtt").write_text(vtt(lang, seconds), "utf-8")
    for page in lesson.glob("*.md"):
        lang = Lang(page.stem)
        file = f'file = "{FILE}"\n' if lang is Lang.EN else ""
        front, body = page.read_text("utf-8").removeprefix("+++\n").split("+++\n", 1)
        text = f'+++\n{front}[video]\n{file}title = "{TITLES[lang]}"\n+++\n{body}'
        page.write_text(text, "utf-8", newline="\n")


def _key_frame(grey: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (320, 180), (grey, 120, 180)).save(held, "WEBP", quality=10)
    return held.getvalue()[20:]  # after the heads of RIFF and of its one chunk


def _element(name: str, *content: bytes) -> bytes:
    """An element of EBML; its length is written in eight bytes, so that places can be told before."""
    data = b"".join(content)
    return bytes.fromhex(name) + struct.pack(">Q", len(data) | 1 << 56) + data


def _number(name: str, value: int) -> bytes:
    return _element(name, struct.pack(">Q", value))


def _cues(first: int, clusters: list[bytes]) -> bytes:
    """Where each second begins; ``first`` is the place of the first cluster."""
    points, place = [], first
    for at, cluster in enumerate(clusters):
        points.append(_element("bb", _number("b3", 1000 * at), _element("b7", _number("f7", 1), _number("f1", place))))
        place += len(cluster)
    return _element("1c53bb6b", *points)
