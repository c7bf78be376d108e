"""`/sandbox/control`: set the stage, order misfortune, be the customer, and read what truly happened."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.carrier import detail_records
from sandbox.carrier.accounts import Capability
from sandbox.carrier.api import MEDIA_PATH
from sandbox.carrier.inbound import CustomerText
from sandbox.carrier.messages import CarrierMessage, iso
from sandbox.carrier.requests import takes_sms
from sandbox.faults import Fault
from sandbox.model.instructions import last_user_text
from sandbox.settings import Tunables
from sandbox.state import SandboxState
from shared.errors import Invalid, NotFound

_LONGEST_WAIT = 20.0
_TRY = "Give a mobile number that could exist, with country code, for example +1 312 555 0101."

Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
Limit = Annotated[int, Query(ge=1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountBody(_Body):
    signing_seed: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class NumberBody(_Body):
    api_key: str
    webhook_url: str | None = None
    messaging_profile_id: str | None = None
    capabilities: tuple[Capability, ...] = ("sms", "mms")


class ProfileBody(_Body):
    webhook_url: str | None = None
    enabled: bool | None = None
    webhook_api_version: Literal["1", "2", "2010-04-01"] | None = None
    redaction_level: Annotated[int, Field(ge=0, le=2)] | None = None


class RecordBody(_Body):
    hidden: bool | None = None
    parts: Annotated[int, Field(ge=1)] | None = None
    cost: Annotated[Decimal, Field(ge=0)] | None = None


class RedeliverBody(_Body):
    times: int = Field(default=1, ge=1, le=100)


class ReleaseBody(_Body):
    order: Literal["fifo", "reverse", "shuffle"] = "fifo"


class ResetBody(_Body):
    numbers: bool = False
    seed: int | None = None


def build_router(state: SandboxState) -> APIRouter:
    router = APIRouter(prefix="/sandbox/control", tags=["sandbox control"])
    for part in (_stage, _history, _webhooks, _customer, _misfortune, _habits):
        part(router, state)
    return router


def _stage(router: APIRouter, state: SandboxState) -> None:
    @router.put("/accounts/{api_key}")
    async def put_account(api_key: str, body: AccountBody | None = None) -> dict[str, Any]:
        account = state.registry.put_account(api_key, body.signing_seed if body else None)
        return {**account.model_dump(exclude={"signing_seed"}), "public_key": state.public_key(api_key)}

    @router.put("/numbers/{number}")
    async def put_number(number: Number, body: NumberBody) -> dict[str, Any]:
        return state.register_number(
            number, body.api_key, body.webhook_url, body.messaging_profile_id, body.capabilities
        )

    @router.patch("/profiles/{profile_id}")
    async def patch_profile(profile_id: str, body: ProfileBody) -> dict[str, Any]:
        known = state.registry.profile(profile_id)
        if known is None:
            raise NotFound("unknown_profile", "There is no such messaging profile; it exists once a number is on it.")
        changed = known.model_copy(update=body.model_dump(exclude_none=True))
        return state.registry.put_profile(changed).model_dump(mode="json", exclude={"api_key"})

    @router.get("/numbers")
    async def numbers() -> dict[str, Any]:
        return _listed([state.number_view(number) for number in state.registry.numbers()])


def _history(router: APIRouter, state: SandboxState) -> None:
    @router.get("/ledger")
    async def ledger(
        to: str | None = None,
        sender: Annotated[str | None, Query(alias="from")] = None,
        api_key: str | None = None,
        text: str | None = None,
        key: str | None = None,
        limit: Limit = 100_000,
    ) -> dict[str, Any]:
        return _listed(state.ledger(to=to, sender=sender, api_key=api_key, text=text, key=key), limit)

    @router.patch("/records/{message_id}")
    async def patch_record(message_id: str, body: RecordBody) -> dict[str, Any]:
        message = state.mailbox.get(message_id)
        if message is None:
            raise NotFound("unknown_message", f"there is no message {message_id}")
        message.hidden = message.hidden if body.hidden is None else body.hidden
        told = body.model_dump(include={"parts", "cost"}, exclude_none=True)
        message.recorded = message.recorded.model_copy(update=told)
        return detail_records.row(state.mailbox.save(message))

    @router.get("/model-requests")
    async def model_requests(text: str = "", limit: Limit = 1000) -> dict[str, Any]:
        part = text.casefold()
        found = [one for one in state.model_log.all() if part in last_user_text(one.messages).casefold()]
        return _listed([one.model_dump(mode="json") for one in found], limit)

    @router.get("/summary")
    async def summary() -> dict[str, Any]:
        return state.summary()


def _webhooks(router: APIRouter, state: SandboxState) -> None:
    @router.get("/webhooks")
    async def webhooks(
        message_id: str | None = None,
        event_type: str | None = None,
        wanted: Annotated[str | None, Query(alias="state")] = None,
        limit: Limit = 10_000,
    ) -> dict[str, Any]:
        found = (
            one
            for one in state.webhooks.all()
            if message_id in (None, one.message_id)
            and event_type in (None, one.event_type)
            and wanted in (None, one.state)
        )
        return _listed([one.model_dump(mode="json", exclude={"api_key"}) for one in found], limit)

    @router.post("/webhooks/release")
    async def release(body: ReleaseBody | None = None) -> dict[str, int]:
        return {"released": await state.webhooks.release(body.order if body else "fifo")}

    @router.post("/webhooks/{event_id}/redeliver")
    async def redeliver(event_id: str, body: RedeliverBody | None = None) -> dict[str, Any]:
        webhook = state.webhooks.get(event_id)
        if webhook is None:
            raise NotFound(
                "unknown_webhook", f"there is no webhook {event_id}; GET /sandbox/control/webhooks lists them"
            )
        return {"statuses": await state.webhooks.redeliver(webhook, body.times if body else 1)}


def _customer(router: APIRouter, state: SandboxState) -> None:
    @router.get("/customers/{number}")
    async def customer(number: str) -> dict[str, str]:
        """Can this be a customer's number? Programs may text from any sender; people mean one that gets answers."""
        if not takes_sms(number):
            raise Invalid("no_such_customer", f"No carrier sends to {number[:20]}. {_TRY}")
        return {"phone_number": number}

    @router.post("/inbound", status_code=202)
    async def inbound(text: CustomerText) -> dict[str, Any]:
        message, webhook = state.inbound.receive(text)
        event_id = webhook.id if webhook else None
        return {"id": message.id, "event_id": event_id, "autoresponse_type": message.autoresponse_type}

    @router.post("/media", status_code=201)
    async def media(request: Request) -> dict[str, Any]:
        """A picture for `media` of a text: the bytes as they are, with their Content-Type."""
        kept = state.pictures.add(await request.body(), request.headers.get("content-type", ""))
        url = f"{str(request.base_url).rstrip('/')}{MEDIA_PATH}/{kept.id}"
        return {"url": url, "content_type": kept.content_type, "size": len(kept.bytes)}

    @router.get("/phone")
    async def phone(
        number: Annotated[list[str], Query()], after: int | None = None, wait: Annotated[float, Query(ge=0)] = 0.0
    ) -> dict[str, Any]:
        if after is not None:
            await state.mailbox.wait_for_change(number, after, min(wait, _LONGEST_WAIT))
        version = state.mailbox.version
        return {"version": version, "messages": [_on_the_phone(one) for one in state.mailbox.of_customers(number)]}


