"""Many conditional writes in one round trip, with an answer for each: MongoDB itself answers only with totals.

A put that found nothing lower fails by its duplicate id, so its answer is known. A replace that found another version
fails silently; where some did, a second look finds the winners by the mark that each write leaves in what it wrote.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from shared.database.mongodb.errors import DUPLICATE_KEY
from shared.database.mongodb.query import MARK
from shared.errors import STORE_AWAY, Conflict, StoreUnavailable

Remote = AsyncCollection[dict[str, Any]]


@dataclass(frozen=True)
class Write:
    """One document as bytes; `number` is its revision if it is put, else the version that it replaces."""

    id: str
    number: int
    body: RawBSONDocument


async def in_turn(writes: Sequence[Write], send: Callable[[list[Write]], Awaitable[list[bool]]]) -> list[bool]:
    """All at once, unless an id comes again: then its later writes follow when the earlier ones are done."""
    answers = [False] * len(writes)
    for positions in _rounds(writes):
        given = await send([writes[position] for position in positions])
        for position, answer in zip(positions, given, strict=True):
            answers[position] = answer
    return answers


async def put_all(remote: Remote, writes: list[Write]) -> list[bool]:
    """Ids differ. True where the document is stored now, False where one that is not lower was there."""
    try:
        await remote.bulk_write([ReplaceOne(_older(write), write.body, upsert=True) for write in writes], ordered=False)
    except BulkWriteError as error:
        there = duplicates(error)
    else:
        return [True] * len(writes)
    ids = [writes[position].id for position in there]
    stored = {found["_id"]: found async for found in remote.find({"_id": {"$in": ids}}, {"revision": 1})}
    answers = [position not in there for position in range(len(writes))]
    for position in there:
        revision = stored.get(writes[position].id, {}).get("revision")
        if isinstance(revision, int) and revision < writes[position].number:
            # It came while ours was on its way and is older: now there is a document to replace.
            done = await remote.replace_one(_older(writes[position]), writes[position].body)
            answers[position] = done.matched_count == 1
    return answers


async def replace_all(remote: Remote, writes: list[Write]) -> list[bool]:
    """Ids differ, and each body carries a mark of its own. Raises `Conflict("overtaken")`."""
    unchanged = [({"_id": write.id, "version": write.number}, write.body) for write in writes]
    try:
        done = await remote.bulk_write([ReplaceOne(wanted, body) for wanted, body in unchanged], ordered=False)
    except BulkWriteError as error:
        raise failed(error) from error
    if done.matched_count in (0, len(writes)):
        return [done.matched_count > 0] * len(writes)
    return await _winners(remote, writes, done.matched_count)


def duplicates(error: BulkWriteError) -> set[int]:
    """Positions that were there already. `nInserted` is not asked: not every server counts it right."""
    details: Any = error.details
    failures: list[Any] = details.get("writeErrors") or []
    if details.get("writeConcernErrors") or any(failure.get("code") != DUPLICATE_KEY for failure in failures):
        raise failed(error) from error
    return {failure["index"] for failure in failures}


def failed(error: BulkWriteError) -> StoreUnavailable:
    details: Any = error.details
    failures: list[Any] = details.get("writeErrors") or []
    others = [failure for failure in failures if failure.get("code") != DUPLICATE_KEY]
    reason = others[0].get("errmsg") if others else "not confirmed by a majority"
    what = f"MongoDB did not take all documents: {reason}"[:300]
    return StoreUnavailable("store_unavailable", STORE_AWAY, operator_detail=what)


async def _winners(remote: Remote, writes: list[Write], won: int) -> list[bool]:
    """What carries its mark won. What another replaced or deleted since may have won: the total tells, mostly."""
    ids = [write.id for write in writes]
    stored = {found["_id"]: found async for found in remote.find({"_id": {"$in": ids}}, {"version": 1, MARK: 1})}
    marked = [stored.get(write.id, {}).get(MARK) == write.body[MARK] for write in writes]
    hidden = [_is_past(write, stored.get(write.id)) for write in writes]
    missing = won - sum(marked)
    if missing not in (0, sum(hidden)):
        raise Conflict("overtaken", "Somebody else changed this at the same moment; read it again and retry.")
    return [ours or (missing > 0 and past) for ours, past in zip(marked, hidden, strict=True)]


def _is_past(write: Write, stored: dict[str, Any] | None) -> bool:
    return stored is None or stored.get("version", 0) > write.body.get("version")


def _rounds(writes: Sequence[Write]) -> list[list[int]]:
    """Positions of the first write of each id, then of the second ones, and so on."""
    rounds: list[list[int]] = []
    seen: dict[str, int] = {}
    for position, write in enumerate(writes):
        turn = seen[write.id] = seen.get(write.id, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(position)
    return rounds


def _older(write: Write) -> dict[str, Any]:
    return {"_id": write.id, "revision": {"$lt": write.number}}
