"""Settings of campaigns. Figures that sender decides by are read from sender's own variables."""

from __future__ import annotations

from pydantic import Field

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    campaigns_carrier_fee_nano_low: int = Field(
        default=3_000_000,
        ge=0,
        description="the lowest fee of US carriers per SMS part, in billionths of a dollar, for forecasts",
    )
    campaigns_carrier_fee_nano_high: int = Field(
        default=5_000_000, ge=0, description="the highest such fee, for registered numbers"
    )
    sender_account_parts_per_second: float = Field(
        default=50, description="parts per second of one carrier connection (decided by sender)"
    )
    sender_estimate_nano_per_part: int = Field(
        default=10_000_000, description="what a part is taken to cost where nothing else is known (decided by sender)"
    )
