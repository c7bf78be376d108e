"""Whatever order deliveries come in, and however often: the same thread in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.domain import agent_actions
from conversation.domain.receive import receive
from conversation.domain.record_outbound import absorb_status, record_outbound
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Card, Message, Thread, contact_id
from conversation.domain.workflows.act import act
from shared.aggregates import Decision
from shared.events import ContactTexted, SmsInbound, SmsOutbound, SmsStatus, TenantChanged, WorkflowActed

OURS, THEIRS, TENANT = "+12025550100", "+12025550123", "ten_one"
START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(days=400)
TEXTS = (
    ("Hello", None), ("When do you open?", None), ("STOP", "stop"), ("START", "start"), ("HELP", "help"),
    ("please stop texting me", "stop"), ("Arrete", "stop"), ("not interested", None), ("let me talk to a human", None),
)  # fmt: skip

Delivery = SmsInbound | SmsOutbound | SmsStatus | WorkflowActed | Card
ACTS = ("awaits", "released", "took", "to_person", "to_assistant")
acts = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 20), st.integers(0, 6))
inbound_kinds = st.tuples(st.sampled_from(TEXTS), st.integers(0, 20), st.booleans())
outbound_kinds = st.tuples(st.integers(0, 20), st.booleans())
statuses = st.tuples(
    st.integers(0, 3), st.integers(1, 6), st.sampled_from(["queued", "accepted", "sent", "delivered", "failed"])
)


def scene(now: datetime = NOW, **changes: Any) -> Scene:
    return Scene(now, TenantChanged(tenant_id=TENANT, revision=1, name="Bakery", ai_mode="auto", **changes), "cor")


def an_inbound(n: int, text: str, keyword: Any, at: datetime, *, group: bool = False) -> SmsInbound:
    return SmsInbound(
        message_id=f"msg_in{n}",
        carrier_message_id=f"c{n}",
        connection_id="con",
        number=OURS,
        contact=THEIRS,
        text=text,
        keyword=keyword,
        carrier_answered=True,
        others=("+12025550177",) if group else (),
        received_at=at,
        effective_at=at,
    )


def an_outbound(n: int, *, workflow: bool) -> SmsOutbound:
    until = NOW if workflow else None
    return SmsOutbound(
        message_id=f"msg_out{n}",
        number=OURS,
        contact=THEIRS,
        text=f"Sale {n}",
        author="workflow" if workflow else "campaign",
        expects_reply_until=until,
    )


def a_status(n: int, revision: int, status: str) -> SmsStatus:
    at = START + timedelta(minutes=revision)
    return SmsStatus.read(
        {
            "message_id": f"msg_out{n}", "revision": revision, "number": OURS, "contact": THEIRS, "status": status,
            "changed_at": at, "opted_out_at": START if status == "failed" else None,
        }
    )  # fmt: skip


def an_act(n: int, what: str, run: int, minute: int, text: int) -> WorkflowActed:
    """The `n`-th act of all: a later one of the same run has a higher revision."""
    to = what.removeprefix("to_")
    return WorkflowActed.read(
        {
            "run_id": f"run_{run}", "workflow_id": "wfl_1", "thread_id": "thr", "number": OURS, "contact": THEIRS,
            "revision": n + 1, "at": START + timedelta(minutes=minute), "note": "a note" if to == "person" else "",
            "action": "hand_over" if to != what else what, "to": to if to != what else None,
            "until": NOW if what == "awaits" else None,
            "message_ids": (f"msg_in{text}",) if what in ("took", "to_assistant") else (),
        }
    )  # fmt: skip


def a_card(revision: int) -> Card:
    """The contact's card as it is copied into the thread."""
    return Card(id=contact_id(TENANT, THEIRS), phone_number=THEIRS, name=f"Ada {revision}", revision=revision)


def new_thread() -> Thread:
    return Thread.new(TENANT, OURS, Card(id=contact_id(TENANT, THEIRS), phone_number=THEIRS))


