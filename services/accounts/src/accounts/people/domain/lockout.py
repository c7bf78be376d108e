"""Slows guessing down: some tries are free, then each costs a longer wait. Charged before the password is looked at,
so that a hundred guesses at once are not a hundred free ones.

Who has guessed wrong waits, not whom was guessed at: a stranger's tries are counted for the mailbox together with the
stranger's network address. Only a crowd of addresses meets the limit of the mailbox itself, and a browser that signed
in before is counted on its own, so nobody can keep it out.
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
"""Tries at one mailbox from one network address, from one browser known to it, or from one session."""
PER_EMAIL = Rule(free=60, longest_seconds=30.0)
"""Tries at one mailbox from everywhere: a crowd gets some thousand a day, with an owner's new browser in between."""
PER_ADDRESS = Rule(free=40)
"""A whole office may share one address."""


class Attempts(Value):
    failures: int = 0
    blocked_until: Moment | None = None
    last_at: Moment


def charge(state: Attempts | None, rule: Rule, now: datetime) -> Attempts:
    """The state with one more try in it. Raises `TooMany` while a wait lasts."""
    if state is None or now - state.last_at > rule.forgotten_after:
        return Attempts(failures=1, last_at=now)
    if state.blocked_until and now < state.blocked_until:
        after = (state.blocked_until - now).total_seconds()
        raise TooMany("too_many_attempts", "too many tries; wait as long as Retry-After says, then try again", after)
    failures = state.failures + 1
    return Attempts(failures=failures, blocked_until=_until(failures, rule, now), last_at=now)


def give_back(state: Attempts) -> Attempts:
    """The try was right: it is not counted, and nobody has to wait for it."""
    return state.but(failures=max(0, state.failures - 1), blocked_until=None)


def _until(failures: int, rule: Rule, now: datetime) -> datetime | None:
    over = failures - rule.free
    if over < 0:
        return None
    return now + timedelta(seconds=min(2.0 ** min(over, 20), rule.longest_seconds))
