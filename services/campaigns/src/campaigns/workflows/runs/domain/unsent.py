"""A campaign's recipient whose run ended, or never began, without a text."""

from __future__ import annotations

from campaigns.campaigns.domain.recipient import Recipient
from shared.aggregates import Decision


def skip(known: Recipient | None, run_id: str, reason: str) -> Decision[Recipient] | None:
    """Nobody will text it any more. Nothing to do where it follows an SMS, or another run."""
    if known is None or known.run_id != run_id or known.message_id is not None:
        return None
    if known.state not in ("pending", "queued"):
        return None
    return Decision(known.but(state="skipped", reason=reason, queued_at=None, revision=known.revision + 1))
