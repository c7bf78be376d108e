"""A recipient follows its text, whatever the order and number of the reports."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaigns.domain.handing_over import HandOver, hand_over, try_again
from campaigns.campaigns.domain.progress import follow
from campaigns.campaigns.domain.recipient import NewRecipient, Recipient, message_id, new_recipient, stage
from campaigns.campaigns.domain.stages import read_stages
from campaigns.campaigns.store import Campaign
from shared.events import MessageStatus, SmsStatus

NOON = datetime(2026, 1, 1, 18, tzinfo=UTC)
CAMPAIGN = Campaign(id="cmp_1", tenant_id="ten_a", name="Spring", created_at=NOON, text="Hi")
OURS = "+13125550100"


def queued(n: int = 1) -> Recipient:
    fresh = new_recipient("ten_a", "cmp_1", NewRecipient(phone_number=f"+1312555{n:04d}"), ";America/Chicago")
    decision = hand_over(fresh, CAMPAIGN, HandOver(1, OURS, "Hi", None, NOON))
    assert decision
    return decision.state


def report(of: Recipient, status: str, revision: int, message: str | None = None, **more: Any) -> SmsStatus:
    return SmsStatus.read(
        {
            "message_id": message or of.message_id, "revision": revision, "number": OURS, "contact": of.phone_number,
            "status": status, "campaign_id": "cmp_1", "author": "campaign",
            "changed_at": NOON + timedelta(seconds=revision), **more,
        }
    )  # fmt: skip


def followed(recipient: Recipient, *reports: SmsStatus, cancelled: bool = False) -> Recipient:
    for each in reports:
        decision = follow(recipient, each, cancelled=cancelled)
        recipient = decision.state if decision else recipient
    return recipient


FATES: list[list[MessageStatus]] = [
    ["queued", "submitting", "accepted", "sent", "delivered"],
    ["queued", "submitting", "unknown", "unresolved"],
    ["queued", "submitting", "unknown", "accepted", "undelivered"],
    ["queued", "submitting", "failed"],
    ["queued", "withdrawn"],
    ["queued", "expired"],
    ["queued", "suppressed"],
    ["queued", "refused"],
    ["queued", "accepted", "unconfirmed"],
]


@given(st.lists(st.sampled_from(FATES), min_size=1, max_size=5), st.booleans(), st.randoms())
def test_no_order_or_duplication_of_reports_changes_the_counts(
    fates: list[list[MessageStatus]], cancelled: bool, chance: random.Random
) -> None:
    people = [queued(n) for n in range(len(fates))]
    told = [
        (n, report(people[n], status, revision + 1))
        for n, fate in enumerate(fates)
        for revision, status in enumerate(fate)
    ]
    shuffled = chance.sample(told, len(told)) + chance.sample(told, len(told) // 2)

    def after(reports: list[tuple[int, SmsStatus]]) -> list[Recipient]:
        now = list(people)
        for n, each in reports:
            now[n] = followed(now[n], each, cancelled=cancelled)
            counts = read_stages(counted(now)).counts
            assert counts.total == len(people), "they add up at every moment"
        return now

    assert counted(after(shuffled)) == counted(after(told))


def counted(people: list[Recipient]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in people:
        found[stage(each)] = found.get(stage(each), 0) + 1
    return found


@given(st.integers(1, 8), st.randoms())
def test_late_reports_of_withdrawn_texts_never_speak_for_the_next_one(times: int, chance: random.Random) -> None:
    recipient, past = queued(), list[SmsStatus]()
    for attempt in range(1, times + 1):
        assert recipient.message_id == message_id(recipient.id, attempt)
        past += [report(recipient, "queued", 1), report(recipient, "withdrawn", 2)]
        recipient = followed(recipient, past[-1])
        assert stage(recipient) == "pending|;America/Chicago"
        again = hand_over(recipient, CAMPAIGN, HandOver(attempt + 1, OURS, "Hi", None, NOON))
        assert again
        recipient = again.state
    assert followed(recipient, *chance.sample(past, len(past))) == recipient


def test_a_withdrawn_text_of_a_cancelled_campaign_is_skipped() -> None:
    assert stage(followed(queued(), report(queued(), "withdrawn", 2), cancelled=True)) == "skipped|cancelled"


def test_a_suspended_tenant_loses_no_recipient() -> None:
    waits = followed(queued(), report(queued(), "refused", 2, reason="tenant_inactive"))
    assert waits.is_ready
    assert stage(followed(queued(), report(queued(), "refused", 2, reason="number_not_yours"))) == (
        "skipped|number_not_yours"
    )


def test_a_run_speaks_by_its_first_text_and_by_the_next_if_that_was_withdrawn() -> None:
    flow = CAMPAIGN.but(workflow_id="wfl_1", workflow_version=1)
    fresh = new_recipient("ten_a", "cmp_1", NewRecipient(phone_number="+13125550001"), ";America/Chicago")
    silent = hand_over(fresh, flow, HandOver(1, OURS, "", None, NOON))
    assert silent
    assert (stage(silent.state), silent.events) == ("pending|run", ())
    assert silent.records[0].document["id"] == silent.state.run_id
    first = followed(silent.state, report(silent.state, "accepted", 2, "msg_run_1"))
    assert followed(first, report(first, "failed", 2, "msg_run_2")) == first, "the second text of the run"
    held = followed(silent.state, report(silent.state, "withdrawn", 2, "msg_run_1"))
    assert stage(held) == "pending|run"
    assert followed(held, report(held, "queued", 1, "msg_run_1")) == held
    assert followed(held, report(held, "delivered", 3, "msg_run_1b")).state == "delivered"


def test_a_retry_is_meant_for_those_that_had_failed_when_it_was_asked_for() -> None:
    failed = followed(queued(), report(queued(), "failed", 3, reason="carrier_rejected"))
    assert try_again(failed, NOON, ()) is None, "it failed later"
    assert try_again(failed, NOON + timedelta(minutes=1), ("spam",)) is None
    again = try_again(failed, NOON + timedelta(minutes=1), ("carrier_rejected",))
    assert again
    assert again.state.is_ready
    assert followed(again.state, report(failed, "delivered", 9)) == again.state, "it follows its old text no longer"
