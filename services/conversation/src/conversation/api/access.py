"""Who may act in conversations: an agent of a tenant that is not suspended.

A suspended tenant can still read everything, and note that somebody opted out: nothing here stands in the way of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends

from shared.access.gate import Gate, Principal
from shared.errors import Refused
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class Acting:
    gate: Gate
    tenants: ReadModel[TenantChanged]

    @property
    def agent(self) -> Callable[..., Any]:
        """`Depends(acting.agent)`. Raises `Refused("tenant_suspended")`, besides what the gate does."""

        async def dependency(who: Principal = Depends(self.gate.agent)) -> Principal:
            tenant = await self.tenants.get(who.tenant_id)
            if tenant is not None and tenant.status == "suspended":
                raise Refused("tenant_suspended", "this tenant is suspended: nothing can be sent; ask the operator")
            return who

        return dependency
