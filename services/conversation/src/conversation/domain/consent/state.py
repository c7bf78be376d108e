"""Opt-outs as a thread and the consent document hold them: the same entries, short enough to keep for ever."""

from __future__ import annotations

from conversation.domain.thread.model import Thread
from shared.events import ConsentEntry, merge_consent, standing_opt_outs
from shared.events.conversation import compact_consent


def is_out(thread: Thread, others: tuple[ConsentEntry, ...] = ()) -> bool:
    """Whether this person wants no more texts, by what this thread and the ledger (`others`) know."""
    entries = thread.consent
    for entry in others:
        entries = merge_consent(entries, entry)
    return bool(standing_opt_outs(entries))


def with_entry(entries: tuple[ConsentEntry, ...], entry: ConsentEntry) -> tuple[ConsentEntry, ...]:
    return compact_consent(merge_consent(entries, entry))
