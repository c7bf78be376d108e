"""Where a connection's requests go and come from: this installation, the carrier, or the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

SANDBOX = "the sandbox of this installation; no real phone gets them"


@dataclass(frozen=True)
class Addresses:
    """`sandbox_base` begins the address of the pretend carrier, `carrier_base` is for connections without their own."""

    public_base: str
    carrier_base: str
    sandbox_base: str

    def destination(self, api_base: str | None) -> str:
        """A sentence for the person who connects an account: while the sandbox is on, real texts must not surprise."""
        address = api_base or self.carrier_base
        if address.startswith(self.sandbox_base):
            return SANDBOX
        return f"the carrier at {urlsplit(address).netloc}; real phones get them, and the carrier charges for them"
