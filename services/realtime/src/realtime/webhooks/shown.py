"""Webhooks and deliveries as the tenant's users see them: without secrets, without bodies."""

from __future__ import annotations

from datetime import datetime

from realtime.webhooks.domain.delivery import Attempt, Delivery
from realtime.webhooks.domain.health import explained
from realtime.webhooks.domain.webhook import Webhook
from realtime.webhooks.schemas import AttemptOut, DeliveryOut, DisabledOut, WebhookOut, WebhookWithSecret


def shown(webhook: Webhook, now: datetime) -> WebhookOut:
    old = [secret.until for secret in webhook.secrets if secret.until and secret.until > now]
    why = webhook.disabled
    return WebhookOut(
        id=webhook.id,
        url=webhook.url,
        events=list(webhook.events),
        active=webhook.active,
        disabled=DisabledOut(reason=why.reason, detail=why.detail, at=why.at) if why else None,
        failing_since=webhook.failing_since,
        missed=webhook.missed,
        missed_at=webhook.missed_at,
        old_secret_signs_until=max(old, default=None),
        created_at=webhook.created_at,
        updated_at=webhook.updated_at,
        revision=webhook.revision,
    )


def shown_once(webhook: Webhook, secret: str | None, now: datetime) -> WebhookWithSecret:
    return WebhookWithSecret(**shown(webhook, now).model_dump(), secret=secret)


def shown_delivery(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.id,
        event=delivery.event,
        event_id=delivery.event_id,
        test=delivery.test,
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        next_try_at=delivery.due_at,
        ended_at=delivery.ended_at,
        last=_shown_attempt(delivery.last) if delivery.last else None,
    )


def _shown_attempt(attempt: Attempt) -> AttemptOut:
    return AttemptOut(
        at=attempt.at,
        milliseconds=attempt.milliseconds,
        status=attempt.status,
        problem=attempt.problem,
        detail=explained(attempt),
        answer=attempt.answer,
    )
