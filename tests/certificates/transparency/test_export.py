"""The export of a partner: checked with bash and openssl alone, and nothing of others in it."""

import json
import re
import shutil
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config import ROOT
from diploma.certificates.models import Certificate, CertificateEvent
from diploma.certificates.transparency import exporting, orders
from diploma.certificates.transparency.models import RegisterExport
from diploma.cohorts.models import Partner
from diploma.core import clock, db, jobs
from diploma.core.lang import Lang

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")


@pytest.fixture
def register(office, aziza, world, days):
    """Certificates of two partners, signed on two days; the last event came after the newest head."""
    days.run(0)
    office.drawn(world.other_trainee)
    days.run(1)
    office.issue(world.trainee_2)


@pytest.fixture
def taken(register, exported):
    return exported("uz")


def test_the_procedure_stands_in_the_documentation_word_for_word():
    assert exporting.PROCEDURE.read_text() in (ROOT / "docs" / "registry.md").read_text()


def test_the_procedure_confirms_an_untouched_export(taken):
    assert taken.check() == "7 events, 6 of them signed; 4 are yours\nOK\n"


def test_a_partner_without_certificates_checks_the_heads(world, days, exported):
    days.run()
    assert exported("ae").check() == "0 events, 0 of them signed; 0 are yours\nOK\n"


def test_it_holds_what_was_hashed(taken, office, world, reading):
    with reading():
        row = office.row(world.trainee)
        assert (taken.folder / "certificates" / f"{row.serial}.json").read_text() == row.snapshot
        pdf = row.pdf_sha256
    assert f'"pdf":"{pdf}"' in (taken.folder / "events" / "00000002").read_text()
    previous, number, told = (taken.folder / "events" / "00000007").read_text().split("\n")
    assert number == "7" and json.loads(told)["kind"] == "issued"
    assert (taken.folder / "chain.txt").read_text().split("\n")[5] == previous


def test_nothing_of_another_partner_leaves(taken, office, world, reading):
    with reading():
        other = office.row(world.other_trainee)
    text = taken.text()
    assert not [one for one in (other.token, other.serial, other.snapshot_hash, other.pdf_sha256) if one in text]
    assert "سالم".encode().decode("latin-1") not in text


def test_the_readme_speaks_english_and_the_languages_of_the_partner(world, reading):
    with reading() as session:
        partner = session.scalars(select(Partner).where(Partner.slug == "uz")).one()
        text = exporting.readme(partner)
    assert text.startswith("Register of certificates: export for Uzbekistan")
    assert text.count("chain.txt – ") == len({Lang.EN, *partner.languages})


def flip(path, place=20):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def first(folder, pattern):
    return sorted(folder.glob(pattern))[0]


SPOILT = {
    "a byte of a head": (lambda at: flip(first(at, "heads/*.txt")), "its signature"),
    "a byte of a signature": (lambda at: flip(first(at, "heads/*.sig")), "its signature"),
    "a byte of a key": (lambda at: flip(first(at, "keys/*.pem"), 40), "its name"),
    "a head removed": (lambda at: first(at, "heads/*.txt").unlink(), "the head before it"),
    "a line of the list": (lambda at: flip(at / "chain.txt"), "the lines of chain.txt"),
    "the list cut short": (lambda at: (at / "chain.txt").write_text("0" * 64 + "\n"), "chain.txt is shorter"),
    "a byte of an event": (lambda at: flip(first(at, "events/*"), 200), "3 of 4 stand in chain.txt"),
    "an event added": (lambda at: (at / "events" / "00000009").write_text("made up"), "4 of 5 stand in chain.txt"),
    "an event elsewhere": (
        lambda at: (at / "events" / "00000001").rename(at / "events" / "00000004"),
        "3 of 4 stand in chain.txt",
    ),
    "a name on a certificate": (lambda at: flip(first(at, "certificates/*"), 200), "certificates"),
    "a certificate added": (
        lambda at: (at / "certificates" / "x.json").write_text("{}"),
        "certificates",
    ),
    "a certificate removed": (lambda at: first(at, "certificates/*").unlink(), "certificates"),
}


@needs_openssl
def test_the_procedure_names_whatever_was_spoilt(taken, tmp_path):
    for name, (spoil, reason) in SPOILT.items():
        copy = type(taken)(shutil.copytree(taken.folder, tmp_path / "spoilt" / name.replace(" ", "-")))
        spoil(copy.folder)
        said = copy.check()
        assert re.search(f"DIFFERS: .*{reason}", said), (name, said)


