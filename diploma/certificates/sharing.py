"""What a holder passes on: the address that proves the certificate, and LinkedIn's form for it. Pure.

The link is an ordinary one, which the holder clicks; nothing is loaded from there and nothing is sent by itself.
"""

from urllib.parse import quote, urlencode

from diploma.certificates.snapshot import Snapshot
from diploma.core.lang import Lang

LINKEDIN = "https://www.linkedin.com/profile/add"


def linkedin(snapshot: Snapshot, lang: Lang) -> str:
    """The address of LinkedIn's form “add to profile”, filled in; every value is encoded.

    It speaks the reader's language where the certificate is printed in it, else the certificate's first.
    """
    tag = lang.value if lang.value in snapshot.languages else snapshot.languages[0]
    values: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": snapshot.titles[tag],
        "organizationName": ", ".join(one["name"][tag] for one in snapshot.issuers),
        "issueYear": snapshot.issued_on.year,
        "issueMonth": snapshot.issued_on.month,
    }
    if snapshot.valid_until:
        values |= {"expirationYear": snapshot.valid_until.year, "expirationMonth": snapshot.valid_until.month}
    values |= {"certUrl": snapshot.verify_url, "certId": snapshot.serial}
    return f"{LINKEDIN}?{urlencode(values, quote_via=quote, safe='')}"
