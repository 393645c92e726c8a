"""A small picture from outside, drawn anew: nothing of the file that was sent reaches a browser.

Only what the content says counts, never the name. The size in pixels is read from the header and checked before a
single pixel is decoded, so a small file cannot unfold into gigabytes.
"""

import io

from PIL import Image, UnidentifiedImageError

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


def _drawn_anew(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        if not all(SMALLEST <= side <= LARGEST for side in found.size):
            raise Refused(N_("Each side of the picture must have 32 to 2,000 pixels."))
        picture = found.convert("RGBA")
    picture.thumbnail(SHOWN)
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()
