"""Telnyx's error codes that the sandbox speaks, with their HTTP status, and the shape of an error body."""

from __future__ import annotations

from typing import Any

_TABLE: dict[str, tuple[int, str]] = {
    "10003": (400, "Invalid URL"),
    "10004": (400, "Missing required parameter"),
    "10005": (404, "Resource not found"),
    "10007": (500, "Unexpected error"),
    "10009": (401, "Authentication failed"),
    "10011": (429, "Too many requests"),
    "10015": (400, "Bad Request"),
    "10023": (400, "Invalid JSON"),
    "10027": (422, "Unprocessable Entity"),
    "10036": (409, "Resource is being processed"),
    "20012": (403, "Account inactive"),
    "20100": (402, "Insufficient Funds"),
    "40002": (400, "Blocked as spam - temporary"),
    "40300": (409, "Blocked due to STOP message"),
    "40302": (400, "Message too large"),
    "40304": (400, "Invalid combination of message content arguments"),
    "40305": (400, "Invalid 'from' address"),
    "40309": (400, "Destination region not whitelisted"),
    "40310": (400, "Invalid 'to' address"),
    "40312": (403, "Messaging profile is disabled"),
    "40314": (403, "Messaging disabled on account"),
    "40315": (400, "Unhealthy 'from' address"),
    "40316": (400, "No content provided"),
    "40317": (400, "Invalid MMS content"),
    "40318": (429, "Message queue full"),
    "40320": (400, "Temporarily unusable 'from' address"),
    "40321": (400, "No usable numbers on messaging profile"),
    "40322": (400, "Blocked due to content"),
    "40333": (429, "Messaging profile spend limit reached"),
}
_LATER: dict[str, str] = {
    "40001": "Not routable",
    "40003": "Blocked as spam - permanent",
    "40004": "Rejected by destination",
    "40005": "Message expired during transmission",
    "40006": "Recipient server unavailable",
    "40008": "Undeliverable",
    "40011": "Too many requests",
    "40012": "Invalid messaging destination number",
    "40014": "Message expired in queue",
    "40016": "T-Mobile 10DLC sending limit reached",
    "40018": "AT&T 10DLC sending limit reached",
}
"""Codes that appear in `message.finalized` only."""

_BY_STATUS = {
    400: "10015",
    401: "10009",
    402: "20100",
    403: "10010",
    404: "10005",
    409: "10036",
    422: "10027",
    429: "10011",
}


def title_of(code: str) -> str:
    return _TABLE[code][1] if code in _TABLE else _LATER.get(code, "Error")


def error_object(code: str, detail: str = "", pointer: str | None = None) -> dict[str, Any]:
    """One entry of `errors`, as in answers and in receipts."""
    error: dict[str, Any] = {"code": code, "title": title_of(code), "detail": detail or f"{title_of(code)}."}
    if pointer:
        error["source"] = {"pointer": pointer, "parameter": None}
    error["meta"] = {"url": f"https://developers.telnyx.com/docs/overview/errors/{code}"}
    return error


class CarrierError(Exception):
    """An answer other than success, on its way out."""

    def __init__(self, code: str, detail: str = "", pointer: str | None = None, status: int | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.status = status or _TABLE.get(code, (400, ""))[0]
        self.body = {"errors": [error_object(code, detail, pointer)]}
        self.headers: dict[str, str] = {}

    @classmethod
    def of_status(cls, status: int, retry_after: float | None) -> CarrierError:
        """What the real one sends with this HTTP status; a 429 with its rate-limit headers."""
        error = cls(_BY_STATUS.get(status, "10007"), status=status)
        if status == 429:
            reset = f"{retry_after or 1:g}"
            error.headers = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
        if retry_after is not None:
            error.headers["retry-after"] = f"{retry_after:g}"
        return error
