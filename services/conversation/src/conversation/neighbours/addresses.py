"""The address a neighbour posts to: unguessable, and checked before anything is looked up or read.

It holds the neighbour's id, the generation of the address and our code over both; nothing secret is stored.
"""

from __future__ import annotations

from conversation.neighbours.domain.neighbour import Neighbour
from shared.keyring import Keyring

HOOKS = "/api/neighbours/hooks"
_PURPOSE = "neighbour address"
_LONGEST = 200


class HookAddresses:
    def __init__(self, keyring: Keyring, public_base: str) -> None:
        self._keyring = keyring
        self._beginning = f"{public_base}{HOOKS}/"

    def url(self, neighbour: Neighbour) -> str:
        told = f"{neighbour.id}.{neighbour.generation}"
        return f"{self._beginning}{told}.{self._keyring.mac(_PURPOSE, told)}"

    def read(self, token: str) -> tuple[str, int] | None:
        """Id and generation; None for a token that we did not make."""
        parts = token.split(".")
        if len(token) > _LONGEST or len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()):
            return None
        if not self._keyring.mac_is_valid(_PURPOSE, f"{parts[0]}.{parts[1]}", parts[2]):
            return None
        return parts[0], int(parts[1])
