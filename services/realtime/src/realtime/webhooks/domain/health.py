"""How a webhook is doing after some attempts: well, slow, failing, or to be disabled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from realtime.webhooks.domain.delivery import DAY, Attempt
from realtime.webhooks.domain.webhook import Disabled, Webhook, disabled

SLOW_MILLISECONDS = 2000
LONGEST_REST = timedelta(seconds=60)
_EXPLAINED = {
    "status": "It answered with status {status}.",
    "redirect": "It answered with a redirect, which is not followed.",
    "gone": "It answered 410 Gone.",
    "timeout": "It did not answer in time.",
    "connection": "No connection could be made.",
    "forbidden_address": "Its host resolves to an address that may not be reached.",
    "answer_too_large": "Its answer was too long.",
    "no_answer": "The connection ended without an answer.",
    "secret_unreadable": "Its secret cannot be read any more. Rotate it.",
}


def after(webhook: Webhook, attempts: Sequence[Attempt]) -> Webhook:
    """At least one attempt, the latest last."""
    latest = attempts[-1]
    gone = next((attempt for attempt in attempts if attempt.problem == "gone"), None)
    if gone is not None:
        return disabled(webhook, Disabled(reason="gone", detail=explained(gone), at=gone.at))
    if any(attempt.accepted for attempt in attempts):
        mean = sum(attempt.milliseconds for attempt in attempts) / len(attempts)
        return webhook.but(failures=0, failing_since=None, slow=mean > SLOW_MILLISECONDS)
    since = webhook.failing_since or attempts[0].at
    failing = webhook.but(failures=webhook.failures + 1, failing_since=since, slow=True)
    if latest.at - since >= DAY:
        detail = f"Nothing was accepted for a day. Last attempt: {explained(latest)}"
        return disabled(failing, Disabled(reason="failing", detail=detail, at=latest.at))
    return failing


def not_before(webhook: Webhook, now: datetime) -> datetime:
    """When a failing webhook may be tried next, however many deliveries are due."""
    if not webhook.failures:
        return now
    return now + min(LONGEST_REST, timedelta(seconds=2 ** min(webhook.failures, 6)))


def explained(attempt: Attempt) -> str:
    return _EXPLAINED.get(attempt.problem, "").format(status=attempt.status)