def test_a_register_rewritten_after_a_head_is_shown_by_the_export(register, unit, exported):
    """The operator changes a name with its event and the hash of both; the signed list does not have that hash."""
    with unit() as session:
        session.execute(update(CertificateEvent).where(CertificateEvent.number == 1).values(hash="0" * 64))
    said = exported("uz").check()
    assert "the lines of chain.txt" in said and "3 of 4 stand in chain.txt" in said


# ---- memory


def test_what_is_in_memory_does_not_grow_with_what_is_printed(office, world, days, app, unit, tmp_path):
    """Twenty certificates of half a megabyte each are never in memory together."""
    office.crowd(20, "issued")
    with unit() as session:
        session.execute(update(Certificate).values(snapshot="x" * 500_000))
    with app.app_context(), db.reading() as own, (tmp_path / "out.zip").open("wb") as file:
        partner = own.scalars(select(Partner).where(Partner.slug == "uz")).one()
        tracemalloc.start()
        exporting.write(own, partner, file)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 30_000_000
    assert len(zipfile.ZipFile(tmp_path / "out.zip").namelist()) > 40


# ---- orders


def test_an_ordered_export_is_made_by_a_job_and_gone_after_a_week(register, world, app, browser_of, unit):
    registrar = browser_of(world.registrar)
    assert "No export is here" in registrar.get("/partners/uz/register").text
    page = registrar.send("/partners/uz/register", follow_redirects=True)
    assert "Is being made" in page.text
    registrar.send("/partners/uz/register")
    with app.app_context():
        jobs.drain()
        made = db.session.scalars(select(RegisterExport)).one()
        path = app.extensions["files"].path(made.sha256)
        assert path.exists()
    answer = registrar.get(f"/partners/uz/register/{made.token}.zip", buffered=True)
    assert answer.status_code == 200 and answer.mimetype == "application/zip" and answer.data.startswith(b"PK")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with app.app_context(), clock.at(clock.now() + orders.KEPT):
        jobs.drain()
    assert not path.exists()
    assert registrar.get(f"/partners/uz/register/{made.token}.zip").status_code == 404
    assert "No export is here" in registrar.get("/partners/uz/register").text


def test_a_job_that_died_leaves_no_file_for_ever(register, world, app, browser_of, unit):
    browser_of(world.registrar).send("/partners/uz/register")
    with app.app_context():
        export_id = db.session.scalars(select(RegisterExport.id)).one()
        lost = orders._make({"export_id": export_id})  # and the runner is killed here
        jobs.drain()
        kept = db.session.scalars(select(RegisterExport)).one().sha256
    files = app.extensions["files"]
    assert lost != kept and files.exists(lost) and files.exists(kept)
    with app.app_context(), clock.at(clock.now() + orders.KEPT):
        jobs.drain()
    assert not files.exists(lost) and not files.exists(kept)


def test_an_export_that_cannot_be_made_does_not_stand_in_the_way(register, world, app, browser_of, monkeypatch):
    def fail(*_):
        raise OSError("no room")

    registrar = browser_of(world.registrar)
    registrar.send("/partners/uz/register")
    with monkeypatch.context() as broken, app.app_context():
        broken.setattr(exporting, "write", fail)
        for hour in range(10):
            with clock.at(clock.now() + timedelta(hours=hour)):
                jobs.drain()
    assert "No export is here" in registrar.get("/partners/uz/register").text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("registrar", 200),
        ("director", 200),
        ("coordinator", 200),
        ("other_coordinator", 404),
        ("instructor", 403),
        ("trainee", 403),
    ],
)
def test_who_may_order_and_fetch_an_export(register, world, app, browser_of, who, status):
    registrar = browser_of(world.registrar)
    registrar.send("/partners/uz/register")
    with app.app_context():
        jobs.drain()
        token = db.session.scalars(select(RegisterExport.token)).one()
    person = browser_of(getattr(world, who))
    asked = [person.get("/partners/uz/register"), person.get(f"/partners/uz/register/{token}.zip", buffered=True)]
    assert {one.status_code for one in asked} == {status}
    ordered = person.send("/partners/uz/register")
    assert ordered.status_code == (302 if status == 200 else status)


def test_an_export_is_not_found_at_the_address_of_another_partner(register, world, app, browser_of):
    registrar = browser_of(world.registrar)
    registrar.send("/partners/uz/register")
    with app.app_context():
        jobs.drain()
        token = db.session.scalars(select(RegisterExport.token)).one()
    assert browser_of(world.other_coordinator).get(f"/partners/ae/register/{token}.zip").status_code == 404
