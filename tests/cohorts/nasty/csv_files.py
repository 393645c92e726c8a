"""Lists as text: separators, headers, encodings, cells and limits."""

from diploma.core.grid import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Refusal
from tests.cohorts.nasty.rows import ALI, CONTACTS, HEADER, VALI, File, Row

BOTH = (HEADER, ALI, VALI)


def csv(*rows: Row, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n", before: str = "") -> bytes:
    """A CSV file; cells are written as they are, quotes included."""
    return (before + end.join(separator.join(row) for row in rows) + end).encode(encoding)


SEPARATORS = [
    File("comma.csv", lambda: csv(*BOTH)),
    File("semicolon with mark.csv", lambda: csv(*BOTH, separator=";", encoding="utf-8-sig")),
    File("tab.tsv", lambda: csv(*BOTH, separator="\t")),
    File("bar.txt", lambda: csv(*BOTH, separator="|", end="\n")),
    File("old mac.csv", lambda: csv(*BOTH, end="\r")),
    File(
        "sep line.csv",
        lambda: csv(HEADER, ["x", *ALI[1:]], separator=";", before="sep=;\r\n"),
        report=(1, 0, {(2, "email", "bad_email")}),
    ),
    File("unicode text.txt", lambda: csv(*BOTH, separator="\t", encoding="utf-16")),
    File(
        "cell of two lines.csv",
        lambda: csv(HEADER, [ALI[0], '"Ali\nValiyev"', *ALI[2:]], ["", *VALI[1:]]),
        report=(2, 1, {(3, "email", "missing_email")}),
    ),
]

HEADERS = [
    File("title rows.csv", lambda: csv(["Рўйхат"], [""], *BOTH)),
    File("header in row 10.csv", lambda: csv(*[["Рўйхат"]] * 9, *BOTH)),
    File("header in row 11.csv", lambda: csv(*[["Рўйхат"]] * 10, *BOTH), Refusal.NO_HEADER),
    File(
        "arabic.csv",
        lambda: csv(
            ["البريد الإلكتروني", "الاسم الكامل", "الجهة", "اللغة"],
            ["a@mail.test", "أحمد علي", "وزارة الصحة", "العربية"],
        ),
        report=(1, 1, set()),
    ),
    File(
        "bilingual header.csv",
        lambda: csv(["E-mail *", "ФИО / Full name", "№"], [*ALI[:2], "1"]),
        report=(1, 1, set()),
    ),
]

INCOMPLETE = [
    File("empty.csv", lambda: b"", Refusal.EMPTY),
    File("white space.csv", lambda: b"\xef\xbb\xbf \r\n\r\n", Refusal.EMPTY),
    File("mark alone.txt", lambda: b"\xff\xfe", Refusal.EMPTY),
    File("separator alone.csv", lambda: b"sep=;\r\n", Refusal.NO_HEADER),
    File("header alone.csv", lambda: csv(HEADER), Refusal.NO_ROWS),
    File("one column.csv", lambda: csv(["E-mail"], ["ali@mail.test"]), Refusal.NO_HEADER),
    File("without addresses.csv", lambda: csv(HEADER[1:], ALI[1:]), Refusal.MISSING_COLUMN),
    File(
        "split names.csv",
        lambda: csv(["E-mail", "Фамилия", "Имя"], ["a@mail.test", "Алиев", "Вали"]),
        report=(1, 1, set()),
    ),
]

LETTERS = [
    File(
        "windows 1251.csv",
        lambda: csv(["E-mail", "ФИО"], ["a@mail.test", "Иванов"], encoding="cp1251"),
        report=(1, 1, set()),
    ),
    File(
        "question marks.csv",
        lambda: csv(CONTACTS, [ALI[0], "?айрат"], [VALI[0], "Ражабов Сало?"]),
        report=(2, 0, {(2, "full_name", "lost_letters"), (3, "full_name", "lost_letters")}),
    ),
    File(
        "replacement signs.csv",
        lambda: csv(HEADER, [ALI[0], "\ufffdайрат", *ALI[2:]], VALI),
        report=(2, 1, {(2, "full_name", "lost_letters")}),
    ),
    File(
        "lost digits.csv",
        lambda: csv(CONTACTS, [*ALI[:2], "9.98901E+11"], [*VALI[:2], "9.98901234567E+11"]),
        report=(2, 1, {(2, "phone", "lost_letters")}),
    ),
]

BROKEN = [
    File("unclosed quote.csv", lambda: csv(HEADER, [ALI[0], '"Ali', *ALI[2:]], VALI), Refusal.BROKEN_QUOTES),
    File("unclosed quote far up.csv", lambda: csv(HEADER, ['"Ali'], *[VALI] * 3_000), Refusal.BROKEN_QUOTES),
    File("endless line.csv", lambda: csv(HEADER, ["x" * 200_000, *ALI[1:]]), Refusal.NOT_A_TABLE),
]

CELLS = [
    File(
        "formulas.csv",
        lambda: csv(
            CONTACTS, ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"], ["ali@mail.test", "＝1+1", "+998 (90) 123-45-67"]
        ),
        report=(
            2,
            0,
            {
                (2, "email", "formula"),
                (2, "full_name", "formula"),
                (2, "phone", "formula"),
                (3, "full_name", "formula"),
            },
        ),
    ),
    File(
        "our own protection.csv",
        lambda: csv(CONTACTS, [*ALI[:2], "'+998901234567"], [*VALI[:2], "'=A1"]),
        report=(2, 1, {(3, "phone", "formula")}),
    ),
]

PEOPLE = [
    File(
        "duplicates.csv",
        lambda: csv(HEADER, ALI, VALI, ["ALI@mail.test", *VALI[1:]], ALI),
        report=(4, 1, {(row, "email", "duplicate_in_file") for row in (2, 4, 5)}),
    ),
    File(
        "all wrong.csv",
        lambda: csv(
            [*HEADER, "Роль"],
            ["ali@", "", "a" * 251, "Klingon", "king"],
            ["taken@other.test", "A", "", "", "admin"],
        ),
        report=(
            2,
            0,
            {
                (2, "email", "bad_email"),
                (2, "full_name", "missing_name"),
                (2, "entity", "too_long"),
                (2, "language", "unknown_language"),
                (2, "role", "unknown_role"),
                (3, "email", "belongs_elsewhere"),
                (3, "role", "role_not_allowed"),
            },
        ),
    ),
    File(
        "blank rows.csv",
        lambda: csv(HEADER, ALI, ["", "", "-", " "], [], VALI, [""] * 4, []),
        report=(2, 2, {(3, "", "blank_row"), (4, "", "blank_row")}),
    ),
    File(
        "invisible signs.csv",
        lambda: csv(HEADER, ["ali\u200b@mail.test", "\u202eAli\u2066 Valiyev", *ALI[2:]]),
        report=(1, 1, set()),
    ),
    File(
        "cyrillic in address.csv",
        lambda: csv(HEADER, ["аli@mail.test", *ALI[1:]]),
        report=(1, 0, {(2, "email", "bad_email")}),
    ),
]

LIMITS = [
    File("too many rows.csv", lambda: csv(HEADER, *[ALI] * MAX_ROWS), Refusal.TOO_MANY_ROWS),
    File("too many columns.csv", lambda: csv(HEADER + [""] * MAX_COLUMNS, ALI), Refusal.TOO_MANY_COLUMNS),
    File("too large.csv", lambda: b"x" * (MAX_BYTES + 1), Refusal.TOO_LARGE),
]

DISGUISED = [
    File("picture.csv", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Refusal.NOT_A_TABLE),
    File("paper.pdf", lambda: b"%PDF-1.7\n", Refusal.NOT_A_TABLE),
    File("web page.xls", lambda: b"<html><table><tr><td>E-mail</td><td>Name</td></tr></table>", Refusal.NOT_A_TABLE),
]

FILES = [*SEPARATORS, *HEADERS, *INCOMPLETE, *LETTERS, *BROKEN, *CELLS, *PEOPLE, *LIMITS, *DISGUISED]
