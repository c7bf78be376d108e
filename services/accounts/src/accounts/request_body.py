"""The base of every request body. It refuses unknown fields, so that a misspelt setting is not silently ignored."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    def sent_fields(self) -> dict[str, Any]:
        """The fields that the caller sent, as values: what a PATCH changes."""
        return {name: getattr(self, name) for name in self.model_fields_set}
