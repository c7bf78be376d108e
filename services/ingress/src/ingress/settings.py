"""The settings of ingress alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    unrouted_kept_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="days that texts for numbers without an owner are kept for the operator",
    )
