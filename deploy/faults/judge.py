"""What came of it, by the carrier's ledger: the only witness that no fault can touch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from faults.played import Played
from faults.system import Leftovers


@dataclass(frozen=True)
class Sms:
    to: str
    text: str
    at: float


@dataclass
class Recovery:
    """`seconds`: from the end of the fault until everyone who had texted before was answered; None: not in this run."""

    what: str
    to: str
    lasted: float
    waiting: int
    """Customers who had no answer when the fault ended."""
    seconds: float | None


@dataclass
class Dashboards:
    """What was told to those that were open all the time, all of them together."""

    unseen: int
    """Customers whose text or whose answer one of them was never told of, though the carrier knows of both."""
    missed: int
    repeated: int
    connections: int
    resets: int
    longest_wait: float
    """Seconds from a customer's text to its frame."""


@dataclass
class Verdict:
    asked: int
    """Texts that should have left: one answer for each customer, the numbered ones, and the campaign's."""
    sent: int
    lost: int
    doubled: int
    out_of_order: int
    """Persons who got numbered texts in another order than that in which they were taken."""
    longest_silence: float
    median_silence: float
    unknown: int | None
    unresolved: int
    left_waiting: int
    ended_alone: int = 0
    """Instances that ended though no fault killed them."""
    given_up: int = 0
    """Numbered texts that the system never confirmed, so that it may have sent each once or not at all."""
    recoveries: list[Recovery] = field(default_factory=list[Recovery])
    dashboards: Dashboards | None = None
    """None: the system has no live view."""

    @property
    def longest_recovery(self) -> float | None:
        known = [recovery.seconds for recovery in self.recoveries]
        return None if not known or None in known else max(seconds for seconds in known if seconds is not None)

    def plain(self) -> dict[str, Any]:
        return asdict(self) | {"longest_recovery": self.longest_recovery}


def judge(played: Played, rows: Sequence[dict[str, Any]], left: Leftovers) -> Verdict:
    ledger = [Sms(row["to"], row["text"], datetime.fromisoformat(row["accepted_at"]).timestamp()) for row in rows]
    answered = _first(ledger, set(played.texted))
    wanted = played.wanted()
    allowed = wanted + Counter(played.given_up)
    got = Counter(played.key(sms.to, sms.text) for sms in ledger)
    silences = [answered.get(one, played.settled) - at for one, at in played.texted.items()]
    return Verdict(
        asked=sum(wanted.values()),
        sent=len(ledger),
        lost=sum(max(0, times - got[key]) for key, times in wanted.items()),
        doubled=sum(max(0, times - allowed[key]) for key, times in got.items()),
        out_of_order=sum(_shuffled(ledger, person, texts) for person, texts in played.orders.items()),
        longest_silence=round(max(silences, default=0.0), 1),
        median_silence=round(median(silences), 2) if silences else 0.0,
        unknown=left.unknown,
        unresolved=left.unresolved,
        left_waiting=left.waiting,
        ended_alone=len(played.ended_alone),
        given_up=len(played.given_up),
        recoveries=_recoveries(played, answered),
        dashboards=_dashboards(played, answered),
    )


def _dashboards(played: Played, answered: dict[str, float]) -> Dashboards | None:
    if not played.seen:
        return None
    asked = played.texted
    waits = [seen.texts[one] - at for seen in played.seen for one, at in asked.items() if one in seen.texts]
    return Dashboards(
        unseen=sum(one not in seen.texts or one not in seen.answers for seen in played.seen for one in answered),
        missed=sum(seen.missed for seen in played.seen),
        repeated=sum(seen.repeated for seen in played.seen),
        connections=sum(seen.connections for seen in played.seen),
        resets=sum(seen.resets for seen in played.seen),
        longest_wait=round(max(waits, default=0.0), 1),
    )


def _first(ledger: Sequence[Sms], customers: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for sms in ledger:
        if sms.to in customers:
            found[sms.to] = min(sms.at, found.get(sms.to, sms.at))
    return found


def _shuffled(ledger: Sequence[Sms], person: str, texts: list[str]) -> bool:
    """By the first time that each arrived: a second copy is counted as doubled, not here."""
    firsts: dict[str, float] = defaultdict(float)
    for sms in sorted((sms for sms in ledger if sms.to == person), key=lambda sms: sms.at):
        firsts.setdefault(sms.text, sms.at)
    arrived = [text for text in firsts if text in texts]
    return arrived != [text for text in texts if text in firsts]


def _recoveries(played: Played, answered: dict[str, float]) -> list[Recovery]:
    found: list[Recovery] = []
    for fault in played.faults:
        waiting = [
            answered.get(customer)
            for customer, at in played.texted.items()
            if at < fault.ended and answered.get(customer, played.settled) >= fault.ended
        ]
        never = None in waiting
        seconds = None if never else max((at - fault.ended for at in waiting if at is not None), default=0.0)
        lasted = round(fault.ended - fault.began, 1)
        shown = None if seconds is None else round(seconds, 1)
        found.append(Recovery(fault.what, fault.to, lasted, len(waiting), shown))
    return found
