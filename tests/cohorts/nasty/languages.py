"""Every encoding with every separator in every language that it can carry: each list is read as it was written."""

from collections.abc import Callable, Iterator

from diploma.core.grid import Refusal
from tests.cohorts.nasty import letters
from tests.cohorts.nasty.rows import File

COUNT = 6  # people of a list
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
UNICODE = {  # codec: the mark before the text
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
}


def text(language: str, separator: str, *, end: str = "\r\n") -> str:
    rows = [letters.HEADERS[language], *letters.people(language, COUNT)]
    return end.join(separator.join(row) for row in rows) + end


def bytes_of(language: str, separator: str, codec: str, mark: bytes = b"", before: str = "") -> Callable[[], bytes]:
    return lambda: mark + (before + text(language, separator)).encode(codec)


def combinations() -> Iterator[File]:
    good = (COUNT, COUNT, set[tuple[int, str, str]]())
    for word, separator in SEPARATORS.items():
        for language in letters.LANGUAGES:
            for codec, mark in UNICODE.items():
                name = f"{language} {codec} {word}.csv"
                yield File(name, bytes_of(language, separator, codec, mark), report=good)
        for codec, languages in letters.CARRIED.items():
            for language in languages:
                yield File(f"{language} {codec} {word}.txt", bytes_of(language, separator, codec), report=good)
    for language in letters.LANGUAGES:
        for codec in ("utf-16-le", "utf-16-be"):
            name = f"{language} {codec} without mark.txt"
            yield File(name, bytes_of(language, "\t", codec), report=good)
    for codec in ("utf-16-le", "cp1251", "cp866", "koi8_r"):
        mark = UNICODE.get(codec, b"")
        name = f"ru {codec} sep line.csv"
        yield File(name, bytes_of("ru", ";", codec, mark, "sep=;\r\n"), report=good)


def lost(language: str, codec: str) -> bytes:
    """A list as a spreadsheet saves it in an encoding that lacks some of its letters."""
    return text(language, ";").encode(codec, "replace")


def marked(language: str, codec: str) -> set[tuple[int, str, str]]:
    """The cells of that list in which question marks stand among letters, or two of them together."""
    rows = [row.split(";") for row in lost(language, codec).decode(codec).split("\r\n")[1:-1]]
    fields = ("email", "full_name", "entity", "position")
    return {
        (number, field, "lost_letters")
        for number, row in enumerate(rows, 2)
        for field, cell in zip(fields, row, strict=True)
        if "?" in cell
    }


def _lost_file(language: str, codec: str) -> File:
    faults = marked(language, codec)
    ready = COUNT - len({row for row, *_ in faults})
    return File(f"{language} letters lost in {codec}.csv", lambda: lost(language, codec), report=(COUNT, ready, faults))


LOST = [_lost_file("uz-Cyrl", "cp1251"), _lost_file("uz-Latn", "cp1251"), _lost_file("uz-Latn", "cp1256")]

BROKEN = [
    File("half a sign.txt", lambda: b"\xff\xfe" + text("ru", "\t").encode("utf-16-le")[:-1], Refusal.BAD_ENCODING),
    File(
        "half a pair.txt",
        lambda: b"\xff\xfe" + text("ru", "\t").encode("utf-16-le") + b"\x3d\xd8",
        Refusal.BAD_ENCODING,
    ),
    File("damaged utf 8.csv", lambda: text("ru", ";").encode().replace(b"\xd0\xb8", b"\xd0", 1), Refusal.BAD_ENCODING),
    File(
        "marked utf 8 that is not.csv", lambda: b"\xef\xbb\xbf" + text("ru", ";").encode("cp1251"), Refusal.BAD_ENCODING
    ),
    File("endless word.csv", lambda: b"E-mail;Name\r\n" + b"\xc0" * 15_000_000, Refusal.NOT_A_TABLE),
    File(
        "large and damaged.csv", lambda: b"E-mail;Name\r\n" + b"\xd0\xb8" * 7_000_000 + b"\xd0\n", Refusal.BAD_ENCODING
    ),
    File("large and wide.csv", lambda: b"E-mail;Name\r\n" + b"x" * 15_000_000 + "😀".encode(), Refusal.NOT_A_TABLE),
    File("jumble.csv", lambda: b"E-mail;Name\r\na@mail.test;" + bytes(range(128, 256)) * 4, Refusal.BAD_ENCODING),
    File("zeros.csv", lambda: b"E-mail\0\0\0;Name\x01\0\0\r\n", Refusal.NOT_A_TABLE),
    File(
        "binary in utf 16.txt",
        lambda: b"\xff\xfe" + "".join(map(chr, range(1, 32))).encode("utf-16-le"),
        Refusal.NOT_A_TABLE,
    ),
]

FILES = [*combinations(), *LOST, *BROKEN]
