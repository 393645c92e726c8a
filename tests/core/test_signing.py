"""Signatures by openssl: what is signed verifies, and nothing else does."""

import subprocess
from pathlib import Path

import pytest

from diploma.core import signing


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_text(signing.new_private_key())
    return path


def test_what_was_signed_verifies(key: Path) -> None:
    mark = signing.sign(key, b"text")
    assert len(mark) == 64 and signing.verifies(signing.public_key(key), b"text", mark)


def test_no_flipped_bit_verifies(key: Path) -> None:
    public, mark = signing.public_key(key), signing.sign(key, b"text")
    assert not signing.verifies(public, b"texu", mark)
    assert not signing.verifies(public, b"", mark)
    assert not signing.verifies(public, b"text", mark[:-1] + bytes([mark[-1] ^ 1]))
    assert not signing.verifies(public, b"text", b"")


def test_another_key_does_not_verify(key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(signing.new_private_key())
    assert not signing.verifies(signing.public_key(other), b"text", signing.sign(key, b"text"))


def test_a_key_that_is_none_verifies_nothing(key: Path) -> None:
    assert not signing.verifies("no key", b"text", signing.sign(key, b"text"))


def test_the_id_of_a_key_is_the_digest_of_its_bytes(key: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.pem"
    public.write_text(signing.public_key(key))
    command = f"openssl pkey -pubin -in {public} -outform DER | sha256sum"
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == signing.key_id(public.read_text())


def test_a_key_made_by_openssl_is_taken_and_others_are_not(key: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", made], check=True)
    assert signing.is_private_key(made) and signing.is_private_key(key)
    public, curve = tmp_path / "public.pem", tmp_path / "curve.pem"
    public.write_text(signing.public_key(made))
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", curve], check=True)
    assert [signing.is_private_key(one) for one in (public, curve, tmp_path, tmp_path / "none")] == [False] * 4
