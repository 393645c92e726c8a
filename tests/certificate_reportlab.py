"""The page of ``certificate_cost`` with reportlab, in an interpreter that has it; knows nothing of the product."""

import io
import json
import sys
import time
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

try:
    from arabic_reshaper import reshape
    from bidi.algorithm import get_display
except ImportError:  # then its Arabic is wrong, and cheaper

    def reshape(text: str) -> str:
        return text

    def get_display(text: str) -> str:
        return text


HEIGHT = 210


def draw(page: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=landscape(A4), pageCompression=1)
    canvas.setTitle(page["title"])
    for inset, width in ((12, 2), (16, 0.6)):
        canvas.setLineWidth(width)
        canvas.rect(inset * mm, inset * mm, (297 - 2 * inset) * mm, (HEIGHT - 2 * inset) * mm)
    for line in page["lines"]:
        text = get_display(reshape(line["text"])) if line["rtl"] else line["text"]
        canvas.setFont(line["face"], line["size"])
        y = (HEIGHT - line["top"] - line["height"] * 0.7) * mm
        left, width = line["left"] * mm, line["width"] * mm
        if line["align"] == "L":
            canvas.drawString(left, y, text)
        elif line["align"] == "R":
            canvas.drawRightString(left + width, y, text)
        else:
            canvas.drawCentredString(left + width / 2, y, text)
    top, left, side, _ = page["qr"]
    code = QrCodeWidget(page["url"], barLevel="M", barBorder=0, barWidth=side * mm, barHeight=side * mm)
    drawing = Drawing(side * mm, side * mm)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, left * mm, (HEIGHT - top - side) * mm)
    canvas.save()
    return target.getvalue()


def main() -> None:
    given = json.load(sys.stdin)
    for face, path in given["fonts"].items():
        pdfmetrics.registerFont(TTFont(face, path))
    spent, sizes, made = [], [], b""
    for page in given["pages"]:
        start = time.process_time()
        made = draw(page)
        spent.append((time.process_time() - start) * 1000)
        sizes.append(len(made))
    if len(sys.argv) > 1:  # to be looked at
        with open(sys.argv[1], "wb") as file:
            file.write(made)
    print(json.dumps({"ms": spent, "bytes": sizes}))


if __name__ == "__main__":
    main()
