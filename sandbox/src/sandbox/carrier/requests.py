"""Reads the body of `POST /v2/messages` and refuses what the real carrier refuses, with its codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import orjson
import phonenumbers

from sandbox.carrier.errors import CarrierError
from sandbox.carrier.messages import carrier_parts

_LONGEST_URL = 2000
_MOST_PARTS = 10
_MOST_MEDIA = 10


@dataclass(frozen=True, slots=True)
class SendRequest:
    to: str
    sender: str | None
    text: str
    media_urls: list[str]
    subject: str | None
    profile_id: str | None
    webhook_url: str | None
    webhook_failover_url: str | None
    encoding: str
    parts: int


def read_object(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise CarrierError("10023", f"The request body is not valid JSON: {error}.") from error
    if not isinstance(body, dict):
        raise CarrierError("10015", "The request body must be a JSON object.")
    return cast("dict[str, Any]", body)


def read_send(raw: bytes) -> SendRequest:
    body = read_object(raw)
    to, text, media_urls = _recipient(body), _string(body, "text") or "", _media_urls(body)
    _refuse_unsupported(body)
    encoding, parts = _content(body, text, media_urls)
    return SendRequest(
        to=to,
        sender=_string(body, "from"),
        text=text,
        media_urls=media_urls,
        subject=_string(body, "subject"),
        profile_id=_string(body, "messaging_profile_id"),
        webhook_url=_url(body, "webhook_url"),
        webhook_failover_url=_url(body, "webhook_failover_url"),
        encoding=encoding,
        parts=parts,
    )


def _string(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise CarrierError("10015", f"'{name}' must be a string.", f"/{name}")
    return value


def _recipient(body: dict[str, Any]) -> str:
    to = body.get("to")
    if isinstance(to, list) and len(cast("list[Any]", to)) == 1:
        to = cast("list[Any]", to)[0]
    if to is None:
        raise CarrierError("10004", "'to' is required.", "/to")
    if not isinstance(to, str) or not takes_sms(to):
        raise CarrierError("40310", "The 'to' address must be one valid phone number in +E.164 format.", "/to")
    return to


def takes_sms(text: str) -> bool:
    """Whether the carrier sends to this number; the phone page offers no customer it does not send to."""
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return written == text and phonenumbers.is_valid_number(parsed)


def _media_urls(body: dict[str, Any]) -> list[str]:
    urls: Any = body.get("media_urls") or []
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in cast("list[Any]", urls)):
        raise CarrierError("10015", "'media_urls' must be a list of strings.", "/media_urls")
    if len(cast("list[str]", urls)) > _MOST_MEDIA:
        raise CarrierError("40317", f"At most {_MOST_MEDIA} media URLs per message.", "/media_urls")
    return cast("list[str]", urls)


def _url(body: dict[str, Any], name: str) -> str | None:
    url = _string(body, name)
    if url and (len(url) > _LONGEST_URL or not url.startswith(("http://", "https://"))):
        raise CarrierError(
            "10003", f"'{name}' must be an http(s) URL of at most {_LONGEST_URL} characters.", f"/{name}"
        )
    return url or None


def _refuse_unsupported(body: dict[str, Any]) -> None:
    if body.get("send_at") is not None:
        raise CarrierError("10015", "The sandbox does not schedule; Parley schedules by itself.", "/send_at")
    if body.get("type") == "SMS" and body.get("media_urls"):
        raise CarrierError("40304", "An SMS carries no media.", "/media_urls")


def _content(body: dict[str, Any], text: str, media_urls: list[str]) -> tuple[str, int]:
    if not text and not media_urls:
        raise CarrierError("40316", "Neither text nor media was given.", "/text")
    encoding, parts = carrier_parts(text)
    if body.get("encoding") == "gsm7" and encoding != "GSM-7":
        raise CarrierError("10015", "The text has characters that GSM-7 cannot carry.", "/text")
    if media_urls:
        return encoding, 1
    if parts > _MOST_PARTS:
        raise CarrierError("40302", f"The text takes {parts} parts; at most {_MOST_PARTS} are allowed.", "/text")
    return encoding, parts