class Store:
    """Absorbs as the aggregate does: each delivery once, messages filed as records."""

    def __init__(self) -> None:
        self.thread = new_thread()
        self.records: dict[str, dict[str, Any]] = {}
        self.told_to_campaigns: set[str] = set()
        self._absorbed: set[str] = set()

    def deliver(self, mark: str, delivery: Delivery, at: datetime) -> None:
        if mark in self._absorbed:
            return
        decision = self._decide(delivery, at)
        if decision is None:
            return
        self._absorbed.add(mark)
        self.thread = Thread.read(decision.state.plain())  # as if stored and loaded again
        texted = [event.data for event in decision.events if isinstance(event.data, ContactTexted)]
        self.told_to_campaigns |= {data.message_id for data in texted}
        for record in decision.records:
            present = self.records.get(record.document["id"])
            if record.collection in ("messages", "activities") and (
                present is None or present["revision"] < record.document["revision"]
            ):
                self.records[record.document["id"]] = record.document

    def _decide(self, delivery: Delivery, at: datetime) -> Decision[Thread] | None:
        if isinstance(delivery, SmsInbound):
            return receive(self.thread, delivery, scene())
        if isinstance(delivery, SmsOutbound):
            return record_outbound(self.thread, delivery, at, scene())
        if isinstance(delivery, WorkflowActed):
            return act(self.thread, delivery, scene())
        if isinstance(delivery, Card):
            return agent_actions.with_card(self.thread, delivery, scene())
        filed = self.records.get(delivery.message_id)
        message = Message.read(filed["message"]) if filed else None
        return absorb_status(self.thread, delivery, message, scene(), looked=True)


def outcome(store: Store) -> tuple[Any, ...]:
    """Everything but how often it was written."""
    early = tuple(sorted(store.thread.early, key=lambda one: one.message_id))
    state = store.thread.but(saves=0, early=early)
    conversations = tuple(one.but(revision=0) for one in state.conversations)
    return state.but(conversations=conversations).plain(), store.records, store.told_to_campaigns


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[str, Delivery, datetime]]:
    made: list[tuple[str, Delivery, datetime]] = []
    for n, ((text, keyword), minute, group) in enumerate(draw(st.lists(inbound_kinds, max_size=7))):
        at = START + timedelta(minutes=minute)
        made.append((f"i{n}", an_inbound(n, text, keyword, at, group=group and minute % 4 == 0), at))
    for n, (minute, workflow) in enumerate(draw(st.lists(outbound_kinds, max_size=4))):
        made.append((f"o{n}", an_outbound(n, workflow=workflow), START + timedelta(minutes=minute)))
    for n, (what, run, minute, text) in enumerate(draw(st.lists(acts, max_size=6))):
        made.append((f"w{n}", an_act(n, what, run, minute, text), START))
    seen = {}
    for n, revision, status in draw(st.lists(statuses, max_size=6)):
        seen.setdefault((n, revision), status)
    for revision in draw(st.lists(st.integers(1, 4), max_size=3, unique=True)):
        made.append((f"c{revision}", a_card(revision), START))
    made += [(f"s{n}.{r}", a_status(n, r, status), START) for (n, r), status in seen.items()]
    return made


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_no_order_or_duplication_of_deliveries_changes_the_thread(data: st.DataObject) -> None:
    made = data.draw(deliveries())
    shuffled = data.draw(
        st.permutations([*made, *data.draw(st.lists(st.sampled_from(made), max_size=4) if made else st.just([]))])
    )
    one, two = Store(), Store()
    for delivery in made:
        one.deliver(*delivery)
    for delivery in shuffled:
        two.deliver(*delivery)
    assert outcome(one) == outcome(two)


@given(st.permutations(range(80)))
@settings(max_examples=15, deadline=None)
def test_a_thread_stays_small_and_every_message_is_filed(order: list[int]) -> None:
    store = Store()
    for n in order:
        at = START + timedelta(hours=9 * n)
        store.deliver(f"i{n}", an_inbound(n, f"text {n}", "help", at), at)
    assert [one.id for one in store.thread.messages] == [f"msg_in{n}" for n in range(60, 80)]
    assert len(store.records) == 80
