"""Content-addressed files: durable before they are mentioned, and nothing leaves the folder."""

import io
import os
from pathlib import Path

import pytest

from diploma.core.errors import Unavailable
from diploma.core.files import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_a_blob_is_found_under_its_digest(store: FileStore) -> None:
    blob = store.put(io.BytesIO(b"hello"))
    assert blob.size == 5 and blob.sha256.startswith("2cf24dba")
    assert store.read(blob.sha256) == b"hello" and list(store.digests()) == [blob.sha256]


def test_equal_files_are_stored_once(store: FileStore) -> None:
    assert store.put(io.BytesIO(b"same")) == store.put(io.BytesIO(b"same"))
    assert len(list(store.digests())) == 1


def test_bytes_are_synced_before_the_rename_and_the_folder_after_it(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")
        real_sync(handle)

    def replace(old: object, new: object) -> None:
        order.append("rename")
        real_replace(old, new)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    store.put(io.BytesIO(b"x"))
    assert order == ["file", "rename", "folder", "folder"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "a" * 63, "/etc/passwd"])
def test_only_a_digest_names_a_file(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        store.path(name)


def test_a_nearly_full_disk_refuses_files_and_says_so(tmp_path: Path) -> None:
    store = FileStore(tmp_path, free_floor=1 << 60)
    with pytest.raises(Unavailable):
        store.put(io.BytesIO(b"x"))


def test_what_a_killed_process_left_behind_is_swept(store: FileStore) -> None:
    store.put(io.BytesIO(b"x"))
    (store.folder / "incoming" / "half").write_bytes(b"h")
    assert store.sweep() == 0, "it may still be written"
    assert store.sweep(older_than=0) == 1 and len(list(store.digests())) == 1


def test_a_broken_upload_leaves_no_temp_file(store: FileStore) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("line cut")

    with pytest.raises(OSError, match="line cut"):
        store.put(Broken())
    assert store.sweep(older_than=0) == 0
