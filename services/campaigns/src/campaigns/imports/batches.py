"""The rows of an import from its cursor on, in batches that are added one by one."""

from __future__ import annotations

import io
from collections.abc import Generator
from itertools import islice

from campaigns.campaigns.domain.recipient import Recipient, clock_of, new_recipient
from campaigns.imports.domain.model import Import
from campaigns.imports.domain.rejected import RejectedRow
from campaigns.imports.domain.rows import read_row, visible
from campaigns.imports.preview import rules_of_import
from campaigns.imports.reading.table import opened_rows
from shared.values import Value

BATCH_ROWS = 10_000
"""Some 20 MB. They are added in the order of their ids: ids are random, so rows share pages of that index only if they
are neighbours in it."""
BATCH_POSITIONS = 20_000
"""Blank rows are passed over, so many at most."""

BATCH_CHARACTERS = 16_000_000
"""Of rows with long cells fewer make a batch, so that memory stays flat whatever is in the file."""

ReadRow = tuple[Recipient, tuple[str, ...]]
"""A new recipient, made here because this may be a process of its own, and the cells it was read from."""


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
                        begun = new_recipient(known.tenant_id, known.campaign_id, row, clock_of(row))
                        recipients.append((begun, tuple(cells)))
                if read >= BATCH_ROWS or n - first >= BATCH_POSITIONS or characters >= BATCH_CHARACTERS:
                    break
            if next_row == first:
                return
            # The order of rows with one number stays, so the first of them is the one that is added.
            recipients.sort(key=lambda pair: pair[0].id)
            share = min(0.999, rows.share(next_row))
            yield Batch(next_row=next_row, share=share, rows=read, recipients=recipients, rejected=rejected)
