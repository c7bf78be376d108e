"""Remembers the body that came with an `Idempotency-Key`, so that another body under it is refused.

Only a fingerprint made with the installation's secret is kept: bodies hold carrier credentials.
"""

from __future__ import annotations

from pydantic import BaseModel

from accounts.store import Books
from shared.errors import Invalid
from shared.http.idempotency import RequestKey
from shared.ids import derived_id

_PURPOSE = "request body"


async def claim(books: Books, key: RequestKey, tenant_id: str, route: str, body: BaseModel) -> None:
    """Raises `Invalid("idempotency_key_reused")` if this key came with another body before."""
    if key.value is None:
        return
    id = derived_id("idk", tenant_id, route, key.value)
    meaning = body.model_dump_json(exclude_unset=True)
    row = {"id": id, "mac": books.keyring.mac(_PURPOSE, meaning), "at": books.clock.now()}
    if await books.requests.insert(row):
        return
    kept = await books.requests.get(id)
    if kept and not books.keyring.mac_is_valid(_PURPOSE, meaning, kept["mac"]):
        raise Invalid("idempotency_key_reused", "this Idempotency-Key was used with another body; use a new key")
