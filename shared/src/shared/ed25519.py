"""Which Ed25519 public keys may verify a signature.

Verifying alone does not protect: OpenSSL takes any 32 bytes. Under a key of small order (32 zero bytes is one) a fixed
signature fits a large share of all messages, so anybody can sign. Check a key here before it is stored, and again
before it verifies.
"""

from __future__ import annotations

from nacl.bindings import crypto_core_ed25519_is_valid_point

KEY_BYTES = 32


def usable_ed25519_key(raw: bytes) -> bool:
    """True for the canonical encoding of a point of the prime-order subgroup: what key generation gives (RFC 8032,
    section 5.1.5). False for small order, a part of small order, another encoding of the same point, or no point."""
    return len(raw) == KEY_BYTES and crypto_core_ed25519_is_valid_point(raw)
