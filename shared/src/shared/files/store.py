"""Keeps files as documents of 1 MiB each, written and read as streams: a file of any size takes a few MiB of memory.

A file has one document of its own and its chunks. Its document is inserted before the first chunk, unfinished, and
replaced after the last one: `get` and `read` know only whole files. The caller saves its id somewhere and then
calls `keep`; a crash before that leaves a file that `sweep` finds. A deletion marks the document first and removes it
last, for the same reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal

from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import Collection, CollectionSpec, Database, Range, Sort
from shared.errors import NotFound, TooLarge
from shared.ids import new_id
from shared.values import Moment, Value

CHUNK_BYTES = 1024 * 1024
_CHUNKS_AT_ONCE = 16
"""Deleted in one step: other writers get a turn in between."""

FILES_SPEC = CollectionSpec("files", {"tenant_id": "str", "unsettled_at": "datetime"}, (("unsettled_at",),))
CHUNKS_SPEC = CollectionSpec("file_chunks", {"file_id": "str", "n": "int"}, (("file_id", "n"),))


class StoredFile(Value):
    """A file that is whole. `sha256` is over its bytes, in hexadecimal."""

    id: str
    tenant_id: str
    size: int
    sha256: str
    created_at: Moment

    @property
    def chunks(self) -> int:
        return -(-self.size // CHUNK_BYTES)


class FileStore:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._files: Collection = database.collection(FILES_SPEC)
        self._chunks: Collection = database.collection(CHUNKS_SPEC)
        self._clock = clock

    async def write(self, tenant_id: str, content: AsyncIterator[bytes], *, limit: int) -> StoredFile:
        """Store what comes, under a new id. `keep` it once its id is saved elsewhere, or a sweep takes it.

        Raises `TooLarge("file_too_large")` as soon as there are more than `limit` bytes; then, and if the stream fails,
        nothing of it stays.
        """
        id, now = new_id("fil"), self._clock.now()
        await self._files.insert(_document(id, tenant_id, 1, "unfinished", now))
        try:
            file = await self._fill(
                StoredFile(id=id, tenant_id=tenant_id, size=0, sha256="", created_at=now), content, limit
            )
        except BaseException:
            await self._remove(id)
            raise
        whole = {**_document(id, tenant_id, 2, "whole", now), "size": file.size, "sha256": file.sha256}
        if not await self._files.replace(whole, 1):
            raise NotFound("file_gone", "The upload took too long and was removed; upload the file again.")
        return file

    async def keep(self, tenant_id: str, id: str) -> None:
        """It has an owner, so no sweep takes it. Raises `NotFound("file_gone")`."""
        document = await self._files.get(id)
        if document is None or document["tenant_id"] != tenant_id or document["state"] != "whole":
            raise NotFound("file_gone", "The file was removed; upload it again.")
        if document["unsettled_at"] is not None:
            version = document["version"]
            await self._files.replace({**document, "version": version + 1, "unsettled_at": None}, version)

    async def get(self, tenant_id: str, id: str) -> StoredFile | None:
        """None also for a file of another tenant, one that is not whole yet, and one that is being deleted."""
        document = await self._files.get(id)
        if document is None or document["tenant_id"] != tenant_id or document["state"] != "whole":
            return None
        return StoredFile(
            id=id,
            tenant_id=tenant_id,
            size=document["size"],
            sha256=document["sha256"],
            created_at=document["created_at"],
        )

    async def chunk(self, file: StoredFile, n: int) -> bytes:
        """The n-th MiB, from 0. Raises `NotFound("file_gone")` if the file was deleted meanwhile."""
        document = await self._chunks.get(_chunk_id(file.id, n))
        if document is None:
            raise NotFound("file_gone", "The file was deleted.")
        return document["bytes"]

    async def read(self, file: StoredFile, start: int = 0) -> AsyncIterator[bytes]:
        """The bytes from this position on, a chunk at a time."""
        skipped = start % CHUNK_BYTES
        for n in range(start // CHUNK_BYTES, file.chunks):
            yield (await self.chunk(file, n))[skipped:]
            skipped = 0

    async def delete(self, tenant_id: str, id: str) -> None:
        """Remove it for good. Of a file that is not there, or another tenant's, nothing is removed."""
        document = await self._files.get(id)
        if document is None or document["tenant_id"] != tenant_id:
            return
        version = document["version"]
        gone = {**document, "version": version + 1, "state": "deleted", "unsettled_at": self._clock.now()}
        await self._files.replace(gone, version)
        await self._remove(id)

    async def sweep(self, before: datetime) -> int:
        """Remove what a crash left, from before this moment: uploads and deletions that did not end, and files that
        nobody kept."""
        count = 0
        left = {"unsettled_at": Range(lt=before)}
        async for document in documents(self._files, left, Sort("unsettled_at")):
            await self._remove(document["id"])
            count += 1
        return count

    async def _fill(self, file: StoredFile, content: AsyncIterator[bytes], limit: int) -> StoredFile:
        digest, waiting, size, n = hashlib.sha256(), bytearray(), 0, 0
        async for piece in content:
            size += len(piece)
            if size > limit:
                raise TooLarge(
                    "file_too_large", f"The file has more than {limit // 1024 // 1024} MB, the most allowed."
                )
            digest.update(piece)
            waiting += piece
            while len(waiting) >= CHUNK_BYTES:
                await self._keep(file.id, n, bytes(waiting[:CHUNK_BYTES]))
                del waiting[:CHUNK_BYTES]
                n += 1
        if waiting:
            await self._keep(file.id, n, bytes(waiting))
        return file.but(size=size, sha256=digest.hexdigest())

    async def _keep(self, file_id: str, n: int, content: bytes) -> None:
        await self._chunks.insert({"id": _chunk_id(file_id, n), "file_id": file_id, "n": n, "bytes": content})

    async def _remove(self, id: str) -> None:
        while page := (await self._chunks.find({"file_id": id}, sort=Sort("n"), limit=_CHUNKS_AT_ONCE)).items:
            await self._chunks.delete({"file_id": id, "n": Range(lte=page[-1]["n"])})
        await self._files.delete({"id": id})


def _document(
    id: str, tenant_id: str, version: int, state: Literal["unfinished", "whole"], now: datetime
) -> dict[str, object]:
    return {
        "id": id,
        "tenant_id": tenant_id,
        "version": version,
        "state": state,
        "created_at": now,
        "unsettled_at": now,
    }


def _chunk_id(file_id: str, n: int) -> str:
    return f"{file_id}|{n:06d}"
