"""When each API key was last used, as the other services report it (shared.access.key_uses). The latest time stays."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from accounts.store import SERVICE
from shared.database.protocol import Collection
from shared.internal.access import internal_only
from shared.keyring import Keyring
from shared.values import Moment


class KeyUseIn(BaseModel):
    key_id: str
    at: Moment


def key_uses_router(uses: Collection, keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix=f"/internal/{SERVICE}", dependencies=[Depends(internal_only(keyring))], include_in_schema=False
    )

    @router.post("/key-uses", status_code=204)
    async def record_use(use: KeyUseIn) -> None:
        await uses.put({"id": use.key_id, "revision": int(use.at.timestamp() * 1000), "at": use.at})

    return router
