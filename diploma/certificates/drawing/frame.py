"""What stands round the stack of rows: star and issuers above it, signatories, seals, QR code and register below."""

from contextlib import suppress
from dataclasses import dataclass, replace

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
from diploma.certificates.drawing.typeset import Block, Misfit, Text, in_few_lines, width_mm
from diploma.certificates.snapshot import Issuer, Signatory, Snapshot

MARK_RADIUS, ISSUER_MIDDLE, HIGHEST = 8, 33.5, 22.5  # an issuer's block begins no higher than the last
SOLE_LOGO, SOLE_LOGO_TOP = {True: 18, False: 14}, 23  # side in mm, with room or without
ISSUER_INDENT = 49.5  # of the issuers' names from either edge
ISSUER_WIDTH, NARROW_WIDTH, NARROW_TITLE = 86, 50, 90
FOOT = 179.46  # where the signatories end; measured: here a coarse scan hits the modules of the QR code
BELOW_RULE, ROOM_TO_SIGN = 1.2, (8, 2)  # above the rule: always, and with room
NAME_SIZES, ROLE_SIZES = (10, 9.5, 9), (9.5, 9)
QR_SIDE, QR_RISE = 26.6, 26  # measured: of 25 to 27 mm the size that is read best at 60 dpi
QR_QUIET = 4.2  # four modules of white above the code (ISO/IEC 18004), and a little more
ABOVE_CODE = 2.5  # of white above the quiet zone, where there is room
DOT, DOT_SHIFT = 25.4 / 60, 0.37  # a dot of 60 dpi in mm; how far into one the code begins, measured too
REGISTER_DROP = 6.2
SEAL_SIDE, SMALL_SEAL = 21.5, 18.5


@dataclass(frozen=True)
class Foot:
    """Where the things at the foot stand: the middles of the signatures and their width, of QR code and seals."""

    signatures: tuple[float, ...]
    width: float
    qr: float
    seals: tuple[float, ...] = ()
    seal: float = SEAL_SIDE

    def mirrored(self) -> "Foot":
        """The same from the right."""
        signatures, seals = (tuple(ornament.WIDTH - x for x in one) for one in (self.signatures, self.seals))
        return replace(self, signatures=signatures, qr=ornament.WIDTH - self.qr, seals=seals)


def foot(sheet: Sheet) -> Foot:
    """The order that balances best, by the number of signatories and of official seals; from where one reads.

    The middle one of three signatories stands on the axis: the room of the QR code is left free on the other side.
    """
    left, _, right = sheet.axes
    by_count = {
        (1, 0): Foot((right,), 64, left),
        (1, 1): Foot((AXIS,), 64, left, (right,)),
        (1, 2): Foot((AXIS,), 64, left, (right - 12.5, right + 12.5)),
        (2, 0): Foot((left, right), 66, AXIS),
        (2, 1): Foot((left, right), 62, AXIS + 17, (AXIS - 17,)),
        (2, 2): Foot((left, right), 56, AXIS, (117.5, ornament.WIDTH - 117.5)),
        (3, 0): Foot((90.5, AXIS, 206.5), 50, 43.1),
        (3, 1): Foot((90.5, AXIS, 206.5), 50, 43.1, (254,)),
        (3, 2): Foot((82.2, AXIS, 214.8), 43, 43.1, (115.35, 181.65), SMALL_SEAL),
    }
    place = by_count[len(sheet.snapshot.signatories), len(sheet.snapshot.seals)]
    return place.mirrored() if sheet.mirrored else place


def write_head(sheet: Sheet) -> float:
    """The star, and of two issuers mark and name on either side; returns where the stack may begin."""
    snapshot = sheet.snapshot
    if len(snapshot.issuers) == 1 and snapshot.logos:
        return _write_sole_logo(sheet)
    radius, middle = (11.5, 21.5) if sheet.solemn else (10.5, 20.5)
    sheet.drawing += ornament.rest(solemn=sheet.solemn) + ornament.seal(snapshot.token, AXIS, middle, radius)
    if len(snapshot.issuers) == 1:
        return middle + radius
    title = sheet.titles()[0]
    if title.lang == "ar" and width_mm(title.lines[0], title.lang, title.size) < NARROW_TITLE:
        # A narrow title stands between the issuers, under the star, unless their names need the room.
        with suppress(Misfit):
            lowest = _write_issuers(sheet, NARROW_WIDTH)
            return max(middle + radius, lowest - title.ascent - title.descent)
    return max(middle + radius, _write_issuers(sheet, ISSUER_WIDTH))


def _write_sole_logo(sheet: Sheet) -> float:
    """The logo of a single issuer takes the place of the star."""
    side = SOLE_LOGO[len(sheet.snapshot.languages) < 4]
    (logo,) = sheet.snapshot.logos.values()
    sheet.draw(logo, AXIS - side / 2, SOLE_LOGO_TOP, side)
    return SOLE_LOGO_TOP + side


