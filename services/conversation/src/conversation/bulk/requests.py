"""Carries out one action on up to 200 conversations. Each is changed by itself: what is refused stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from conversation.bulk.keys import BulkKeys
from conversation.commands import Commands
from shared.access.gate import Principal
from shared.aggregates import Cause
from shared.errors import NotFound, ParleyError, Unavailable
from shared.http.idempotency import RequestKey, digest

MOST_IDS = 200
AT_ONCE = 16
NOTHING_YET = {"assignee": None, "assistant_id": None}


@dataclass(frozen=True)
class BulkAction:
    """`wanted`: the patch of each conversation; None: `read` says how each is marked."""

    wanted: dict[str, Any] | None
    read: bool = True


@dataclass(frozen=True)
class BulkResult:
    id: str
    result: Literal["done", "not_found", "refused"]
    code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Bulk:
    commands: Commands
    keys: BulkKeys

    async def carry_out(
        self, who: Principal, ids: Sequence[str], action: BulkAction, key: RequestKey
    ) -> list[BulkResult]:
        """In the order of the ids, each once. `done`: it is as wanted, whether by this request or before."""
        unique = list(dict.fromkeys(ids))
        if key.value is not None:
            await self.keys.note(who.tenant_id, key.value, digest([unique, action.wanted, action.read]))
        wanted = action.wanted
        if wanted is not None:
            await self.commands.references.check(who.tenant_id, wanted, NOTHING_YET)
            wanted = await self.commands.checked(who, wanted)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(id: str) -> BulkResult:
            async with slots:
                return await self._one(who, id, BulkAction(wanted, action.read), key)

        results = await asyncio.gather(*(one(id) for id in unique))
        await self.commands.keep_known(who, wanted or {})
        return results

    async def _one(self, who: Principal, id: str, action: BulkAction, key: RequestKey) -> BulkResult:
        try:
            if action.wanted is None:
                await self.commands.mark(who, id, read=action.read)
            else:
                record = await self.commands.queries.record(who.tenant_id, id)
                cause = Cause.request(who.tenant_id, f"bulk|{key.value}|{id}" if key.value else None)
                await self.commands.apply(who, record, action.wanted, cause)
        except NotFound:
            return BulkResult(id, "not_found")
        except Unavailable:
            raise
        except ParleyError as error:
            return BulkResult(id, "refused", error.code, error.detail)
        return BulkResult(id, "done")
