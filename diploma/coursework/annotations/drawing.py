"""A page of a PDF as a picture. The file is a stranger's: it is opened in a sealed process alone, and what cannot be
drawn there is said, so that the file is read in another program."""

import io
import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from diploma.core import sealed
from diploma.core.errors import N_, Refused, Unavailable

SECONDS = 12.0  # on the clock, for one page
CPU_SECONDS = 10
LONGEST_SIDE = 1400  # pixels of the picture
LARGEST = 6 << 20  # bytes of a picture
KEPT = 12  # pictures that one server process remembers: a page and its picture are two requests

_REASONS = {
    "encrypted": N_("This file is locked with a password. Download it to read it."),
    "broken": N_("This file cannot be shown here: it is damaged. Download it to read it."),
    "heavy": N_("This page is too large to be shown here. Download the file to read it."),
}


class Undrawable(Refused):
    """The page cannot be shown."""


class NoSuchPage(Exception):
    """The file has no page with this number."""


@dataclass(frozen=True)
class Drawn:
    """A page: of how many, its size in pixels, and the picture as PNG."""

    pages: int
    width: int
    height: int
    png: bytes


_kept: OrderedDict[tuple[str, int], Drawn | str] = OrderedDict()  # or why it cannot be shown: that costs the most
_lock = Lock()


def page(path: Path, number: int) -> Drawn:
    """The page ``number`` (from 1) of the file at ``path``, whose name is the digest of its bytes."""
    key = (str(path), number)
    with _lock:
        found = _kept.pop(key, None)
    found = found or _asked(path, number)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    if isinstance(found, str):
        raise Undrawable(_REASONS[found])
    return found


def _asked(path: Path, number: int) -> Drawn | str:
    request = json.dumps({"path": str(path), "page": number}).encode()
    try:
        answer = sealed.run(__name__, request, seconds=SECONDS)
    except sealed.Busy as busy:
        raise Unavailable(N_("Many pages are being drawn at the moment. Open this one again in a minute.")) from busy
    except sealed.Ended:
        return "heavy"
    head, _line, png = answer.partition(b"\n")
    said = json.loads(head or b'{"error": "broken"}')
    if said.get("error") == "missing":
        raise NoSuchPage
    if "error" in said:
        return str(said["error"])
    return Drawn(said["pages"], said["width"], said["height"], png)


# ---- inside the sealed process


def main() -> None:
    import sys

    sealed.limit(CPU_SECONDS)
    channel = sealed.answer_channel()
    asked = json.loads(sys.stdin.buffer.read())
    sealed.answer(channel, _answer(asked["path"], asked["page"]))


def _answer(path: str, number: int) -> bytes:
    import pypdfium2  # here: the server itself never loads what reads files of strangers

    try:
        document = pypdfium2.PdfDocument(path)
        pages = len(document)
        if not pages:
            return b'{"error": "broken"}\n'
        if not 1 <= number <= pages:
            return b'{"error": "missing"}\n'
        found = document[number - 1]
        scale = min(LONGEST_SIDE / max(*found.get_size(), 1), 2.5)
        picture = found.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except MemoryError:
        return b'{"error": "heavy"}\n'
    except pypdfium2.PdfiumError as error:
        return b'{"error": "encrypted"}\n' if "assword" in str(error) else b'{"error": "broken"}\n'
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=False, compress_level=6)
    if out.tell() > LARGEST:
        return b'{"error": "heavy"}\n'
    head = {"pages": pages, "width": picture.width, "height": picture.height}
    return json.dumps(head).encode() + b"\n" + out.getvalue()


if __name__ == "__main__":
    main()
