"""The owner's side of a read model, and the list shape of every API: `{"items": […], "next_cursor": …}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from shared.database.protocol import Collection, Document
from shared.errors import NotFound
from shared.keyring import Keyring
from shared.service.examples import example_of, marked
from shared.service.internal import internal_only

MAX_LIMIT = 200
"""Of public lists; internal pages take more."""


T = TypeVar("T")


def _page_of_one(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """A list is documented by the example of what it lists."""
    item = example_of(next(iter(model.__pydantic_generic_metadata__["args"]), None))
    if item is not None:
        schema["examples"] = [marked({"items": [item], "next_cursor": None})]


class Listing(BaseModel, Generic[T]):
    """What `listing` makes, as `response_model`: it documents the items and changes none."""

    model_config = ConfigDict(json_schema_extra=_page_of_one)

    items: list[T]
    next_cursor: str | None = Field(description="pass it as `cursor` for what follows; null: that was all")


def listing(items: list[Any], next_cursor: str | None) -> dict[str, Any]:
    return {"items": items, "next_cursor": next_cursor}


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
        found = await collection.find({}, limit=limit, cursor=cursor or None)
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
