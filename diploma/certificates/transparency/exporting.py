"""The export of a partner: a ZIP that its people check without us, with sha256sum and openssl (``docs/registry.md``).

It holds the hashes of all events, which say nothing of other partners, and the bytes of the partner's own events and
certificates, exactly as they were hashed. It is written row by row; what is in memory grows by a few hundred bytes for
each file in the ZIP.
"""

import base64
import csv
import io
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from flask import render_template
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from diploma.certificates import registry
from diploma.certificates.models import Certificate, CertificateEvent
from diploma.certificates.transparency import head
from diploma.certificates.transparency.models import RegisterHead
from diploma.cohorts.models import Cohort, Enrolment, Partner
from diploma.core import chain, i18n
from diploma.core.chain import AnySession
from diploma.core.lang import Lang

PROCEDURE = Path(__file__).with_name("procedure.sh")
NUMBER = "08d"  # as seq prints it in the procedure
_FOLDERS = ("heads", "keys", "events", "certificates")
_COLUMNS = ("serial", "state", "issued", "snapshot", "pdf")


def write(own: AnySession, partner: Partner, out: BinaryIO) -> None:
    """Write the ZIP for ``partner`` as the register is for ``own``, which must see one state of the database."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in _FOLDERS:  # also where there is nothing in them yet
            archive.mkdir(folder)
        archive.writestr("README.txt", readme(partner))
        archive.writestr("procedure.sh", PROCEDURE.read_text())
        _heads(own, archive)
        _list(own, archive)
        _events(own, partner, archive)
        _certificates(own, partner, archive)


def readme(partner: Partner) -> str:
    """What the files are and how they are checked, in English and in the partner's languages."""
    languages = dict.fromkeys((Lang.EN, *map(Lang, partner.languages)))
    parts = []
    for lang in languages:
        with i18n.speaking(lang):
            parts.append(render_template("certificates/register/readme.txt", partner=partner.name(lang)).strip())
    return "\n\n\n".join((*parts, PROCEDURE.read_text()))


def _heads(own: AnySession, archive: zipfile.ZipFile) -> None:
    keys = set()
    for row in own.scalars(select(RegisterHead).options(joinedload(RegisterHead.key)).order_by(RegisterHead.day)):
        archive.writestr(f"heads/{row.day}.txt", row.text)
        archive.writestr(f"heads/{row.day}.sig", base64.b64decode(row.signature))
        if row.key_id not in keys:
            archive.writestr(f"keys/{row.key_id}.pem", row.key.pem)
            keys.add(row.key_id)


def _list(own: AnySession, archive: zipfile.ZipFile) -> None:
    hashes = select(CertificateEvent.hash).order_by(CertificateEvent.number).execution_options(yield_per=1000)
    with archive.open("chain.txt", "w") as file:
        for one in own.scalars(hashes):
            file.write(head.line(one))


def _events(own: AnySession, partner: Partner, archive: zipfile.ZipFile) -> None:
    """Each event as the very text whose SHA-256 stands in the list, in the line of its number."""
    mine = CertificateEvent.certificate_id.in_(_of(partner, Certificate.id))
    for link, payload in registry.links(own, mine):
        archive.writestr(f"events/{link.number:{NUMBER}}", chain.hashed_text(link.previous, link.number, payload))


def _certificates(own: AnySession, partner: Partner, archive: zipfile.ZipFile) -> None:
    """What is printed on each certificate, byte by byte as its event names it; and a table of them all."""
    for serial, snapshot in own.execute(_of(partner, Certificate.serial, Certificate.snapshot)):
        archive.writestr(f"certificates/{serial}.json", snapshot)
    with archive.open("certificates.csv", "w") as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(_COLUMNS)
        held = Certificate
        columns = (held.serial, held.state, held.issued_at, held.snapshot_hash, held.pdf_sha256)
        for serial, state, issued_at, snapshot, pdf in own.execute(_of(partner, *columns)):
            table.writerow((serial, state.value, issued_at.isoformat(timespec="seconds"), snapshot, pdf or ""))


def _of(partner: Partner, *columns: Any) -> Select[Any]:
    """Columns of the partner's public certificates, read in handfuls."""
    return (
        select(*columns)
        .select_from(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.partner_id == partner.id, Certificate.serial.is_not(None))
        .order_by(Certificate.id)
        .execution_options(yield_per=500)
    )
