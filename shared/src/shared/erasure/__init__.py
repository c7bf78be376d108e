"""Forgetting one person for good (docs/privacy.md): who it is, and the key of the hashes that stay."""

from shared.erasure.keys import ErasureKeys
from shared.erasure.person import ErasedPerson

__all__ = ["ErasedPerson", "ErasureKeys"]
