"""Takes the files of an older layout, one for each service and one for the broker, into the one file of today. Once.

The new file is built beside the old ones, synced, and gets its name last. So a crash leaves either the old files or the
whole new one, which lists the old files it holds until they are removed. No copy of them stays, because retention would
not reach it. Rows are copied by SQLite itself, so a large folder needs time and room on the disk, but no memory.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from all_in_one.durable import sync
from all_in_one.folder import STORE, given_up
from shared.broker.embedded.handed_out import HandedOut, marks_of
from shared.database.sqlite.schema import prefix_of
from shared.sqlite.connection import make_private

log = structlog.get_logger()

SERVICES = ("accounts", "ai-responder", "campaigns", "conversation", "realtime", "sender")
"""Ingress has kept its file: it runs in a process of its own."""
BROKER = "broker"
_ENDINGS = ("", "-wal", "-shm", ".handed-out")
_TAKEN = "parley_former_files"
_FIELDS = "CREATE TABLE parley_fields (collection TEXT, field TEXT, type TEXT, PRIMARY KEY (collection, field))"
_NAMED = re.compile(r'CREATE TABLE\s+"?\w+"?')


def take_in(folder: Path) -> None:
    """Raises SystemExit, with one sentence, if an old file cannot be read or the new one cannot be written."""
    former = {f"{name}.sqlite": name for name in (*SERVICES, BROKER) if (folder / f"{name}.sqlite").exists()}
    store = folder / STORE
    try:
        if former and not store.exists():
            _build(store, former)
        if store.exists():
            _tidy(store, set(former))
    except (sqlite3.Error, OSError) as error:
        raise given_up("Cannot start", error, store) from None


def _build(store: Path, former: dict[str, str]) -> None:
    log.info("old_files_are_taken_in", files=sorted(former), into=STORE)
    fresh = store.with_name(store.name + ".new")
    _remove(fresh)
    make_private(fresh)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        # A crash leaves a file without its name, to be begun again: no journal is needed, and one sync at the end.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"CREATE TABLE {_TAKEN} (name TEXT)")
        connection.execute(_FIELDS)
        for name, owner in former.items():
            _copy(connection, store.with_name(name), owner)
            connection.execute(f"INSERT INTO {_TAKEN} VALUES (?)", (name,))  # noqa: S608 - a constant
    sync(fresh)
    _remove(store)  # a write-ahead log without its file would be played into the new one
    fresh.rename(store)
    sync(store.parent)


def _copy(connection: sqlite3.Connection, path: Path, owner: str) -> None:
    try:
        connection.execute("ATTACH ? AS former", (str(path),))
        connection.execute("BEGIN")
        tables = connection.execute("SELECT name, sql FROM former.sqlite_schema WHERE type = 'table'").fetchall()
        for name, statement in tables:
            _copy_table(connection, name, statement, owner)
        if owner == BROKER:
            _count_handed_out(connection, marks_of(path))
        connection.execute("COMMIT")
        connection.execute("DETACH former")
    except (sqlite3.Error, OSError) as error:
        raise given_up("Cannot start", error, path) from None


def _copy_table(connection: sqlite3.Connection, name: str, statement: str, owner: str) -> None:
    """Without its indexes, and without the tables of search words: the start makes them from the documents."""
    # Every name below is one of ours: S608 has nothing to find here.
    if name == "parley_fields":
        # Not those of search words: what is missing here is filled by the start.
        copied = f"SELECT '{prefix_of(owner)}' || collection, field, type FROM former.parley_fields"  # noqa: S608
        connection.execute(f"INSERT INTO main.parley_fields {copied} WHERE type NOT LIKE 'terms%'")
        return
    if owner == BROKER and name == "entry":
        new = name
    elif owner != BROKER and name.startswith("c_"):
        new = f"c_{prefix_of(owner)}{name[2:]}"
    else:
        return
    connection.execute(_NAMED.sub(f'CREATE TABLE main."{new}"', statement, count=1))
    connection.execute(f'INSERT INTO main."{new}" SELECT * FROM former."{name}"')  # noqa: S608


def _count_handed_out(connection: sqlite3.Connection, path: Path) -> None:
    """As the broker does at its start: what a consumer held when the process died counts as one delivery more."""
    if not path.exists():
        return
    marks = HandedOut(path)
    held = [(seq,) for seq in marks.left_behind()]
    marks.close()
    connection.executemany("UPDATE main.entry SET handed_out = handed_out + 1 WHERE seq = ?", held)


def _tidy(store: Path, found: set[str]) -> None:
    """Remove the old files that the new one holds. Others beside it are an older version's, started here since."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE name = ?", (_TAKEN,)).fetchall()
        taken = {name for table in tables for (name,) in connection.execute(f'SELECT name FROM "{table[0]}"')}  # noqa: S608
        if strange := sorted(found - taken):
            raise SystemExit(
                f"Cannot start: {', '.join(strange)} and {STORE} are both in {store.parent.resolve()}, and only one of "
                "them can be right. If an older version of Parley ran here since, choose which data to keep and move "
                "the other away."
            )
        for name in taken:
            _remove(store.with_name(name))
        if tables:
            sync(store.parent)
            connection.execute(f"DROP TABLE {_TAKEN}")


def _remove(path: Path) -> None:
    for ending in _ENDINGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
