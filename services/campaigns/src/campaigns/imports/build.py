"""What imports are made of."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.imports.api import ImportDeps, import_router
from campaigns.imports.batch_reader import Threads
from campaigns.imports.requests import Imports
from campaigns.imports.store import IMPORTS, Profiles, RejectedRows
from campaigns.imports.worker import ImportWorker, Parts
from shared.access.gate import Access
from shared.aggregates import Aggregates, Relay
from shared.clock import Clock
from shared.database.protocol import Database
from shared.events import TenantChanged
from shared.files import FileStore
from shared.internal.read_models import ReadModel
from shared.service.alarm import Alarm
from shared.service.sweeping import keep_swept


@dataclass(frozen=True)
class Needs:
    """What imports use of the service."""

    campaigns: Campaigns
    recipients: Recipients
    tenants: ReadModel[TenantChanged]
    gate: Access
    database: Database
    relay: Relay
    clock: Clock


@dataclass(frozen=True)
class Importing:
    parts: Parts
    imports: Imports
    worker: ImportWorker
    router: APIRouter

    async def sweep(self) -> None:
        await keep_swept([self.imports.sweep], spread=True)


def importing(around: Needs, source: str) -> Importing:
    database, clock = around.database, around.clock
    parts = Parts(
        imports=Aggregates(IMPORTS, database, around.relay, clock, source),
        campaigns=around.campaigns,
        recipients=around.recipients,
        rejected=RejectedRows(database, clock),
        files=FileStore(database, clock),
        clock=clock,
        threads=Threads(),
        alarm=Alarm(clock),
    )
    worker = ImportWorker(parts)
    imports = Imports(parts, worker, Profiles(database, clock), around.tenants)
    return Importing(parts, imports, worker, import_router(ImportDeps(around.gate, imports, parts.files)))
