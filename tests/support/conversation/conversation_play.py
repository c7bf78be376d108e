"""One thread of conversation, a clock, and what its decisions published: the domain without a service around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from conversation.domain import agent_actions
from conversation.domain.assistant import accept_reply, request_reply
from conversation.domain.assistant.snapshot import Surroundings
from conversation.domain.receive import receive
from conversation.domain.record_outbound import absorb_status
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Card, Thread, contact_id
from conversation.domain.thread.send import Outgoing
from shared.aggregates import Decision
from shared.events import EventData, ReplyDrafted, ReplyRequested, SmsInbound, SmsOutbound, SmsStatus, TenantChanged

OURS, THEIRS, TENANT = "+12025550100", "+12025550123", "ten_one"
START = datetime(2026, 3, 1, tzinfo=UTC)


def new_thread() -> Thread:
    return Thread.new(TENANT, OURS, Card(id=contact_id(TENANT, THEIRS), phone_number=THEIRS))


class Play:
    """One thread and a clock; keeps what was published."""

    def __init__(self, **tenant: Any) -> None:
        self.thread, self.now = new_thread(), START
        self.tenant = TenantChanged(tenant_id=TENANT, revision=1, name="Bakery", **{"ai_mode": "auto", **tenant})
        self.events: list[EventData] = []
        self._n = 0

    @property
    def scene(self) -> Scene:
        return Scene(self.now, self.tenant, "cor")

    def take(self, decision: Decision[Thread] | None) -> None:
        if decision:
            self.thread = decision.state
            self.events += [event.data for event in decision.events]

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def text(self, text: str = "Hello", keyword: Any = None, at: datetime | None = None) -> None:
        self._n += 1
        at = at or self.now
        inbound = SmsInbound(
            message_id=f"msg_{self._n}", carrier_message_id=f"c{self._n}", connection_id="con", number=OURS,
            contact=THEIRS, text=text, keyword=keyword, carrier_answered=keyword != "help", received_at=at,
            effective_at=at,
        )  # fmt: skip
        self.take(receive(self.thread, inbound, self.scene))

    def due(self, **known: Any) -> None:
        self.take(request_reply.on_due(self.thread, Surroundings(**known), self.scene))

    def wait(self, seconds: float, **known: Any) -> None:
        self.now += timedelta(seconds=seconds)
        self.due(**known)

    def answer(self, text: str = "Hi", outcome: Any = "reply", **more: Any) -> None:
        requests = self.of(ReplyRequested)
        if not requests:
            return
        wanted = requests[-1]
        draft = ReplyDrafted(
            thread_id=wanted.thread_id, conversation_id=wanted.conversation_id, turn=wanted.turn, number=OURS,
            contact=THEIRS, outcome=outcome, text=text, run_id=f"run_{wanted.turn}", assistant_id="ast",
            drafted_at=self.now, **more,
        )  # fmt: skip
        self.take(accept_reply.on_drafted(self.thread, draft, self.scene))

    def fate(self, n: int, status: str, *, too_late: bool = False) -> None:
        sent = self.of(SmsOutbound)
        if n < len(sent):
            self._n += 1
            report = SmsStatus.read({
                "message_id": sent[n].message_id, "revision": self._n, "number": OURS, "contact": THEIRS,
                "status": status, "too_late": too_late, "changed_at": self.now,
            })  # fmt: skip
            self.take(absorb_status(self.thread, report, None, self.scene, looked=True))

    def write(self, text: str = "Bo here") -> None:
        self._n += 1
        self.take(
            agent_actions.write(self.thread, Outgoing(f"msg_p{self._n}", text, "agent"), self.scene, takes_over=True)
        )
