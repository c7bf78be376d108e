"""What only the MongoDB adapter has to prove: a server that is away, read concerns, indexes that disagree."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import pymongo
import pytest
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.errors import (
    BulkWriteError,
    DocumentTooLarge,
    InvalidOperation,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from shared.data_format.version import DATA_FORMAT
from shared.database.conditions import Test, parse
from shared.database.mongodb.bulk import Write, duplicates, replace_all
from shared.database.mongodb.database import MongoDatabase
from shared.database.mongodb.errors import translated
from shared.database.mongodb.query import MARK
from shared.database.protocol import CollectionSpec, HasTerms
from shared.errors import Conflict, ParleyError, StoreUnavailable, StoreUnusable, TooLarge
from testkit.contract.database_contract import NAME, own_spec, thing
from testkit.eventually import PATIENCE


@pytest.fixture
async def database(mongodb_url: str) -> AsyncIterator[MongoDatabase]:
    database = MongoDatabase(mongodb_url, NAME, "parley-contract-tests")
    await database.start()
    yield database
    await database.close()


@pytest.mark.mongodb
async def test_data_of_a_newer_version_is_refused_in_one_line_and_older_data_is_marked(mongodb_url: str) -> None:
    name = f"{NAME}_format"
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        marks = client[name]["parley_format"]
        marks.delete_many({})
        older = MongoDatabase(mongodb_url, name, "parley-contract-tests")
        await older.start()
        await older.close()
        assert marks.find_one({"_id": "format"}) == {"_id": "format", "format": DATA_FORMAT}
        marks.update_one({"_id": "format"}, {"$set": {"format": DATA_FORMAT + 1}})
        with pytest.raises(StoreUnusable, match=rf"Database {name} was written by a newer version of Parley"):
            await MongoDatabase(mongodb_url, name, "parley-contract-tests").start()


@pytest.mark.mongodb
async def test_majority_reads_and_journaled_majority_writes_are_accepted(database: MongoDatabase) -> None:
    things = database.collection(own_spec())
    assert await things.insert(thing("a"))
    remote = await database._ensure(things.spec)
    assert remote.read_concern.level == "majority"
    assert remote.write_concern.document == {"w": "majority", "j": True}
    assert remote.read_preference == pymongo.ReadPreference.PRIMARY
    assert await things.get("a") == thing("a")


@pytest.mark.mongodb
async def test_the_server_tells_its_time(database: MongoDatabase) -> None:
    moment = await database.server_time()
    assert moment is not None
    assert moment.tzinfo is UTC
    assert abs(moment - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.mongodb
async def test_declared_indexes_are_made_with_the_id_as_tie_break(database: MongoDatabase, mongodb_url: str) -> None:
    spec = own_spec()
    things = database.collection(spec)
    await things.insert(thing("a"))
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        made = {name: index["key"] for name, index in client[NAME][spec.name].index_information().items()}
    keys = {tuple(field for field, _ in key) for key in made.values()}
    assert keys >= {("tenant_id", "due_at", "_id"), ("tenant_id", "words", "due_at", "_id"), ("more_words", "_id")}


@pytest.mark.mongodb
async def test_another_process_may_make_the_same_indexes(database: MongoDatabase, mongodb_url: str) -> None:
    spec = own_spec()
    others = [MongoDatabase(mongodb_url, NAME, f"other-{n}") for n in range(4)]
    for other in others:
        other.collection(spec)
    await asyncio.gather(*(other.start() for other in others))
    for other in others:
        assert isinstance(await other.collection(spec).insert(thing("a")), bool)
        await other.close()
    assert await database.collection(spec).count({}) == 1


async def test_a_server_that_is_away_is_unavailable_and_soon(unused_port: int) -> None:
    database = MongoDatabase(f"mongodb://127.0.0.1:{unused_port}/", NAME, "nobody")
    things = database.collection(own_spec())
    started = time.monotonic()
    with pytest.raises(StoreUnavailable, match="store_unavailable"):
        await database.start()
    assert time.monotonic() - started < 4 * PATIENCE
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await database.ping()
    assert time.monotonic() - started < 2 * PATIENCE
    with pytest.raises(StoreUnavailable):
        await things.get("a")
    await database.close()


async def test_a_server_that_swallows_everything_fails_the_ping_in_a_second() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = MongoDatabase(f"mongodb://127.0.0.1:{port}/", NAME, "patient")
    with pytest.raises(StoreUnavailable):
        await database.start()
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await database.ping()
    assert time.monotonic() - started < 2 * PATIENCE
    await database.close()
    server.close()


async def test_a_database_that_was_not_started_or_is_closed_says_so() -> None:
    database = MongoDatabase("mongodb://127.0.0.1:1/", NAME, "nobody")
    things = database.collection(own_spec())
    for operation in (things.get("a"), things.insert(thing("a")), things.insert_many([thing("a")]), things.count({})):
        with pytest.raises(StoreUnavailable, match="store_closed"):
            await operation
    await database.close()


async def test_a_url_that_makes_no_sense_is_our_mistake() -> None:
    for url in ("mongodb://", "http://127.0.0.1/", "mongodb://127.0.0.1:port/"):
        with pytest.raises(ValueError, match="MongoDB"):
            await MongoDatabase(url, NAME, "nobody").start()


async def test_an_index_of_two_lists_is_our_mistake() -> None:
    spec = CollectionSpec("things", {"a": "terms", "b": "terms"}, (("a", "b"),))
    with pytest.raises(ValueError, match="two lists"):
        MongoDatabase("mongodb://127.0.0.1:1/", NAME, "nobody").collection(replace(spec))


@pytest.mark.mongodb
async def test_an_index_that_disagrees_is_a_conflict_not_dropped(
    database: MongoDatabase, mongodb_url: str, mongodb_is_real: bool
) -> None:
    if not mongodb_is_real:
        pytest.skip("the stand-in takes any index under any name")
    spec = own_spec()
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        client[NAME][spec.name].create_index([("n", 1)], name="tenant_id__due_at")
    with pytest.raises(Conflict, match="index_conflict"):
        await database.collection(spec).get("a")


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mongodb_is_real(mongodb_url: str) -> bool:
    """Told by a command that MongoDB has and imitations hardly have."""
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        try:
            return "wiredTiger" in client.admin.command("serverStatus")
        except PyMongoError:
            return False


@pytest.mark.parametrize(
    ("raised", "expected", "code"),
    [
        (ServerSelectionTimeoutError("nobody there"), StoreUnavailable, "store_unavailable"),
        (NetworkTimeout("no answer"), StoreUnavailable, "store_unavailable"),
        (NotPrimaryError("stepped down"), StoreUnavailable, "store_unavailable"),
        (WTimeoutError("no majority", 64), StoreUnavailable, "store_unavailable"),
        (OperationFailure("who are you", 18), StoreUnavailable, "store_unavailable"),
        (InvalidOperation("closed"), StoreUnavailable, "store_unavailable"),
        (ConnectionResetError("cut"), StoreUnavailable, "store_unavailable"),
        (DocumentTooLarge("17 MB"), TooLarge, "document_too_large"),
        (OperationFailure("same name", 85), Conflict, "index_conflict"),
        (OperationFailure("same keys", 86), Conflict, "index_conflict"),
    ],
)
async def test_no_exception_of_the_driver_leaves_the_adapter(
    raised: Exception, expected: type[ParleyError], code: str
) -> None:
    with pytest.raises(expected) as caught, translated():
        raise raised
    assert caught.value.code == code


async def test_what_was_written_does_not_show_in_the_error() -> None:
    error = OperationFailure("E500 failed, full error: {'text': 'a secret'}", 1, {"text": "a secret"})
    with pytest.raises(StoreUnavailable) as caught, translated():
        raise error
    assert "secret" not in str(caught.value)


def test_a_bulk_that_failed_otherwise_than_by_duplicates_is_unavailable() -> None:
    duplicate = {"index": 3, "code": 11000, "errmsg": "there"}
    assert duplicates(BulkWriteError({"writeErrors": [duplicate], "nInserted": 99})) == {3}
    for details in (
        {"writeErrors": [duplicate, {"index": 4, "code": 64, "errmsg": "odd"}]},
        {"writeErrors": [duplicate], "writeConcernErrors": [{"code": 64}]},
    ):
        with pytest.raises(StoreUnavailable):
            duplicates(BulkWriteError(details))


class _Answers:
    """A server that says how many of a bulk matched, and what is stored afterwards."""

    def __init__(self, matched_count: int, *stored: dict[str, Any]) -> None:
        self.matched_count = matched_count
        self.stored = stored

    async def bulk_write(self, _requests: list[Any], *, ordered: bool) -> Any:
        assert not ordered
        return self

    async def find(self, *_asked: Any) -> AsyncIterator[dict[str, Any]]:
        for found in self.stored:
            yield found


_MARK = ObjectId()
_OURS = {"_id": "a", "version": 2, MARK: _MARK}
_THEIRS = {"_id": "b", "version": 2, MARK: ObjectId()}
_LATER = {"_id": "c", "version": 3}


@pytest.mark.parametrize(
    ("matched", "stored", "expected"),
    [
        (3, (), [True, True, True]),
        (0, (), [False, False, False]),
        (1, (_OURS, _THEIRS, _LATER), [True, False, False]),
        (2, (_OURS, _THEIRS, _LATER), [True, False, True]),
        (1, (_OURS, {"_id": "b", "version": 2}), [True, False, False]),
        (2, (_OURS, _THEIRS), [True, False, True]),
    ],
)
async def test_later_writes_do_not_hide_who_won_a_bulk(
    matched: int, stored: tuple[dict[str, Any], ...], expected: list[bool]
) -> None:
    remote: Any = _Answers(matched, *stored)
    assert await replace_all(remote, [_write(id) for id in "abc"]) == expected


async def test_a_winner_that_later_writes_hide_is_not_guessed() -> None:
    remote: Any = _Answers(1, {"_id": "a", "version": 3}, _THEIRS, _LATER)
    with pytest.raises(Conflict, match="overtaken"):
        await replace_all(remote, [_write(id) for id in "abc"])


def _write(id: str) -> Write:
    return Write(id, 1, RawBSONDocument(bson.encode({"_id": id, "version": 2, MARK: _MARK})))


@pytest.mark.mongodb
async def test_of_several_words_the_rarest_comes_first(database: MongoDatabase) -> None:
    """The server walks through the documents with the first word of a list and tests them for the others."""
    things = database.collection(own_spec())
    documents = [thing(f"d{n:02}", tenant_id="t", words=["all", "half"[: 4 * (n % 2)], f"w{n}"]) for n in range(20)]
    await things.insert_many([*documents, *(thing(f"u{n}", tenant_id="u", words=["w3"]) for n in range(30))])
    tests = parse(things.spec, {"tenant_id": "t", "words": HasTerms(["all", "half", "w3", "all"])})
    ordered = [await things._rarest_first(test, tests) for test in tests]
    assert ordered == [tests[0], Test("words", HasTerms(("w3", "half", "all")))]
    assert (await things.find({"tenant_id": "t", "words": HasTerms(["all", "half", "w3"])})).items == [documents[3]]
