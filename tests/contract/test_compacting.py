"""A SQLite file after a compaction: no byte of a deleted row is left, neither in the file nor in its log."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from shared.clock import ManualClock
from shared.database.protocol import CollectionSpec, In
from shared.database.sqlite.database import EmbeddedDatabase
from shared.erasure import ErasedPerson, ErasureKeys
from shared.keyring import Keyring
from shared.phone import country_of, is_pseudonym, pseudonym
from shared.sqlite.compacting import compact, truncate_log
from testkit.eventually import eventually

KEYRING = Keyring("a secret of at least thirty-two characters")
ROWS = [{"id": f"row {n}", "text": f"zebrafinch {n} " * 50} for n in range(300)]


def content(path: Path) -> bytes:
    """Of the file and its log, which holds copies of old pages."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


async def test_deleted_rows_leave_no_byte_in_the_file_and_its_log(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    database = EmbeddedDatabase(path)
    rows = database.collection(CollectionSpec("things", {}))
    await database.start()
    await rows.insert_many(ROWS)
    await rows.delete({"id": In([row["id"] for row in ROWS])})
    assert b"zebrafinch" in content(path)
    await database.compact()

    async def is_gone() -> bool:
        return b"zebrafinch" not in content(path)

    await eventually(is_gone, within=30)
    await rows.insert({"id": "after"})
    assert await rows.get("after")
    await database.close()


def test_a_file_at_rest_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "rest.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (x TEXT)")
    connection.execute("INSERT INTO t VALUES (?)", ("zebrafinch" * 1000,))
    connection.execute("DELETE FROM t")
    compact(connection)
    assert truncate_log(connection)
    assert b"zebrafinch" not in content(path)
    connection.close()


async def test_a_tenants_key_survives_the_replacement_of_the_secret() -> None:
    database, clock = EmbeddedDatabase(None), ManualClock()
    await database.start()
    old, new = "the old secret of thirty-two characters", "the new secret of thirty-two characters"
    key = await ErasureKeys(database, Keyring(old), clock).made_for("ten_1")
    assert await ErasureKeys(database, Keyring(f"{new},{old}"), clock).reseal() == 1
    later = ErasureKeys(database, Keyring(new), clock)
    assert await later.of("ten_1") == key
    assert await later.made_for("ten_1") == key
    assert await later.of("ten_2") is None
    await database.close()


def test_a_stand_in_keeps_the_country_and_says_nothing_else() -> None:
    key = b"k" * 32
    for number, country in (("+13125550123", "US"), ("+491711234567", "DE"), ("SHOP", "")):
        stand_in = pseudonym(key, number)
        assert is_pseudonym(stand_in)
        assert not is_pseudonym(number)
        assert country_of(stand_in) == country
        assert stand_in == pseudonym(key, number)
        assert stand_in != pseudonym(b"l" * 32, number)


def test_a_person_is_recognised_in_any_spelling_and_a_stranger_is_not() -> None:
    person = ErasedPerson(
        tenant_id="ten_1", erasure_id="era_1", contact_id="cct_1", phone_numbers=("+13125550123",),
        emails=("kim@example.com",), external_ids=(("crm", "77"),), at=ManualClock().now(), key=b"k" * 32,
    )  # fmt: skip
    for text in ("+13125550123", "(312) 555-0123", "3125550123", '{"to": "KIM@example.com"}', "cct_1", "312.555.0123"):
        assert person.is_in(text), text
        assert person.is_among({"a": [{"b": text.encode()}]})
    for text in ("+13125550124", "crm 77 balloons", "555-0123", ""):
        assert not person.is_in(text), text
