"""The servers that take the data: databases that are empty or hold this very move, and a broker."""

from __future__ import annotations

from collections.abc import Iterable

from pymongo import AsyncMongoClient

from all_in_one.moving.digest import Digest
from shared.data_format.version import DATA_FORMAT
from shared.database.mongodb.database import MongoDatabase
from shared.database.paging import pages
from shared.database.protocol import CollectionSpec, Document

_MARK = "parley_move"
_OURS = {_MARK, "parley_format", "parley_pings"}


def database_name(service: str) -> str:
    return f"parley_{service.replace('-', '_')}"


class Databases:
    """`move` is the id of this move: what an earlier try of it left is taken up again."""

    def __init__(self, url: str, move: str) -> None:
        self._url = url
        self._move = move
        self._open: dict[str, MongoDatabase] = {}

    async def prepare(self, services: Iterable[str]) -> None:
        """Raises SystemExit, with one sentence, if one of them holds anything else."""
        client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(self._url, serverSelectionTimeoutMS=5_000)
        try:
            for service in services:
                await self._claim(client, database_name(service))
        finally:
            await client.close()

    async def _claim(self, client: AsyncMongoClient[dict[str, object]], name: str) -> None:
        database = client[name]
        there = set(await database.list_collection_names())
        mark = await database[_MARK].find_one({"_id": "move"}) if _MARK in there else None
        if mark is None and there - _OURS:
            raise SystemExit(
                f"Cannot move: database {name} is not empty ({', '.join(sorted(there - _OURS)[:3])}). Name an empty "
                "server, or drop it."
            )
        if mark is not None and mark["move"] != self._move:
            raise SystemExit(f"Cannot move: database {name} holds another installation's data. Name an empty server.")
        if mark is None:
            await database[_MARK].insert_one({"_id": "move", "move": self._move, "format": DATA_FORMAT})

    async def write(self, service: str, spec: CollectionSpec, documents: list[Document]) -> None:
        """Writing the same once more changes nothing."""
        database = await self._database(service)
        await database.collection(spec).insert_many(documents)

    async def digest(self, service: str, spec: CollectionSpec) -> Digest:
        """Of what is there now, read back."""
        found = Digest()
        database = await self._database(service)
        async for page in pages(database.collection(spec), {}, size=100):
            found.add(page)
        return found

    async def close(self) -> None:
        for database in self._open.values():
            await database.close()

    async def _database(self, service: str) -> MongoDatabase:
        if service not in self._open:
            database = MongoDatabase(self._url, database_name(service), "parley move")
            await database.start()
            self._open[service] = database
        return self._open[service]
