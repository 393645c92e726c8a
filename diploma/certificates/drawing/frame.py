"""What stands round the stack of rows: seal and issuers above it, signatories, QR code and register below."""

from diploma.certificates.drawing import ornament, wording
from diploma.certificates.drawing.sheet import (
    AXIS,
    LEFT,
    NO_LANGUAGE,
    RIGHT,
    SMALL,
    Sheet,
    small_column,
    small_height,
)
from diploma.certificates.drawing.typeset import Block, Text, in_few_lines, width_mm
from diploma.certificates.snapshot import Issuer, Signatory

MARK_RADIUS, ISSUER_MIDDLE = 8, 33.5
ISSUER_INDENT = 49.5  # of the issuers' names from either edge
NARROW_TITLE = 90
# Where the signatories end, within the rich border and the plain one: six dots of 60 dpi apart, so that the QR code
# falls on the dots of a coarse scan in the same way.
FOOT = {True: 182, False: 184.54}
SIGNATURE_WIDTH = {1: 75, 2: 75, 3: 62}
SIGNATURE_LEFTS = {1: (192,), 2: (30, 192), 3: (64, 134.5, 205)}
BELOW_RULE, ROOM_TO_SIGN = 1.2, 8
QR_SIDE, QR_RISE, QR_LEFT = 26.6, 26, 29.8  # measured: of 25 to 27 mm the size that is read best at 60 dpi
QR_QUIET = 4.2  # four modules of white above the code (ISO/IEC 18004), and a little more
REGISTER_DROP = 6.2


def write_head(sheet: Sheet) -> float:
    """The seal, and of two issuers mark and name on either side; returns where the stack may begin."""
    radius, middle = (11.5, 21.5) if sheet.solemn else (9.5, 19.5)
    sheet.drawing += ornament.seal(sheet.snapshot.token, AXIS, middle, radius)
    if len(sheet.snapshot.issuers) == 1:
        return middle + radius
    title = sheet.titles()[0]
    narrow = title.lang == "ar" and width_mm(title.lines[0], title.lang, title.size) < NARROW_TITLE
    issuers = zip(sheet.snapshot.issuers, ("left", "right"), strict=True)
    lowest = max(_write_issuer(sheet, issuer, side, 50 if narrow else 80) for issuer, side in issuers)
    # A narrow title stands between the issuers, under the seal; a wide one below them.
    return max(middle + radius, lowest - title.ascent - title.descent if narrow else lowest)


def _write_issuer(sheet: Sheet, issuer: Issuer, side: str, width: float) -> float:
    """Mark and names of one of two issuers; returns the depth they reach."""
    x = LEFT + MARK_RADIUS if side == "left" else RIGHT - MARK_RADIUS
    sheet.drawing += ornament.mark(x, ISSUER_MIDDLE, MARK_RADIUS, turned=side == "right")
    left = ISSUER_INDENT if side == "left" else ornament.WIDTH - ISSUER_INDENT - width
    texts = [in_few_lines("issuer", lang, issuer["name"][lang], SMALL, width, 3).isolated() for lang in sheet.leads]
    height = sum(map(small_height, texts))
    sheet.blocks += small_column(texts, ISSUER_MIDDLE - height / 2, left, width, side)
    return ISSUER_MIDDLE + max(height / 2, MARK_RADIUS)


def signatures(sheet: Sheet) -> tuple[list[Block], float]:
    """Blocks of the signatories, and where the stack must end above them and above the QR code."""
    signatories, foot = sheet.snapshot.signatories, FOOT[sheet.solemn]
    lefts, width = SIGNATURE_LEFTS[len(signatories)], SIGNATURE_WIDTH[len(signatories)]
    cells = [_signatory(sheet, signatory, width) for signatory in signatories]
    top = foot - max(sum(map(small_height, texts)) for texts in cells)
    rule = top - BELOW_RULE
    sheet.drawing += ornament.rules([(left, left + width, rule) for left in lefts])
    blocks = [
        block for left, texts in zip(lefts, cells, strict=True) for block in small_column(texts, top, left, width)
    ]
    return blocks, min(rule - ROOM_TO_SIGN, foot - QR_RISE - QR_QUIET)


def _signatory(sheet: Sheet, signatory: Signatory, width: float) -> list[Text]:
    """Name and role, in each leading language."""
    texts = []
    for lang in sheet.leads:
        texts.append(in_few_lines("signatory", lang, signatory["name"][lang], SMALL, width, 2).isolated())
        texts.append(in_few_lines("role", lang, signatory["role"][lang], SMALL, width, 2))
    return texts


def qr_style(sheet: Sheet) -> str:
    """Place of the QR code: on the axis between two signatories, else at the left."""
    left = AXIS - QR_SIDE / 2 if len(sheet.snapshot.signatories) == 2 else QR_LEFT
    return f"top:{FOOT[sheet.solemn] - QR_RISE}mm;left:{left}mm;width:{QR_SIDE}mm;height:{QR_SIDE}mm"


def write_register(sheet: Sheet) -> None:
    """The codes by which the certificate is looked up, on one line at the foot."""
    snapshot, lead = sheet.snapshot, sheet.leads[0]
    token = "-".join(snapshot.token[index : index + 4] for index in range(0, 16, 4))
    address = snapshot.verify_url.split("://")[1].removesuffix(snapshot.token).rstrip("/?=")
    codes = [(NO_LANGUAGE, code) for code in (snapshot.serial, token, address)]
    row = sheet.across("register", [*codes, (lead, wording.edition(snapshot, lead))], 9, 0, 0)
    row.place(FOOT[sheet.solemn] + REGISTER_DROP)
