"""One collection at MongoDB: each method of the protocol is one round trip, atomic for each document it touches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from bson.objectid import ObjectId
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.database.bulk import prepared, storable
from shared.database.conditions import Test, check_group, check_sort, parse, parse_some
from shared.database.cursor import decode_cursor, encode_cursor
from shared.database.mongodb.bulk import Remote, Write, duplicates, in_turn, put_all, replace_all
from shared.database.mongodb.errors import translated
from shared.database.mongodb.query import by_one_term, from_bson, name_of, order, page_filter, to_bson, to_filter
from shared.database.protocol import CollectionSpec, Document, HasTerms, Page, Sort, Where
from shared.database.validation import clean, next_version, revision_of
from shared.errors import Invalid

T = TypeVar("T")
_BY_ID = Sort()
_MANY = 1_000
"""Terms that more documents have are all alike."""

_INSERTED_AT_ONCE = 1000
"""A slow server ends each command within the driver's time-out: one that is sent again finds its own rows."""


class MongoCollection:
    """`remote` gives the driver's collection, its indexes made, as soon as the database is started."""

    def __init__(
        self, spec: CollectionSpec, options: CodecOptions[Any], remote: Callable[[], Awaitable[Remote]]
    ) -> None:
        self._spec = spec
        self._options = options
        self._remote = remote

    @property
    def spec(self) -> CollectionSpec:
        return self._spec

    async def get(self, id: str) -> Document | None:
        wanted = {"_id": clean(id)}
        with translated():
            found = await (await self._remote()).find_one(wanted)
        return from_bson(found) if found else None

    async def insert(self, document: Document) -> bool:
        body = self._body(document)
        try:
            with translated():
                await (await self._remote()).insert_one(body)
        except DuplicateKeyError:
            return False
        return True

    async def insert_many(self, documents: Sequence[Document]) -> list[str]:
        bodies = await prepared(documents, self._body)
        if not bodies:
            return []
        there: set[int] = set()
        with translated():
            remote = await self._remote()
            for start in range(0, len(bodies), _INSERTED_AT_ONCE):
                try:
                    await remote.insert_many(bodies[start : start + _INSERTED_AT_ONCE], ordered=False)
                except BulkWriteError as error:
                    there |= {start + number for number in duplicates(error)}
        return [document["id"] for number, document in enumerate(documents) if number not in there]

    async def put(self, document: Document) -> bool:
        older = {"_id": document.get("id"), "revision": {"$lt": revision_of(document)}}
        body = self._body(document)
        remote = await self._remote()
        with translated():
            try:
                await remote.replace_one(older, body, upsert=True)
            except DuplicateKeyError:
                # The upsert found nothing older and tried to insert: a newer one is there, or an older one came at the
                # same moment. The second look tells, because now there is a document.
                return (await remote.replace_one(older, body)).matched_count == 1
        return True

    async def replace(self, document: Document, version: int) -> bool:
        next_version(document, version)
        body = self._body(document)
        with translated():
            done = await (await self._remote()).replace_one({"_id": document["id"], "version": version}, body)
        return done.matched_count == 1

    async def put_many(self, documents: Sequence[Document]) -> list[bool]:
        return await self._many(documents, self._put, put_all)

    async def replace_many(self, changes: Sequence[tuple[Document, int]]) -> list[bool]:
        def prepare(change: tuple[Document, int]) -> Write:
            document, version = change
            next_version(document, version)
            return Write(document["id"], version, to_bson(self._spec, document, self._options, ObjectId()))

        return await self._many(changes, prepare, replace_all)

    async def find(self, where: Where, *, sort: Sort = _BY_ID, limit: int = 100, cursor: str | None = None) -> Page:
        check_sort(self._spec, sort, limit)
        tests = parse(self._spec, where)
        position = decode_cursor(self._spec, where, sort, cursor) if cursor else None
        with translated():
            wanted = page_filter([await self._rarest_first(test, tests) for test in tests], sort, position)
            found = (await self._remote()).find(wanted, sort=order(sort), limit=limit + 1, batch_size=limit + 2)
            items = [from_bson(stored) for stored in await found.to_list()]
        if len(items) <= limit:
            return Page(items, None)
        return Page(items[:limit], encode_cursor(self._spec, where, sort, items[limit - 1]))

    async def count(self, where: Where) -> int:
        wanted = to_filter(parse(self._spec, where))
        with translated():
            return await (await self._remote()).count_documents(wanted)

    async def count_by(self, where: Where, field: str) -> dict[Any, int]:
        tests = parse(self._spec, where)
        check_group(self._spec, field)
        return await self._grouped(to_filter(tests), field, {"$sum": 1})

    async def count_few_by(self, where: Where, field: str, at_most: int) -> dict[Any, int] | None:
        tests = parse(self._spec, where)
        check_group(self._spec, field)
        groups = await self._grouped(to_filter(tests), field, {"$sum": 1}, at_most + 1)
        return groups if sum(groups.values()) <= at_most else None

    async def sum_by(self, where: Where, field: str, by: str | None = None) -> dict[Any, int]:
        tests = parse(self._spec, where)
        check_group(self._spec, field, summed=True)
        if by is not None:
            check_group(self._spec, by)
        sums = await self._grouped(to_filter(tests), by, {"$sum": f"${field}"})
        if any(isinstance(total, float) for total in sums.values()):
            raise Invalid("sum_too_large", f"The sum of {field} leaves 64 bits; ask for smaller groups.")
        return sums if by is not None else {None: sums.get(None, 0)}

    async def delete(self, where: Where) -> int:
        wanted = to_filter(parse_some(self._spec, where))
        with translated():
            return (await (await self._remote()).delete_many(wanted)).deleted_count

    async def scrub(self) -> None:
        """MongoDB's indexes hold only what is stored."""

    async def _rarest_first(self, test: Test, tests: Sequence[Test]) -> Test:
        """MongoDB walks through what has the first of several terms, so this should be the one that fewest have."""
        if not isinstance(test.condition, HasTerms) or len(test.condition.terms) < 2:
            return test
        remote, terms = await self._remote(), list(dict.fromkeys(test.condition.terms))
        counts = await asyncio.gather(
            *(remote.count_documents(by_one_term(self._scope(test, tests), test, term), limit=_MANY) for term in terms)
        )
        rarest_first = [term for _, term in sorted(zip(counts, terms, strict=True))]
        return Test(test.field, HasTerms(tuple(rarest_first)))

    def _scope(self, drawn: Test, tests: Sequence[Test]) -> list[Test]:
        """The tests that the index of the terms answers alone: counting with others would read documents."""
        index = next((index for index in self._spec.indexes if drawn.field in index), ())
        return [test for test in tests if test.field in index[: index.index(drawn.field)]] if index else []

    def _body(self, document: Document) -> Any:
        return to_bson(self._spec, document, self._options)

    def _put(self, document: Document) -> Write:
        return Write(document.get("id", ""), revision_of(document), self._body(document))

    async def _many(
        self,
        items: Sequence[T],
        prepare: Callable[[T], Write],
        send: Callable[[Remote, list[Write]], Awaitable[list[bool]]],
    ) -> list[bool]:
        writes, error = await storable(items, prepare)
        answers: list[bool] = []
        if writes:
            remote = await self._remote()
            with translated():
                answers = await in_turn(writes, lambda some: send(remote, some))
        if error is not None:
            raise error
        return answers

    async def _grouped(
        self, wanted: dict[str, Any], by: str | None, total: dict[str, Any], at_most: int | None = None
    ) -> dict[Any, int]:
        key = None if by is None else f"${name_of(by)}"
        bound = [] if at_most is None else [{"$limit": at_most}]
        steps = [{"$match": wanted}, *bound, {"$group": {"_id": key, "total": total}}]
        groups: dict[Any, int] = {}
        with translated():
            async for group in await (await self._remote()).aggregate(steps):
                value = group.get("_id")  # nothing at all for null, from some servers
                groups[value] = groups.get(value, 0) + group["total"]
        return groups


def index_models(spec: CollectionSpec) -> list[IndexModel]:
    """The declared indexes with `_id` as the tie-break, and one for each list of terms that no index names."""
    indexed = {field for index in spec.indexes for field in index}
    wanted = [
        *spec.indexes,
        *((field,) for field, kind in spec.fields.items() if kind == "terms" and field not in indexed),
    ]
    models: list[IndexModel] = []
    for index in wanted:
        fields = [field for field in index if field != "id"]
        keys = [(field, ASCENDING) for field in fields] + [("_id", ASCENDING)]
        models.append(IndexModel(keys, name="__".join(fields)))
    return models
