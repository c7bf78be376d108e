"""Works on a lane's next message of one priority: gates, claim, last look, request, record. The only place that sends.

Every step is one save of the lane. A worker that loses the race for a save leaves the message to the winner. A
crash after the claim leaves a message `submitting`; an observer turns it into `unknown` when its lease has ended.
It is never simply sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from sender.alarms import ring_for
from sender.domain import dispatch
from sender.domain.dispatch import NextStep, Wait
from sender.domain.effects import decision
from sender.domain.lane import Lane
from sender.domain.message import Attempt, Message
from sender.domain.outcome import OPTED_OUT, SendOutcome
from sender.domain.settle import record
from sender.domain.timing import Timing, after
from sender.metrics import CARRIER_SECONDS, UNRESOLVED
from sender.pacing.concurrency import ConnectionLimits
from sender.sending.carrier import Carrier, CarrierAccount, RecordSearch, Request
from sender.sending.gates import Go, LastLook, SendGates, Stop, Verdict
from sender.sending.leases import Leases
from sender.sending.restored import REASON, RECORDS_AGAIN_SECONDS, LookBack
from sender.sending.suppression import Suppressions, opted_out_at_carrier
from sender.store import Lanes, Messages, due_cause, traced
from shared import tracing
from shared.aggregates import UNREAD, Change, Decision, Unread
from shared.clock import Clock
from shared.database.protocol import Document
from shared.errors import Invalid, ParleyError, TooLarge, Unavailable
from shared.events import Priority
from shared.events.links import ReceiptToken, receipt_query
from shared.keyring import Keyring
from shared.service.alarm import Alarm
from shared.service.holder import Holder

log = structlog.get_logger()

RECORD_AGAIN_SECONDS = 0.5
STOPPING_SECONDS = 10.0
Move = Callable[[Lane], Lane | None]
ELSEWHERE = Stop("refused", "other_account", "its number leaves through another carrier account now")


@dataclass(frozen=True)
class WorkerTools:
    """What a worker works with."""

    lanes: Lanes
    messages: Messages
    gates: SendGates
    last_look: LastLook
    suppressions: Suppressions
    carrier: Carrier
    clock: Clock
    keyring: Keyring
    timing: Timing
    holder: Holder
    public_base: str
    connection_limits: ConnectionLimits
    look_back: LookBack


@dataclass
class SendWorker:
    tools: WorkerTools
    priority: Priority
    alarm: Alarm
    """Of our own loop: when to look again, sooner than its next poll."""
    leases: Leases = field(init=False)
    _at_work: set[str] = field(default_factory=set[str])
    """Ids of the lanes that are being looked at."""

    def __post_init__(self) -> None:
        self.leases = Leases(self.tools.clock, self.tools.timing.lease, self.tools.holder)

    async def work(self, document: Document) -> None:
        """One look at a due lane. Several loops may find it: nothing happens while another look is under way."""
        id = document["id"]
        if id in self._at_work:
            return
        self._at_work.add(id)
        try:
            await self._look(document)
        finally:
            self._at_work.discard(id)

    async def _look(self, document: Document) -> None:
        tools = self.tools
        if not tools.suppressions.complete:
            await asyncio.sleep(RECORD_AGAIN_SECONDS)
            return
        lane = tools.lanes.state_of(document)
        now = tools.clock.now()
        if late := dispatch.overdue(lane, now):
            for message in late:  # one by one: each tells of itself within its own chain of causes
                await self._save(message, "tidy", partial(dispatch.tidy, message_id=message.id, now=now))
            return
        todo = dispatch.next_in(lane, self.priority, now, tools.timing)
        if todo is not None:
            await self._do(todo, document)

    async def _do(self, todo: NextStep, seen: Document) -> None:
        message, now, timing = todo.message, self.tools.clock.now(), self.tools.timing
        match todo.todo:
            case "send" | "repeat":
                await self._send(message, seen)
            case "watch":
                await self.watch(message)
            case "search":
                await self._search(message)
            case "give_up":
                if await self._save(message, "give_up", lambda lane: dispatch.give_up(lane, message, now)):
                    UNRESOLVED.inc()
            case "rest":
                await self._save(message, "rest", lambda lane: dispatch.rest(lane, message, now, timing))

    async def watch(self, message: Message) -> None:
        """Someone has claimed it: end that lease, or look again later."""
        now, timing = self.tools.clock.now(), self.tools.timing
        step = dispatch.end_lease if self.leases.ended(message) else dispatch.watch_again
        await self._save(message, "watch", lambda lane: step(lane, message, now, timing))

    async def _send(self, message: Message, seen: Document) -> None:
        if await self._settled_by_looking_back(message):
            return
        verdict = await self.tools.gates.check(message, self.tools.clock.now())
        if isinstance(verdict, Go) and message.status == "unknown" and not _same_account(message, verdict.account):
            verdict = ELSEWHERE
        if not isinstance(verdict, Go):
            await self._held_back(message, verdict)
            return
        again = self.tools.connection_limits.wait_for_place(
            verdict.account.connection_id, self.tools.clock.now(), self.priority
        )
        if again:  # others took the last place while we passed the gates
            await self._held_back(message, Wait("pace", again, counted_on=verdict.counted_on))
            return
        step = tracing.span("send", service="sender", parent=message.traceparent, facts=traced(message))
        with self.tools.connection_limits.one_more(verdict.account.connection_id, self.priority), step:
            passed = message.but(booking=verdict.booking, counted_on=verdict.counted_on)
            await self._claim_and_send(passed, verdict.account, seen)

    async def _claim_and_send(self, message: Message, account: CarrierAccount, seen: Document) -> None:
        claimed = await self._claim(message, account, seen)
        if claimed is None:
            return
        message, began = claimed
        attempt = asyncio.ensure_future(self._attempt(message, account, began))
        try:
            await asyncio.shield(attempt)
        except asyncio.CancelledError:
            # Shutting down: an answer that is lost now is an unknown outcome later. See it through.
            await asyncio.wait({attempt}, timeout=STOPPING_SECONDS)
            attempt.cancel()
            raise

    async def _held_back(self, message: Message, verdict: Verdict) -> None:
        now, timing = self.tools.clock.now(), self.tools.timing

        def hold(lane: Lane) -> Lane | None:
            if message.status == "unknown" and isinstance(verdict, Wait):
                return dispatch.repeat_later(lane, message, verdict, now, timing)
            if message.status == "unknown":  # its outcome is open: a gate that stays closed means no repeat this time
                return dispatch.rest(lane, message, now, timing, skip_repeat=True)
            if isinstance(verdict, Stop):
                return dispatch.end(lane, message, verdict.status, verdict.reason, verdict.detail, now)
            if isinstance(verdict, Go):
                return None
            return dispatch.postpone(lane, message, verdict, now)

        await self._save(message, "held", hold)

    async def _claim(self, message: Message, account: CarrierAccount, seen: Document) -> tuple[Message, float] | None:
        """The message as claimed by us and the monotonic moment before the claim; None if another worker was faster.
        `seen` is the lane as the loop found it: the claim holds only if it is unchanged, or is decided anew."""
        tools = self.tools
        body = message.body or tools.carrier.body(message, account, self._webhook_url(message, account))
        attempt = Attempt(
            number=message.attempt + 1,
            owner=tools.holder.id,
            account=account.fingerprint,
            connection_id=account.connection_id,
            started_at=tools.clock.now(),
        )
        began = tools.clock.monotonic()

        def claim(lane: Lane) -> Lane | None:
            return dispatch.claim(lane, message, attempt, body, tools.timing)

        lane = await self._save(message, f"claim|{attempt.number}", claim, seen)
        claimed = lane.find(message.id) if lane else None
        return (claimed, began) if claimed else None

    async def _attempt(self, message: Message, account: CarrierAccount, began: float) -> None:
        outcome = await self._request(message, account, began)
        if outcome.reason == OPTED_OUT and outcome.kind == "refused":
            # First, so that a crash before the record is written cannot forget it: the same answer will come again.
            entry = opted_out_at_carrier(message.id, message.changed_at)
            await self._until_saved(
                lambda: self.tools.suppressions.record(message.tenant_id, message.order.contact, entry)
            )
        await self._until_saved(lambda: self._record(message, outcome))
        if outcome.queued_seconds:
            await self._until_saved(
                lambda: self.tools.gates.note_queue(message, outcome.queued_seconds, self.tools.clock.now())
            )

    async def _request(self, message: Message, account: CarrierAccount, began: float) -> SendOutcome:
        """The last look and the request; without the request, the proof that it never began."""
        try:
            objection = await self.tools.last_look.objection(message)
        except ParleyError as error:
            return SendOutcome("not_sent", error.code, "whether this person opted out could not be read")
        if objection:
            return objection
        left = self.tools.timing.fresh - (self.tools.clock.monotonic() - began)
        if left <= 0 or message.body is None:
            return SendOutcome("not_sent", "claim_stale", "this process stood still between the claim and the request")
        asked = self.tools.clock.monotonic()
        with tracing.call("carrier call", {**traced(message), "attempt": message.attempt}) as call:
            outcome = await self.tools.carrier.send(Request(account, message.id, message.body, left))
            tracing.ended(call, outcome.kind, well=outcome.kind == "accepted")
        CARRIER_SECONDS.labels(outcome.kind).observe(self.tools.clock.monotonic() - asked)
        return outcome

    async def _record(self, seen: Message, outcome: SendOutcome) -> None:
        now, timing = self.tools.clock.now(), self.tools.timing
        cause = due_cause(seen, f"outcome|{seen.attempt}")

        def decide(lane: Lane, message: Message) -> Lane | None:
            return record(lane, message, seen.attempt, outcome, now, timing)

        self._look_again(await self.tools.messages.change(seen, cause, decide, publish_later=True))

    async def _until_saved(self, save: Callable[[], Awaitable[object]]) -> None:
        """As long as this process lives it knows what happened: a 500 must not be forgotten because a save failed."""
        while True:
            try:
                await save()
                return
            except (Invalid, TooLarge) as error:
                # Saving again would fail again; the lease runs out and the outcome counts as unknown, never as unsent.
                log.error("outcome_cannot_be_saved", code=error.code, detail=error.detail)
                return
            except ParleyError as error:
                log.warning("outcome_not_saved_yet", code=error.code)
                await asyncio.sleep(RECORD_AGAIN_SECONDS)

    async def _search(self, message: Message) -> None:
        """Ask the carrier's own records for this very message. A failed search counts as done, so that the lane's
        other messages do not wait for it."""
        now, tools = self.tools.clock.now(), self.tools
        found: SendOutcome | datetime | None = None
        try:
            found = await self._in_the_records(message, now)
        except ParleyError as error:
            log.warning("search_failed", message=message.id, code=error.code)
        except Exception:
            log.exception("search_failed", message=message.id)
        if isinstance(found, SendOutcome):
            await self._record(message, found)
        elif found and not dispatch.waited_enough(message, now, tools.timing):
            await self._save(message, "search_later", lambda lane: dispatch.search_later(lane, message, found))
        else:
            await self._save(message, "search", lambda lane: dispatch.end_search(lane, message, now, tools.timing))

    async def _settled_by_looking_back(self, message: Message) -> bool:
        """After a restore: whether the carrier's records settle it, or have to be asked again first."""
        since = await self.tools.look_back.since(message)
        if since is None:
            return False
        now = self.tools.clock.now()
        try:
            found = await self._in_the_records(message, now, since)
        except Unavailable as error:
            log.warning("carrier_records_away", message=message.id, code=error.code)
            found = after(now, RECORDS_AGAIN_SECONDS)
        if isinstance(found, SendOutcome):
            await self._record(message, found)
        elif found:
            detail = "the carrier's records are read first, because data was restored from a backup"
            await self._held_back(message, Wait(REASON, found, detail=detail))
        else:
            self.tools.look_back.clear(message)
        return found is not None

    async def _in_the_records(
        self, message: Message, now: datetime, since: datetime | None = None
    ) -> SendOutcome | datetime | None:
        """What they say of it, or when to ask if its account has no place left."""
        account = await self.tools.gates.account_of(message)
        if account is None:
            return None
        if again := self.tools.connection_limits.wait_for_place(account.connection_id, now, self.priority):
            return again
        order, since = message.order, since or message.first_at or message.changed_at
        trace = RecordSearch(account, order.number, order.contact, _token(message), since)
        with self.tools.connection_limits.one_more(account.connection_id, self.priority):
            return await self.tools.carrier.search(trace)

    async def _save(self, message: Message, what: str, move: Move, seen: Document | Unread = UNREAD) -> Lane | None:
        """The lane after this move; None if there was nothing to move any more."""

        def decide(lane: Lane | None) -> Decision[Lane] | None:
            moved = move(lane) if lane else None
            return None if lane is None or moved is None or moved is lane else decision(lane, moved)

        cause = due_cause(message, what)
        change = await self.tools.lanes.change(message.lane_id, cause, decide, publish_later=True, seen=seen)
        self._look_again(change)
        return change.state if change.fresh else None

    def _look_again(self, change: Change[Lane]) -> None:
        if change.state:
            ring_for(change.state, self.priority, self.alarm)

    def _webhook_url(self, message: Message, account: CarrierAccount) -> str:
        query = receipt_query(self.tools.keyring, _token(message))
        return f"{self.tools.public_base}/webhooks/telnyx/{account.connection_id}?{query}"


def _token(message: Message) -> ReceiptToken:
    return ReceiptToken(message.tenant_id, message.id)


def _same_account(message: Message, account: CarrierAccount) -> bool:
    """Whether a repeat would reach the account that knows this message's idempotency key."""
    return bool(message.attempts) and message.attempts[-1].account == account.fingerprint
