"""Whose turn it is: of those who can take it, the one whose last turn is the longest ago.

So users who were away do not have to make up for it, and nobody gets two turns while another present user waits.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.aggregates import Decision
from shared.values import Int64, Value

REMEMBERED = 200
"""Latest turns, so that the same conversation asked for again gets the same user; and users who had one."""


class LastTurn(Value, array_like=True):
    user_id: str
    n: Int64


class TakenTurn(Value, array_like=True):
    key: str
    user_id: str


class Rotation(Value):
    n: Int64 = 0
    last: tuple[LastTurn, ...] = ()
    taken: tuple[TakenTurn, ...] = ()


def take_turn(rotation: Rotation, key: str, users: Sequence[str]) -> Decision[Rotation]:
    """The next of these users, in the answer; the one who was given this key before keeps it. `users` is not empty."""
    before = next((one.user_id for one in rotation.taken if one.key == key), None)
    if before is not None:
        return Decision(rotation, answer=before)
    last = {one.user_id: one.n for one in rotation.last}
    chosen = min(users, key=lambda id: last.get(id, -1))  # of several with none, the first in the rule's order
    n = rotation.n + 1
    turns = sorted((last | {chosen: n}).items(), key=lambda turn: turn[1])[-REMEMBERED:]
    changed = Rotation(
        n=n,
        last=tuple(LastTurn(user_id=id, n=when) for id, when in turns),
        taken=(*rotation.taken, TakenTurn(key=key, user_id=chosen))[-REMEMBERED:],
    )
    return Decision(changed, answer=chosen)
