"""Settings: described, validated, and wrong ones stop the start with one sentence."""

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from config import ROOT, Config, ConfigError
from diploma.core import signing

GOOD = {"APP_ENV": "production", "SECRET_KEY": "k" * 40, "BASE_URL": "https://diploma.example.gov"}


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """Settings with which production starts."""
    key = tmp_path / "key.pem"
    key.write_text(signing.new_private_key())
    return {**GOOD, "CREDENTIAL_KEY": str(key)}


def test_every_setting_says_what_it_is() -> None:
    assert all(one.metadata["says"] for one in fields(Config))


def test_every_setting_stands_in_the_operators_handbook() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text()
    assert [one.name for one in fields(Config) if f"`{one.name}`" not in handbook] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("APP_ENV", "prod"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql://x/y"),
        ("BASE_URL", "diploma.example.gov"),
        ("MAIL_URL", "imap://x"),
        ("STORAGE_URL", "s3://bucket/prefix"),
        ("MAX_UPLOAD_MB", "0"),
        ("SESSION_HOURS", "1000"),
        ("THREADS", "-1"),
        ("RENDERERS", "13"),
        ("FREE_SPACE_FLOOR_MB", "-5"),
        ("PROXIES", "-1"),
        ("CREDENTIAL_KEY", "/no/such/key.pem"),
        ("CREDENTIAL_KEY", str(ROOT / "README.md")),
        ("CONTACT_EMAIL", "write to us"),
        ("CONTACT_EMAIL", "office@diploma"),
        ("CONTACT_PHONE", "71 200 00 00"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: expected"):
        Config.from_env({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("BASE_URL", ""),
        ("BASE_URL", "http://diploma.example.gov"),
        ("CREDENTIAL_KEY", ""),
    ],
)
def test_production_demands_real_keys_and_https(name: str, value: str, good: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=f"^{name}"):
        Config.from_env({**good, name: value})
    assert Config.from_env(good).production


def test_outside_production_a_signing_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = Config(INSTANCE=tmp_path).credential_key()
    made = path.read_text()
    assert Config(INSTANCE=tmp_path).credential_key().read_text() == made
    assert path.stat().st_mode & 0o777 == 0o600 and signing.is_private_key(path)


def test_a_password_in_an_address_is_never_shown() -> None:
    with pytest.raises(ConfigError) as error:
        Config.from_env({"DATABASE_URL": "mysql://me:hunter2@host/db"})
    assert "hunter2" not in str(error.value)


def test_the_start_stops_with_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PORT": "eighty", "INSTANCE": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "Setting PORT: expected a whole number; found 'eighty'."


def test_without_a_key_one_is_made_once_and_kept_closed(tmp_path: Path) -> None:
    config = Config(INSTANCE=tmp_path)
    key = config.secret_key()
    assert len(key) == 64 and config.secret_key() == key
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_defaults_work_without_any_variable() -> None:
    config = Config.from_env({})
    assert config.database_url.startswith("sqlite:///") and config.mail_folder == config.INSTANCE / "mail"
    assert config.base_url == "http://127.0.0.1:8000" and not config.secure
