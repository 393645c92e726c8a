"""``flask certificates …``: what it prints, what it changes and how it ends."""

import hashlib
import json
import zipfile

import pytest
from sqlalchemy import func, select, text

from diploma.accounts import service as accounts
from diploma.certificates import commands, service, status, subscriptions
from diploma.certificates.drawing.worker import RenderError
from diploma.certificates.models import Certificate, CertificateState, SerialCounter
from diploma.certificates.transparency import schedule
from diploma.core import db, jobs
from diploma.core.lang import Lang


@pytest.fixture
def run(app):
    """``run("issue", "--cohort", "uz-1")``: exit code and output; with ``--json`` what was printed, parsed."""

    def invoke(*args):
        result = app.test_cli_runner().invoke(commands.certificates, [str(one) for one in args])
        return result.exit_code, json.loads(
            result.output
        ) if "--json" in args and result.exit_code < 2 else result.output

    return invoke


@pytest.fixture
def file(aziza, office, world, reading, tmp_path):
    path = tmp_path / "certificate.pdf"
    with reading():
        path.write_bytes(subscriptions.read(office.row(world.trainee)))
    return path


# ---- issue


def test_who_has_earned_it_gets_it_and_the_others_are_listed(office, world, run, reading):
    office.confirm(world.trainee)
    code, said = run("issue", "--cohort", "uz-1", "--json")
    assert code == 0
    assert [one["name"] for one in said["issued"]] == ["Aziza Karimova"]
    assert said["ineligible"] == [{"name": "Bobur Toshmatov", "missing": ["module"]}]
    assert (said["refused"], said["not_drawn"]) == ([], [])
    with reading():
        row = office.row(world.trainee)
        assert row.serial == said["issued"][0]["serial"]
        assert subscriptions.is_drawn(row)


def test_unconfirmed_names_are_refused_by_name(office, world, run, reading):
    office.draft(world.trainee)
    code, said = run("issue", "--cohort", "uz-1")
    assert code == 1
    assert "refused     Aziza Karimova" in said and "Русский" in said
    with reading():
        assert office.row(world.trainee).state is CertificateState.DRAFTED


def test_a_second_run_changes_nothing(office, world, run, reading):
    office.confirm(world.trainee)
    run("issue", "--cohort", "uz-1")
    code, said = run("issue", "--cohort", "uz-1", "--json")
    assert (code, said["issued"]) == (0, [])
    with reading() as session:
        assert session.scalars(select(SerialCounter)).one().last == 1


