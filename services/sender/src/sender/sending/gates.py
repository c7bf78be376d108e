"""The gates before the claim, in the order of docs/sending.md, and the last look after it.

Tenant active, number still the tenant's and able to carry it, not expired, not withdrawn, quiet hours, budget, pace and
daily parts; the budget's money is taken last, so that nothing is kept for a message that still waits for its pace.
Then the worker claims; then suppression (and withdrawals that no lane knows of, once more) is read, and only then may
the request begin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sender.budget.gate import SpendCaps
from sender.directory import AccountsDirectory
from sender.domain.cost import BudgetBooking
from sender.domain.dispatch import Wait
from sender.domain.message import Message
from sender.domain.outcome import OPTED_OUT, SendOutcome
from sender.pacing.gate import Pacing
from sender.sending.carrier import CarrierAccount
from sender.sending.suppression import Suppressions
from sender.withdrawals.lookup import WithdrawalLookup
from shared.errors import Invalid
from shared.events import ConnectionChanged, NumberChanged, SmsOutbound, TenantChanged, is_of_campaigns, lack_of
from shared.keyring import Keyring
from shared.local_time.windows import closes_in, opens_in, shared_hours
from shared.local_time.zones import zones_of

ASK_AGAIN = timedelta(seconds=60)
LEAVES_WITHIN = timedelta(seconds=60)
"""A claimed text has left the carrier after this: 10 s until the request begins, 30 s for it, 10 s in the carrier's
queue (`pacing/gate.py`), and some to spare."""
_WHOLE_DAY = 24
KEY_UNREADABLE = "the API key of the carrier connection cannot be decrypted any more; enter it again"


@dataclass(frozen=True)
class Go:
    account: CarrierAccount
    booking: BudgetBooking | None = None
    counted_on: str | None = None
    """The day in which its number has counted it."""


@dataclass(frozen=True)
class Stop:
    """This gate stays closed."""

    status: Literal["refused", "withdrawn", "expired"]
    reason: str
    detail: str = ""


Verdict = Go | Wait | Stop


class SendGates:
    def __init__(
        self,
        directory: AccountsDirectory,
        unwanted: WithdrawalLookup,
        budget: SpendCaps,
        pacing: Pacing,
        keyring: Keyring,
    ) -> None:
        self._directory = directory
        self._unwanted = unwanted
        self._budget = budget
        self._pacing = pacing
        self._keyring = keyring

    async def check(self, message: Message, now: datetime) -> Verdict:
        """Every gate before the claim. Raises `Unavailable` if a fact cannot be had now."""
        tenant = await self._directory.tenants.get(message.tenant_id)
        if tenant is None:
            return Stop("refused", "tenant_inactive", "the tenant is gone")
        if tenant.status != "active":
            return _for_now(message, "tenant_inactive", "the tenant is suspended", now)
        owned = await self._owned(message, now)
        if not isinstance(owned, tuple):
            return owned
        number, connection = owned
        if lack := lack_of(number, message.order.media_urls):
            return Stop("refused", lack.code, lack.detail)
        terms = await self._budget.terms(tenant, now)
        closed = await self._wanted_now(message, tenant, now) or await self._budget.look(message, terms, now)
        if closed:
            return closed
        turn = await self._pacing.turn(message, number, tenant, now)
        if isinstance(turn, Wait):
            return turn
        account = self._open(connection, now)
        if isinstance(account, Wait):
            return replace(account, counted_on=turn.counted_on)
        closed = await self._budget.reserve(message, terms, now)
        if closed:
            return replace(closed, counted_on=turn.counted_on)
        return Go(account, self._budget.booking(message, terms, now), turn.counted_on)

    async def note_queue(self, message: Message, queued_seconds: float, now: datetime) -> None:
        await self._pacing.note_queue(message, queued_seconds, now)

    async def account_of(self, message: Message) -> CarrierAccount | None:
        """The account that its latest attempt went to, whatever its number leaves through now, for reading the
        carrier's records; with the key that opens it now. Without an attempt, the account of its number. None if there
        is none."""
        tried = message.attempts[-1].connection_id if message.attempts else await self._connection_of(message)
        connection = await self._directory.connections.get(tried) if tried else None
        if connection is None or connection.tenant_id != message.tenant_id:
            return None
        account = self._open(connection, message.changed_at)
        return account if isinstance(account, CarrierAccount) else None

    async def _connection_of(self, message: Message) -> str:
        number = await self._directory.numbers.get(message.order.number)
        return number.connection_id or "" if number and number.tenant_id == message.tenant_id else ""

    async def _owned(self, message: Message, now: datetime) -> tuple[NumberChanged, ConnectionChanged] | Stop | Wait:
        number = await self._directory.numbers.get(message.order.number)
        if number is None or number.tenant_id != message.tenant_id:
            return Stop("refused", "number_not_yours", "the sending number no longer belongs to this tenant")
        if not number.active:
            return _for_now(message, "number_inactive", "the sending number is inactive", now)
        connection = await self._directory.connections.get(number.connection_id) if number.connection_id else None
        if connection is None or connection.tenant_id != message.tenant_id or not connection.active:
            detail = "the sending number has no active carrier connection"
            return _for_now(message, "no_connection", detail, now)
        return number, connection

    async def _wanted_now(self, message: Message, tenant: TenantChanged, now: datetime) -> Wait | Stop | None:
        order = message.order
        if order.expires_at and order.expires_at <= now:
            return Stop("expired", "expired")
        # Withdrawals by id alone name messages that had not come yet: absorbing looks there once they are filed.
        if unwanted := message.withdrawn or await self._unwanted.campaign_reason(message.tenant_id, order):
            return Stop("withdrawn", unwanted)
        opens = opens_for(order, tenant, now)
        return Wait("quiet_hours", opens) if opens > now else None

    def _open(self, connection: ConnectionChanged, now: datetime) -> CarrierAccount | Wait:
        try:
            key = self._keyring.unseal(connection.encrypted_api_key)
        except Invalid:
            return Wait("connection_key_unreadable", now + ASK_AGAIN, detail=KEY_UNREADABLE)
        return CarrierAccount(connection.connection_id, connection.api_base, key, connection.messaging_profile_id)


def _for_now(message: Message, reason: str, detail: str, now: datetime) -> Stop | Wait:
    """What an administrator may undo. A campaign or workflow waits for that; a one-to-one text would come too late."""
    if is_of_campaigns(message.order.author, message.order.campaign_id):
        return Wait(reason, now + ASK_AGAIN, detail=detail)
    return Stop("refused", reason, detail)


def opens_for(order: SmsOutbound, tenant: TenantChanged, now: datetime) -> datetime:
    """`now`, or when the hours in which this text may leave open, on every clock its recipient may live by.

    It is handed over so long before they close that it has left the carrier by then.
    """
    if not order.respect_quiet_hours:
        return now
    hours, zones = shared_hours(tenant.quiet_hours, order.send_window), zones_of(order.contact)
    opens = opens_in(zones, hours, now)
    if opens > now:
        return opens
    if hours.closes - hours.opens >= _WHOLE_DAY:
        return now
    closes = closes_in(zones, hours, now)
    return now if closes - now > LEAVES_WITHIN else opens_in(zones, hours, closes)


class LastLook:
    """After the claim: what would make the request wrong, as of now."""

    def __init__(self, suppressions: Suppressions, unwanted: WithdrawalLookup) -> None:
        self._suppressions = suppressions
        self._unwanted = unwanted

    async def objection(self, message: Message) -> SendOutcome | None:
        if unwanted := await self._unwanted.reason(message.tenant_id, message.order):
            return SendOutcome("withdrawn", unwanted)
        if await self._suppressions.is_suppressed(message.tenant_id, message.order.contact):
            return SendOutcome("suppressed", OPTED_OUT, "this person opted out of the tenant's texts")
        return None
