"""The embedded broker's table: one row per message and queue it waits in. All of the broker's SQL is here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from shared.broker.protocol import Message

_TABLE = """
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY,          -- the order within a queue; grows over all queues
    queue TEXT NOT NULL,
    attempt INTEGER NOT NULL,         -- how often the retry ladder was used
    handed_out INTEGER NOT NULL,      -- how often a consumer got it and gave it back unsettled
    ready_at INTEGER NOT NULL,        -- milliseconds since 1970; 0: it waits in its queue
    routing_key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    partition_key TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
)
"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS in_line ON entry (queue, seq) WHERE ready_at = 0",
    "CREATE INDEX IF NOT EXISTS delayed ON entry (ready_at) WHERE ready_at > 0",
)

INSERT = "INSERT INTO entry VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)"
DELETE = "DELETE FROM entry WHERE seq = ?"
DELAY = "UPDATE entry SET ready_at = ?, attempt = ?, handed_out = 0 WHERE seq = ?"
CAME_BACK = "UPDATE entry SET handed_out = ? WHERE seq = ?"
BURY = "UPDATE entry SET seq = ?, queue = ?, headers = ?, handed_out = 0 WHERE seq = ?"

_COLUMNS = "seq, queue, attempt, handed_out, routing_key, event_id, tenant_id, partition_key, headers, body"


@dataclass(slots=True)
class QueueEntry:
    """A message in one queue, waiting or handed out."""

    seq: int
    queue: str
    message: Message
    attempt: int = 0
    handed_out: int = 0

    def row(self) -> tuple[int | str | bytes, ...]:
        m = self.message
        headers = encode_headers(m)
        where = (self.seq, self.queue, self.attempt, self.handed_out)
        return (*where, m.routing_key, m.event_id, m.tenant_id, m.partition_key, headers, bytes(m.body))


@dataclass(frozen=True)
class Inventory:
    """What an earlier process left in the file."""

    last_seq: int
    in_line: dict[str, int]
    next_due: int | None


def make(connection: sqlite3.Connection) -> None:
    """The table and its indexes, if they are not there."""
    for statement in (_TABLE, *_INDEXES):
        connection.execute(statement)


def encode_headers(message: Message) -> str:
    return json.dumps(dict(message.headers)) if message.headers else ""


def take_stock(connection: sqlite3.Connection, held: list[int]) -> Inventory:
    """Count one more delivery for every message that a consumer held, then count what waits."""
    connection.executemany("UPDATE entry SET handed_out = handed_out + 1 WHERE seq = ?", [(seq,) for seq in held])
    last = connection.execute("SELECT max(seq) FROM entry").fetchone()[0]
    counts = connection.execute("SELECT queue, count(*) FROM entry WHERE ready_at = 0 GROUP BY queue")
    return Inventory(last or 0, dict(counts.fetchall()), _next_due(connection))


def load(connection: sqlite3.Connection, queue: str, after: int, limit: int, limit_bytes: int) -> list[QueueEntry]:
    """The next entries of the queue, at least one if there is one."""
    found: list[QueueEntry] = []
    size = 0
    query = f"SELECT {_COLUMNS} FROM entry WHERE queue = ? AND ready_at = 0 AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - constants
    for row in connection.execute(query, (queue, after, limit)):
        found.append(_entry(row))
        size += len(found[-1].message.body)
        if size >= limit_bytes:
            break
    return found


def every(connection: sqlite3.Connection) -> Iterator[QueueEntry]:
    """All messages of all queues, delayed ones among them, in the order in which they came."""
    for row in connection.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY seq"):  # noqa: S608 - constants
        yield _entry(row)


def bring_back(
    connection: sqlite3.Connection, now: int, first_seq: int, limit: int
) -> tuple[list[QueueEntry], int | None]:
    """Put entries whose delay is over at the end of their queue; returns them, and when the next one is due."""
    query = f"SELECT {_COLUMNS} FROM entry WHERE ready_at > 0 AND ready_at <= ? ORDER BY ready_at, seq LIMIT ?"  # noqa: S608 - constants
    due = [_entry(row) for row in connection.execute(query, (now, limit))]
    moves = [(first_seq + i, entry.seq) for i, entry in enumerate(due)]
    connection.executemany("UPDATE entry SET seq = ?, ready_at = 0 WHERE seq = ?", moves)
    for entry, (seq, _) in zip(due, moves, strict=True):
        entry.seq = seq
    return due, _next_due(connection)


def _next_due(connection: sqlite3.Connection) -> int | None:
    return connection.execute("SELECT min(ready_at) FROM entry WHERE ready_at > 0").fetchone()[0]


def _entry(row: tuple[int, str, int, int, str, str, str, str, str, bytes]) -> QueueEntry:
    seq, queue, attempt, handed_out, routing_key, event_id, tenant_id, partition_key, headers, body = row
    read: dict[str, str] = json.loads(headers) if headers else {}
    return QueueEntry(
        seq, queue, Message(routing_key, body, event_id, tenant_id, partition_key, read), attempt, handed_out
    )
