"""A large file is read in a process of its own: the same rows, the same refusals, and no process stays behind."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from awkward_files import BOOKS, TEXTS, Awkward
from campaigns.imports import batch_reader
from campaigns.imports.batches import BATCH_ROWS, batches
from campaigns.imports.domain.model import Import
from campaigns.imports.reading.chunked_file import ChunkedFile
from campaigns.imports.reading_process import parent
from campaigns.imports.reading_process.messages import Ended, decoded, encoded, receive, send
from imports_world import ImportWorld
from shared.files import CHUNK_BYTES

SEVERAL = [TEXTS[0], BOOKS[0]]
ROWS = 21_000


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Popen[bytes]]]:
    """Every file counts as large; the processes that were started."""
    processes: list[Popen[bytes]] = []

    class Noted(Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            processes.append(self)

    monkeypatch.setattr(parent.subprocess, "Popen", Noted)
    monkeypatch.setattr(batch_reader, "OWN_PROCESS_BYTES", 0)
    yield processes
    for process in processes:
        process.kill()
        process.wait()


class Held(ChunkedFile):
    """A file in memory that notes which pieces were asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__(len(content))
        self._content, self.asked = content, list[int]()

    def fetch(self, n: int) -> bytes:
        self.asked.append(n)
        return self._content[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES]


@pytest.mark.parametrize("file", SEVERAL, ids=lambda file: file.what)
async def test_it_finds_the_rows_that_a_thread_finds(
    imports: ImportWorld, started: list[Popen[bytes]], file: Awkward
) -> None:
    done = await imports.run(file.content, file.file_name, **file.fields)
    assert (done["state"], done["error"]) == ("done", None)
    assert [(each.phone_number, each.name) for each in await imports.added()] == list(file.rows)
    assert [process.poll() is not None for process in started] == [True]


async def test_it_asks_for_the_file_piece_by_piece_and_is_at_most_a_batch_ahead(imports: ImportWorld) -> None:
    content = "".join(
        ["Phone,Name\n", *(f"+1312{2_000_000 + n},{'x' * (CHUNK_BYTES // BATCH_ROWS)}\n" for n in range(ROWS))]
    ).encode()
    known = await _known(imports, content)
    source = Held(content)
    elsewhere = parent.read_elsewhere(source, known)
    first = next(elsewhere)
    assert first == next(batches(io.BytesIO(content), known))
    assert source.asked == [0, 1]
    rest = [first, *elsewhere]
    assert sum(batch.rows for batch in rest) == ROWS
    assert source.asked == list(range(-(-len(content) // CHUNK_BYTES)))


async def test_it_ends_with_the_reader(imports: ImportWorld, started: list[Popen[bytes]]) -> None:
    elsewhere = await _begun(imports)
    assert [process.poll() for process in started] == [None]
    elsewhere.close()
    assert [process.poll() is not None for process in started] == [True]


async def test_it_ends_when_the_service_is_killed(imports: ImportWorld, started: list[Popen[bytes]]) -> None:
    await _begun(imports)
    (process,) = started
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()  # as the kernel does for a killed process
    process.stdout.close()
    assert process.wait(30) is not None


async def test_one_that_dies_ends_the_reading_with_an_error(imports: ImportWorld, started: list[Popen[bytes]]) -> None:
    elsewhere = await _begun(imports)
    started[0].kill()
    with pytest.raises(EOFError):
        list(elsewhere)


async def test_it_gets_none_of_the_service_s_secrets(imports: ImportWorld, started: list[Popen[bytes]]) -> None:
    elsewhere = await _begun(imports)
    assert _environment(started[0]) == b""
    elsewhere.close()


def test_a_message_that_was_cut_is_no_message() -> None:
    pipe = io.BytesIO()
    send(pipe, encoded(Ended()))
    whole = pipe.getvalue()
    assert decoded(receive(io.BytesIO(whole))) == Ended()
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            receive(io.BytesIO(whole[:length]))


async def _known(imports: ImportWorld, content: bytes) -> Import:
    made = await imports.preview(content)
    known = await imports.worker._parts.imports.get(made["id"])
    assert known is not None
    return known.but(next_row=known.preview.first)


async def _begun(imports: ImportWorld) -> Generator[Any]:
    """A reader with much left to read."""
    content = "".join(["Phone\n", *(f"+1312{2_000_000 + n}\n" for n in range(ROWS))]).encode()
    elsewhere = parent.read_elsewhere(Held(content), await _known(imports, content))
    next(elsewhere)
    return elsewhere


def _environment(process: Popen[bytes]) -> bytes:
    return Path(f"/proc/{process.pid}/environ").read_bytes()
