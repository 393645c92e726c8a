"""What one certificate costs: ours, and the same page made with the libraries that others use, in one run.

All get the same five-language page from ``compose``: texts, fonts, sizes, places and QR code. The others draw two plain
rules in place of our border, write no tags, and know no language; ours is PDF/A-3a and PDF/UA-1, as it is issued.
A library that is not installed is left out, with the command that brings it. ``BENCH_PYTHON`` may name an interpreter
that has reportlab.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import ROOT
from diploma.certificates.drawing import fonts
from diploma.certificates.drawing.compose import compose
from diploma.certificates.drawing.typeset import MM_PER_PT
from diploma.certificates.snapshot import Snapshot
from tests.certificates.specimens import DRAWINGS, OFFICIAL, USUAL, diploma

HERE = Path(__file__).parent
ROUNDS = 40
STYLE = re.compile(r"top:(.+)mm;left:(.+)mm;width:(.+)mm;font-size:(.+)pt;line-height:(.+)pt")
OURS = """
import json, resource, sys, time
from diploma.certificates.drawing import render
from diploma.certificates.snapshot import Snapshot
spent, sizes, memory = [], [], []
drawings = {digest: svg.encode() for digest, svg in json.loads(next(sys.stdin)).items()}
for line in sys.stdin:
    start = time.process_time()
    sizes.append(len(render.render(Snapshot.from_json(line), drawings)))
    spent.append((time.process_time() - start) * 1000)
    memory.append(int(open("/proc/self/status").read().partition("VmRSS:")[2].split()[0]))
print(json.dumps({"ms": spent, "bytes": sizes, "kb": memory}))
"""


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of each certificate after two warm-up rounds, bytes of the last one, growth in megabytes."""

    ms: list[float]
    bytes: int
    growth: float = 0.0


def different(count: int, official: bool = False) -> list[Snapshot]:
    """So many diplomas in five languages, each with a name, a number and a code of its own; ``official`` ones with two
    logos and two seals."""
    alphabet = "ABCDEFGHJKMNPQRSTVWXYZ"
    return [
        diploma(
            serial=f"GID-2026-UZ-{number:06}",
            token=f"{number:016}",
            names=USUAL | {"en": f"Dilnoza {alphabet[number % 22]}{alphabet[number // 22 % 22].lower()}lomova"},
            **(OFFICIAL if official else {}),
        )
        for number in range(1, count + 1)
    ]


def ours(count: int = ROUNDS, *, official: bool = False) -> Cost:
    """Drawn as the renderer process draws them, one after the other."""
    with tempfile.TemporaryDirectory(prefix="diploma-fonts-") as cache:
        config = fonts.write_config(Path(cache))
        drawings = json.dumps({digest: svg.decode() for digest, svg in DRAWINGS.items()})
        lines = "\n".join([drawings, *(one.to_json() for one in different(count, official))]) + "\n"
        said = _run([sys.executable, "-c", OURS], lines, {"FONTCONFIG_FILE": str(config)})
    settled = said["kb"][min(100, count // 2)]  # caches of the libraries are full by then
    return Cost(said["ms"][2:], said["bytes"][-1], (said["kb"][-1] - settled) / 1000)


def reportlab() -> Cost | str:
    python = os.environ.get("BENCH_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import reportlab"], capture_output=True, check=False).returncode:
        return "not installed (pip install reportlab arabic-reshaper python-bidi; BENCH_PYTHON names its interpreter)"
    said = _run([python, str(HERE / "certificate_reportlab.py")], json.dumps(_pages()), {})
    return Cost(said["ms"][2:], said["bytes"][-1])


def tcpdf(cells: str) -> Cost | str:
    """With ``plain`` cells, or with those of ``html`` that Moodle's certificates consist of."""
    library = Path("/usr/share/php/tcpdf/tcpdf.php")
    if not (shutil.which("php") and library.exists()):
        return "not installed (apt-get install php-cli php-tcpdf)"
    with tempfile.TemporaryDirectory(prefix="diploma-tcpdf-") as cache:
        command = ["php", str(HERE / "certificate_tcpdf.php"), str(library), cache, cells]
        said = _run(command, json.dumps(_pages()), {})
    return Cost(said["ms"][2:], said["bytes"][-1])


def _run(command: list[str], given: str, variables: dict[str, str]) -> Any:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **variables}
    )
    return json.loads(done.stdout)


def _pages() -> dict[str, Any]:
    files = {face: str(path) for face, path in fonts.font_files().items()}
    return {"fonts": files, "pages": [_page(one) for one in different(ROUNDS)]}


def _page(snapshot: Snapshot) -> dict[str, Any]:
    """Lines of text with their places in mm, and the QR code's."""
    page, lines = compose(snapshot), []
    for block in page.blocks:
        top, left, width, size, leading = map(float, STYLE.fullmatch(block.style).groups())  # type: ignore[union-attr]
        words = block.role.split()
        for index, text in enumerate(block.lines):
            lines.append(
                {
                    "text": re.sub("[\u2066-\u2069]", "", text),
                    "face": next(face for face in fonts.FACES if face in words),
                    "rtl": block.lang == "ar",
                    "align": {"left": "L", "right": "R"}.get(words[-1], "C"),
                    "top": top + index * leading * MM_PER_PT,
                    "left": left,
                    "width": width,
                    "size": size,
                    "height": leading * MM_PER_PT,
                }
            )
    place = re.findall(r"[\d.]+", page.qr_style)
    return {"title": page.title, "lines": lines, "url": snapshot.verify_url, "qr": [float(one) for one in place]}


def costs() -> list[tuple[str, Cost | str]]:
    """All of them, one after the other. Compare the least: other work on the machine moves it little."""
    return [
        ("ours: tagged, PDF/A-3a", ours()),
        ("ours with two logos and two seals", ours(official=True)),
        ("reportlab", reportlab()),
        ("TCPDF, plain cells", tcpdf("plain")),
        ("TCPDF, cells of HTML as in Moodle", tcpdf("html")),
    ]
