"""`/api/system`: for the operator alone."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess
from accounts.system.carriers import Carriers
from accounts.system.dead_letters import DeadLetters
from accounts.system.queues import Queues
from accounts.system.schemas import (
    CarriersOut,
    DeadLetterOut,
    DeadLettersOut,
    DiscardIn,
    LetterState,
    QueuesOut,
    ReplayIn,
    VersionsOut,
    WholeDeadLetterOut,
)
from accounts.system.versions import versions
from accounts.tenants.store import TenantStore
from shared.errors import Invalid
from shared.events.catalogue import EVERY_HTTP_SERVICE
from shared.http.paging import MAX_LIMIT
from shared.internal.client import InternalClient
from shared.service import Platform

_PREFIX = "/api/system"


@dataclass(frozen=True)
class System:
    letters: DeadLetters
    queues: Queues
    carriers: Carriers
    internal: InternalClient

    @classmethod
    def of(cls, platform: Platform, store: TenantStore) -> System:
        internal = platform.internal
        return cls(DeadLetters(internal), Queues(platform.broker, internal), Carriers(store, internal), internal)


def system_routers(access: AccountAccess, system: System) -> list[APIRouter]:
    return [_dead_letters(access, system.letters), _health(access, system)]


def _dead_letters(access: AccountAccess, letters: DeadLetters) -> APIRouter:
    router = APIRouter(prefix=f"{_PREFIX}/dead-letters", tags=["system"], dependencies=[Depends(access.operator)])

    @router.get("", summary="List the events that could not be handled, newest first")
    async def list_letters(
        state: LetterState = "waiting",
        service: str | None = Query(default=None, description="Only this service's."),
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
    ) -> DeadLettersOut:
        return await letters.page(_services(service), state, limit, cursor)

    @router.get("/{id}", summary="Read one with its body")
    async def read_letter(id: str) -> WholeDeadLetterOut:
        return await letters.one(id)

    @router.post("/{id}/replay", summary="Put it back into its queue, corrected if need be")
    async def replay_letter(id: str, body: ReplayIn | None = None) -> DeadLetterOut:
        """The event keeps its id, so replaying it twice has one effect. 409 `too_old` after 29 days."""
        return await letters.replay(id, body.body if body else None)

    @router.post("/{id}/discard", summary="Say that it need not be handled, and why")
    async def discard_letter(id: str, body: DiscardIn) -> DeadLetterOut:
        return await letters.discard(id, body.why)

    return router


def _health(access: AccountAccess, system: System) -> APIRouter:
    router = APIRouter(prefix=_PREFIX, tags=["system"], dependencies=[Depends(access.operator)])

    @router.get("/queues", summary="Read how many events wait in each queue")
    async def read_queues() -> QueuesOut:
        return await system.queues.all()

    @router.get("/carriers", summary="Read how each carrier connection and its numbers are doing")
    async def read_carriers(
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> CarriersOut:
        return await system.carriers.page(limit, cursor)

    @router.get("/versions", summary="Read what runs, whether it is ready, and the versions of events")
    async def read_versions() -> VersionsOut:
        return await versions(system.internal)

    return router


def _services(only: str | None) -> tuple[str, ...]:
    if only is None:
        return EVERY_HTTP_SERVICE
    if only not in EVERY_HTTP_SERVICE:
        raise Invalid(
            "unknown_service", f"There is no service {only}; the services are: {', '.join(EVERY_HTTP_SERVICE)}."
        )
    return (only,)
