"""One table."""

# asyncpg tells no types of what its pool passes on.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownParameterType=false
# pyright: reportMissingTypeArgument=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import TypeAlias

import asyncpg

SCHEMA = """
create table if not exists messages (
    id bigserial primary key,
    direction text not null,
    contact text not null,
    number text not null,
    body text not null,
    status text not null,
    carrier_id text,
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index if not exists messages_contact on messages (contact, created_at);
create index if not exists messages_carrier_id on messages (carrier_id);
"""

Pool: TypeAlias = "asyncpg.Pool"


async def connect(url: str) -> Pool:
    pool = await asyncpg.create_pool(url, min_size=4, max_size=16)
    assert pool is not None
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(1)")  # both programs make it at their start
        await connection.execute(SCHEMA)
    return pool


async def received(pool: Pool, carrier_id: str, contact: str, number: str, body: str) -> int:
    return await pool.fetchval(
        "insert into messages (direction, contact, number, body, status, carrier_id)"
        " values ('in', $1, $2, $3, 'received', $4) returning id",
        contact, number, body, carrier_id,
    )  # fmt: skip


async def queued(pool: Pool, contact: str, number: str, body: str) -> int:
    return await pool.fetchval(
        "insert into messages (direction, contact, number, body, status)"
        " values ('out', $1, $2, $3, 'queued') returning id",
        contact, number, body,
    )  # fmt: skip


async def queued_many(pool: Pool, contacts: list[str], number: str, body: str) -> list[int]:
    rows = await pool.fetch(
        "insert into messages (direction, contact, number, body, status)"
        " select 'out', contact, $2, $3, 'queued' from unnest($1::text[]) as contact returning id",
        contacts, number, body,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def submitted(pool: Pool, id: int, carrier_id: str) -> None:
    await pool.execute(
        "update messages set status = 'submitted', carrier_id = $2, updated_at = now() where id = $1", id, carrier_id
    )


async def failed(pool: Pool, id: int, error: str) -> None:
    await pool.execute("update messages set status = 'failed', error = $2, updated_at = now() where id = $1", id, error)


async def reported(pool: Pool, carrier_id: str, status: str) -> None:
    await pool.execute(
        "update messages set status = $2, updated_at = now() where carrier_id = $1 and direction = 'out'",
        carrier_id, status,
    )  # fmt: skip


async def history(pool: Pool, contact: str) -> list[asyncpg.Record]:
    """The last ten, oldest first."""
    rows = await pool.fetch(
        "select direction, body from messages where contact = $1 order by created_at desc limit 10", contact
    )
    return rows[::-1]
