"""What an OpenAI-compatible server's failures mean for us. No exception of the vendor's client leaves this folder.

| answer | meaning |
|---|---|
| no connection | away |
| time-out, connection lost midway | away; the tokens may have been used |
| 408 409 425 429 5xx | away, for as long as `Retry-After` says |
| 429 `insufficient_quota`, 402 | refused: no credit |
| 401 403 | refused: the key |
| 404 | refused: no such model, or not that address |
| 400/403 `content_filter`… | filtered |
| other 4xx | refused, with the server's words |
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from ai_responder.model import ModelAway, ModelError, ModelFilters, ModelRefuses

_AWAY = frozenset({408, 409, 425, 429})
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_LONGEST_WORDS = 200


def meaning_of(error: openai.APIError, model: str) -> ModelError:
    if isinstance(error, openai.APIStatusError):
        return _by_status(error, model)
    if isinstance(error.__cause__, _NOT_SENT):
        return ModelAway("the model endpoint cannot be reached")
    if isinstance(error, openai.APITimeoutError):
        return ModelAway("the model did not answer in time", maybe_used=True)
    return ModelAway("the connection to the model broke", maybe_used=True)


def _by_status(error: openai.APIStatusError, model: str) -> ModelError:
    status = error.status_code
    if error.code in ("content_filter", "content_policy_violation"):
        return ModelFilters("the model's content filter refused the conversation")
    if status == 402 or error.code in ("insufficient_quota", "billing_hard_limit_reached"):
        return ModelRefuses("the model account has no credit left")
    if status in _AWAY or status >= 500:
        word = "is throttling us" if status == 429 else "is having trouble"
        return ModelAway(f"the model endpoint {word} ({status})", after=retry_after(error.response.headers))
    if status in (401, 403):
        return ModelRefuses("the model endpoint does not accept our key: check OPENAI_API_KEY")
    if status == 404:
        return ModelRefuses(f"the model endpoint knows no model {model!r}: check OPENAI_MODEL and OPENAI_BASE_URL")
    return ModelRefuses(f"the model endpoint refused the question ({status}): {error.message[:_LONGEST_WORDS]}")


def retry_after(headers: httpx2.Headers) -> float:
    """Seconds asked for by `retry-after-ms` or `Retry-After` (seconds or a date); 0 if none or nonsense."""
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        given = headers.get("retry-after", "")
        return max(0.0, float(given)) if given else 0.0
    except ValueError:
        return _until(headers["retry-after"]) if "retry-after" in headers else 0.0


def _until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
