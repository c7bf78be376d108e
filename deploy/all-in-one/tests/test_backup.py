"""Backups and restores, without a running Parley: what is copied, what is refused, and in which words."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from all_in_one import folder
from all_in_one.credentials import load_or_create
from all_in_one.folder import STORE
from all_in_one.safekeeping.backup import back_up
from all_in_one.safekeeping.restore import restore
from all_in_one.safekeeping.snapshot import Snapshot
from sender.sending.restored import RESTORES
from shared.clock import SystemClock
from shared.data_format.in_sqlite import format_of
from shared.data_format.version import DATA_FORMAT
from shared.database.paging import documents
from shared.database.sqlite.database import EmbeddedDatabase
from shared.one_file import OneFile
from shared.settings import PlatformSettings
from shared.sqlite.file import SqliteFile
from shared.sqlite.writer import prove_room


def settings(data: Path, **given: str) -> PlatformSettings:
    return PlatformSettings(_env_file=None, database_url=f"embedded:{data}", **given)  # pyright: ignore[reportCallIssue, reportArgumentType]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as a start leaves it."""
    made = tmp_path / "data"
    made.mkdir()
    load_or_create(made)
    asyncio.run(_fill(made))
    return made


async def _fill(made: Path) -> None:
    file = OneFile(made / STORE, SystemClock())
    ingress = EmbeddedDatabase(made / "ingress.sqlite")
    for database in (file.database("sender"), ingress):
        await database.start()
        await database.collection(RESTORES).insert({"id": "something", "revision": 1})
        await database.close()


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}


def test_a_backup_is_whole_private_and_becomes_an_installation_again(tmp_path: Path, data: Path) -> None:
    done = back_up(settings(data), tmp_path / "backups")
    assert {path.name for path in done.iterdir()} == {STORE, "ingress.sqlite", "credentials.json", "manifest.json"}
    assert modes(done) == {0o600}
    assert done.stat().st_mode & 0o777 == 0o700
    new = tmp_path / "new"
    restore(settings(new), done)
    assert modes(new) == {0o600}
    assert (new / "credentials.json").read_text() == (data / "credentials.json").read_text()
    kept = asyncio.run(_restores(new))
    assert kept.keys() == {"something", "last"}, "the sender knows that it went back in time"
    assert kept["last"]["taken_at"] < kept["last"]["restored_at"]


async def _restores(data: Path) -> dict[str, Any]:
    sender = EmbeddedDatabase(SqliteFile(data / STORE), "sender")
    await sender.start()
    try:
        return {row["id"]: row async for row in documents(sender.collection(RESTORES), {})}
    finally:
        await sender.close()


def test_what_is_written_during_the_copy_is_not_in_it(tmp_path: Path, data: Path) -> None:
    with Snapshot(data, ["ingress.sqlite", STORE]) as snapshot:
        for name in ("ingress.sqlite", STORE):
            with closing(sqlite3.connect(data / name, isolation_level=None)) as other:
                other.execute("CREATE TABLE later (x)")
            snapshot.copy(name, tmp_path / name)
            with closing(sqlite3.connect(tmp_path / name)) as copy:
                assert copy.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").fetchone() == (0,)


def test_nobody_commits_to_acceptances_file_while_the_store_is_pinned(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a webhook that leaves the spool at that moment were in neither copy."""
    monkeypatch.setattr("shared.sqlite.connection.LOCK_SECONDS", 0.1)
    with closing(sqlite3.connect(data / "ingress.sqlite", isolation_level=None, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            _pinned(data)
        other.execute("ROLLBACK")
        _pinned(data)


def _pinned(data: Path) -> None:
    with Snapshot(data, [STORE, "ingress.sqlite"]):
        pass


def test_a_folder_that_is_not_empty_or_in_use_is_refused(tmp_path: Path, data: Path) -> None:
    done = back_up(settings(data), tmp_path / "backups")
    with pytest.raises(SystemExit, match=r"is not empty \(credentials.json"):
        restore(settings(data), done)
    held = folder.lock(tmp_path / "new")
    with pytest.raises(SystemExit, match="in use by another Parley process"):
        restore(settings(tmp_path / "new"), done)
    held.close()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda done: (done / "manifest.json").unlink(), "is no backup of Parley"),
        (lambda done: (done / "ingress.sqlite").unlink(), "ingress.sqlite is missing or not as it was written"),
        (lambda done: (done / STORE).write_bytes(b"x"), "parley.sqlite is missing or not as it was written"),
        (lambda done: _edit(done, format=DATA_FORMAT + 1), "written by a newer version of Parley"),
        (lambda done: _edit(done, files=[{"name": "../x", "size": 1, "sha256": ""}]), "outside of the backup"),
    ],
)
def test_a_backup_that_cannot_be_trusted_is_refused_and_nothing_is_left(
    tmp_path: Path, data: Path, harm, words: str
) -> None:
    done = back_up(settings(data), tmp_path / "backups")
    harm(done)
    with pytest.raises(SystemExit, match=words):
        restore(settings(tmp_path / "new"), done)
    assert [path.name for path in (tmp_path / "new").glob("*")] in ([], ["lock"])


def _edit(done: Path, **fields: object) -> None:
    manifest = json.loads((done / "manifest.json").read_text())
    (done / "manifest.json").write_text(json.dumps({**manifest, **fields}))


def test_a_backup_without_its_secret_says_which_one_is_missing(tmp_path: Path, data: Path) -> None:
    (data / "credentials.json").unlink()
    done = back_up(settings(data, secret_key="s" * 40), tmp_path / "backups")
    with pytest.raises(SystemExit, match="belongs to another SECRET_KEY"):
        restore(settings(tmp_path / "new", secret_key="t" * 40), done)
    restore(settings(tmp_path / "new", secret_key=f"{'t' * 40},{'s' * 40}"), done)


def test_nothing_starts_from_a_restore_that_ended_half_way(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would begin an empty store beside the data of acceptance."""
    new, rename = tmp_path / "new", Path.rename

    def killed_before_the_store(path: Path, target: Path) -> Path:
        if path.name == STORE:
            raise KeyboardInterrupt
        return rename(path, target)

    done = back_up(settings(data), tmp_path / "backups")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed_before_the_store)
        with pytest.raises(KeyboardInterrupt):
            restore(settings(new), done)
    with pytest.raises(SystemExit, match="is not empty"):
        restore(settings(new), done)
    with pytest.raises(SystemExit, match="did not end"):
        folder.check_restored(new)
    (new / folder.RESTORING / STORE).rename(new / STORE)
    folder.check_restored(new)  # only the empty folder was left


def test_a_folder_without_data_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no parley.sqlite"):
        back_up(settings(tmp_path), tmp_path / "backups")


def test_data_of_a_newer_version_is_refused_in_one_line_and_older_data_is_marked(data: Path) -> None:
    with closing(sqlite3.connect(data / STORE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (DATA_FORMAT,)
        connection.execute(f"PRAGMA user_version = {DATA_FORMAT + 1}")
    with pytest.raises(SystemExit, match=rf"Cannot start: .*{STORE} was written by a newer version of Parley"):
        folder.check_formats(data)


def test_looking_whether_a_file_can_be_written_leaves_its_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or an older version would take it for data of its own."""
    monkeypatch.setattr("shared.sqlite.writer.DATA_FORMAT", 7)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        prove_room(connection)
        assert format_of(connection) == 7
