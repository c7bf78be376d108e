"""`/api/campaigns/{id}/preview` and `/test`: a text before it is sent to anybody else."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends

from campaigns.texts.preview import Preview, PreviewRow, Previews
from campaigns.texts.sample import Samples
from campaigns.texts.schemas import PreviewIn, PreviewOut, SampleIn, SampleOut
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key


def texts_router(previews: Previews, samples: Samples, gate: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

    @routes.post("/{campaign_id}/preview", response_model=PreviewOut, summary="Show the text as recipients read it")
    async def preview_text(
        campaign_id: str, body: PreviewIn | None = None, who: Principal = Depends(gate.viewer)
    ) -> dict[str, Any]:
        """Nothing is sent or changed. No items where all texts are left to a workflow.

        422 `invalid_text` names the place of a mistake in the text."""
        asked = body or PreviewIn()
        return _wire(await previews.of(who.tenant_id, campaign_id, asked.limit, asked.text))

    @routes.post("/{campaign_id}/test", status_code=201, response_model=SampleOut, summary="Send the text to yourself")
    async def send_test(
        campaign_id: str,
        body: SampleIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(gate.agent),
    ) -> dict[str, Any]:
        """One real text, counted and billed, with the values of the first recipient (without recipients, the defaults
        of the variables). It is no recipient of the campaign. Opt-outs and caps hold for it too; quiet hours do not.

        409 `nothing_to_send`, `no_numbers` or `tenant_inactive`."""
        sample = await samples.send(who, campaign_id, body.phone_number, key)
        return {
            "message_id": sample.id,
            "phone_number": body.phone_number,
            "number": sample.number,
            "parts": sample.parts,
            "encoding": sample.encoding,
        }

    return routes


def _wire(found: Preview) -> dict[str, Any]:
    return {
        "items": [_row(row) for row in found.items],
        "looked_at": found.looked_at,
        "costliest": _row(found.costliest) if found.costliest else None,
        "variables": [asdict(each) for each in found.variables],
        "wording": asdict(found.wording) if found.wording else None,
        "reminders": [asdict(each) for each in found.reminders],
    }


def _row(shown: PreviewRow) -> dict[str, Any]:
    measured = shown.row.measured
    return {
        "phone_number": shown.phone_number,
        "text": shown.row.text,
        "parts": measured.parts,
        "encoding": measured.encoding,
        "forced_by": measured.forced_by,
        "problems": [asdict(problem) for problem in shown.row.problems],
    }
