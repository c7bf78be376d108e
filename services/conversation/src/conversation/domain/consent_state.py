"""Opt-outs as a thread and the consent document hold them: the same entries, short enough to keep for ever."""

from __future__ import annotations

from conversation.domain.thread import Thread
from shared.events import ConsentEntry, merge_consent, standing_opt_outs

COMPACT_ABOVE = 100
KEPT_RECENT = 60


def is_out(thread: Thread, others: tuple[ConsentEntry, ...] = ()) -> bool:
    """Whether this person wants no more texts, by what this thread and the ledger (`others`) know."""
    entries = thread.consent
    for entry in others:
        entries = merge_consent(entries, entry)
    return bool(standing_opt_outs(entries))


def with_entry(entries: tuple[ConsentEntry, ...], entry: ConsentEntry) -> tuple[ConsentEntry, ...]:
    return compact(merge_consent(entries, entry))


def compact(entries: tuple[ConsentEntry, ...]) -> tuple[ConsentEntry, ...]:
    """Only what can still change a judgement, once there are many: what stands, the last START, the latest few."""
    if len(entries) <= COMPACT_ABOVE:
        return entries
    standing = {entry.entry_id for entry in standing_opt_outs(entries)[-KEPT_RECENT:]}
    starts = [entry.entry_id for entry in entries if entry.state == "in" and not entry.by_person]
    kept = standing | set(starts[-1:]) | {entry.entry_id for entry in entries[-KEPT_RECENT:]}
    named = {id for entry in entries if entry.entry_id in kept and entry.by_person for id in entry.overrides}
    lifting = {
        entry.entry_id for entry in entries if entry.by_person and entry.state == "in" and kept & set(entry.overrides)
    }
    return tuple(entry for entry in entries if entry.entry_id in kept | lifting | named)
