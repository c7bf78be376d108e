"""Settings of sending. docs/sending.md explains the figures; tests use smaller ones."""

from __future__ import annotations

from pydantic import Field

from sender.domain.timing import Timing
from shared.events import Priority
from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    sender_lease_seconds: float = Field(
        default=60, description="an attempt that did not change for so long is given up as lost"
    )
    sender_fresh_seconds: float = Field(
        default=10, description="a request begins at most so long after its claim, or not at all"
    )
    sender_repeat_seconds: tuple[float, ...] = Field(
        default=(5, 30, 120, 600),
        description="when an unknown outcome is tried again with the same key, counted from the first attempt",
    )
    sender_check_seconds: tuple[float, ...] = Field(
        default=(120, 300, 840),
        description="when the carrier's detail records are searched, counted from the first attempt",
    )
    sender_give_up_seconds: float = Field(
        default=900, description="after so long a person has to settle an unknown outcome"
    )
    sender_gap_seconds: float = Field(
        default=60, description="after so long a message shows that it waits for a missing number of its stream"
    )
    sender_account_parts_per_second: float = Field(default=50, description="parts per second of one carrier connection")
    sender_estimate_nano_per_part: int = Field(
        default=10_000_000,
        description="what a part counts with toward a spend cap, in billionths of the cap's currency, where the tenant "
        "has no rate card with a price for it, and the carrier has not said what it charges",
    )
    sender_at_once: int = Field(default=64, ge=1, description="requests to carriers at once for one-to-one texts")
    sender_bulk_at_once: int = Field(default=24, ge=1, description="the same for campaign texts")

    sender_per_connection: int = Field(
        default=16,
        ge=1,
        description="requests at once through one carrier connection, fewer where few of all places are left, so that "
        "requests that hang do not delay other connections",
    )

    @property
    def at_once(self) -> dict[Priority, int]:
        """How many requests may be under way for each priority."""
        return {"one": self.sender_at_once, "bulk": self.sender_bulk_at_once}

    @property
    def timing(self) -> Timing:
        return Timing(
            lease=self.sender_lease_seconds,
            fresh=self.sender_fresh_seconds,
            repeats=self.sender_repeat_seconds,
            checks=self.sender_check_seconds,
            give_up=self.sender_give_up_seconds,
            gap=self.sender_gap_seconds,
        )
