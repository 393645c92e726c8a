"""Does a partner's country pack refer to things that exist?"""

import re
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from diploma.learning.authoring.ids import ids, repeated, unknown
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.tomlfile import TomlFile

DRAWINGS = ("logo", "seal")  # of an issuer


def partner_mistakes(
    file: TomlFile, country: str, drawings: Collection[str], awards: Collection[str]
) -> Iterator[Mistake]:
    """``country`` is the name of the file without its ending; ``drawings`` the SVG files beside it that can be used."""
    data = file.data
    if data["country"] != country:
        yield file.mistake(
            ("country",),
            f"The country is {data['country']!r}, the file's name says {country!r}.",
            "Make the two equal.",
        )
    try:
        ZoneInfo(data["time_zone"])
    except ZoneInfoNotFoundError:
        yield file.mistake(
            ("time_zone",),
            f"There is no time zone {data['time_zone']!r}.",
            "Write a name of the IANA list, such as Asia/Tashkent.",
        )
    try:
        re.compile(data["national_id"]["pattern"])
    except re.error as error:
        yield file.mistake(
            ("national_id", "pattern"), f"This is not a regular expression: {error}.", "Test it on an invented number."
        )
    for index, day in enumerate(data["week"].get("half_days", [])):
        yield from unknown(file, ("week", "half_days", index), day, data["week"]["workdays"], "workday")
    yield from repeated(file, "issuers")
    for index, signatory in enumerate(data["signatories"]):
        yield from unknown(file, ("signatories", index, "issuer"), signatory["issuer"], ids(file, "issuers"), "issuer")
    for index, issuer in enumerate(data["issuers"]):
        for name in DRAWINGS:
            if name in issuer:
                yield from unknown(file, ("issuers", index, name), issuer[name], drawings, "drawing")
    for award, languages in data.get("certificate_languages", {}).items():
        yield from unknown(file, ("certificate_languages", award), award, awards, "award")
        if len(set(languages)) < len(languages):
            yield file.mistake(("certificate_languages", award), "A language stands twice.", "Name each once.")
