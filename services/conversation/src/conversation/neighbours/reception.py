"""What happens to a neighbour's webhook: whose it is, whether it is genuine, what it says, and that it is published.

While the broker is away, an activity waits in the neighbour's document: Chatwoot sends a webhook only once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request

from conversation.activities.reporting import ActivityReports
from conversation.metrics import NEIGHBOUR_WEBHOOKS
from conversation.neighbours.adapters.table import ADAPTERS, Adapter
from conversation.neighbours.addresses import HookAddresses
from conversation.neighbours.domain.heard import Ignored
from conversation.neighbours.domain.neighbour import LastWebhook, Neighbour, Outcome, note
from conversation.neighbours.post import Post, read_post
from conversation.neighbours.store import Neighbours
from shared.aggregates import Cause
from shared.clock import Clock
from shared.errors import BrokerUnavailable, NotFound, ParleyError, Unauthenticated
from shared.events import ContactActivity
from shared.key_locks import KeyLocks
from shared.keyring import Keyring

_SMALL_BYTES = 1024 * 1024
_LARGE_AT_ONCE = 4
"""Bodies above `_SMALL_BYTES` that are read at the same time in one process, one of each tenant: each may have 40 MB.
Small ones, all chats among them, never wait."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Around:
    """What the reception works with."""

    neighbours: Neighbours
    addresses: HookAddresses
    reports: ActivityReports
    keyring: Keyring
    clock: Clock


class HookReception:
    def __init__(self, around: Around) -> None:
        self._around = around
        self._tenants = KeyLocks()
        self._room = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def take(self, token: str, request: Request) -> dict[str, Any]:
        """What is answered with 200. Raises `NotFound` for an address that is void, `Unauthenticated` for a signature
        that is wrong, `Malformed`, `TooLarge`, and `Unavailable` without the store, or when too much waits for the
        broker."""
        neighbour = await self._at(token)
        adapter = ADAPTERS[neighbour.kind]
        try:
            async with self._place_for(neighbour, request):
                post = await read_post(request, adapter.most_bytes, adapter.stamp)
                self._check(neighbour, adapter, post)
                heard = await asyncio.to_thread(adapter.hear, post, neighbour, self._around.clock.now())
        except ParleyError as error:
            await self._note(neighbour, "refused", error.code)
            raise
        if isinstance(heard, Ignored):
            await self._note(neighbour, "ignored", heard.reason)
            return {"status": "ignored", "reason": heard.reason}
        id = await self._report(neighbour, heard)
        await self._note(neighbour, "taken", "")
        return {"status": "taken", "id": id}

    async def _report(self, neighbour: Neighbour, told: ContactActivity) -> str:
        try:
            return await self._around.reports.publish(neighbour.tenant_id, told)
        except BrokerUnavailable:
            return await self._around.neighbours.report_later(neighbour, told)

    @asynccontextmanager
    async def _place_for(self, neighbour: Neighbour, request: Request) -> AsyncGenerator[None]:
        length = request.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= _SMALL_BYTES:
            yield  # the server reads no more than it says
            return
        async with self._tenants.hold(neighbour.tenant_id), self._room:
            yield

    async def _at(self, token: str) -> Neighbour:
        read = self._around.addresses.read(token)
        neighbour = await self._around.neighbours.find(read[0]) if read else None
        if read is None or neighbour is None or neighbour.generation != read[1]:
            raise NotFound("not_found", "this address is void; copy the neighbour's present one")
        return neighbour

    def _check(self, neighbour: Neighbour, adapter: Adapter, post: Post) -> None:
        """A neighbour without a secret is known by its address alone."""
        if neighbour.secret is None or adapter.is_genuine is None:
            return
        if not adapter.is_genuine(self._around.keyring.unseal(neighbour.secret), post):
            raise Unauthenticated("wrong_signature", "the signature does not fit the secret of this neighbour")

    async def _note(self, neighbour: Neighbour, outcome: Outcome, reason: str) -> None:
        NEIGHBOUR_WEBHOOKS.labels(neighbour.kind, outcome).inc()
        if outcome != "taken":
            _log.info("neighbour_webhook", neighbour=neighbour.id, kind=neighbour.kind, outcome=outcome, reason=reason)
        last = LastWebhook(at=self._around.clock.now(), outcome=outcome, reason=reason)
        if note(neighbour, last) == neighbour:
            return
        cause = Cause.due(neighbour.tenant_id, f"webhook of {neighbour.id}", neighbour.id)
        await self._around.neighbours.change(neighbour.tenant_id, neighbour.id, cause, lambda known: note(known, last))
