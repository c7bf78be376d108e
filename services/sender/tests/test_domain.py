"""Laws of sender's pure decisions, for any order and any number of deliveries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender.domain.dispatch import claim, end_lease, next_in, overdue
from sender.domain.effects import decision
from sender.domain.lane import Lane, Stream, look_at
from sender.domain.message import Attempt, Message
from sender.domain.outcome import SendOutcome
from sender.domain.receipts import report
from sender.domain.settle import record
from sender.domain.timing import Timing
from sender.pacing.buckets import Bucket, take
from sender.pacing.domain import SlotRequest
from sender.sending.leases import Leases
from shared.clock import ManualClock
from shared.events import Money, SmsOutbound, SmsReceipt

NOW = datetime(2026, 3, 10, 18, tzinfo=UTC)
TIMING = Timing()
NUMBER, ANN = "+13125550001", "+13125550101"


def queued(id: str = "msg_1", **order: Any) -> Message:
    asked = SmsOutbound(message_id=id, number=NUMBER, contact=ANN, text="Hi", **order)
    return Message(id=id, tenant_id="t", lane_id="l", order=asked, created_at=NOW, changed_at=NOW, look_at=NOW, parts=1)


def lane_with(*messages: Message) -> Lane:
    lane = Lane(id="l", tenant_id="t", number=NUMBER, contact=ANN)
    for message in messages:
        lane = lane.with_message(message)
    return lane


def accepted_lane() -> Lane:
    lane = claim(lane_with(queued()), queued(), Attempt(number=1, owner="o", started_at=NOW), b"x", TIMING)
    assert lane is not None
    return record(lane, lane.messages[0], 1, SendOutcome("accepted", carrier_message_id="car"), NOW, TIMING)


def receipt(status: str, seconds: int) -> SmsReceipt:
    figures = {"parts": 2, "cost": Money(nano=seconds)} if seconds % 2 else {}
    return SmsReceipt.read(
        {
            "carrier_message_id": "car", "connection_id": "c", "number": NUMBER, "contact": ANN, "status": status,
            "occurred_at": NOW + timedelta(seconds=seconds), **figures,
        }
    )  # fmt: skip


RECEIPTS = [
    receipt("queued", 0), receipt("sending", 1), receipt("sent", 2), receipt("delivery_unconfirmed", 3),
    receipt("delivery_failed", 4), receipt("delivered", 5),
]  # fmt: skip


@given(st.permutations(RECEIPTS), st.lists(st.sampled_from(RECEIPTS), max_size=5), st.integers(0, 6))
def test_the_end_does_not_depend_on_the_order_or_number_of_receipts(
    order: list[SmsReceipt], again: list[SmsReceipt], kept: int
) -> None:
    wanted = order[:kept]

    def after(receipts: list[SmsReceipt]) -> Any:
        lane = accepted_lane()
        for each in receipts:
            lane = report(lane, lane.messages[0], each, NOW) or lane
        end = lane.messages[0]
        return end.status, end.parts, end.cost, end.sent_at, end.delivered_at

    repeated = [each for each in again if each in wanted]
    by_time = sorted(wanted, key=lambda each: each.occurred_at)
    assert after(wanted + repeated) == after(by_time)


@given(st.lists(st.sampled_from(RECEIPTS), max_size=8))
def test_revisions_and_usage_only_grow_and_each_change_is_told(receipts: list[SmsReceipt]) -> None:
    lane = accepted_lane()
    for each in receipts:
        changed = report(lane, lane.messages[0], each, NOW)
        if changed is None:
            continue
        before, now = lane.messages[0], changed.messages[0]
        made = decision(lane, changed)
        assert now.revision == before.revision + 1
        assert now.usage >= before.usage
        assert len(made.records) == 1
        lane = changed


@given(st.permutations(range(1, 8)))
def test_a_stream_consumes_every_number_in_whatever_order_the_ends_come(order: list[int]) -> None:
    stream = Stream(name="s")
    for seq in order:
        stream = stream.consume(seq)
    assert (stream.next, stream.ended) == (8, ())


def test_skipping_a_gap_keeps_what_ended_beyond_it() -> None:
    stream = Stream(name="s").consume(4).skip_to(3)
    assert (stream.next, stream.ended) == (3, (4,))
    assert Stream(name="s").consume(3).consume(4).skip_to(3).next == 5


def test_only_one_of_two_claims_wins() -> None:
    lane = lane_with(queued(), queued("msg_2"))
    first = claim(lane, queued(), Attempt(number=1, owner="a", started_at=NOW), b"x", TIMING)
    assert first is not None
    assert claim(first, queued(), Attempt(number=1, owner="b", started_at=NOW), b"x", TIMING) is None
    assert claim(first, queued("msg_2"), Attempt(number=1, owner="b", started_at=NOW), b"x", TIMING) is None


def test_a_lane_that_is_due_always_has_something_to_do() -> None:
    """Or the loop would turn for ever: for each state and line, what `look_at` promises, the worker finds."""
    flying = claim(lane_with(queued()), queued(), Attempt(number=1, owner="a", started_at=NOW), b"x", TIMING)
    assert flying is not None
    lost = record(flying, flying.messages[0], 1, SendOutcome("no_answer"), NOW, TIMING)
    broken = record(flying, flying.messages[0], 1, SendOutcome("server_error"), NOW, TIMING)
    gap = lane_with(queued(stream="s", seq=2).but(gap_at=NOW + timedelta(seconds=60)))
    expiring = lane_with(queued(expires_at=NOW + timedelta(seconds=9), stream="s", seq=3))
    for lane in (lane_with(queued()), flying, lost, broken, gap, expiring):
        moment = look_at(lane, "one")
        assert moment is not None
        assert overdue(lane, moment) or next_in(lane, "one", moment, TIMING)


def test_finished_messages_leave_the_lane_but_never_in_the_decision_that_changed_them() -> None:
    done = [queued(f"msg_{n}").moved("failed", NOW) for n in range(9)]
    assert len(decision(None, lane_with(*done)).state.messages) == 9
    lane = lane_with(*done)
    kept = decision(lane, lane.with_message(queued("msg_new"))).state
    assert [message.id for message in kept.messages] == ["msg_4", "msg_5", "msg_6", "msg_7", "msg_8", "msg_new"]
    assert kept.evicted == 4


@given(
    st.lists(st.tuples(st.sampled_from(["one", "bulk"]), st.integers(1, 10), st.floats(0, 3)), min_size=1, max_size=60),
    st.floats(0.1, 20),
)
def test_no_window_ever_holds_more_parts_than_the_rate_allows(asks: list[Any], rate: float) -> None:
    bucket, document, now = Bucket("b", rate), None, NOW
    left: list[tuple[datetime, int]] = []
    for priority, parts, pause in asks:
        now += timedelta(seconds=pause)
        document, slot = take(document, bucket, SlotRequest("msg", parts, priority), now)
        assert slot.at >= now - timedelta(microseconds=1)
        assert slot.taken or slot.at > now
        if slot.taken:
            left.append((slot.at, parts))
    left.sort()
    for (at, parts), (later, _) in zip(left, left[1:], strict=False):  # noqa: RUF007 - reads as neighbours
        assert (later - at).total_seconds() >= parts / rate - 0.001


def test_a_one_to_one_text_passes_every_waiting_campaign_text() -> None:
    bucket, document = Bucket("b", 1.0), None
    for _ in range(50):
        document, _slot = take(document, bucket, SlotRequest("msg", 1, "bulk"), NOW)
    _, slot = take(document, bucket, SlotRequest("msg", 1, "one"), NOW)
    assert slot.taken
    assert slot.at == NOW + timedelta(seconds=1)


def in_second_attempt() -> Lane:
    """Attempt 1 went silent and its lease ended; attempt 2 is under way."""
    first = claim(lane_with(queued()), queued(), Attempt(number=1, owner="a", started_at=NOW), b"x", TIMING)
    assert first is not None
    unknown = end_lease(first, first.messages[0], NOW, TIMING)
    assert unknown is not None
    second = claim(unknown, unknown.messages[0], Attempt(number=2, owner="b", started_at=NOW), b"y", TIMING)
    assert second is not None
    assert second.messages[0].body == b"x"
    return second


@pytest.mark.parametrize("kind", ["refused", "not_sent", "suppressed", "withdrawn", "no_answer", "in_flight"])
def test_a_stale_attempts_answer_settles_nothing(kind: Any) -> None:
    lane = in_second_attempt()
    assert record(lane, lane.messages[0], 1, SendOutcome(kind), NOW, TIMING) is lane


def test_a_stale_attempt_may_add_evidence_and_a_server_error_is_never_overwritten() -> None:
    lane = in_second_attempt()
    accepted = record(lane, lane.messages[0], 1, SendOutcome("accepted", carrier_message_id="car"), NOW, TIMING)
    assert accepted.messages[0].status == "accepted"
    broken = record(lane, lane.messages[0], 1, SendOutcome("server_error"), NOW, TIMING)
    again = record(broken, broken.messages[0], 2, SendOutcome("no_answer"), NOW, TIMING)
    assert again.messages[0].saw_server_error
    assert claim(again, again.messages[0], Attempt(number=3, owner="c", started_at=NOW), b"x", TIMING) is None


def test_a_lease_ends_only_for_the_attempt_that_was_watched() -> None:
    lane = in_second_attempt()
    watched_before = lane.messages[0].but(attempt=1)
    assert end_lease(lane, watched_before, NOW, TIMING) is None


def test_an_observer_ends_a_lease_by_its_own_clock_and_never_at_first_sight() -> None:
    clock = ManualClock(NOW)
    leases = Leases(clock, 60)
    message = in_second_attempt().messages[0]
    assert not leases.ended(message)
    clock.advance(59)
    assert not leases.ended(message)
    assert not Leases(clock, 60).ended(message)
    clock.advance(1)
    assert leases.ended(message)
    assert not leases.ended(message.but(attempt=3))


def test_a_worker_that_stood_still_claims_no_repeat_after_the_end_of_waiting() -> None:
    first = claim(lane_with(queued()), queued(), Attempt(number=1, owner="a", started_at=NOW), b"x", TIMING)
    assert first is not None
    unknown = end_lease(first, first.messages[0], NOW, TIMING)
    assert unknown is not None
    for seconds, allowed in ((TIMING.give_up - 1, True), (TIMING.give_up, False)):
        late = Attempt(number=2, owner="b", started_at=NOW + timedelta(seconds=seconds))
        assert (claim(unknown, unknown.messages[0], late, b"x", TIMING) is not None) == allowed
