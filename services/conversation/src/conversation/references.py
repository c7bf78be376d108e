"""Whether those that a request names exist: its owners are asked, so a mistyped id is refused and never sticks.

Asked only at the moment of naming. Who leaves later keeps their conversations, until somebody assigns them anew; a run
whose assistant is gone fails and asks for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from shared.errors import Invalid, NotFound
from shared.internal.client import InternalClient


@dataclass(frozen=True)
class Named:
    internal: InternalClient

    async def check(self, tenant_id: str, wanted: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """`now` is the conversation as it is: what stays as it was is not asked about.

        Raises `Invalid("unknown_assignee" | "unknown_assistant")`, or `Unavailable` while the owner is away.
        """
        assignee, assistant_id = wanted.get("assignee"), wanted.get("assistant_id")
        if assignee and assignee != now["assignee"] and not await self._is_user(tenant_id, assignee):
            detail = "`assignee` is not an active user of yours; GET /api/accounts/colleagues lists them"
            raise Invalid("unknown_assignee", detail)
        is_another = assistant_id != now["assistant_id"]
        if assistant_id and is_another and not await self._is_assistant(tenant_id, assistant_id):
            detail = "`assistant_id` is not an assistant of yours; GET /api/assistants lists them, null is the default"
            raise Invalid("unknown_assistant", detail)

    async def _is_user(self, tenant_id: str, id: str) -> bool:
        row = await self._asked("accounts", f"users/{quote(id, safe='')}")
        return row is not None and row["id"] == id and row["tenant_id"] == tenant_id and row["active"]

    async def _is_assistant(self, tenant_id: str, id: str) -> bool:
        row = await self._asked("ai-responder", f"assistants/{quote(id, safe='')}", tenant_id=tenant_id)
        return row is not None and row["id"] == id

    async def _asked(self, service: str, path: str, **params: str) -> dict[str, Any] | None:
        try:
            return await self.internal.get(service, path, **params)
        except NotFound:
            return None
