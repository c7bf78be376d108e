"""`/api/webhooks`: viewers read, admins configure. A secret is shown once, in the answer that made it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query, Response

from realtime.webhooks.domain.delivery import State
from realtime.webhooks.domain.webhook import Changes
from realtime.webhooks.requests import NewWebhook, Requests
from realtime.webhooks.schemas import DeliveryOut, WebhookIn, WebhookOut, WebhookPatch, WebhookWithSecret
from realtime.webhooks.shown import shown, shown_delivery, shown_once
from realtime.webhooks.store import Deliveries, Webhooks, delivery_of
from shared.access.gate import Access, Principal
from shared.clock import Clock
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "POST /api/webhooks"
_BODIES = """Posts follow Standard Webhooks: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, the
body `{id, type, timestamp, data}`. Each event comes at least once, with the same `webhook-id` for every attempt. One
may overtake another, and `revision` tells which is newer. A 2xx within 15 s accepts it; 410 turns the webhook off."""


def router(requests: Requests, webhooks: Webhooks, deliveries: Deliveries, gate: Access, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
    _read(routes, webhooks, deliveries, gate, clock)
    _configure(routes, requests, gate, clock)
    _deliver(routes, requests, gate)
    return routes


def _read(routes: APIRouter, webhooks: Webhooks, deliveries: Deliveries, gate: Access, clock: Clock) -> None:
    @routes.get("", summary="List webhooks", response_model=Listing[WebhookOut])
    async def list_webhooks(who: Principal = Depends(gate.viewer)) -> Any:
        found = await webhooks.of_tenant(who.tenant_id)
        return listing([shown(webhook, clock.now()) for webhook in found], None)

    @routes.get("/{webhook_id}", summary="Read a webhook")
    async def read_webhook(webhook_id: str, who: Principal = Depends(gate.viewer)) -> WebhookOut:
        return shown(await webhooks.get(who.tenant_id, webhook_id), clock.now())

    @routes.get(
        "/{webhook_id}/deliveries",
        summary="List deliveries, the newest first",
        description="Accepted deliveries are listed for two days (the newest 10,000), others for up to seven.",
        response_model=Listing[DeliveryOut],
    )
    async def list_deliveries(
        webhook_id: str,
        state: State | None = Query(default=None, description="Only those in this state."),
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = Query(default=None, max_length=500),
        who: Principal = Depends(gate.viewer),
    ) -> Any:
        webhook = await webhooks.get(who.tenant_id, webhook_id)
        page = await deliveries.page(webhook, state, limit, cursor)
        return listing([shown_delivery(delivery_of(document)) for document in page.items], page.next_cursor)


def _configure(routes: APIRouter, requests: Requests, gate: Access, clock: Clock) -> None:
    @routes.post("", status_code=201, summary="Make a webhook", description=_BODIES)
    async def make_webhook(
        body: WebhookIn, who: Principal = Depends(gate.admin), key: RequestKey = Depends(request_key)
    ) -> WebhookWithSecret:
        new = NewWebhook(
            key.id_for("whk", who.tenant_id, _ROUTE), body.url, tuple(dict.fromkeys(body.events)), body.active
        )
        webhook, secret = await requests.make(who.tenant_id, new)
        return shown_once(webhook, secret, clock.now())

    @routes.patch("/{webhook_id}", summary="Change a webhook, or turn it on or off")
    async def change_webhook(webhook_id: str, body: WebhookPatch, who: Principal = Depends(gate.admin)) -> WebhookOut:
        empty = sorted(name for name in body.model_fields_set if getattr(body, name) is None)
        if empty:
            raise Invalid("cannot_be_null", f"{', '.join(empty)}: leave it out, or give a value.")
        events = tuple(dict.fromkeys(body.events)) if body.events else None
        changes = Changes(url=body.url, events=events, active=body.active)
        return shown(await requests.change(who.tenant_id, webhook_id, changes), clock.now())

    @routes.delete("/{webhook_id}", status_code=204, summary="Delete a webhook and what waits for it")
    async def delete_webhook(webhook_id: str, who: Principal = Depends(gate.admin)) -> Response:
        await requests.delete(who.tenant_id, webhook_id)
        return Response(status_code=204)

    @routes.post(
        "/{webhook_id}/rotate-secret",
        summary="Give a webhook a new secret",
        description="For 24 hours the old secret signs too: `webhook-signature` then holds two signatures.",
    )
    async def rotate_secret(
        webhook_id: str, who: Principal = Depends(gate.admin), key: RequestKey = Depends(request_key)
    ) -> WebhookWithSecret:
        webhook, secret = await requests.rotate(who.tenant_id, webhook_id, key.value)
        return shown_once(webhook, secret, clock.now())


def _deliver(routes: APIRouter, requests: Requests, gate: Access) -> None:
    @routes.post(
        "/{webhook_id}/test",
        summary="Post a test event now",
        description="Posts `webhook.test` once and answers with the outcome, also for a webhook that is turned off.",
        responses=may_answer(429),
    )
    async def test_webhook(
        webhook_id: str, who: Principal = Depends(gate.admin), key: RequestKey = Depends(request_key)
    ) -> DeliveryOut:
        delivery_id = key.id_for("dlv", who.tenant_id, f"{_ROUTE}/{webhook_id}/test")
        return shown_delivery(await requests.test(who.tenant_id, webhook_id, delivery_id))

    @routes.post(
        "/{webhook_id}/deliveries/{delivery_id}/retry",
        status_code=202,
        summary="Try a delivery again now",
        description="For one that failed or waits. Another day of attempts begins.",
    )
    async def retry_delivery(webhook_id: str, delivery_id: str, who: Principal = Depends(gate.admin)) -> DeliveryOut:
        return shown_delivery(await requests.retry(who.tenant_id, webhook_id, delivery_id))
