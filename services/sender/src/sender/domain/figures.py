"""Which of the carrier's figures are believed. An impossible one counts as missing: ours stands in its place."""

from __future__ import annotations

from shared.events import Money

MOST_PARTS = 255
"""A concatenated SMS numbers its parts in one byte (3GPP TS 23.040, 9.2.3.24.1)."""


def plausible_parts(parts: int | None) -> int | None:
    return parts if parts is not None and 1 <= parts <= MOST_PARTS else None


def plausible_money(charged: Money | None) -> Money | None:
    return charged if charged is not None and charged.nano >= 0 else None
