"""Drawings as PDF operators, and drawings that are shown more than once.

WeasyPrint would read them as SVG and draw them anew for each certificate, which is a sixth of all the work; written
here, the border that all certificates share is translated once.
"""

import re
from functools import lru_cache
from typing import Any

from diploma.certificates.drawing.ornament import HEIGHT, WIDTH, Shape, Shapes, number

DOTS = 96 / 25.4  # CSS pixels, which WeasyPrint reckons in, to a millimetre
STEP = re.compile(r"([MlHVhz])([^MlHVhz]*)")


class Ink:
    """A drawing of the whole page in the form in which WeasyPrint keeps images in its cache."""

    def __init__(self, drawing: Shapes) -> None:
        shapes = "\n".join(map(operators, drawing))
        self.content = f"q\n{DOTS:.6f} 0 0 {DOTS:.6f} 0 0 cm\n{shapes}\nQ".encode()

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Width, height and their ratio."""
        return WIDTH * DOTS, HEIGHT * DOTS, WIDTH / HEIGHT

    def draw(self, stream: object, _width: float, _height: float, _style: object) -> None:
        """Write the drawing into a content stream of pydyf."""
        stream.stream.append(self.content)  # type: ignore[attr-defined]  # of a package without types


class Stamp:
    """An image of WeasyPrint that stands on several pages: written into the file once, and shown from there."""

    def __init__(self, image: Any) -> None:
        self.image, self.name = image, ""

    def get_intrinsic_size(self, resolution: float, font_size: float) -> Any:
        """Width, height and their ratio."""
        return self.image.get_intrinsic_size(resolution, font_size)

    def draw(self, stream: Any, width: float, height: float, style: object) -> None:
        """Show it on a page; all pages share their resources. It has one size throughout."""
        if not self.name:
            group = stream.add_group(0, 0, width, height)
            del group.extra["Group"]  # nothing in it is transparent; a group of its own would be drawn less sharply
            self.image.draw(group, width, height, style)
            self.name = group.id
        stream.draw_x_object(self.name)


@lru_cache(maxsize=64)
def operators(shape: Shape) -> str:
    """One shape, with a graphics state of its own."""
    filled, stroked = shape.fill != "none", shape.stroke != "none"
    state = [f"{colour(shape.fill)} rg"] if filled else []
    if stroked:
        dashes = "" if shape.dashes == "none" else shape.dashes
        state += [
            f"{colour(shape.stroke)} RG",
            f"{shape.width:g} w",
            f"[{dashes}] 0 d",
            "4 M",
        ]  # corners as SVG has them
    paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[filled, stroked]
    return "\n".join(("q", *state, lines(shape.d), paint, "Q"))


def colour(code: str) -> str:
    """``#rrggbb`` as three parts of one."""
    return " ".join(f"{int(code[index : index + 2], 16) / 255:.4g}" for index in (1, 3, 5))


def lines(d: str) -> str:
    """A path of SVG with absolute points only, as PDF knows them."""
    x = y = 0.0
    written = []
    for letter, rest in STEP.findall(d):
        given = [float(one) for one in rest.split()]
        if letter == "z":  # what follows begins with M
            written.append("h")
            continue
        match letter:
            case "M":
                x, y = given
            case "l":
                x, y = x + given[0], y + given[1]
            case "H":
                (x,) = given
            case "V":
                (y,) = given
            case "h":
                x += given[0]
        written.append(f"{number(x)} {number(y)} {'m' if letter == 'M' else 'l'}")
    return "\n".join(written)
