"""Shapes of realtime's HTTP API."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shared.http.openapi_examples import with_example


class TicketOut(BaseModel):
    model_config = with_example({"ticket": "eyJhbGciOi…", "expires_in": 60})

    ticket: str = Field(description="Opens one stream, as `?ticket=`.")
    expires_in: int = Field(description="Seconds until it expires.")
