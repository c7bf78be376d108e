"""`/sandbox/control/neighbours`: be the customer in a chat and by e-mail, and see what Parley made of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from sandbox.neighbours.channels import Channels
from sandbox.neighbours.chatwoot import Author
from sandbox.neighbours.person import Person


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TenantBody(_Body):
    api_key: str = Field(min_length=1, description="an admin's")


class ChatBody(_Body):
    customer: Person
    text: str = Field(min_length=1, max_length=5_000)
    author: Author = "visitor"


class EmailBody(_Body):
    customer: Person
    subject: str = Field(max_length=300)
    text: str = Field(min_length=1, max_length=50_000)


def build_router(channels: Channels) -> APIRouter:
    router = APIRouter(prefix="/sandbox/control/neighbours", tags=["sandbox control"])

    @router.put("", status_code=204)
    async def join(body: TenantBody) -> None:
        channels.join(body.api_key)

    @router.post("/chat", status_code=202)
    async def chat(body: ChatBody) -> dict[str, Any]:
        return await channels.chat(body.customer, body.text, body.author)

    @router.post("/email", status_code=202)
    async def email(body: EmailBody) -> dict[str, Any]:
        return await channels.email(body.customer, body.subject, body.text)

    @router.get("")
    async def view(customer: Annotated[Person, Query()]) -> dict[str, Any]:
        return await channels.view(customer)

    return router
