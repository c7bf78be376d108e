"""What an operator can set for realtime."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.outgoing.reach import networks
from shared.settings import PlatformSettings


def _networks(text: str) -> str:
    networks(text)  # says ValueError
    return text


class Settings(PlatformSettings):
    realtime_allowed_origins: str = Field(
        default="",
        description="more origins of pages that may open streams, comma-separated (https://desk.example.com); "
        "PUBLIC_URL and the host of the request always may",
    )
    realtime_max_connections: int = Field(default=10_000, ge=1, description="open streams of one process")
    realtime_max_connections_per_tenant: int = Field(
        default=2_500, ge=1, description="open streams of one tenant in one process"
    )

    realtime_webhook_networks: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="private networks of yours that tenants' webhooks may reach, also by http: addresses and networks, "
        "by comma (10.0.5.0/24); empty: only the internet, by https",
    )

    realtime_dashboard: str = Field(
        default="", description="folder of the built dashboard; empty: dashboard/dist of the source, if it is there"
    )

    @property
    def allowed_origins(self) -> frozenset[str]:
        listed = (part.strip().rstrip("/").lower() for part in self.realtime_allowed_origins.split(","))
        return frozenset({self.public_base.lower(), *filter(None, listed)})
