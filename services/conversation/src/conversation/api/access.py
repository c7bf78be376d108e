"""Who may write in conversations: an agent of a tenant that is not suspended.

Users of a suspended tenant can still read everything and record opt-outs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends

from shared.access.gate import Access, Principal
from shared.errors import Refused
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class AgentAccess:
    gate: Access
    tenants: ReadModel[TenantChanged]

    @property
    def agent(self) -> Callable[..., Any]:
        """For `Depends(access.agent)`. Raises what the gate raises, and `Refused("tenant_suspended")`."""

        async def dependency(who: Principal = Depends(self.gate.agent)) -> Principal:
            tenant = await self.tenants.get(who.tenant_id)
            if tenant is not None and tenant.status == "suspended":
                raise Refused("tenant_suspended", "this tenant is suspended and cannot send; contact the operator")
            return who

        return dependency
