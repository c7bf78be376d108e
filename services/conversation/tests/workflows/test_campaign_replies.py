"""Campaigns hears of the texts that may reply to a campaign or workflow, in any order of arrival, and of no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conversation.domain.receive import receive
from conversation.domain.record_outbound import record_outbound
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Card, Thread
from shared.events import ContactTexted, SmsInbound, SmsOutbound, TenantChanged

OURS, THEIRS, START = "+12025550100", "+12025550123", datetime(2026, 3, 1, tzinfo=UTC)
SCENE = Scene(START, TenantChanged(tenant_id="ten_one", revision=1, name="Bakery"), "cor")


def new_thread() -> Thread:
    return Thread.new("ten_one", OURS, Card(id="cct_1", phone_number=THEIRS))


def written(minute: int, text: str = "Yes please", keyword: Any = None) -> SmsInbound:
    at = START + timedelta(minutes=minute)
    ids = {"message_id": f"msg_{minute}", "carrier_message_id": "c", "connection_id": "con"}
    return SmsInbound(**ids, number=OURS, contact=THEIRS, text=text, keyword=keyword, received_at=at, effective_at=at)


def told(thread: Thread, *steps: SmsInbound | tuple[SmsOutbound, int]) -> list[str]:
    """Ids of the texts that are passed on to campaigns when these arrive one after the other."""
    found: list[str] = []
    for step in steps:
        if isinstance(step, SmsInbound):
            decision = receive(thread, step, SCENE)
        else:
            decision = record_outbound(thread, step[0], START + timedelta(minutes=step[1]), SCENE)
        assert decision
        thread = decision.state
        found += [event.data.message_id for event in decision.events if isinstance(event.data, ContactTexted)]
    return found


def sent(**fields: Any) -> SmsOutbound:
    return SmsOutbound(message_id="msg_out", number=OURS, contact=THEIRS, text="Sale", **fields)


CAMPAIGN, WORKFLOW, OTHER = sent(author="campaign", campaign_id="cmp_1"), sent(author="workflow"), sent(author="api")


def test_a_reply_to_a_campaign_or_workflow_is_told() -> None:
    assert told(new_thread(), (CAMPAIGN, 1), written(2), written(3)) == ["msg_2", "msg_3"]
    assert told(new_thread(), (WORKFLOW, 1), written(2)) == ["msg_2"]


def test_where_neither_has_texted_nothing_is_told() -> None:
    assert told(new_thread(), written(1), (OTHER, 2), written(3)) == []


def test_what_came_before_is_no_reply() -> None:
    assert told(new_thread(), written(1), (CAMPAIGN, 2)) == []
    assert told(new_thread(), (CAMPAIGN, 2), written(1)) == []


def test_a_reply_that_is_handled_before_its_campaign_text_is_told_then() -> None:
    assert told(new_thread(), written(3), written(1), (CAMPAIGN, 2)) == ["msg_3"]


def test_an_earlier_campaign_text_that_arrives_later_tells_nothing_twice() -> None:
    earlier = CAMPAIGN.but(message_id="msg_early")
    assert told(new_thread(), written(2), written(4), (CAMPAIGN, 3), (earlier, 1)) == ["msg_4", "msg_2"]


def test_keywords_are_told_by_consent_only() -> None:
    assert told(new_thread(), (CAMPAIGN, 1), written(2, "STOP", "stop")) == []
    assert told(new_thread(), written(2, "STOP", "stop"), (CAMPAIGN, 1)) == []


@pytest.mark.parametrize(
    "text", ["Please stop texting me", "Remove me from your list", "a word that only the carrier knows"]
)
def test_whatever_counts_as_a_keyword_is_no_reply_however_late_the_campaign_text_comes(text: str) -> None:
    assert told(new_thread(), (CAMPAIGN, 1), written(2, text, "stop")) == []
    assert told(new_thread(), written(2, text, "stop"), (CAMPAIGN, 1)) == []


def test_a_phrase_in_a_group_is_no_keyword_and_so_a_reply_in_either_order() -> None:
    in_group = written(2, "Please stop texting me").but(others=("+12025550177",))
    assert told(new_thread(), (CAMPAIGN, 1), in_group) == ["msg_2"]
    assert told(new_thread(), in_group, (CAMPAIGN, 1)) == ["msg_2"]


def test_a_thread_of_an_earlier_version_does_not_know_so_it_tells_everything() -> None:
    saved = new_thread().plain()
    del saved["campaign_since"]
    assert told(Thread.read(saved), written(1)) == ["msg_1"]


def test_the_whole_text_is_passed_on() -> None:
    decision = record_outbound(new_thread(), CAMPAIGN, START, SCENE)
    assert decision
    after = receive(decision.state, written(1, "Two, please"), SCENE)
    assert after
    [data] = [event.data for event in after.events if isinstance(event.data, ContactTexted)]
    assert (data.text, data.number, data.contact, data.kind) == ("Two, please", OURS, THEIRS, "")
    assert data.conversation_id == after.state.conversations[-1].id
