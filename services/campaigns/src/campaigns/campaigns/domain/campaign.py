"""One campaign: what is sent to its recipients, and how far it has come. Its recipients are aggregates of their own."""

from __future__ import annotations

from typing import Literal

from campaigns.forecasts.domain.forecast import Forecast
from shared.events import SendWindow
from shared.values import Moment, Value

CampaignState = Literal["draft", "scheduled", "running", "paused", "finished", "cancelled", "deleted"]
"""`deleted` is never shown: the document stays as a tombstone, so that a late request finds nothing to bring back."""
TAKES_RECIPIENTS: frozenset[CampaignState] = frozenset({"draft", "paused"})


class Hold(Value):
    """Something that keeps a running campaign from sending and goes away by itself."""

    reason: str
    since: Moment


class Counts(Value):
    """Recipients by state. `total` is their sum, so they always add up."""

    pending: int = 0
    queued: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.queued + self.sent + self.delivered + self.failed + self.skipped


class Figures(Value):
    """What was counted last."""

    counts: Counts = Counts()
    replied: int = 0
    opted_out: int = 0
    unresolved: int = 0


class Retry(Value):
    """A person asked to text failed recipients once more. Empty `reasons`: all of them."""

    reasons: tuple[str, ...]
    at: Moment
    """Recipients that failed after this moment are not meant."""


class Campaign(Value, omit_defaults=True):
    id: str
    tenant_id: str
    name: str
    created_at: Moment
    state: CampaignState = "draft"
    text: str | None = None
    from_numbers: tuple[str, ...] = ()
    """Empty: all active numbers of the tenant."""
    workflow_id: str | None = None
    workflow_version: int | None = None
    """Set when it starts."""
    send_window: SendWindow | None = None
    starts_at: Moment | None = None
    local_time: str | None = None
    """Time on each recipient's own clock, `2026-12-01T10:00`."""
    asked_at: Moment | None = None
    """When its start was asked for. A local time that was past then means the next day."""
    started_at: Moment | None = None
    finished_at: Moment | None = None
    feed: int = 0
    """Number of the latest feed. Pause and cancel withdraw all feeds up to it."""
    holds: tuple[Hold, ...] = ()
    importing: tuple[str, ...] = ()
    """Imports that are adding recipients: it cannot start meanwhile."""
    retry: Retry | None = None
    forecast: Forecast | None = None
    """The latest one; of a campaign that has started, the one made before it."""
    figures: Figures = Figures()
    due_at: Moment | None = None
    """When a worker looks at it next."""
    forgotten_at: Moment | None = None
    """When the tenant's retention took the words of its recipients."""
    copies: str | None = None
    """The campaign whose recipients are still being copied into this one."""
    body_digest: str | None = None
    """Of the request that made it, for a repeated Idempotency-Key."""
    requests: tuple[tuple[str, str], ...] = ()
    """Idempotency keys of the latest requests, and a digest of each body."""
    revision: int = 1
