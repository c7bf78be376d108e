"""One import: a file that is looked at, mapped, and then added by a worker. Its document holds the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from campaigns.imports.domain.fields import PHONE, ColumnMapping
from campaigns.imports.domain.format import Format, Seen, Wishes
from campaigns.imports.domain.guess import Guess
from shared.aggregates import Decision
from shared.errors import Invalid, Refused
from shared.files import StoredFile
from shared.values import Moment, Value

ImportState = Literal["preview", "running", "done", "failed", "cancelled"]
LEASE_SECONDS = 60.0
"""A worker renews its lease with each batch, and while it reads for long; one that died is replaced after this."""


class Column(Value):
    index: int
    header: str
    samples: tuple[str, ...]
    guess: Guess
    plus_lost: bool = False
    """International numbers are written without +, all along the column."""


class RowCounts(Value):
    """total = accepted + rejected + duplicates. Blank rows count nowhere."""

    total: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0

    def plus(self, other: RowCounts) -> RowCounts:
        return RowCounts(
            total=self.total + other.total,
            accepted=self.accepted + other.accepted,
            rejected=self.rejected + other.rejected,
            duplicates=self.duplicates + other.duplicates,
        )


@dataclass(frozen=True)
class Step:
    """A batch that was added, and where the next one begins."""

    next_row: int
    rows: RowCounts
    progress: float


class Warned(Value):
    code: str
    detail: str


class ShownRow(Value):
    """A row of the file as a preview shows it. `code` and `detail` say why it would not be added; empty: it would."""

    row: int
    values: tuple[str, ...]
    code: str = ""
    detail: str = ""


class Preview(Value):
    """What was found in the file, and how its rows will be read."""

    format: Format
    header: int | None
    """Position of the header among all rows, from 0; None: there is none."""
    first: int
    columns: tuple[Column, ...]
    fingerprint: str
    mapping: ColumnMapping
    sampled: bool
    rows: RowCounts
    warnings: tuple[Warned, ...] = ()
    shown: tuple[ShownRow, ...] = ()
    """The first rows, and the first of those that would not be added."""


class Import(Value):
    id: str
    tenant_id: str
    campaign_id: str
    file_name: str
    file: StoredFile
    seen: Seen
    wishes: Wishes
    region: str
    """In which national numbers are read."""
    allowed_regions: tuple[str, ...]
    preview: Preview
    created_at: Moment
    state: ImportState = "preview"
    next_row: int = 0
    """Position of the first row that is not yet dealt with."""
    rows: RowCounts = RowCounts()
    progress: float = 0.0
    worker: str | None = None
    due_at: Moment | None = None
    """When a worker may take it: at once, or when the lease of the present one ends. None: nothing is left to do."""
    ended_at: Moment | None = None
    error: str | None = None
    revision: int = 1

    @property
    def is_unsettled(self) -> bool:
        """It has ended, and the worker has yet to clear up after it."""
        return self.state in ("done", "failed", "cancelled") and self.due_at is not None


def _next(known: Import, **changes: object) -> Decision[Import]:
    return Decision(known.but(revision=known.revision + 1, **changes))


def may_revise(known: Import) -> None:
    if known.state != "preview":
        raise Refused("import_not_in_preview", f"The import is {known.state}; only a preview can be changed.")


def revise(known: Import, preview: Preview, wishes: Wishes, region: str) -> Decision[Import]:
    may_revise(known)
    return _next(known, preview=preview, wishes=wishes, region=region)


def may_commit(known: Import) -> None:
    if known.state not in ("preview", "running", "done"):
        raise Refused("import_not_in_preview", f"The import is {known.state}; upload the file again.")
    if PHONE not in {field for _, field in known.preview.mapping}:
        raise Invalid("no_phone_column", "Map a column to phone_number first.")


def commit(known: Import, now: datetime) -> Decision[Import] | None:
    """Repeating it changes nothing."""
    may_commit(known)
    if known.state != "preview":
        return None
    return _next(known, state="running", due_at=now, next_row=known.preview.first)


def claim(known: Import, worker: str, now: datetime) -> Decision[Import] | None:
    """The lease, if nobody has it."""
    if known.due_at is None or known.due_at > now:
        return None
    return Decision(known.but(worker=worker, due_at=now + timedelta(seconds=LEASE_SECONDS)))


def move(known: Import, worker: str, step: Step, now: datetime) -> Decision[Import] | None:
    """These rows are added. None: the lease is another's, or the import has ended."""
    if known.worker != worker or known.state != "running":
        return None
    due_at = now + timedelta(seconds=LEASE_SECONDS)
    return _next(known, next_row=step.next_row, rows=known.rows.plus(step.rows), progress=step.progress, due_at=due_at)


def renew(known: Import, worker: str, now: datetime) -> Decision[Import] | None:
    """The worker is still at it."""
    if known.worker != worker or known.state != "running":
        return None
    return Decision(known.but(due_at=now + timedelta(seconds=LEASE_SECONDS)))


def release(known: Import, worker: str, now: datetime) -> Decision[Import] | None:
    """The worker's process stops; another may go on at once."""
    if known.worker != worker or known.due_at is None:
        return None
    return Decision(known.but(worker=None, due_at=now))


def end(known: Import, worker: str, error: str | None, now: datetime) -> Decision[Import] | None:
    if known.worker != worker or known.state != "running":
        return None
    if error is not None:
        return _next(known, state="failed", error=error, ended_at=now)
    return _next(known, state="done", progress=1.0, ended_at=now)


def cancel(known: Import, now: datetime) -> Decision[Import] | None:
    """Stop it and take its rows away. A worker that is at it sees that at its next save and clears up."""
    if known.state == "cancelled":
        return None
    if known.state == "failed":
        raise Refused("import_failed", "The import has failed and added nothing; there is nothing to cancel.")
    busy = known.state == "running" and known.worker is not None
    return _next(known, state="cancelled", ended_at=now, due_at=known.due_at if busy else now)


def settle(known: Import) -> Decision[Import] | None:
    """All is cleared up; the samples go with the file they are from."""
    if not known.is_unsettled:
        return None
    rows = known.rows if known.state == "done" else known.rows.but(accepted=0)
    columns = tuple(column.but(samples=()) for column in known.preview.columns)
    return _next(known, due_at=None, worker=None, rows=rows, preview=known.preview.but(columns=columns, shown=()))
