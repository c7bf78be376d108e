"""The file store on every database: whole files only, a stream in and a stream out, nothing left behind."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.errors import NotFound, TooLarge
from shared.files import CHUNK_BYTES, FileStore
from shared.files.store import CHUNKS_SPEC, FILES_SPEC

BYTES = bytes(range(256)) * (CHUNK_BYTES // 256) * 2 + b"the end"


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def joined(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in stream])


@pytest.fixture
async def files(database: Database) -> FileStore:
    store = FileStore(database, ManualClock())
    await database.clear()
    return store


async def left(database: Database) -> tuple[int, int]:
    return await database.collection(FILES_SPEC).count({}), await database.collection(CHUNKS_SPEC).count({})


async def test_a_file_comes_back_as_it_was(files: FileStore) -> None:
    file = await files.write("ten_a", pieces(BYTES), limit=len(BYTES))
    assert (file.size, file.chunks, file.sha256) == (len(BYTES), 3, hashlib.sha256(BYTES).hexdigest())
    assert await files.get("ten_a", file.id) == file
    assert await joined(files.read(file)) == BYTES
    assert await joined(files.read(file, CHUNK_BYTES + 5)) == BYTES[CHUNK_BYTES + 5 :]
    assert await joined(files.read(file, 2 * CHUNK_BYTES)) == b"the end"


async def test_an_empty_file_is_a_file(files: FileStore) -> None:
    file = await files.write("ten_a", pieces(b""), limit=0)
    assert (file.size, await joined(files.read(file))) == (0, b"")


async def test_too_large_a_file_leaves_nothing(files: FileStore, database: Database) -> None:
    with pytest.raises(TooLarge):
        await files.write("ten_a", pieces(BYTES), limit=len(BYTES) - 1)
    assert await left(database) == (0, 0)


async def test_a_stream_that_breaks_leaves_nothing(files: FileStore, database: Database) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield BYTES
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await files.write("ten_a", breaking(), limit=len(BYTES))
    assert await left(database) == (0, 0)


async def test_another_tenant_neither_reads_nor_deletes_a_file(files: FileStore) -> None:
    file = await files.write("ten_a", pieces(b"mine"), limit=10)
    assert await files.get("ten_b", file.id) is None
    await files.delete("ten_b", file.id)
    assert await files.get("ten_a", file.id) == file


async def test_a_deleted_file_is_gone_for_those_who_read_it_too(files: FileStore, database: Database) -> None:
    file = await files.write("ten_a", pieces(BYTES), limit=len(BYTES))
    await files.delete("ten_a", file.id)
    await files.delete("ten_a", file.id)
    assert await files.get("ten_a", file.id) is None
    assert await left(database) == (0, 0)
    with pytest.raises(NotFound):
        await joined(files.read(file))


async def test_a_sweep_takes_what_a_crash_left_and_no_whole_file(database: Database) -> None:
    clock = ManualClock()
    files = FileStore(database, clock)
    await database.clear()
    whole = await files.write("ten_a", pieces(b"whole"), limit=10)
    await files.keep("ten_a", whole.id)
    await files.write("ten_a", pieces(b"nobody kept it"), limit=20)
    with pytest.raises(NotFound):
        await files.keep("ten_b", whole.id)

    class CrashError(BaseException):
        pass

    class Crashing(FileStore):
        async def _remove(self, id: str) -> None:
            raise CrashError

    async def crashing() -> AsyncIterator[bytes]:
        yield BYTES
        raise CrashError

    with pytest.raises(CrashError):
        await Crashing(database, clock).write("ten_a", crashing(), limit=len(BYTES))
    deleted = await files.write("ten_a", pieces(BYTES), limit=len(BYTES))
    with pytest.raises(CrashError):
        await Crashing(database, clock).delete("ten_a", deleted.id)
    assert await left(database) == (4, 7)
    assert await files.get("ten_a", deleted.id) is None
    assert await files.sweep(clock.now()) == 0
    clock.advance(1)
    assert await files.sweep(clock.now()) == 3
    assert await left(database) == (1, 1)
    assert await files.get("ten_a", whole.id) == whole
