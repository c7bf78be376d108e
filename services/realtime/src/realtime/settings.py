"""What an operator can set for realtime."""

from __future__ import annotations

from pydantic import Field

from shared.settings import PlatformSettings


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

    @property
    def allowed_origins(self) -> frozenset[str]:
        listed = (part.strip().rstrip("/").lower() for part in self.realtime_allowed_origins.split(","))
        return frozenset({self.public_base.lower(), *filter(None, listed)})
