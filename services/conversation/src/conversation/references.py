"""Checks that the user or assistant named in a request exists, by asking the service that owns it.

The check happens only when the id is set. A user who leaves later keeps their conversations until these are reassigned.
A conversation with a deleted assistant is answered by the next one in the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Invalid, NotFound, Unavailable
from shared.internal.client import InternalClient


@dataclass(frozen=True)
class References:
    internal: InternalClient

    async def check(self, tenant_id: str, wanted: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """`now` is the present conversation: an id that does not change is not checked again.

        Raises `Invalid("unknown_assignee" | "unknown_assistant")`, or `Unavailable` while the owner is away.
        """
        assignee, assistant_id = wanted.get("assignee"), wanted.get("assistant_id")
        if assignee and assignee != now["assignee"] and not await self.is_user(tenant_id, assignee):
            detail = "`assignee` is not an active user of your tenant; GET /api/accounts/colleagues lists them"
            raise Invalid("unknown_assignee", detail)
        if assistant_id != now["assistant_id"]:
            await self.check_assistant(tenant_id, assistant_id)

    async def check_assistant(self, tenant_id: str, assistant_id: str | None) -> None:
        """Raises `Invalid("unknown_assistant")`, or `Unavailable` while ai-responder is away."""
        if assistant_id and not await self._is_assistant(tenant_id, assistant_id):
            detail = "`assistant_id` is not one of your assistants; GET /api/assistants lists them, null: the default"
            raise Invalid("unknown_assistant", detail)

    async def name_of(self, tenant_id: str, user_id: str) -> str | None:
        """The name of a user of the tenant; None if there is none, or accounts does not answer."""
        try:
            row = await self._row("accounts", "users", user_id)
        except Unavailable:
            return None
        return (row.get("name") or None) if row and row["tenant_id"] == tenant_id else None

    async def is_user(self, tenant_id: str, id: str) -> bool:
        """Whether this is an active user of the tenant. Raises `Unavailable`."""
        row = await self._row("accounts", "users", id)
        return row is not None and row["id"] == id and row["tenant_id"] == tenant_id and row["active"]

    async def _is_assistant(self, tenant_id: str, id: str) -> bool:
        row = await self._row("ai-responder", "assistants", id, tenant_id=tenant_id)
        return row is not None and row["id"] == id

    async def _row(self, service: str, path: str, id: str, **params: str) -> dict[str, Any] | None:
        try:
            return await self.internal.get(service, path, id, **params)
        except NotFound:
            return None
