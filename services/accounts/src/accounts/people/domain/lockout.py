"""Slows guessing down: some attempts are free, then each costs a longer wait. An attempt is charged before the password
is looked at, so that a hundred guesses at once are not a hundred free ones.

The guesser waits, not the owner of the mailbox: a stranger's attempts are counted by mailbox and network address
together. Only attempts from many addresses reach the limit of the mailbox itself, and a browser that signed in before
has its own counter, so it cannot be kept out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import TooMany
from shared.values import Moment, Value


@dataclass(frozen=True)
class Rule:
    free: int
    longest_seconds: float = 300.0
    forgotten_after: timedelta = timedelta(hours=12)


PER_VISITOR = Rule(free=5)
"""Attempts at one mailbox from one network address, from one known browser, or from one session."""
PER_EMAIL = Rule(free=60, longest_seconds=30.0)
"""Attempts at one mailbox from everywhere: a crowd gets some thousand a day, and the owner's new browser still gets
through in between."""
PER_ADDRESS = Rule(free=40)
"""A whole office may share one address."""


class AttemptCount(Value):
    failures: int = 0
    blocked_until: Moment | None = None
    last_at: Moment


def charge(state: AttemptCount | None, rule: Rule, now: datetime) -> AttemptCount:
    """The count with one more attempt. Raises `TooMany` while a wait lasts."""
    if state is None or now - state.last_at > rule.forgotten_after:
        return AttemptCount(failures=1, last_at=now)
    if state.blocked_until and now < state.blocked_until:
        after = (state.blocked_until - now).total_seconds()
        raise TooMany(
            "too_many_attempts", "Too many attempts; wait as long as Retry-After says, then try again.", after
        )
    failures = state.failures + 1
    return AttemptCount(failures=failures, blocked_until=_blocked_until(failures, rule, now), last_at=now)


def refund(state: AttemptCount) -> AttemptCount:
    """The attempt was right: it no longer counts, and the wait it caused ends."""
    return state.but(failures=max(0, state.failures - 1), blocked_until=None)


def _blocked_until(failures: int, rule: Rule, now: datetime) -> datetime | None:
    over = failures - rule.free
    if over < 0:
        return None
    return now + timedelta(seconds=min(2.0 ** min(over, 20), rule.longest_seconds))
