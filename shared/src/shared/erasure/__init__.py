"""Forgetting one person for good (docs/privacy.md): who it is, what speaks of them, the key of the hashes that stay."""

from shared.erasure.keys import ErasureKeys
from shared.erasure.mentions import Mentions
from shared.erasure.person import ErasedPerson

__all__ = ["ErasedPerson", "ErasureKeys", "Mentions"]
