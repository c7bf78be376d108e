"""Shapes of realtime's HTTP API."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from realtime.presence.domain.streams import Looking
from shared.http.openapi_examples import with_example


class TicketOut(BaseModel):
    model_config = with_example({"ticket": "eyJhbGciOi…", "expires_in": 60})

    ticket: str = Field(description="Opens one stream, as `?ticket=`.")
    expires_in: int = Field(description="Seconds until it expires.")


class LookingIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"conversation_id": "cnv_5d2e81", "typing": False})

    conversation_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")] | None = Field(
        description="null: none any more."
    )
    typing: bool = Field(default=False, description="The user writes an answer there.")

    def looking(self) -> Looking:
        return Looking(conversation_id=self.conversation_id, typing=self.typing and self.conversation_id is not None)
