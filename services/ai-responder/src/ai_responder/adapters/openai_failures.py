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
| an `error` inside a 200 | as if its `code` were the status; away if it has none |
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, cast

import httpx2

from ai_responder.adapters.openai_complaints import Complaint, complaint_of
from ai_responder.model import ModelAway, ModelError, ModelFilters, ModelRefuses

_AWAY = frozenset({408, 409, 425, 429})
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_FILTERS = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation", "moderation"})
_NO_CREDIT = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "insufficient_credits"}
)
_THROTTLES = frozenset({"rate_limit_exceeded", "rate_limit_error"})
_OUR_FAULT = frozenset({"invalid_request_error", "bad_request", "extra_forbidden", "badrequesterror"})


def connection_failure(error: Exception) -> ModelError:
    """No answer came, or only a part of it."""
    if isinstance(error, _NOT_SENT):
        return ModelAway("the model endpoint cannot be reached")
    if isinstance(error, httpx2.TimeoutException):
        return ModelAway("the model did not answer in time", maybe_used=True)
    return ModelAway("the connection to the model broke", maybe_used=True)


def failure_of(status: int, complaint: Complaint, model: str, after: float = 0.0, used: bool = False) -> ModelError:
    """`used`: it had begun to answer, so that tokens may have been used."""
    if complaint.codes & _FILTERS:
        return ModelFilters("the model's content filter refused the conversation")
    if status == 402 or complaint.codes & _NO_CREDIT:
        return ModelRefuses("the model account has no credit left")
    if status in _AWAY or status >= 500:
        word = "is throttling us" if status == 429 else "is having trouble"
        return ModelAway(f"the model endpoint {word} ({status})", after=after, maybe_used=used)
    if status in (401, 403):
        return ModelRefuses("the model endpoint does not accept our key: check OPENAI_API_KEY")
    if status == 404:
        return ModelRefuses(f"the model endpoint knows no model {model!r}: check OPENAI_MODEL and OPENAI_BASE_URL")
    return ModelRefuses(f"the model endpoint refused the question ({status}): {complaint.words or 'no reason given'}")


def refusal_inside(error: Any) -> tuple[int, Complaint]:
    """Of an `error` that came with a 200, or in place of the choices. Without a status it may be anything: 500."""
    complaint = complaint_of(error)
    status = _status_in(error)
    if status is None:
        status = 429 if complaint.codes & _THROTTLES else 400 if complaint.codes & _OUR_FAULT else 500
    return status, complaint


def _status_in(error: Any) -> int | None:
    """An HTTP status, wherever the error has one; some add two digits of their own, as in 40003."""
    if not isinstance(error, dict):
        return None
    fields = cast("dict[str, Any]", error)
    for name in ("code", "status", "status_code"):
        text = str(fields.get(name))[:6]
        if len(text) in (3, 5) and text.isascii() and text.isdigit() and text[0] in "45":
            return int(text[:3])
    return _status_in(fields.get("error"))


def retry_after(headers: httpx2.Headers) -> float:
    """Seconds asked for by `retry-after-ms` or `Retry-After` (seconds or a date); 0 if none or nonsense."""
    given = headers.get("retry-after", "")
    if milliseconds := headers.get("retry-after-ms"):
        return _seconds(milliseconds) / 1000
    return _seconds(given) or _until(given)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return max(0.0, seconds) if isfinite(seconds) else 0.0


def _until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
