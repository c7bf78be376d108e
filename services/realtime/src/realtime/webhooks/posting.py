"""Makes one attempt: signs the delivery as Standard Webhooks say, posts it, and says what it led to.

<https://www.standardwebhooks.com>: `webhook-signature` is an HMAC-SHA256 over
`<webhook-id>.<webhook-timestamp>.<body>`, one for each secret in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import httpx2
from standardwebhooks.webhooks import Webhook as Signer

from realtime.metrics import WEBHOOK_ATTEMPTS
from realtime.webhooks.domain.delivery import Attempt, Delivery, Problem
from realtime.webhooks.domain.webhook import Webhook
from shared.clock import Clock
from shared.errors import Invalid
from shared.keyring import Keyring
from shared.outgoing.asking import outgoing_request
from shared.outgoing.guarded import is_forbidden
from shared.outgoing.transport import TooLong

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
LONGEST_ANSWER = 64 * 1024
SHOWN_ANSWER = 200
_TIMEOUT = httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
_GONE = 410


class Poster:
    def __init__(self, transport: httpx2.AsyncBaseTransport, keyring: Keyring, clock: Clock) -> None:
        self._transport = transport
        self._keyring = keyring
        self._clock = clock

    async def post(self, webhook: Webhook, delivery: Delivery) -> Attempt:
        """Whatever happens becomes an attempt; nothing of the receiver is raised."""
        at, began = self._clock.now(), self._clock.monotonic()
        status, problem, answer = await self._outcome(webhook, delivery, at)
        WEBHOOK_ATTEMPTS.labels(problem or "accepted").inc()
        milliseconds = round((self._clock.monotonic() - began) * 1000)
        return Attempt(at=at, milliseconds=milliseconds, status=status, problem=problem, answer=answer)

    async def _outcome(self, webhook: Webhook, delivery: Delivery, at: datetime) -> tuple[int | None, Problem, str]:
        try:
            secrets = [self._keyring.unseal(sealed) for sealed in webhook.signing(at)]
        except Invalid:
            return None, "secret_unreadable", ""
        headers = {
            "content-type": "application/json",
            "user-agent": "parley-webhooks",
            "accept-encoding": "identity",
            "webhook-id": delivery.event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signatures(secrets, delivery, at),
        }
        request = outgoing_request("POST", httpx2.URL(webhook.url), headers, delivery.body.encode(), _TIMEOUT)
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                answered = await self._transport.handle_async_request(request)
        except (TimeoutError, httpx2.TimeoutException):
            return None, "timeout", ""
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return None, _problem(error), ""
        return answered.status_code, _of_status(answered.status_code), _shown(answered)

    async def close(self) -> None:
        await self._transport.aclose()


def signatures(secrets: Sequence[str], delivery: Delivery, at: datetime) -> str:
    return " ".join(Signer(secret).sign(delivery.event_id, at, delivery.body) for secret in secrets)


def _of_status(status: int) -> Problem:
    if status == _GONE:
        return "gone"
    if httpx2.codes.is_redirect(status):
        return "redirect"
    return "" if httpx2.codes.is_success(status) else "status"


def _problem(error: Exception) -> Problem:
    if is_forbidden(error):
        return "forbidden_address"
    if isinstance(error, TooLong):
        return "answer_too_large"
    return "connection" if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout)) else "no_answer"


def _shown(answer: httpx2.Response) -> str:
    text = answer.content[: 4 * SHOWN_ANSWER].decode(errors="replace")
    return "".join(sign if sign.isprintable() else " " for sign in text)[:SHOWN_ANSWER].strip()
