"""`/api/campaigns/{id}/imports`: recipients from a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from campaigns.imports import examples
from campaigns.imports.domain.model import Import
from campaigns.imports.requests import Changes, Imports
from campaigns.imports.schemas import ImportOut, ImportPatch, RejectedOut, import_wire
from campaigns.imports.upload import take_upload
from shared.access.gate import Access, Principal
from shared.database.protocol import Document
from shared.files import FileStore
from shared.http import csv_export
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing

_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": examples.FORM}}}


@dataclass(frozen=True)
class ImportDeps:
    gate: Access
    imports: Imports
    files: FileStore


def import_router(deps: ImportDeps) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns/{campaign_id}/imports", tags=["campaigns"])
    imports = deps.imports

    @routes.post(
        "",
        response_model=ImportOut,
        status_code=201,
        summary="Upload a file of recipients and see how it would be read",
        openapi_extra=_BODY,
        responses=may_answer(400, 409, 413, 422),
    )
    async def upload(
        campaign_id: str,
        request: Request,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        """Nothing is imported before the commit. Refused: `not_a_table`, `file_empty`, `no_rows`."""
        await imports.admit(who.tenant_id, campaign_id)
        taken = await take_upload(request, deps.files, who.tenant_id)
        return import_wire(await imports.begin(who.tenant_id, campaign_id, key, taken))

    @routes.get("/{import_id}", response_model=ImportOut, summary="How far an import has come")
    async def get(campaign_id: str, import_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return import_wire(await imports.get(who.tenant_id, campaign_id, import_id))

    @routes.patch("/{import_id}", response_model=ImportOut, summary="Correct how the file is read")
    async def revise(
        campaign_id: str, import_id: str, body: ImportPatch, who: Principal = Depends(deps.gate.agent)
    ) -> Any:
        """The preview anew. A mapping is remembered for the tenant's next file with the same columns."""
        known = await imports.get(who.tenant_id, campaign_id, import_id)
        return import_wire(await imports.revise(known, Changes(**body.model_dump())))

    @routes.post(
        "/{import_id}/commit", response_model=ImportOut, status_code=202, summary="Add the rows to the campaign"
    )
    async def commit(campaign_id: str, import_id: str, who: Principal = Depends(deps.gate.agent)) -> Any:
        """A worker adds them; `progress` and `rows` tell how far it is. Until it is done the campaign cannot start."""
        known = await imports.get(who.tenant_id, campaign_id, import_id)
        return import_wire(await imports.commit(known))

    @routes.post("/{import_id}/cancel", response_model=ImportOut, summary="Stop an import and take its rows away")
    async def cancel(campaign_id: str, import_id: str, who: Principal = Depends(deps.gate.agent)) -> Any:
        """Also of an import that is done, as long as the campaign takes recipients and nobody was texted."""
        known = await imports.get(who.tenant_id, campaign_id, import_id)
        return import_wire(await imports.cancel(known))

    @routes.get(
        "/{import_id}/rejected",
        response_model=Listing[RejectedOut],
        summary="Rows that were not added, with the reason",
        responses=csv_export.csv_responses(examples.REJECTED_CSV),
    )
    async def rejected(
        campaign_id: str,
        import_id: str,
        request: Request,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        format: str | None = Query(default=None, description="csv or json; default: what the Accept header names"),
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        known = await imports.get(who.tenant_id, campaign_id, import_id)
        if csv_export.is_wanted(request, format):
            headers = csv_export.download_headers(f"rejected_{known.id}")
            return StreamingResponse(_lines(imports, known), media_type=csv_export.MEDIA_TYPE, headers=headers)
        page = await imports.rejected(known, limit, cursor or None)
        return listing([_row(document) for document in page.items], page.next_cursor)

    return routes


def _row(document: Document) -> dict[str, Any]:
    return {name: document[name] for name in ("row", "code", "detail", "values")}


async def _lines(imports: Imports, known: Import) -> AsyncIterator[str]:
    """With the file's own columns, so that the corrected rows can be uploaded."""
    headers = [column.header or f"Column {column.index + 1}" for column in known.preview.columns]
    yield csv_export.lines([["row", "code", "detail", *headers]])
    cursor: str | None = None
    while True:
        page = await imports.rejected(known, 500, cursor)
        yield csv_export.lines([[d["row"], d["code"], d["detail"], *d["values"]] for d in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return
