"""Configuration: from where media are fetched. All else is set per tenant, in accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.outgoing.reach import networks
from shared.settings import PlatformSettings


def _networks(text: str) -> str:
    networks(text)  # says ValueError
    return text


class Settings(PlatformSettings):
    conversation_media_networks: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="private networks of yours from which pictures of inbound texts may be fetched, also by http: "
        "addresses and networks, by comma (10.0.5.0/24); empty: only the internet, by https, and "
        "TELNYX_API_BASE's server",
    )

    @property
    def carriers_own(self) -> tuple[str, ...]:
        """Beginnings of addresses that the operator named: of the carrier's API, and of the sandbox's carrier. Their
        media are fetched although they may be on this machine; nothing else of this machine is."""
        named: list[str] = []
        if self.telnyx_api_base:
            scheme, _, rest = self.telnyx_api_base.partition("://")
            named.append(f"{scheme}://{rest.partition('/')[0]}/")
        if self.sandbox_is_on:
            named.append(f"{self.sandbox_base}telnyx/")
        return tuple(named)
