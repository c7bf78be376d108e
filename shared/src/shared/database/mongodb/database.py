"""The document store on MongoDB (standalone, replica set or sharded), with PyMongo's own asyncio client.

Decisions read from the primary with majority read concern, and a majority's journals acknowledge every write: with
local reads a failover would take back data that was already acted upon. Retryable writes are the
driver's default where the server has them.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, DuplicateKeyError, InvalidURI
from pymongo.read_concern import ReadConcern

from shared.data_format.version import DATA_FORMAT, too_new
from shared.database.conditions import check_spec
from shared.database.mongodb.bulk import Remote
from shared.database.mongodb.collection import MongoCollection, index_models
from shared.database.mongodb.errors import translated
from shared.database.mongodb.waiting import wait_as_newer_pythons_do
from shared.database.protocol import CollectionSpec
from shared.errors import STORE_AWAY, StoreUnavailable, StoreUnusable
from shared.values import Value

_SELECTION_MS = 2_000  # a server that is away is said to be away while the caller still listens
_OPERATION_MS = 20_000  # a network that swallows packets must not hold an event for ever
_POOL = 32  # a slow server must not be met with ever more connections; a fault run with 100 brought one to its limit
_PING_SECONDS = 1.0
_PINGS = "parley_pings"
_FORMAT = "parley_format"
_MAJORITY = WriteConcern(w="majority", j=True)


class _PlainInt(TypeDecoder):
    """The driver marks 64-bit integers with a class of its own; documents hold plain ones."""

    @property
    def bson_type(self) -> type[Int64]:
        return Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


def _fields_of(value: Any) -> Any:
    """Of a `Value`, the one class beside plain types that a checked document may hold."""
    return value.jsonable() if isinstance(value, Value) else value


_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, type_registry=TypeRegistry([_PlainInt()], fallback_encoder=_fields_of)
)


class MongoDatabase:
    def __init__(self, url: str, name: str, client_name: str) -> None:
        self._url = url
        self._name = name
        self._client_name = client_name
        self._client: AsyncMongoClient[dict[str, Any]] | None = None
        self._collections: dict[str, MongoCollection] = {}
        self._made: dict[str, Remote] = {}
        self._making = asyncio.Lock()

    def collection(self, spec: CollectionSpec) -> MongoCollection:
        known = self._collections.get(spec.name)
        if known is None:
            check_spec(spec)
            known = self._collections[spec.name] = MongoCollection(spec, _OPTIONS, lambda: self._ensure(spec))
        elif known.spec != spec:
            raise ValueError(f"collection {spec.name} is declared twice, differently")
        return known

    async def start(self) -> None:
        """Connect and make what has been declared; called again, make what was declared since.

        Raises `StoreUnusable("store_newer")` if a newer version of Parley has used this database.
        """
        if self._client is None:
            self._client = self._connect()
            await self._check_format()
        await self._ask("ping")
        for collection in list(self._collections.values()):
            await self._ensure(collection.spec)

    async def server_time(self) -> datetime | None:
        # `hello` under the name that every server knows, the newest as well as imitations of old ones.
        moment = (await self._ask("isMaster")).get("localTime")
        return moment.astimezone(UTC) if isinstance(moment, datetime) else None

    async def ping(self) -> None:
        """Writes and reads, because a server with a full disk still answers the command `ping`."""
        marks = self._database().get_collection(_PINGS)
        try:
            async with asyncio.timeout(_PING_SECONDS):
                with translated(), contextlib.suppress(DuplicateKeyError):  # two first pings at once
                    await marks.replace_one({"_id": self._client_name}, {"at": datetime.now(UTC)}, upsert=True)
                with translated():
                    await marks.find_one({"_id": self._client_name})
        except TimeoutError:
            slow = f"MongoDB did not answer within {_PING_SECONDS} s"
            raise StoreUnavailable("store_slow", STORE_AWAY, operator_detail=slow) from None

    async def clear(self) -> None:
        for collection in list(self._collections.values()):
            remote = await self._ensure(collection.spec)
            with translated():
                await remote.delete_many({})

    async def compact(self) -> None:
        """Nothing: the server uses the room of deleted documents again as it sees fit."""

    async def close(self) -> None:
        client, self._client = self._client, None
        self._made.clear()
        if client is not None:
            await client.close()

    async def _ensure(self, spec: CollectionSpec) -> Remote:
        """The driver's collection, its indexes made once by this process."""
        made = self._made.get(spec.name)
        if made is not None:
            return made
        async with self._making:
            remote = self._database().get_collection(spec.name)
            models = index_models(spec)
            if models:
                with translated():
                    await remote.create_indexes(models)
            self._made[spec.name] = remote
            return remote

    async def _check_format(self) -> None:
        marks = self._database().get_collection(_FORMAT)
        with translated():
            found = int(((await marks.find_one({"_id": "format"})) or {}).get("format", 0))
        if found > DATA_FORMAT:
            await self.close()
            raise StoreUnusable("store_newer", STORE_AWAY, operator_detail=too_new(f"Database {self._name}", found))
        if found < DATA_FORMAT:
            with translated(), contextlib.suppress(DuplicateKeyError):  # two instances start at once
                await marks.replace_one({"_id": "format"}, {"format": DATA_FORMAT}, upsert=True)

    async def _ask(self, command: str) -> dict[str, Any]:
        with translated():
            return await self._database().client.admin.command(command)

    def _database(self) -> AsyncDatabase[dict[str, Any]]:
        if self._client is None:
            raise StoreUnavailable(
                "store_closed", STORE_AWAY, operator_detail="The database is not open: call start()."
            )
        return self._client.get_database(
            self._name,
            codec_options=_OPTIONS,
            read_preference=ReadPreference.PRIMARY,
            write_concern=_MAJORITY,
            read_concern=ReadConcern("majority"),
        )

    def _connect(self) -> AsyncMongoClient[dict[str, Any]]:
        """Makes the client; it does not connect yet. Raises ValueError for an address that cannot work."""
        wait_as_newer_pythons_do()
        try:
            return AsyncMongoClient(
                self._url,
                tz_aware=True,
                uuidRepresentation="standard",
                appname=self._client_name,
                serverSelectionTimeoutMS=_SELECTION_MS,
                connectTimeoutMS=_SELECTION_MS,
                socketTimeoutMS=_OPERATION_MS,
                maxPoolSize=_POOL,
            )
        except (ValueError, ConfigurationError, InvalidURI) as error:
            raise ValueError(f"this is no MongoDB address that works: {error}") from None
