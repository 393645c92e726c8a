"""Every certificate as it is printed, at 150 dpi, and contact sheets of them, to be looked at one by one.

    make certificates                       all, in instance/shots/certificates
    python -m tests.contact_sheet FOLDER [WORD …]   those whose name contains all of the words

``<document>-<languages>-<what>.png`` is one page, numbered where there are several; ``sheet-<document>-<what>.png``
shows it in every set of languages.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from config import ROOT
from diploma.certificates.drawing.worker import RenderError, RenderPool
from diploma.certificates.snapshot import Snapshot
from tests.certificates import specimens

DOCUMENTS: dict[str, Callable[..., Snapshot]] = {
    "diploma": specimens.diploma,
    "module": specimens.module,
    "attendance": specimens.attendance,
    "assessor": specimens.assessor,
    "transcript": specimens.transcript,
    "supplement": specimens.supplement,
}
OFFICES = {"id": "centre", "name": specimens.LONG_ENTITY}, {"id": "agency", "name": specimens.LONG_ENTITY}
THREE = [specimens.DIRECTOR, specimens.RECTOR, specimens.DIRECTOR]
WHAT: dict[str, dict[str, Any]] = {
    "usual": specimens.OFFICIAL,
    "without-drawings": {},
    "long-name": {"names": specimens.LONG, **specimens.OFFICIAL},
    "one-word": {"names": specimens.ONE_WORD, **specimens.OFFICIAL},
    "long-entities": {"issuers": OFFICES, "signatories": [specimens.LONG_ROLE] * 2},
    "one-issuer": {"issuers": specimens.ISSUERS[:1], "signatories": [specimens.DIRECTOR]},
    "one-official-issuer": specimens.ONE_OFFICIAL | {"signatories": [specimens.DIRECTOR]},
    "one-seal": specimens.ONE_OFFICIAL | {"signatories": [specimens.DIRECTOR, specimens.RECTOR]},
    "three-signatories": {"signatories": THREE},
    "three-and-seals": {"signatories": THREE, **specimens.OFFICIAL},
    "three-and-one-seal": specimens.ONE_OFFICIAL | {"signatories": THREE},
}
PAGES = {"transcript", "supplement"}  # of which there are several
DPI = "150"
THUMBNAIL, ROW = (
    {False: (584, 413), True: (413, 584)},
    {False: 3, True: 4},
)  # px of a page and pages to a row; if portrait


def cases() -> Iterator[tuple[str, Snapshot]]:
    """Name and snapshot of every picture."""
    for (document, make), (languages, tags), (what, changes) in product(
        DOCUMENTS.items(), specimens.SETS.items(), WHAT.items()
    ):
        yield name_of(document, languages, what), make(tags, **changes)


def name_of(document: str, languages: str, what: str) -> str:
    return f"{document}-{languages.replace(', ', '-').replace(' ', '-')}-{what}"


def on_sheet(names: list[str], document: str, what: str) -> list[str]:
    """Those of ``names`` that show ``what`` of a document in some set of languages, all their pages."""
    wanted = {name_of(document, languages, what) for languages in specimens.SETS}
    return [name for name in names if name in wanted or re.sub(r"-\d+$", "", name) in wanted]


def take(folder: Path, words: list[str]) -> list[str]:
    """Draw the pages whose name contains all ``words``; returns the names."""
    taken = []
    with RenderPool(ROOT / "instance" / "renderer", timeout=60) as pool:
        for name, snapshot in cases():
            if all(word in name for word in words):
                pdf = folder / f"{name}.pdf"
                try:
                    pdf.write_bytes(pool.render(snapshot, specimens.DRAWINGS))
                except RenderError as error:
                    print(f"{name}: {error}")
                    continue
                single = [] if name.partition("-")[0] in PAGES else ["-singlefile"]
                subprocess.run(["pdftoppm", "-r", DPI, "-png", *single, pdf, folder / name], check=True)
                pdf.unlink()
                taken += sorted(page.stem for page in folder.glob(f"{name}*.png")) if not single else [name]
    return taken


def sheets(folder: Path, names: list[str]) -> None:
    """One sheet for each document and variation, with its pages in all sets of languages."""
    for document, what in product(DOCUMENTS, WHAT):
        found, portrait = on_sheet(names, document, what), document in PAGES
        (width, height), row = THUMBNAIL[portrait], ROW[portrait]
        sheet = Image.new("RGB", (row * (width + 8), -(-len(found) // row) * (height + 24)), "#777")
        for index, name in enumerate(found):
            place = (index % row * (width + 8), index // row * (height + 24))
            with Image.open(folder / f"{name}.png") as page:
                page.thumbnail((width, height), Image.Resampling.LANCZOS)
                sheet.paste(page, place)
            ImageDraw.Draw(sheet).text((place[0] + 4, place[1] + height + 6), name, "#fff")
        if found:
            sheet.save(folder / f"sheet-{document}-{what}.png")


def main() -> None:
    folder, words = Path((sys.argv[1:] or [str(ROOT / "instance" / "shots" / "certificates")])[0]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    names = take(folder, words)
    sheets(folder, names)
    print(f"{len(names)} certificates in {folder}")


if __name__ == "__main__":
    main()
