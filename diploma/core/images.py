"""A small picture from outside, drawn anew: nothing of the file that was sent reaches a browser.

Only what the content says counts, never the name. The size in pixels is read from the header and checked before a
single pixel is decoded, so a small file cannot unfold into gigabytes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile, UnidentifiedImageError

from diploma.core.errors import N_, Refused

MAX_BYTES = 200_000
FORMATS = ("PNG", "JPEG")
SMALLEST, LARGEST = 32, 2000  # pixels of a side
SHOWN = (480, 160)  # pixels that are kept: three times the size on a page


def logo(data: bytes) -> bytes:
    """The picture as a PNG within ``SHOWN``, without metadata; :class:`Refused` for what is none or too large."""
    if len(data) > MAX_BYTES:
        raise Refused(N_("The picture is larger than 200 kB. Save it smaller."))
    try:
        return _drawn_anew(data)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Refused(N_("This is no PNG or JPEG picture, or it is damaged.")) from None


@contextmanager
def _whole() -> Iterator[None]:
    """Where WeasyPrint is loaded, Pillow fills up what is missing of a cut picture; here it must be all there."""
    fills_up = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = fills_up


def _drawn_anew(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        if not all(SMALLEST <= side <= LARGEST for side in found.size):
            raise Refused(N_("Each side of the picture must have 32 to 2,000 pixels."))
        with _whole():
            picture = found.convert("RGBA")
    picture.thumbnail(SHOWN)
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()
