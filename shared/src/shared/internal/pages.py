"""The owner's side of a read model: its pages, for other services to copy from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Query

from shared.database.protocol import Collection, Document
from shared.errors import NotFound
from shared.http.paging import listing
from shared.internal.access import internal_only
from shared.keyring import Keyring


def internal_pages(
    service: str,
    path: str,
    collection: Collection,
    row: Callable[[Document], dict[str, Any]],
    keyring: Keyring,
    absent: Callable[[str], dict[str, Any]] | None = None,
) -> APIRouter:
    """`GET /internal/<service>/<path>` and `…/{key}`, for other services to fill their copies from.

    `absent` makes the row of a key that has no document, where that means something; default: 404.
    """
    router = APIRouter(
        prefix=f"/internal/{service}/{path}",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    async def page(limit: int = Query(default=500, ge=1, le=1000), cursor: str = "") -> dict[str, Any]:
        found = await collection.find({}, limit=limit, cursor=cursor)
        return listing([row(document) for document in found.items], found.next_cursor)

    async def one(key: str) -> dict[str, Any]:
        document = await collection.get(key)
        if document is not None:
            return row(document)
        if absent is not None:
            return absent(key)
        raise NotFound("not_found", f"no {path} row {key}")

    router.add_api_route("", page, methods=["GET"])
    router.add_api_route("/{key}", one, methods=["GET"])
    return router
