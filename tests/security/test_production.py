"""The defaults of the libraries that are wrong, as an installation in production has them (spec trust)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Config
from diploma.cli import create_app
from diploma.core import db
from diploma.core.orm import Base

HERE = "https://diploma.example.gov"


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Config(APP_ENV="production", INSTANCE=tmp_path, SECRET_KEY="k" * 40, BASE_URL=HERE))
    with app.app_context():
        Base.metadata.create_all(db.db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()


def test_the_session_cookie_belongs_to_this_host_over_https_alone(production: Flask) -> None:
    cookie = production.test_client().get("/sign-in", base_url=HERE).headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=") and "Domain" not in cookie
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_a_session_lasts_hours_not_a_month(production: Flask) -> None:
    assert production.permanent_session_lifetime.total_seconds() == 12 * 3600


@pytest.mark.parametrize("host", ["evil.test", "diploma.example.gov.evil.test", "[::1]", "127.0.0.1.evil.test"])
def test_another_host_is_refused(production: Flask, host: str) -> None:
    answer = production.test_client().get("/forgot", base_url=f"https://{host}")
    assert answer.status_code == 400 and host not in answer.text


def test_a_request_has_a_largest_size(production: Flask) -> None:
    assert production.config["MAX_CONTENT_LENGTH"] == 45_000_000
    answer = production.test_client().post(
        "/sign-in",
        base_url=HERE,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": "45000001"},
    )
    assert answer.status_code == 413


def test_https_is_remembered_by_browsers(production: Flask) -> None:
    answer = production.test_client().get("/healthz", base_url=HERE)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_errors_show_no_debugger(production: Flask) -> None:
    assert not production.debug and not production.testing and not production.config["PROPAGATE_EXCEPTIONS"]


def test_the_demonstration_does_not_start(production: Flask) -> None:
    done = production.test_cli_runner().invoke(args=["demo", "seed"])
    assert done.exit_code == 1
