"""Shapes of realtime's HTTP API."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TicketIssued(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"ticket": "eyJhbGciOi…", "expires_in": 60}]})

    ticket: str = Field(description="opens one stream as `?ticket=`")
    expires_in: int = Field(description="seconds it is good for")
