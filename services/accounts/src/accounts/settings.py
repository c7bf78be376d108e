"""What accounts can be told besides what every process is told."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from accounts.people.domain.users import LONGEST_SESSION
from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    """PUBLIC_URL is what webhook addresses and links begin with; ADMIN_TOKEN opens /api/accounts/tenants…"""

    accounts_session_hours: int = Field(
        default=168, ge=1, le=LONGEST_SESSION // timedelta(hours=1), description="how long a person stays signed in"
    )
    accounts_default_rate_card: str = Field(
        default="", description="prices of tenants without a rate card, as the JSON of one; empty: everything costs 0"
    )

    accounts_fresh_seconds: float = Field(
        default=600, ge=0, description="reconciliation does not miss younger messages in the carrier's records yet"
    )

    @property
    def session_life(self) -> timedelta:
        return timedelta(hours=self.accounts_session_hours)

    @property
    def fresh(self) -> timedelta:
        return timedelta(seconds=self.accounts_fresh_seconds)