def _write_issuers(sheet: Sheet, width: float) -> float:
    """Marks and names of two issuers; returns the depth they reach. ``Misfit`` leaves the sheet as it was."""
    names = [
        [in_few_lines("issuer", lang, issuer["name"][lang], SMALL, width, 3).isolated() for lang in sheet.leads]
        for issuer in sheet.snapshot.issuers
    ]
    sides = ("right", "left") if sheet.mirrored else ("left", "right")
    tops = [max(ISSUER_MIDDLE - small_height(texts) / 2, HIGHEST) for texts in names]
    for number, (issuer, texts, top, side) in enumerate(zip(sheet.snapshot.issuers, names, tops, sides, strict=True)):
        _write_mark(sheet, issuer, side, turned=number > 0)
        left = ISSUER_INDENT if side == "left" else ornament.WIDTH - ISSUER_INDENT - width
        sheet.blocks += small_column(texts, top, left, width, side)
    return max(ISSUER_MIDDLE + MARK_RADIUS, *(top + small_height(one) for top, one in zip(tops, names, strict=True)))


def _write_mark(sheet: Sheet, issuer: Issuer, side: str, *, turned: bool) -> None:
    """The issuer's logo, or a star for one that has none."""
    x = LEFT + MARK_RADIUS if side == "left" else RIGHT - MARK_RADIUS
    if logo := sheet.snapshot.logos.get(issuer["id"]):
        sheet.draw(logo, x - MARK_RADIUS, ISSUER_MIDDLE - MARK_RADIUS, 2 * MARK_RADIUS)
    else:
        sheet.drawing += ornament.mark(x, ISSUER_MIDDLE, MARK_RADIUS, turned=turned)


def write_foot(sheet: Sheet) -> tuple[list[Block], float]:
    """Rules and seals; returns the blocks of the signatories, and where the stack must end above all that."""
    place = foot(sheet)
    cells = [_signatory(sheet, signatory, place.width) for signatory in sheet.snapshot.signatories]
    top = FOOT - max(map(small_height, cells))
    rule, half = top - BELOW_RULE, place.width / 2
    sheet.drawing += ornament.rules([(axis - half, axis + half, rule) for axis in place.signatures])
    middle = FOOT - QR_RISE + QR_SIDE / 2
    room = ROOM_TO_SIGN[0] + ROOM_TO_SIGN[1] * sheet.scale.air
    for digest, axis in zip(_seals(sheet.snapshot), place.seals, strict=True):
        sheet.draw(digest, axis - place.seal / 2, middle - place.seal / 2, place.seal)
    blocks = [
        block
        for axis, texts in zip(place.signatures, cells, strict=True)
        for block in small_column(texts, top, axis - half, place.width)
    ]
    return blocks, min(rule - room, FOOT - QR_RISE - QR_QUIET - ABOVE_CODE * sheet.scale.air)


def _seals(snapshot: Snapshot) -> list[str]:
    """Digests of the official seals, in the order of the issuers."""
    return [snapshot.seals[one["id"]] for one in snapshot.issuers if one["id"] in snapshot.seals]


def _signatory(sheet: Sheet, signatory: Signatory, width: float) -> list[Text]:
    """Name and role, in each leading language."""
    texts = []
    for lang in sheet.leads:
        texts.append(in_few_lines("signatory", lang, signatory["name"][lang], NAME_SIZES, width, 2).isolated())
        texts.append(in_few_lines("role", lang, signatory["role"][lang], ROLE_SIZES, width, 3 if width < 50 else 2))
    return texts


def qr_style(sheet: Sheet) -> str:
    """Place of the QR code, moved by less than a dot so that a coarse scan hits its modules."""
    left = (round((foot(sheet).qr - QR_SIDE / 2) / DOT - DOT_SHIFT) + DOT_SHIFT) * DOT
    return f"top:{FOOT - QR_RISE}mm;left:{left:.2f}mm;width:{QR_SIDE}mm;height:{QR_SIDE}mm"


def write_register(sheet: Sheet) -> None:
    """The codes by which the certificate is looked up, on one line at the foot."""
    snapshot, lead = sheet.snapshot, sheet.leads[0]
    token = "-".join(snapshot.token[index : index + 4] for index in range(0, 16, 4))
    address = snapshot.verify_url.split("://")[1].removesuffix(snapshot.token).rstrip("/?=")
    codes = [(NO_LANGUAGE, code) for code in (snapshot.serial, token, address)]
    row = sheet.across("register", [*codes, (lead, wording.edition(snapshot, lead))], 9, 0, 0)
    row.place(FOOT + REGISTER_DROP)
