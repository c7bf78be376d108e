"""The API keys somebody leaves behind: a key opens the tenant without its maker, so whoever takes rights sees them."""

from __future__ import annotations

from accounts.acts import Act
from accounts.store import Books
from accounts.tenants import requests
from accounts.tenants.domain.api_keys import ApiKey, made_by

PAGE = 200


async def keys_made_by(books: Books, tenant_id: str, user_id: str) -> list[ApiKey]:
    """Those that still open the tenant."""
    keys: list[ApiKey] = []
    cursor: str | None = None
    while True:
        page = await books.api_keys.find({"tenant_id": tenant_id}, limit=PAGE, cursor=cursor)
        keys += map(books.api_keys.state_of, page.items)
        cursor = page.next_cursor
        if cursor is None:
            return made_by(user_id, keys)


async def revoke_keys_made_by(books: Books, tenant_id: str, user_id: str, who: str) -> None:
    """May break off and be asked for again: what is revoked stays so."""
    for key in await keys_made_by(books, tenant_id, user_id):
        await requests.revoke_key(books, tenant_id, key.id, Act.of(who, tenant_id))
