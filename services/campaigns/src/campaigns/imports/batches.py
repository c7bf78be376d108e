"""The rows of an import from its cursor on, in batches that are added one by one."""

from __future__ import annotations

import io
from collections.abc import Generator
from itertools import islice

from campaigns.campaigns.domain.recipient import NewRecipient, recipient_id
from campaigns.imports.domain.model import Import
from campaigns.imports.domain.rejected import RejectedRow
from campaigns.imports.domain.rows import read_row, visible
from campaigns.imports.preview import rules_of_import
from campaigns.imports.reading.table import opened_rows
from shared.values import Value

BATCH_ROWS = 10_000
"""Some 20 MB. They are added in the order of their ids: ids are random, so neighbours in the store's indexes share
pages only in a large batch. At 120,000 recipients SQLite writes a fifth for them (70 MB per 10,000 rows, not 340)."""
BATCH_POSITIONS = 20_000
"""Blank rows are passed over, so many at most."""

BATCH_CHARACTERS = 16_000_000
"""Of rows with long cells fewer make a batch, so that memory stays flat whatever is in the file."""

ReadRow = tuple[NewRecipient, list[str]]
"""A recipient and the cells it was read from."""


class Batch(Value, tag="batch"):
    next_row: int
    """Position of the first row after it."""
    share: float
    """How much of the file is read then, 0..1."""
    rows: int
    """Its rows that are not blank."""
    recipients: list[ReadRow]
    rejected: list[RejectedRow]


def batches(source: io.BufferedIOBase, known: Import) -> Generator[Batch]:
    """Takes the processor: run it in a thread or another process. Raises `Invalid` for a file that turns out to be
    damaged."""
    rules = rules_of_import(known)
    with opened_rows(source, known.preview.format, known.file.size) as rows:
        numbered = enumerate(rows.stream)
        for _ in islice(numbered, known.next_row):
            pass
        next_row = known.next_row
        while True:
            recipients: list[ReadRow] = []
            rejected: list[RejectedRow] = []
            first, characters, read = next_row, 0, 0
            for n, cells in numbered:
                next_row = n + 1
                characters += sum(map(len, cells))
                if cells and any(map(visible, cells)):
                    read += 1
                    row = read_row(rules, n + 1, cells)
                    if isinstance(row, RejectedRow):
                        rejected.append(row)
                    else:
                        recipients.append((row, cells))
                if read >= BATCH_ROWS or n - first >= BATCH_POSITIONS or characters >= BATCH_CHARACTERS:
                    break
            if next_row == first:
                return
            # The order of rows with one number stays, so the first of them is the one that is added.
            recipients.sort(key=lambda pair: recipient_id(known.campaign_id, pair[0].phone_number))
            share = min(0.999, rows.share(next_row))
            yield Batch(next_row=next_row, share=share, rows=read, recipients=recipients, rejected=rejected)