def _misfortune(router: APIRouter, state: SandboxState) -> None:
    book = state.world.faults

    @router.post("/faults", status_code=201)
    async def add(fault: Fault) -> dict[str, Any]:
        return book.add(fault).model_dump(mode="json", by_alias=True)

    @router.get("/faults")
    async def faults() -> dict[str, Any]:
        return _listed([fault.model_dump(mode="json", by_alias=True) for fault in book.all()])

    @router.delete("/faults", status_code=204)
    async def remove_all() -> None:
        book.clear()

    @router.delete("/faults/{fault_id}", status_code=204)
    async def remove(fault_id: str) -> None:
        if not book.remove(fault_id):
            raise NotFound("unknown_fault", f"there is no fault {fault_id}")


def _habits(router: APIRouter, state: SandboxState) -> None:
    tunables = state.world.tunables

    @router.get("/settings")
    async def settings() -> Tunables:
        return tunables

    @router.put("/settings")
    async def change(changes: dict[str, Any]) -> Tunables:
        try:
            checked = Tunables.model_validate({**tunables.model_dump(), **changes})
        except ValidationError as error:
            raise Invalid("invalid_setting", str(error)) from error
        for name in changes:
            setattr(tunables, name, getattr(checked, name))
        return tunables

    @router.post("/reset")
    async def reset(body: ResetBody | None = None) -> dict[str, Any]:
        wanted = body or ResetBody()
        state.reset(wanted.numbers, wanted.seed)
        return state.summary()


def _listed(rows: list[dict[str, Any]], limit: int | None = None) -> dict[str, Any]:
    return {"items": rows[:limit], "total": len(rows)}


def _on_the_phone(message: CarrierMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "direction": message.direction,
        "from": message.sender,
        "to": message.recipient,
        "text": message.text,
        "media": [item.model_dump() for item in message.media],
        "at": iso(message.received_at),
        "sent_at": iso(message.sent_at),
        "completed_at": iso(message.completed_at),
        "status": message.status,
        "reached": message.reached,
        "error": message.errors[0]["title"] if message.errors else None,
        "parts": message.parts,
        "encoding": message.encoding,
        "automatic": message.automatic,
        "version": message.version,
    }
