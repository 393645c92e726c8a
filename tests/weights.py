"""What pages weigh on the wire, compressed as the server sends them; budgets of the interface specification, in bytes.

A first visit brings the page, the stylesheet, the script, the icon and the two fonts of its script; the next page
brings itself alone.
"""

from functools import cache

import brotli

from config import ROOT
from diploma.core.lang import Lang

FIRST, REPEAT = 60_000, 20_000
BUILT = ROOT / "static" / "build"
FONTS = {"Arab": "arabic", "Cyrl": "cyrillic", "Latn": "latin"}


def page(html: str) -> int:
    return len(brotli.compress(html.encode(), quality=4))


@cache
def frame(lang: Lang) -> int:
    """Everything but the page itself."""
    texts = sum(page((BUILT / name).read_text("utf-8")) for name in ("app.css", "app.js", "icon.svg"))
    return texts + sum((BUILT / f"{FONTS[lang.script]}-{weight}.woff2").stat().st_size for weight in (400, 700))
