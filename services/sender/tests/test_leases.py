"""A lease ends by the time the observer saw an attempt unchanged; what it no longer sees costs no memory."""

from __future__ import annotations

from typing import Any

from sender.domain.message import Message
from sender.sending.leases import Leases
from shared.clock import ManualClock
from shared.events import SmsOutbound
from shared.service.holder import Holder


def attempt(id: str, number: int = 1) -> Message:
    now = ManualClock().now()
    order = SmsOutbound(message_id=id, number="+13125550001", contact="+13125550101", text="Hello")
    given: dict[str, Any] = {"order": order, "created_at": now, "changed_at": now, "attempt": number}
    return Message(id=id, tenant_id="ten_a", lane_id="thr_1", **given)


def test_a_lease_ends_when_the_attempt_was_seen_unchanged_for_its_length() -> None:
    clock = ManualClock()
    leases = Leases(clock, 60)
    assert not leases.ended(attempt("msg_1"))
    clock.advance(59)
    assert not leases.ended(attempt("msg_1"))
    clock.advance(1)
    assert leases.ended(attempt("msg_1"))
    assert not leases.ended(attempt("msg_1", 2)), "another attempt, another lease"


def test_attempts_that_are_not_looked_at_any_more_are_forgotten() -> None:
    clock = ManualClock()
    leases = Leases(clock, 60)
    for n in range(100):
        leases.ended(attempt(f"msg_{n}"))
    clock.advance(300)
    assert not leases.ended(attempt("msg_0"))
    assert len(leases._first_seen) == 1


def test_the_lease_of_a_process_that_is_known_to_have_ended_is_over_at_first_sight() -> None:
    us = Holder(alone=True)
    leases = Leases(ManualClock(), 60, us)
    theirs = attempt("msg_1").but(status="submitting", owner="wrk_before")
    assert leases.left_behind(theirs)
    assert leases.ended(theirs)
    assert not leases.ended(theirs.but(owner=us.id)), "this process is still at it"
    assert not leases.ended(theirs.but(owner="")), "a claim without a name may be anyone's"
    assert not leases.left_behind(theirs.but(status="unknown")), "its outcome is recorded"
    assert not Leases(ManualClock(), 60, Holder()).ended(theirs), "beside others, only time tells"
