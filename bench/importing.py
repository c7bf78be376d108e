"""Recipients from a file: the whole import (read, check, store, cursor) beside csv and phonenumbers alone.

Each round reads the same file of new numbers, in turns. The product is a service with its database on disk; the upload
and the preview are done before the clock starts. Processor time is of the service and the process that reads the file.
Memory is the service's, at a tenth of the rows and at the end; the reading process counts apart, at half of the rows.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import phonenumbers
from pydantic import SecretStr

from bench.ground import CLOCK, KEYRING, SECRET, Ground, platform
from bench.options import Options
from bench.processes.trees import memory
from bench.table import Paired, Row
from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.store import CAMPAIGNS, RECIPIENTS, Campaigns, Recipients
from campaigns.imports.build import Importing, Needs, importing
from campaigns.imports.domain.format import Seen
from campaigns.imports.domain.model import Import
from campaigns.imports.upload import Upload
from shared.access.gate import Access
from shared.aggregates import Aggregates, Cause, Decision
from shared.database.protocol import Database
from shared.events import TenantChanged
from shared.files import FileStore
from shared.http.idempotency import RequestKey
from shared.internal.read_models import ReadModel, Source
from shared.service import Platform

TENANT, CAMPAIGN = "ten_bench", "cmp_bench"
GOAL = 2.0
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Side:
    seconds: float
    cpu: float
    early: float = 0.0
    late: float = 0.0
    """Megabytes of memory after a tenth of the rows, and at the end."""
    reader: float = 0.0
    """Megabytes of the process that reads the file, at half of the rows."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return []  # no broker takes part
    content = made(options.import_rows)
    floors: list[Side] = []
    products: list[Side] = []
    for _ in range(options.import_rounds):
        floors.append(await asyncio.to_thread(alone, content))
        products.append(await product(ground, content, options.import_rows))
    wall = Paired([side.seconds for side in floors], [side.seconds for side in products])
    cpu = Paired([side.cpu for side in floors], [side.cpu for side in products])
    grown = [side.late - side.early for side in products]
    readers = [side.reader for side in products]
    what = f"import of {options.import_rows:,} rows (floor: csv and phonenumbers)"
    rates = [options.import_rows / side.seconds for side in products]
    return [
        wall.row(what, ground.name, "s", f"≤ {GOAL:.0f}", wall.ratio <= GOAL),
        cpu.row("… processor", ground.name, "s", "–", None),
        Row("… rows/s", ground.name, product=f"{max(rates):,.0f}"),
        Row("… memory from a tenth of the rows to the end", ground.name, product=f"{max(grown):+.0f} MB"),
        Row("… memory of the process that reads the file", ground.name, product=f"{max(readers):.0f} MB"),
    ]


def made(rows: int) -> bytes:
    """A list as a shop exports it: numbers as people write them, and two further columns."""
    text = io.StringIO()
    text.write("Phone,First name,Company,City\n")
    for n in range(rows):
        area, rest = 212 + n // 8_000_000, 2_000_000 + n % 8_000_000
        number = f"{rest:07d}"
        text.write(f"({area}) {number[:3]}-{number[3:]},Person {n},Firm {n % 997},Chicago\n")
    return text.getvalue().encode()


def alone(content: bytes) -> Side:
    """What nobody could leave out: each row parsed, its number checked and written as E.164."""
    started, cpu = time.perf_counter(), time.process_time()
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline=""))
    next(rows)
    kept = 0
    for row in rows:
        number = phonenumbers.parse(row[0], "US")
        if phonenumbers.is_valid_number(number):
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            kept += 1
    assert kept
    return Side(time.perf_counter() - started, time.process_time() - cpu)


async def product(ground: Ground, content: bytes, rows: int) -> Side:
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="Bench").plain()
    async with ground.open() as (folder, broker):
        around = platform(folder, broker, {"tenants": {TENANT: tenant}})
        database = around.open_database("campaigns")
        made = await _opened(database, around)
        known = await _previewed(made, FileStore(database, CLOCK), content)
        watch = asyncio.create_task(_memory_at(made, known, rows // 10, _own_megabytes))
        reader = asyncio.create_task(_memory_at(made, known, rows // 2, _reader_megabytes))
        started, cpu = time.perf_counter(), _cpu_seconds()
        await made.imports.commit(known)
        await made.worker.due.once()
        took = Side(time.perf_counter() - started, _cpu_seconds() - cpu)
        early, half, late = await watch, await reader, _own_megabytes()
        done = await made.imports.get(TENANT, CAMPAIGN, known.id)
        await database.close()
    assert (done.state, done.rows.accepted) == ("done", rows), done.rows
    return replace(took, early=early, late=late, reader=half)


async def _opened(database: Database, around: Platform) -> Importing:
    relay = around.relay(database)
    campaigns = Aggregates(CAMPAIGNS, database, relay, CLOCK, "campaigns")
    recipients = Recipients(Aggregates(RECIPIENTS, database, relay, CLOCK, "campaigns"))
    source = Source(service="accounts", path="tenants")
    tenants = ReadModel(TenantChanged, lambda tenant: tenant.tenant_id, source, database, around.internal)
    gate = Access(KEYRING, database, around.internal, CLOCK, SecretStr(SECRET))
    made = importing(Needs(Campaigns(campaigns, CLOCK), recipients, tenants, gate, database, relay, CLOCK), "campaigns")
    await database.start()
    new = Campaign(id=CAMPAIGN, tenant_id=TENANT, name="Bench", created_at=CLOCK.now())
    await campaigns.change(CAMPAIGN, Cause.due(TENANT, "bench", CAMPAIGN), lambda _: Decision(new))
    return made


async def _previewed(made: Importing, files: FileStore, content: bytes) -> Import:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]

    file = await files.write(TENANT, pieces(), limit=len(content))
    return await made.imports.begin(TENANT, CAMPAIGN, RequestKey(None), Upload(file, "list.csv", Seen(utf8=True), {}))


async def _memory_at(made: Importing, known: Import, rows: int, megabytes: Callable[[], float]) -> float:
    """Once so many rows are in."""
    while (await made.imports.get(TENANT, CAMPAIGN, known.id)).rows.total < rows:  # noqa: ASYNC110 - as a page asks
        await asyncio.sleep(0.05)
    return megabytes()


def _cpu_seconds() -> float:
    """Of this process, and of the processes that read a file for it and have ended."""
    return sum(os.times()[:4])


def _own_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _reader_megabytes() -> float:
    """Of all processes that this one has started; a small file is read without one."""
    return max(0.0, memory([os.getpid()]).resident - _own_megabytes())
