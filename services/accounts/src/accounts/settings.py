"""The settings of accounts, besides those of every process."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from accounts.people.domain.users import LONGEST_SESSION
from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    """PUBLIC_URL is the beginning of webhook addresses and links. ADMIN_TOKEN gives access to /api/accounts/tenants…"""

    accounts_session_hours: int = Field(
        default=168, ge=1, le=LONGEST_SESSION // timedelta(hours=1), description="hours until a session expires"
    )
    accounts_default_rate_card: str = Field(
        default="", description="JSON of the rate card for tenants without one; empty: everything costs 0"
    )

    accounts_fresh_seconds: float = Field(
        default=600, ge=0, description="reconciliation does not report younger messages as missing at the carrier"
    )

    @property
    def session_life(self) -> timedelta:
        return timedelta(hours=self.accounts_session_hours)

    @property
    def fresh(self) -> timedelta:
        return timedelta(seconds=self.accounts_fresh_seconds)
