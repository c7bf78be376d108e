"""Is it from the carrier? Ed25519 over `<timestamp>|<raw body>`, no older or newer than five minutes.

The bytes as they arrived are what is signed; nothing may be parsed or decoded on the way here.
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

TOLERANCE_SECONDS = 300
_SIGNATURE_BYTES = 64
_LONGEST_TIMESTAMP = 20


@dataclass(frozen=True)
class Proof:
    """The two headers of a webhook whose form and time are right; what they prove is still to be checked."""

    timestamp: str
    signature: bytes

    def holds(self, raw: bytes, public_keys: Iterable[str]) -> bool:
        """Whether one of these keys signed this body at that time."""
        signed = self.timestamp.encode() + b"|" + raw
        return any(_verifies(key, self.signature, signed) for key in public_keys)


def read_proof(timestamp: str, signature: str, now: datetime) -> Proof | None:
    """None if there is no point in looking further: missing, malformed, or not of the last or next five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        return None
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        return None
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Proof(timestamp, raw) if len(raw) == _SIGNATURE_BYTES else None


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
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None
