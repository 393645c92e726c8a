"""Ed25519 signatures, made and checked by the ``openssl`` program: the one with which others check them without us.

A private key is a PEM file as ``openssl genpkey -algorithm ed25519`` writes it. A public key is known by its id: the
SHA-256 of its DER bytes. Knows no flask.
"""

import base64
import binascii
import hashlib
import re
import secrets
import subprocess
import tempfile
from pathlib import Path

SECONDS = 20  # after which openssl is given up; it takes five thousandths of one
_PRIVATE = bytes.fromhex("302e020100300506032b657004220420")  # PKCS #8 of an Ed25519 key, before its 32 bytes
_LENGTH = 32
_BLOCK = re.compile(r"\s*-----BEGIN (PRIVATE|PUBLIC) KEY-----\s([A-Za-z0-9+/=\s]+)-----END \1 KEY-----\s*")


def new_private_key() -> str:
    """A fresh private key as PEM: any 32 random bytes are one."""
    body = base64.b64encode(_PRIVATE + secrets.token_bytes(_LENGTH)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


def is_private_key(path: Path) -> bool:
    """Whether a file that can be read holds an Ed25519 private key."""
    try:
        der = _der(path.read_text("ascii"))
    except (OSError, ValueError):
        return False
    return der.startswith(_PRIVATE) and len(der) == len(_PRIVATE) + _LENGTH


def public_key(private: Path) -> str:
    """The public key of a private one, as PEM."""
    return _openssl("pkey", "-in", private, "-pubout").decode("ascii")


def key_id(public: str) -> str:
    """The name of a public key, in hexadecimal; ``ValueError`` for what is no PEM."""
    return hashlib.sha256(_der(public)).hexdigest()


def sign(private: Path, data: bytes) -> bytes:
    """The signature of ``data``: 64 bytes."""
    with tempfile.TemporaryDirectory() as folder:
        signed = Path(folder) / "data"
        signed.write_bytes(data)
        return _openssl("pkeyutl", "-sign", "-inkey", private, "-rawin", "-in", signed)


def verifies(public: str, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is that of ``data`` by the private key of ``public``."""
    with tempfile.TemporaryDirectory() as folder:
        key, signed, mark = (Path(folder) / name for name in ("key", "data", "signature"))
        key.write_text(public)
        signed.write_bytes(data)
        mark.write_bytes(signature)
        try:
            _openssl("pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", signed, "-sigfile", mark)
        except subprocess.CalledProcessError:
            return False
    return True


def _openssl(*arguments: str | Path) -> bytes:
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=True, timeout=SECONDS)
    return done.stdout


def _der(pem: str) -> bytes:
    found = _BLOCK.fullmatch(pem)
    try:
        return base64.b64decode("".join(found[2].split()), validate=True) if found else b""
    except binascii.Error as error:
        raise ValueError("not a PEM file") from error
