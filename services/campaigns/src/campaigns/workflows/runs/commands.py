"""What people and programs do to runs: start one, stop one, move one on."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.domain.run import Person, Run
from campaigns.workflows.runs.contacts import ContactCards
from campaigns.workflows.runs.domain import reactions
from campaigns.workflows.runs.domain.starting import NewRun, begin
from campaigns.workflows.runs.people import People
from campaigns.workflows.runs.store import RunRows
from shared.access.principal import Principal
from shared.aggregates import Cause
from shared.database.protocol import Document
from shared.errors import Invalid, NotFound, Refused
from shared.http.idempotency import RequestKey, digest, require_same
from shared.phone import to_e164

ROUTE = "/api/workflows/runs"


@dataclass(frozen=True)
class Asked:
    """A program's wish to start a run. Either the number or the contact is given."""

    workflow_id: str
    phone_number: str | None
    contact_id: str | None
    number: str | None
    fields: tuple[tuple[str, str], ...]

    @property
    def meaning(self) -> str:
        return digest([self.workflow_id, self.phone_number, self.contact_id, self.number, self.fields])


@dataclass(frozen=True)
class RunCommands:
    workflows: Workflows
    people: People
    rows: RunRows
    cards: ContactCards

    async def start(self, who: Principal, key: RequestKey, asked: Asked) -> Document:
        """The row of the new run. Raises `Refused`, `NotFound`, `Invalid`."""
        run_id = key.id_for("run", who.tenant_id, f"{ROUTE}|{asked.workflow_id}")
        if key.value and (known := await self._known(who.tenant_id, run_id)):
            require_same(known["digest"], asked.meaning)
            return known
        new = await self._new_run(who.tenant_id, run_id, asked)
        cause = key.cause(who.tenant_id, ROUTE, run_id)
        await self.people.change(cause, new.run.recipient.phone_number, lambda edit: begin(edit, new))
        return await self.rows.get(who.tenant_id, run_id)

    async def stop(self, who: Principal, run_id: str) -> Document:
        """The row of the run, which is over. Raises `NotFound`."""
        row = await self.rows.get(who.tenant_id, run_id)
        cause = Cause.request(who.tenant_id, correlation_id=run_id)
        await self.people.change(cause, row["participant"], lambda edit: reactions.stop_one(edit, run_id, who.label))
        return await self.rows.get(who.tenant_id, run_id)

    async def move_on(self, who: Principal, key: RequestKey, run_id: str) -> Document:
        """The row of the run, which has left the step where it stood or failed. A repeat under the same key skips no
        further step. Raises `NotFound`, `Refused`."""
        row = await self.rows.get(who.tenant_id, run_id)
        asked = f"{ROUTE}/skip|{run_id}|{key.value}" if key.value else ""
        cause = Cause.request(who.tenant_id, asked, correlation_id=run_id)
        await self.people.change(cause, row["participant"], lambda edit: reactions.move_on(edit, run_id, who.label))
        return await self.rows.get(who.tenant_id, run_id)

    async def _known(self, tenant_id: str, run_id: str) -> Document | None:
        try:
            return await self.rows.get(tenant_id, run_id)
        except NotFound:
            return None

    async def _new_run(self, tenant_id: str, run_id: str, asked: Asked) -> NewRun:
        workflow = await self.workflows.get(tenant_id, asked.workflow_id)
        if workflow.state != "active" or workflow.live_version is None:
            raise Refused("workflow_not_active", "Only an active workflow starts runs; activate it first.")
        phone_number = await self._phone_number(tenant_id, asked)
        facts = await self.cards.facts(tenant_id, phone_number)
        run = Run(
            id=run_id,
            tenant_id=tenant_id,
            workflow_id=workflow.id,
            version=workflow.live_version,
            number=await self._our_number(tenant_id, asked.number),
            recipient=Person(
                phone_number=phone_number,
                name=facts.name,
                company=facts.company,
                fields=_merged(facts.fields, asked.fields),
            ),
            contact=facts,
        )
        return NewRun(run=run, started_by="api", request_digest=asked.meaning)

    async def _phone_number(self, tenant_id: str, asked: Asked) -> str:
        if (asked.phone_number is None) == (asked.contact_id is None):
            raise Invalid("one_recipient", "Give either phone_number or contact_id.")
        if asked.contact_id is not None:
            return await self.cards.phone_number(tenant_id, asked.contact_id)
        tenant = await self.people.copies.tenants.get(tenant_id)
        return to_e164(asked.phone_number or "", tenant.default_region if tenant else "US")

    async def _our_number(self, tenant_id: str, given: str | None) -> str:
        """The one that was asked for, or the tenant's first. Raises `Invalid("unknown_number")`, `Refused`."""
        ours = [
            number for number in await self.people.copies.numbers.of_tenant(tenant_id) if "sms" in number.capabilities
        ]
        if given is not None:
            if not any(number.phone_number == given for number in ours):
                raise Invalid("unknown_number", f"{given} is no number of yours that can send texts.")
            return given
        if not ours:
            raise Refused("no_number", "You have no number that can send texts.")
        return min(number.phone_number for number in ours)


def _merged(known: tuple[tuple[str, str], ...], given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Fields of the request win over those of the contact."""
    return tuple((dict(known) | dict(given)).items())
