"""How often campaigns may text one person: the tenant's `campaign_frequency`, so many texts in so many days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from campaigns.counting.domain.contact import MOST_TEXTS, CampaignText
from shared.events.sender import FINAL_UNSENT

FREQUENCY_CAP = "frequency_cap"
"""The reason of a recipient that is skipped because of it."""
_NOT_RECEIVED = FINAL_UNSENT | {"undelivered"}


class CampaignFrequency(Protocol):
    @property
    def texts(self) -> int: ...
    @property
    def days(self) -> int: ...


def is_capped(texts: Iterable[CampaignText], cap: CampaignFrequency | None, campaign_id: str, at: datetime) -> bool:
    """Whether one more campaign's text at this moment would be too many for the person who got these `texts`.

    Texts of the same campaign do not count: a retry, or a later step of its workflow, belongs to a decision that was
    made. Texts that did not reach the person do not count; one that is still on its way does. No more than `MOST_TEXTS`
    of one person are remembered, so a higher cap counts as that many.
    """
    if cap is None:
        return False
    since = at - timedelta(days=cap.days)
    counted = sum(
        text.campaign_id != campaign_id
        and text.status not in _NOT_RECEIVED
        and (text.left_at is None or text.left_at > since)
        for text in texts
    )
    return counted >= min(cap.texts, MOST_TEXTS)
