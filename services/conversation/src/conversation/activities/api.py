"""`POST /api/contacts/activities`: another system reports what a customer did there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends

from conversation.activities.reporting import ActivityReports
from conversation.api.contact_schemas import ActivityAcceptedOut, ActivityIn, WhoIn
from conversation.people.domain.identifiers import email_value, external_value
from conversation.resources import Resources
from shared.access.gate import Access, Principal
from shared.control_characters import refuse_control_characters
from shared.errors import Invalid
from shared.events import ContactActivity
from shared.http.idempotency import RequestKey, request_key
from shared.phone import to_e164

AHEAD = timedelta(minutes=5)
"""More than clocks of two systems may differ."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""Taken as it is: a caller's landline cannot be texted, and is a person all the same."""


def activities_router(resources: Resources, reports: ActivityReports, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])

    @router.post("/activities", status_code=202, response_model=ActivityAcceptedOut)
    async def report_activity(
        body: ActivityIn, _key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """Report what a customer did by voice, chat, e-mail or elsewhere.

        It appears in the timeline of the contact that has one of the identifiers; of an unknown person it waits until
        a contact has one.

        The same `activity_id` of a channel counts once: a repeat is accepted, and the first report stays."""
        if body.at > resources.clock.now() + AHEAD:
            raise Invalid("in_the_future", "`at` is more than five minutes in the future")
        for text in (body.activity_id, body.channel, body.summary, body.text, body.who.name, body.thread_key):
            refuse_control_characters(text or "")
        tenant = await resources.tenant(who.tenant_id)
        told = ContactActivity(
            activity_id=body.activity_id,
            channel=body.channel,
            at=body.at,
            **_identifiers(body.who, tenant.default_region),
            name=body.who.name,
            summary=body.summary,
            link=body.link,
            direction=body.direction,
            thread_key=body.thread_key,
            text=body.text or "",
        )
        return {"id": await reports.publish(who.tenant_id, told)}

    return router


def _identifiers(who: WhoIn, region: str) -> dict[str, str | None]:
    """In their one spelling. Raises `Invalid`."""
    if not (who.phone_number or who.email or who.external_id):
        raise Invalid("no_identifier", "`who` needs a phone number, an e-mail address or an external id")
    number, external = who.phone_number, who.external_id
    if external:
        external_value(external.system, external.id)
    return {
        "phone_number": number if number is None or _E164.fullmatch(number) else to_e164(number, region),
        "email": email_value(who.email) if who.email else None,
        "external_system": external.system.strip() if external else None,
        "external_id": external.id.strip() if external else None,
    }
