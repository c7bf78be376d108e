"""Campaign figures are right, in whatever order and however often the events arrive."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from campaigns.counting.domain import contact as domain
from campaigns.counting.domain.contact import Contact, contact_id, recipient_rows
from campaigns.counting.store import ROWS_SPEC
from shared.consuming.consumer import consumers_of
from shared.events import ConsentChanged, ConsentEvidence, ContactTexted, Event, SmsInbound, SmsStatus
from shared.events.catalogue import subscriptions_of
from shared.ids import derive

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OURS = "+13125550100"


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def event(data: Any, tenant: str = "ten_a") -> Event[Any]:
    id = derive("test", tenant, repr(data))
    return Event(id=id, source="test", subject="", time=NOON, tenant_id=tenant, partition_key=data.contact, data=data)


def status(
    message: str, state: str, revision: int, minute: int, campaign: str | None = "cmp_1", contact: int = 1
) -> SmsStatus:
    return SmsStatus.read(
        {"message_id": message, "revision": revision, "number": OURS, "contact": f"+1312555{contact:04d}",
         "status": state, "campaign_id": campaign, "changed_at": at(minute), "author": "campaign"}
    )  # fmt: skip


def answer(minute: int, contact: int = 1, keyword: Any = None) -> SmsInbound:
    return SmsInbound(
        message_id=f"msg_in{minute}",
        carrier_message_id=f"c{minute}",
        connection_id="con_1",
        number=OURS,
        contact=f"+1312555{contact:04d}",
        text="yes",
        keyword=keyword,
        received_at=at(minute),
        effective_at=at(minute),
    )


def consent(minute: int, state: Any = "out", contact: int = 1) -> ConsentChanged:
    return ConsentChanged(
        entry_id=f"e{minute}{state}",
        contact=f"+1312555{contact:04d}",
        state=state,
        effective_at=at(minute),
        evidence=ConsentEvidence(kind="keyword"),
    )


def noted(*facts: Any) -> Contact:
    state = Contact(id="rcp_1", tenant_id="ten_a", phone_number="+13125550001")
    notes: dict[type, Any] = {
        SmsStatus: domain.note_status,
        SmsInbound: domain.note_answer,
        ContactTexted: domain.note_answer,
        ConsentChanged: domain.note_consent,
    }
    for fact in facts:
        decision = notes[type(fact)](state, fact)
        state = decision.state if decision else state
    return state


FACTS = st.lists(
    st.one_of(
        st.builds(
            status,
            message=st.sampled_from(["msg_1", "msg_2", "msg_3"]),
            state=st.sampled_from(["queued", "accepted", "sent", "delivered", "failed"]),
            revision=st.integers(1, 4),
            minute=st.integers(0, 20),
        ),
        st.builds(answer, minute=st.integers(0, 20)),
        st.builds(consent, minute=st.integers(0, 20), state=st.sampled_from(["in", "out"])),
    ),
    max_size=12,
)


def consistent(facts: list[Any]) -> list[Any]:
    """One message, revision and campaign means one status: what a sender would publish."""
    known: dict[Any, Any] = {}
    for fact in facts:
        key = (fact.message_id, fact.revision) if isinstance(fact, SmsStatus) else repr(fact)
        known.setdefault(key, fact)
    return [
        fact.but(campaign_id={"msg_3": "cmp_2"}.get(fact.message_id, "cmp_1")) if isinstance(fact, SmsStatus) else fact
        for fact in known.values()
    ]


def texted(minute: int) -> ContactTexted:
    ids = {"message_id": f"msg_in{minute}", "thread_id": "thr_1", "conversation_id": "cnv_1"}
    return ContactTexted(**ids, number=OURS, contact="+13125550001", text="yes", effective_at=at(minute))


def test_a_reply_counts_once_from_whichever_queue_it_comes() -> None:
    """A queue of an earlier version may hold the text itself."""
    sent = status("msg_1", "accepted", 1, 0)
    assert noted(sent, texted(1)) == noted(sent, answer(1))
    assert noted(sent, texted(1), answer(1)) == noted(sent, texted(1))
    assert recipient_rows(noted(sent, texted(1)))["cmp_1"].replied


@given(FACTS, st.randoms())
def test_order_and_duplication_do_not_change_the_figures(facts: list[Any], chance: random.Random) -> None:
    facts = consistent(facts)
    shuffled = chance.sample(facts, len(facts)) + chance.sample(facts, len(facts) // 2)
    assert recipient_rows(noted(*shuffled)) == recipient_rows(noted(*facts))


def test_an_answer_counts_for_the_campaign_text_right_before_it() -> None:
    first, second = status("msg_1", "sent", 1, 0, "cmp_1"), status("msg_2", "sent", 1, 10, "cmp_2")
    found = recipient_rows(noted(answer(5), first, second))
    assert {name: row.replied for name, row in found.items()} == {"cmp_1": True, "cmp_2": False}


def test_a_text_before_any_campaign_text_or_a_keyword_is_no_answer() -> None:
    assert not recipient_rows(noted(answer(1), status("msg_1", "sent", 1, 5)))["cmp_1"].replied
    assert not recipient_rows(noted(status("msg_1", "sent", 1, 5), answer(6, keyword="stop")))["cmp_1"].replied


def test_a_text_that_never_left_is_not_answered() -> None:
    assert not recipient_rows(noted(status("msg_1", "suppressed", 1, 0), answer(5)))["cmp_1"].replied


def test_an_opt_out_counts_while_it_is_in_force() -> None:
    sent = status("msg_1", "delivered", 2, 0)
    assert recipient_rows(noted(sent, consent(3)))["cmp_1"].opted_out
    assert not recipient_rows(noted(sent, consent(3), consent(4, "in")))["cmp_1"].opted_out


async def test_figures_are_told_once_they_have_settled_and_add_up(world: Any) -> None:
    for contact in range(20):
        states = ["queued", "accepted", "delivered" if contact % 4 else "undelivered"]
        await world.handle(
            *(event(status(f"msg_{contact}", s, n + 1, n, contact=contact)) for n, s in enumerate(states))
        )
    await world.handle(event(answer(9, contact=3)), event(consent(9, contact=4)))
    assert await world.count() > 0
    [update] = world.updates
    assert (update["type"], update["tenantid"], update["data"]["campaign_id"]) == ("campaign.updated", "ten_a", "cmp_1")
    shown = (await world.get("/api/campaigns/cmp_1/tally")).json()
    assert shown == update["data"]["campaign"] | {key: shown[key] for key in ("first_seen_at", "updated_at")}
    assert shown["counts"] == {"delivered": 15, "undelivered": 5}
    assert (shown["recipients"], shown["replied"], shown["opted_out"], shown["revision"]) == (20, 1, 1, 1)
    assert await world.count() == 0, "every mark was counted and taken away"
    await world.handle(event(status("msg_0", "delivered", 9, 9, contact=0)))
    await world.count()
    assert [update["data"]["revision"] for update in world.updates] == [1, 2]


async def test_texts_without_a_campaign_leave_no_trace(world: Any) -> None:
    await world.handle(event(status("msg_1", "sent", 1, 0, campaign=None)))
    assert await world.count() == 0
    assert await world.service.database.collection(ROWS_SPEC).count({"campaign_key": "ten_a|cmp_1"}) == 0


async def test_tenants_never_see_each_others_campaigns_even_under_one_name(world: Any) -> None:
    await world.handle(event(status("msg_1", "sent", 1, 0)), event(status("msg_2", "failed", 1, 0), "ten_b"))
    await world.count()
    ours, theirs = [(await world.get("/api/campaigns/cmp_1/tally", tenant)).json() for tenant in ("ten_a", "ten_b")]
    assert (ours["counts"], theirs["counts"]) == ({"sent": 1}, {"failed": 1})
    assert (await world.get("/api/campaigns/cmp_1/tally", "ten_c")).status_code == 404
    assert contact_id("ten_a", "+13125550001") != contact_id("ten_b", "+13125550001")


async def test_an_unknown_campaign_is_404(world: Any) -> None:
    response = await world.get("/api/campaigns/none/tally")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_the_wiring_handles_exactly_what_the_catalogue_lists(world: Any) -> None:
    assert consumers_of("campaigns", list(world.service.handlers), subscriptions_of("campaigns"))
