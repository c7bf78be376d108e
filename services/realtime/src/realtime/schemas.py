"""Shapes of realtime's HTTP API."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shared.http.openapi_examples import with_example


class TicketIssued(BaseModel):
    model_config = with_example({"ticket": "eyJhbGciOi…", "expires_in": 60})

    ticket: str = Field(description="opens one stream as `?ticket=`")
    expires_in: int = Field(description="seconds it is good for")
