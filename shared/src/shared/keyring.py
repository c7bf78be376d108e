"""What the installation's secret is good for: signing tokens and ids, encrypting carrier credentials.

`SECRET_KEY` may be a comma-separated list: the first signs and encrypts, all verify and decrypt, so that a secret can
be replaced while everything runs; what has to be done before the old one goes: docs/runbook.md. Every purpose has a
key of its own, derived with HKDF.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import Invalid, Unauthenticated

_ALGORITHM = "HS256"
_MAC_BYTES = 15
_UNCHECKED: Any = {"verify_iat": False, "verify_aud": False}


class Keyring:
    """Raises `Invalid("weak_secret")` if a secret has fewer than 32 characters."""

    def __init__(self, secret_key: str) -> None:
        secrets = [part.strip() for part in secret_key.split(",") if part.strip()]
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise Invalid("weak_secret", "SECRET_KEY needs 32 characters or more (each, if several are listed)")
        self._secrets = [secret.encode() for secret in secrets]
        self._token_keys = [_derived(secret, "tokens") for secret in self._secrets]
        boxes = [Fernet(base64.urlsafe_b64encode(_derived(secret, "sealing"))) for secret in self._secrets]
        self._first_box, self._box = boxes[0], MultiFernet(boxes)

    def token(self, claims: Mapping[str, Any]) -> str:
        """A signed JWT. Times (`exp`, `iat`) are the caller's to set, in seconds."""
        return jwt.encode(dict(claims), self._token_keys[0], algorithm=_ALGORITHM)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token we signed and that has not expired. Raises `Unauthenticated`."""
        for key in self._token_keys:
            try:
                return jwt.decode(token, key, algorithms=[_ALGORITHM], options=_UNCHECKED)
            except jwt.ExpiredSignatureError:
                raise Unauthenticated("expired", "this token has expired; sign in again") from None
            except jwt.InvalidTokenError:
                continue
        raise Unauthenticated("bad_token", "the credentials are not valid here")

    def mac(self, purpose: str, text: str) -> str:
        """A short authentication code over `text` (letters, digits, `-`, `_`), valid for one purpose only."""
        return _mac(self._secrets[0], purpose, text)

    def mac_is_valid(self, purpose: str, text: str, mac: str) -> bool:
        given = mac.encode(errors="replace")
        return any(hmac.compare_digest(_mac(secret, purpose, text).encode(), given) for secret in self._secrets)

    def seal(self, plain: str) -> str:
        """Encrypt with authentication; safe to store and to publish."""
        return self._box.encrypt(plain.encode()).decode()

    def sealed_with_first(self, sealed: str) -> bool:
        """Whether the first secret alone opens it."""
        try:
            self._first_box.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def unseal(self, sealed: str) -> str:
        """Raises `Invalid("cannot_unseal")` if none of our secrets opens it."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Invalid("cannot_unseal", "encrypted with a secret that is not in SECRET_KEY any more") from None


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"parley {purpose}".encode()).derive(secret)


def _mac(secret: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(_derived(secret, f"mac {purpose}"), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
