"""Signs webhooks as Telnyx does: Ed25519 over `timestamp|raw body`, one key pair per account."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def derive_seed(secret: str, api_key: str) -> str:
    """The 32-byte seed (as hex) of this account's key pair: the same at every start."""
    return hashlib.sha256(f"sandbox-webhooks\x1f{secret}\x1f{api_key}".encode()).hexdigest()


def public_key(seed: str) -> str:
    """Base64 of the 32 raw bytes, as the portal of the carrier shows it."""
    return base64.b64encode(_private(seed).public_key().public_bytes_raw()).decode()


def signature_headers(seed: str, timestamp: int, body: bytes) -> dict[str, str]:
    signature = _private(seed).sign(f"{timestamp}|".encode() + body)
    return {
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
        "telnyx-timestamp": str(timestamp),
        "content-type": "application/json",
        "user-agent": "telnyx-webhooks (sandbox)",
    }


def _private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
