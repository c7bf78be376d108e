"""Verifies Telnyx's webhook signature: Ed25519 over `<timestamp>|<raw body>`, at most five minutes old or ahead.

The carrier signs the bytes as it sends them, so nothing may parse or decode the body before this check.
Source: Telnyx, "Webhook signing" (headers `telnyx-timestamp`, `telnyx-signature-ed25519`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.ed25519 import usable_ed25519_key

TIMESTAMP_HEADER = "telnyx-timestamp"
SIGNATURE_HEADER = "telnyx-signature-ed25519"
TOLERANCE_SECONDS = 300
_SIGNATURE_BYTES = 64
_LONGEST_TIMESTAMP = 20


@dataclass(frozen=True)
class WebhookSignature:
    """The two headers of a webhook, well formed. They prove nothing before `signs` and the time window are checked."""

    timestamp: int
    """Seconds since 1970, as the carrier signed them."""
    spelled: str
    """The timestamp's own digits: they are part of what is signed."""
    signature: bytes

    def signs(self, raw: bytes, public_keys: Iterable[str]) -> bool:
        """Whether one of these keys signed this body with this timestamp."""
        signed = self.spelled.encode() + b"|" + raw
        return any(_verifies(key, self.signature, signed) for key in public_keys)

    def skew_seconds(self, now: datetime) -> float:
        """How far our clock is ahead of the timestamp; negative: behind."""
        return now.timestamp() - self.timestamp

    def is_fresh(self, now: datetime) -> bool:
        return abs(self.skew_seconds(now)) <= TOLERANCE_SECONDS


def read_signature(timestamp: str, signature: str) -> WebhookSignature | None:
    """The headers' values, or None where they are missing or malformed."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        return None
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    return WebhookSignature(int(timestamp), timestamp, raw) if len(raw) == _SIGNATURE_BYTES else None


def _verifies(key: str, signature: bytes, signed: bytes) -> bool:
    public_key = _public_key(key)
    if public_key is None:
        return False
    try:
        public_key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4096)
def _public_key(text: str) -> Ed25519PublicKey | None:
    """None for a key that is unreadable, or one under which anybody can sign: such a row may be older than the check
    that accounts makes when a key is entered."""
    try:
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw) if usable_ed25519_key(raw) else None
    except (binascii.Error, ValueError):
        return None
