"""Reads a file batch by batch in threads: parsing numbers takes the processor, and the event loop must stay free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from campaigns.campaigns.domain.recipient import NewRecipient, recipient_id
from campaigns.imports.domain.model import Import
from campaigns.imports.domain.rejected import RejectedRow
from campaigns.imports.domain.rows import Rules, read_row, visible
from campaigns.imports.preview import rules_of_import
from campaigns.imports.reading.stored_file import OpenedFile
from campaigns.imports.reading.table import Rows, opened_rows
from shared.files import FileStore

T = TypeVar("T")
BATCH_ROWS = 10_000
"""Some 20 MB. They are added in the order of their ids: ids are random, so neighbours in the store's indexes share
pages only in a large batch. At 120,000 recipients SQLite writes a fifth for them (70 MB per 10,000 rows, not 340)."""
BATCH_POSITIONS = 20_000
"""Blank rows are passed over, so many at most."""

BATCH_CHARACTERS = 16_000_000
"""Of rows with long cells fewer make a batch, so that memory stays flat whatever is in the file."""


class Threads:
    """Two threads for all imports of this process: they take turns, and the process's other threads stay free."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, "imports")

    async def run(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)


@dataclass
class Batch:
    next_row: int
    share: float
    read: int = 0
    recipients: list[tuple[NewRecipient, list[str]]] = field(default_factory=list[tuple[NewRecipient, list[str]]])
    rejected: list[RejectedRow] = field(default_factory=list[RejectedRow])


class BatchReader:
    """The rows of an import from its cursor on. Made on the event loop; `next` and `close` run in a thread."""

    def __init__(self, files: FileStore, known: Import) -> None:
        self._source = OpenedFile(files, known.file)
        self._known = known
        self._rules: Rules = rules_of_import(known)
        self._stack = ExitStack()
        self._rows: Rows | None = None
        self._numbered: Iterator[tuple[int, list[str]]] = iter(())

    def next(self) -> Batch | None:
        """None at the end. Raises `Invalid` for a file that turns out to be damaged."""
        rows = self._rows or self._open()
        batch = Batch(self._known.next_row, 0.0)
        first, characters = None, 0
        for n, cells in self._numbered:
            first = n if first is None else first
            batch.next_row = n + 1
            characters += sum(map(len, cells))
            if cells and any(map(visible, cells)):
                batch.read += 1
                row = read_row(self._rules, n + 1, cells)
                if isinstance(row, RejectedRow):
                    batch.rejected.append(row)
                else:
                    batch.recipients.append((row, cells))
            if batch.read >= BATCH_ROWS or n - first >= BATCH_POSITIONS or characters >= BATCH_CHARACTERS:
                break
        if first is None:
            return None
        # The order of rows with one number stays, so the first of them is the one that is added.
        batch.recipients.sort(key=lambda pair: recipient_id(self._known.campaign_id, pair[0].phone_number))
        batch.share = min(0.999, rows.share(batch.next_row))
        return batch

    def close(self) -> None:
        self._stack.close()

    def _open(self) -> Rows:
        known = self._known
        self._rows = self._stack.enter_context(opened_rows(self._source, known.preview.format, known.file.size))
        self._numbered = enumerate(self._rows.stream)
        for _ in islice(self._numbered, known.next_row):
            pass
        return self._rows
