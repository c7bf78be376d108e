"""The list shape of every API: `{"items": […], "next_cursor": …}`."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from shared.http.openapi_examples import example_of, marked

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
