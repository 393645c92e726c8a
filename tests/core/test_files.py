"""Content-addressed files: durable before they are mentioned, and nothing leaves the folder."""

import fcntl
import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from diploma.core.errors import Unavailable
from diploma.core.files import WEEK, FileStore


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


# ---- parts: files that arrive piece by piece


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.fixture
def part(store: FileStore) -> Path:
    """A part named ``7-a`` of which five bytes are here."""
    assert store.append("7-a", b"hello", at=0)
    return store.folder / "incoming" / "7-a.part"


def test_a_part_grows_at_its_end_alone(store: FileStore, part: Path) -> None:
    assert [store.append("7-a", b"!", at=at) for at in (0, 4, 6, -1)] == [False] * 4
    assert store.append("7-a", b", world", at=5) and store.held("7-a") == 12
    assert part.read_bytes() == b"hello, world"


def test_a_part_that_is_gone_begins_at_its_first_byte(store: FileStore) -> None:
    assert not store.append("7-a", b"world", at=5) and store.held("7-a") == 0
    assert list((store.folder / "incoming").iterdir()) == []


def test_a_piece_is_on_disk_before_it_counts(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    store.append("7-a", b"hello", at=0)
    assert synced == [5]


def test_of_two_windows_that_send_the_same_piece_one_comes_too_late(store: FileStore, part: Path) -> None:
    with ThreadPoolExecutor(1) as pool, part.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        second = pool.submit(store.append, "7-a", b", world", at=5)
        with pytest.raises(TimeoutError):
            second.result(0.2)
        other.write(b", world")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert second.result(5) is False and part.read_bytes() == b"hello, world"


def test_a_whole_part_becomes_a_blob_like_any_other(store: FileStore, part: Path) -> None:
    blob = store.adopt("7-a", 5)
    assert blob == store.put(io.BytesIO(b"hello")) == store.adopt("7-a", 5), "a form sent twice finds it again"
    assert list(store.digests()) == [blob.sha256]
    store.drop("7-a")
    assert store.read(blob.sha256) == b"hello" and store.adopt("7-a", 5) is None


def test_a_part_begun_anew_while_it_is_read_is_not_taken_for_what_was_read(
    store: FileStore, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = hashlib.file_digest

    def swapped(file: Any, name: str) -> Any:
        store.drop("7-a")
        store.append("7-a", b"other", at=0)
        return real(file, name)

    monkeypatch.setattr(hashlib, "file_digest", swapped)
    blob = store.adopt("7-a", 5)
    assert blob and hashlib.sha256(store.read(blob.sha256)).hexdigest() == blob.sha256
    assert [one.name for one in (store.folder / "incoming").iterdir()] == ["7-a.part"]


def test_a_part_that_has_not_come_whole_is_no_blob(store: FileStore, part: Path) -> None:
    assert store.adopt("7-a", 6) is None and store.adopt("7-b", 0) is None
    assert list(store.digests()) == []


def test_a_sweep_spares_a_part_that_may_go_on(store: FileStore, part: Path) -> None:
    age(part, WEEK - 60)
    assert store.sweep() == 0 and store.held("7-a") == 5
    age(part, WEEK + 60)
    assert store.sweep() == 1 and store.held("7-a") == 0


def test_the_oldest_parts_of_a_person_give_way(store: FileStore) -> None:
    for n in range(4):
        for name in (f"7-{n}", f"70-{n}"):
            store.append(name, b"x", at=0)
            age(store.folder / "incoming" / f"{name}.part", 100 - n)
    store.thin_out("7-", keep=2)
    assert [store.held(f"7-{n}") for n in range(4)] == [0, 0, 1, 1]
    assert all(store.held(f"70-{n}") for n in range(4))


def test_a_nearly_full_disk_takes_no_piece(store: FileStore, part: Path) -> None:
    store.free_floor = 1 << 60
    with pytest.raises(Unavailable):
        store.append("7-a", b"!", at=5)
    assert store.held("7-a") == 5


@pytest.mark.parametrize("name", ["../7-a", "7-a/b", "", ".", "7-a.part", "7-\u0661"])
def test_only_plain_letters_and_digits_name_a_part(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError, match="part"):
        store.held(name)


def test_a_file_alone_is_read_and_deleted_and_shares_nothing(store: FileStore) -> None:
    shared, alone = store.put(io.BytesIO(b"same")).sha256, [store.put_alone(b"same") for _ in range(2)]
    assert len({shared, *alone}) == 3 and store.read_alone(alone[0]) == b"same"
    for _ in range(2):  # a job may come again
        store.remove_alone(alone[0])
    assert sorted(store.digests()) == sorted([shared, alone[1]])


def test_what_may_be_shared_is_not_deleted(store: FileStore) -> None:
    shared = store.put(io.BytesIO(b"same")).sha256
    with pytest.raises(ValueError, match="may be shared"):
        store.remove_alone(shared)
    assert store.exists(shared)
