"""A connection's numbers at the carrier, their import, and the check of the carrier's settings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.carrier.requests import CarrierRequests
from accounts.carrier.schemas import AvailableNumberOut, CheckOut, FindingOut, ImportIn, ImportOut, SkippedNumberOut
from accounts.tenants.number_schemas import NumberOut
from shared.errors import Invalid
from shared.http.paging import Listing, listing


def carrier_router(access: AccountAccess, carrier: CarrierRequests) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/connections/{id}", tags=["accounts"])

    @router.get(
        "/available-numbers",
        summary="List the numbers of the carrier account",
        response_model=Listing[AvailableNumberOut],
        dependencies=[Depends(access.tenant_admin)],
    )
    async def available_numbers(
        tenant_id: str, id: str, limit: int = Query(default=50, ge=1, le=100), cursor: str | None = None
    ) -> dict[str, Any]:
        """409 `carrier_key_refused` if the carrier does not accept the API key, 503 `carrier_away` if it does not
        answer."""
        numbers, following = await carrier.available(tenant_id, id, _page(cursor), limit)
        items = [AvailableNumberOut.from_number(number) for number in numbers]
        return listing(items, str(following) if following else None)

    @router.post("/import", summary="Import numbers of the carrier account")
    async def import_numbers(
        tenant_id: str, id: str, body: ImportIn, caller: Caller = Depends(access.tenant_admin)
    ) -> ImportOut:
        """Imports only numbers that the account owns, with the `capabilities` they have there. Every number is either
        imported or listed with the reason it was not; repeating the request is harmless. `all` needs a connection with
        a messaging profile (409 `profile_needed`), except for the operator. Give every tenant its own messaging
        profile: a STOP blocks per profile."""
        wanted = None if body.phone_numbers == "all" else body.phone_numbers
        imported, skipped = await carrier.import_numbers(tenant_id, id, wanted, caller)
        return ImportOut(
            imported=[NumberOut.from_number(number) for number in imported],
            left_out=[SkippedNumberOut.from_skipped(one) for one in skipped],
        )

    @router.post(
        "/check",
        summary="Check the carrier's settings for this connection",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def check_connection(tenant_id: str, id: str) -> CheckOut:
        """Checks the API key, the messaging profile, the address and version of its webhooks, and the numbers. Changes
        nothing; each finding says how to fix it."""
        findings = await carrier.check(tenant_id, id)
        shown = [FindingOut.from_finding(finding) for finding in findings]
        return CheckOut(ok=all(finding.ok for finding in findings), findings=shown)

    return router


def _page(cursor: str | None) -> int:
    if not cursor:
        return 1
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 5 and 1 <= int(cursor) <= 10_000):
        raise Invalid("bad_cursor", "Pass next_cursor unchanged.")
    return int(cursor)