def test_a_run_goes_on_where_a_killed_one_stopped(office, run, reading, monkeypatch):
    office.crowd(7)
    monkeypatch.setattr(commands, "BATCH", 3)
    whole, calls = service.issue_all, []

    def die(certificates, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(certificates, **options)

    with monkeypatch.context() as killed:
        killed.setattr(service, "issue_all", die)
        run("issue", "--cohort", "uz-1")
    code, said = run("issue", "--cohort", "uz-1", "--json")
    assert (code, len(said["issued"])) == (0, 4)
    with reading() as session:
        numbers = sorted(int(one[-6:]) for one in session.scalars(select(Certificate.serial)) if one)
        assert numbers == list(range(1, 8))
        assert (
            session.scalar(
                select(func.count()).where(Certificate.pdf_sha256.is_(None), Certificate.serial.is_not(None))
            )
            == 0
        )


def test_what_cannot_be_drawn_now_is_told_and_waits(office, world, run, renderer, app, reading, monkeypatch):
    office.confirm(world.trainee)

    def fail(*_):
        raise RenderError("not drawn within 20 s")

    with monkeypatch.context() as broken:
        broken.setattr(renderer, "render", fail)
        code, said = run("issue", "--cohort", "uz-1", "--json")
    assert code == 1
    assert [one["reason"] for one in said["not_drawn"]] == ["not drawn within 20 s"]
    with app.app_context():
        jobs.drain()
    with reading():
        assert subscriptions.is_drawn(office.row(world.trainee))


def test_the_job_of_a_certificate_that_is_drawn_draws_nothing(office, world, run, renderer, app):
    office.confirm(world.trainee)
    run("issue", "--cohort", "uz-1")
    with app.app_context():
        jobs.drain()
    assert len(renderer.drawn) == 1


def test_an_unknown_cohort_is_a_wrong_usage(world, run):
    code, said = run("issue", "--cohort", "nowhere")
    assert code == 2
    assert "nowhere" in said


# ---- verify


def test_the_issued_file_is_valid(run, aziza, file):
    code, said = run("verify", file, "--json")
    assert code == 0
    assert (said["valid"], said["serial"], said["names"]["ru"]) == (True, aziza.serial, "Азиза Каримова")


def test_a_changed_file_is_not(run, aziza, file):
    file.write_bytes(file.read_bytes().replace(b'"hours":30', b'"hours":99'))
    code, said = run("verify", file, "--json")
    assert code == 1
    assert (said["valid"], said["verdict"], said["serial"], said["names"]) == (False, "changed", aziza.serial, None)


def test_any_other_file_is_not(run, world, tmp_path):
    other = tmp_path / "other.pdf"
    other.write_bytes(b"")
    code, said = run("verify", other)
    assert code == 1
    assert "unregistered" in said


def test_the_file_of_a_revoked_certificate_is_not(run, office, world, unit, file):
    with unit():
        status.revoke(office.row(world.trainee), "error")
    code, said = run("verify", file, "--json")
    assert (code, said["verdict"], said["reason"]) == (1, "revoked", "error")


def test_the_file_of_a_replaced_certificate_names_the_newer_one(run, office, world, unit, file, aziza):
    with unit():
        status.reissue(office.row(world.trainee), "new surname")
    code, said = run("verify", file, "--json")
    assert (code, said["verdict"], said["replaced_by"]) == (1, "superseded", aziza.serial + "-R2")


def test_a_missing_file_is_a_wrong_usage(world, run, tmp_path):
    assert run("verify", tmp_path / "none.pdf")[0] == 2


# ---- chain


def test_an_untouched_chain_holds(run, aziza):
    assert run("chain") == (0, "The chain of the register holds: 3 events, 0 signed heads.\n")
    assert run("chain", "--json") == (
        0,
        {"holds": True, "breaks": [], "events": 3, "heads": 0, "head_faults": []},
    )


def test_a_rewritten_row_breaks_the_chain(run, aziza, unit):
    with unit() as session:
        session.execute(text("UPDATE certificate_events SET kind = 'revoked' WHERE number = 1"))
    code, said = run("chain", "--json")
    assert code == 1
    assert said["breaks"][0] == {"number": 1, "reason": "was changed after it was written"}


# ---- with the real renderer


def test_a_cohort_is_issued_with_real_files(app, world, unit, run, reading, office, tmp_path):
    app.extensions[subscriptions.RENDERER] = None  # the fixture puts its own back
    office.confirm(world.trainee, world.other_trainee)
    assert [run("issue", "--cohort", slug)[0] for slug in ("uz-1", "ae-1")] == [0, 0]
    try:
        for email in (world.trainee, world.other_trainee):
            with reading():
                data = subscriptions.read(office.row(email))
            assert data.startswith(b"%PDF-1.7")
            assert hashlib.sha256(data).hexdigest() == office_hash(reading, office, email)
            (tmp_path / "one.pdf").write_bytes(data)
            assert run("verify", tmp_path / "one.pdf")[0] == 0
            (tmp_path / "two.pdf").write_bytes(data[:-1])
            code, said = run("verify", tmp_path / "two.pdf", "--json")
            assert (code, said["verdict"]) == (1, "changed")
    finally:
        app.extensions[subscriptions.RENDERER].close()


def office_hash(reading, office, email):
    with reading():
        return office.row(email).pdf_sha256


def test_hostile_names_reach_the_real_renderer_as_text(app, world, unit, run, office, reading):
    app.extensions[subscriptions.RENDERER] = None
    office.confirm(world.trainee)
    with unit():
        for lang in (Lang.RU, Lang.UZ_LATN, Lang.UZ_CYRL):
            accounts.set_name(
                office.user(world.trainee), lang, "<img src=file:///etc/passwd> {{ 7*7 }} ) Tj", confirmed=True
            )
    assert run("issue", "--cohort", "uz-1")[0] == 0
    try:
        with reading():
            data = subscriptions.read(office.row(world.trainee))
        assert b"root:" not in data
        assert data.count(b"%%EOF") == 1
    finally:
        app.extensions[subscriptions.RENDERER].close()


def test_the_chain_is_checked_with_its_heads(aziza, run, app, unit):
    with app.app_context():
        with db.unit_of_work():
            schedule.begin()
        jobs.drain()
    code, said = run("chain", "--json")
    assert (code, said["holds"], said["events"], said["heads"], said["head_faults"]) == (0, True, 3, 1, [])
    with unit() as session:
        session.execute(text("UPDATE register_heads SET text = REPLACE(text, 'events: 3', 'events: 1')"))
    code, said = run("chain", "--json")
    assert code == 1 and said["breaks"] == [] and "changed after it was signed" in said["head_faults"][1]["reason"]
    code, said = run("chain")
    assert code == 1 and said.startswith("head of ")


# ---- export


def test_the_register_of_a_partner_is_written(aziza, run, tmp_path):
    out = tmp_path / "uz.zip"
    code, said = run("export", "--partner", "uz", "--out", out, "--json")
    assert code == 0 and said == {"partner": "uz", "file": str(out), "size": out.stat().st_size}
    with zipfile.ZipFile(out) as archive:
        assert f"certificates/{aziza.serial}.json" in archive.namelist()


def test_an_unknown_partner_is_wrong_usage_and_a_bad_path_is_refused(world, run, tmp_path):
    code, said = run("export", "--partner", "xx", "--out", tmp_path / "x.zip")
    assert code == 2 and "There is no partner" in said and not (tmp_path / "x.zip").exists()
    code, said = run("export", "--partner", "uz", "--out", tmp_path / "no" / "x.zip")
    assert code == 1 and "cannot be written" in said
