"""What can be set for ingress alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    unrouted_kept_days: int = Field(
        default=30, ge=1, le=365, description="how long genuine texts for nobody's number are kept for the operator"
    )
