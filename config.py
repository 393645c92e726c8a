"""Every setting of the product: name, type, default and one sentence each.

A setting is read from the environment variable of the same name. A wrong value stops the start with a
sentence that names the variable, what was found and what is expected.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from diploma.core import signing

ROOT = Path(__file__).resolve().parent
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"\+\d[\d ()-]{6,20}")
MOST_RENDERERS = 12  # as many jobs are in hand at once
DEMO_KEYS = {"", "dev", "demo", "secret", "change-me", "innovation-demo"}


class ConfigError(ValueError):
    """A setting has a wrong value; the message names the variable and says what is expected."""


def _setting(default: Any, says: str) -> Any:
    return field(default=default, metadata={"says": says})


# ruff: noqa: RUF009 - each default is a dataclass field made by ``_setting``
@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation; build it with :meth:`from_env`."""

    APP_ENV: str = _setting(
        "development", "development, test or production; production refuses demo data and weak keys"
    )
    INSTANCE: Path = _setting(ROOT / "instance", "folder of everything this installation writes")
    COURSES: Path = _setting(ROOT / "courses" / "gid", "folder of the programme's content files")
    DATABASE_URL: str = _setting("", "SQLAlchemy address; empty means SQLite in INSTANCE/diploma.db")
    SECRET_KEY: str = _setting("", "signs cookies; 32 characters or more; required in production")
    CREDENTIAL_KEY: str = _setting("", "PEM file with the Ed25519 private key that signs the register's heads")
    BASE_URL: str = _setting("", "public address, such as https://diploma.example.gov; used in mails and QR codes")
    PORT: int = _setting(8000, "port of the web server, 1 to 65535")
    STORAGE_URL: str = _setting("", "where uploaded files live: a folder; empty means INSTANCE/files")
    MAIL_URL: str = _setting("", "smtp://user:password@host:port, or a folder; empty means INSTANCE/mail")
    MAIL_FROM: str = _setting("Government Innovation Diploma <diploma@localhost>", "sender of every mail")
    MAIL_BOUNCES: str = _setting("", "address to which undelivered mail comes back; +… is added before its @")
    CONTACT_EMAIL: str = _setting("", "address for questions on the public pages; empty: they name the coordinator")
    CONTACT_PHONE: str = _setting("", "telephone beside it in international form, such as +998 71 200 00 00")
    MAX_UPLOAD_MB: int = _setting(45, "largest accepted request, in megabytes")
    FREE_SPACE_FLOOR_MB: int = _setting(
        200, "uploads are refused when the disk has less than this, so that marks still save"
    )
    SESSION_HOURS: int = _setting(12, "a session ends after so many hours without a request")
    PROXIES: int = _setting(0, "reverse proxies in front; so many X-Forwarded-For entries are believed")
    THREADS: int = _setting(8, "threads of the web server; the database pool follows")
    RENDERERS: int = _setting(0, "processes of a job runner that draw certificates; 0 means one for each core")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings from ``environ``; raise :class:`ConfigError` at the first wrong one."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            text = environ.get(one.name, "").strip()
            if text:
                given[one.name] = _convert(one.name, text, one.default)
        config = cls(**given)
        config._check()
        return config

    @property
    def production(self) -> bool:
        return self.APP_ENV == "production"

    @property
    def database_url(self) -> str:
        return self.DATABASE_URL or f"sqlite:///{self.INSTANCE.resolve() / 'diploma.db'}"

    @property
    def base_url(self) -> str:
        return (self.BASE_URL or f"http://127.0.0.1:{self.PORT}").rstrip("/")

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names that a request may carry: links in mails are built from BASE_URL, never from a Host header."""
        return [urlsplit(self.base_url).netloc, f"127.0.0.1:{self.PORT}", f"localhost:{self.PORT}"]

    @property
    def secure(self) -> bool:
        """Whether cookies travel over HTTPS only."""
        return self.base_url.startswith("https://")

    @property
    def renderers(self) -> int:
        """How many certificates are drawn at the same time."""
        return self.RENDERERS or min(len(os.sched_getaffinity(0)), MOST_RENDERERS)

    @property
    def files_folder(self) -> Path:
        return Path(self.STORAGE_URL.removeprefix("file://")) if self.STORAGE_URL else self.INSTANCE / "files"

    @property
    def mail_folder(self) -> Path | None:
        """Folder that receives mails as files; ``None`` when mails go out by SMTP."""
        if self.MAIL_URL.startswith(("smtp://", "smtps://")):
            return None
        return Path(self.MAIL_URL.removeprefix("file://")) if self.MAIL_URL else self.INSTANCE / "mail"

    def secret_key(self) -> str:
        """The key that signs cookies: the setting, or outside production one kept in INSTANCE/secret."""
        return self.SECRET_KEY or self._own("secret", secrets.token_hex(32)).read_text().strip()

    def credential_key(self) -> Path:
        """The file of the key that signs: the setting, or outside production one kept in INSTANCE/credential.pem."""
        if self.CREDENTIAL_KEY:
            return Path(self.CREDENTIAL_KEY)
        return self._own("credential.pem", signing.new_private_key())

    def _own(self, name: str, text: str) -> Path:
        """A file of INSTANCE that nobody else reads; ``text`` is put into it if it is not there yet."""
        path = self.INSTANCE / name
        if not path.exists():
            self.INSTANCE.mkdir(parents=True, exist_ok=True)
            try:
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(text)
            except FileExistsError:  # another process was first: its key counts
                pass
        return path

    def _check(self) -> None:
        kinds = {"development", "test", "production"}
        _expect(self.APP_ENV in kinds, "APP_ENV", self.APP_ENV, "development, test or production")
        self._check_numbers()
        self._check_database_url()
        self._check_base_url()
        self._check_storage_url()
        self._check_mail_url()
        self._check_contact()
        self._check_credential_key()
        known = not self.MAIL_BOUNCES or _EMAIL.fullmatch(self.MAIL_BOUNCES)
        _expect(bool(known), "MAIL_BOUNCES", self.MAIL_BOUNCES, "an address, such as bounces@diploma.example.gov")
        if self.production:
            self._check_production()

    def _check_numbers(self) -> None:
        _expect(0 < self.PORT < 65536, "PORT", self.PORT, "a whole number from 1 to 65535")
        _expect(1 <= self.MAX_UPLOAD_MB <= 500, "MAX_UPLOAD_MB", self.MAX_UPLOAD_MB, "a whole number from 1 to 500")
        _expect(1 <= self.SESSION_HOURS <= 168, "SESSION_HOURS", self.SESSION_HOURS, "a whole number from 1 to 168")
        _expect(0 <= self.PROXIES <= 5, "PROXIES", self.PROXIES, "a whole number from 0 to 5")
        _expect(1 <= self.THREADS <= 64, "THREADS", self.THREADS, "a whole number from 1 to 64")
        good = 0 <= self.RENDERERS <= MOST_RENDERERS
        _expect(good, "RENDERERS", self.RENDERERS, f"a whole number from 0 to {MOST_RENDERERS}")
        _expect(self.FREE_SPACE_FLOOR_MB >= 0, "FREE_SPACE_FLOOR_MB", self.FREE_SPACE_FLOOR_MB, "0 or more")

    def _check_database_url(self) -> None:
        if self.DATABASE_URL:
            good = self.DATABASE_URL.split(":", 1)[0] in {"sqlite", "postgresql+psycopg"}
            expected = "sqlite:///… or postgresql+psycopg://…"
            _expect(good, "DATABASE_URL", _masked(self.DATABASE_URL), expected)

    def _check_base_url(self) -> None:
        if self.BASE_URL:
            parts = urlsplit(self.BASE_URL)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname)
            _expect(good, "BASE_URL", self.BASE_URL, "an address such as https://diploma.example.gov")

    def _check_storage_url(self) -> None:
        if self.STORAGE_URL:
            good = "://" not in self.STORAGE_URL.removeprefix("file://")
            _expect(good, "STORAGE_URL", _masked(self.STORAGE_URL), "a folder (an S3 store is not supported yet)")

    def _check_mail_url(self) -> None:
        if self.MAIL_URL:
            kind = self.MAIL_URL.split("://", 1)[0] if "://" in self.MAIL_URL else "folder"
            good = kind in {"smtp", "smtps", "file", "folder"}
            _expect(good, "MAIL_URL", _masked(self.MAIL_URL), "smtp://host:port, smtps://host:port or a folder")

    def _check_contact(self) -> None:
        good = not self.CONTACT_EMAIL or bool(_EMAIL.fullmatch(self.CONTACT_EMAIL))
        _expect(good, "CONTACT_EMAIL", self.CONTACT_EMAIL, "an address such as office@diploma.example.gov")
        good = not self.CONTACT_PHONE or bool(_PHONE.fullmatch(self.CONTACT_PHONE))
        _expect(good, "CONTACT_PHONE", self.CONTACT_PHONE, "a number such as +998 71 200 00 00")

    def _check_credential_key(self) -> None:
        good = not self.CREDENTIAL_KEY or signing.is_private_key(Path(self.CREDENTIAL_KEY))
        _expect(good, "CREDENTIAL_KEY", self.CREDENTIAL_KEY, "a PEM file with an Ed25519 private key that can be read")

    def _check_production(self) -> None:
        strong = len(self.SECRET_KEY) >= 32 and self.SECRET_KEY.lower() not in DEMO_KEYS
        _expect(strong, "SECRET_KEY", "(hidden)", "at least 32 random characters in production")
        _expect(bool(self.CREDENTIAL_KEY), "CREDENTIAL_KEY", "(empty)", "the file of the signing key in production")
        public = self.BASE_URL.startswith("https://")
        _expect(public, "BASE_URL", self.BASE_URL or "(empty)", "the public https:// address in production")


def _convert(name: str, text: str, default: Any) -> Any:
    if isinstance(default, int):
        _expect(text.lstrip("-").isdecimal(), name, text, "a whole number")
        return int(text)
    return Path(text) if isinstance(default, Path) else text


def _expect(good: bool, name: str, found: object, expected: str) -> None:
    if not good:
        raise ConfigError(f"{name}: expected {expected}; found {str(found)!r}.")


def _masked(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(parts.password, "…") if parts.password else url
