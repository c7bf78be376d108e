"""A connection's numbers at the carrier, taking them in, and the check of its settings there."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.carrier.requests import CarrierDesk
from accounts.carrier.schemas import AvailableNumber, Checked, FindingView, ImportBody, Imported, NumberLeft
from accounts.tenants.number_schemas import NumberView
from shared.errors import Invalid
from shared.http.paging import Listing, listing


def at_carrier_router(doors: Doors, desk: CarrierDesk) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/connections/{id}", tags=["accounts"])

    @router.get(
        "/available-numbers",
        summary="Numbers that the carrier account owns",
        response_model=Listing[AvailableNumber],
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def available_numbers(
        tenant_id: str, id: str, limit: int = Query(default=50, ge=1, le=100), cursor: str | None = None
    ) -> dict[str, Any]:
        """409 `carrier_key_refused` if the API key is not accepted, 503 `carrier_away` if the carrier is."""
        offers, following = await desk.available(tenant_id, id, _page(cursor), limit)
        return listing([AvailableNumber.of(offer) for offer in offers], str(following) if following else None)

    @router.post("/import", summary="Take in numbers of the carrier account")
    async def import_numbers(
        tenant_id: str, id: str, body: ImportBody, caller: Caller = Depends(doors.tenant_admin)
    ) -> Imported:
        """Only numbers that the account really owns, with the `capabilities` they have there. Each one is imported or
        listed with the reason why not; asking again is harmless. `all` needs a connection with a messaging profile (409
        `profile_needed`), unless the operator asks. Give every tenant a messaging profile of its own: a STOP blocks
        per profile."""
        wanted = None if body.phone_numbers == "all" else body.phone_numbers
        made, left = await desk.import_numbers(tenant_id, id, wanted, caller)
        return Imported(imported=[NumberView.of(n) for n in made], left_out=[NumberLeft.of(one) for one in left])

    @router.post(
        "/check",
        summary="Is this connection set up right at the carrier?",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def check_connection(tenant_id: str, id: str) -> Checked:
        """Looks at the API key, the messaging profile, where its webhooks go and in which version, and the numbers.
        Changes nothing; each finding says how to mend it."""
        findings = await desk.check(tenant_id, id)
        return Checked(ok=all(finding.ok for finding in findings), findings=[FindingView.of(f) for f in findings])

    return router


def _page(cursor: str | None) -> int:
    if cursor is None:
        return 1
    if not (cursor.isascii() and cursor.isdecimal() and 1 <= int(cursor) <= 10_000):
        raise Invalid("bad_cursor", "pass next_cursor as it came")
    return int(cursor)
