"""`/api/labels`: the tenant's labels. Agents make them; only admins change or delete them, as all users share them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from conversation.labels.domain.book import Label
from conversation.labels.requests import Labels
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing
from shared.values import Moment

Color = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$", examples=["#0f766e"])]
Name = Annotated[str, Field(max_length=200, description="Unique in the tenant, however it is spelled.")]
_LABEL = {
    "id": "lab_7f6d5f0ad1f353d0a0f0b6b5a3f0c1de",
    "name": "wedding",
    "color": "#0f766e",
    "created_at": "2026-03-10T14:02:42.831000Z",
}


class LabelIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"name": "wedding", "color": "#0f766e"})

    name: Name
    color: Color | None = Field(default=None, description="null: grey.")


class LabelPatch(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"color": "#b45309"})

    name: Name = Field(default="")
    color: Color = Field(default="#6b7280")


class LabelOut(BaseModel):
    model_config = with_example(_LABEL)

    id: str
    name: str
    color: str
    created_at: Moment


def labels_router(labels: Labels, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/labels", tags=["conversation"])

    @router.get("", response_model=Listing[LabelOut])
    async def list_labels(who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """All labels of the tenant, by name; at most 500."""
        book = await labels.of_tenant(who.tenant_id)
        return listing([_shown(one) for one in sorted(book.labels, key=lambda one: one.name.casefold())], None)

    @router.post("", status_code=201, response_model=LabelOut, responses=may_answer(409))
    async def create_label(
        body: LabelIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """409 `label_exists` if the tenant has a label of this name. Labelling a conversation with a new name makes the
        label as well."""
        return _shown(await labels.create(who, body.name, body.color, key))

    @router.patch("/{label_id}", response_model=LabelOut)
    async def patch_label(label_id: str, body: LabelPatch, who: Principal = Depends(gate.admin)) -> dict[str, Any]:
        """Conversations and contacts follow a new name a moment later."""
        return _shown(await labels.change(who, label_id, body.model_dump(include=body.model_fields_set)))

    @router.delete("/{label_id}", status_code=204)
    async def delete_label(label_id: str, who: Principal = Depends(gate.admin)) -> None:
        """Conversations and contacts lose it a moment later."""
        await labels.delete(who, label_id)

    return router


def _shown(label: Label) -> dict[str, Any]:
    return {"id": label.id, "name": label.name, "color": label.color, "created_at": label.created_at}
