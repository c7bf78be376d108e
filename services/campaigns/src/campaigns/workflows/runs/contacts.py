"""What conversation knows of a person, for runs that look at it."""

from __future__ import annotations

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.run import ContactFacts, Person
from campaigns.workflows.domain.steps import Step
from shared.errors import NotFound, Refused
from shared.events import ContactChanged
from shared.ids import derived_id
from shared.internal.read_models import ReadModel
from shared.text_templates.variables import STANDARD, variables_of


class ContactCards:
    def __init__(self, copy: ReadModel[ContactChanged]) -> None:
        self._copy = copy

    async def facts(self, tenant_id: str, phone_number: str) -> ContactFacts:
        """Blank if conversation does not know the person."""
        card = await self._copy.get(_contact_id(tenant_id, phone_number))
        return facts_of(card) if card else ContactFacts()

    async def facts_for(self, definition: Definition, tenant_id: str, person: Person) -> ContactFacts:
        """As far as it is known here already, where this definition needs no contact: a campaign of 100,000 need not
        ask conversation as often."""
        if looks_at_contact(definition) or _lacks(person, definition):
            return await self.facts(tenant_id, person.phone_number)
        card = await self._copy.known(_contact_id(tenant_id, person.phone_number))
        return facts_of(card) if card else ContactFacts()

    async def phone_number(self, tenant_id: str, contact_id: str) -> str:
        """The primary number. Raises `NotFound`, for another tenant's contact too."""
        card = await self._copy.get(contact_id)
        if card is None or not _is_of(card, tenant_id, contact_id):
            raise NotFound("not_found", "There is no such contact.")
        if not card.phone_numbers:
            raise Refused("no_number", "This contact has no phone number.")
        return card.phone_numbers[0]


def _is_of(card: ContactChanged, tenant_id: str, contact_id: str) -> bool:
    if card.tenant_id:
        return card.tenant_id == tenant_id
    return any(_contact_id(tenant_id, number) == contact_id for number in card.phone_numbers)


def looks_at_contact(definition: Definition) -> bool:
    """Whether a step depends on the contact: by an expression, or by the clock on their wall."""
    return any(_looks(node.step) for node in definition.nodes.values())


def _lacks(person: Person, definition: Definition) -> bool:
    """Whether a text names what the row has no value for, so that the contact's field counts."""
    return not definition.variables <= variables_of(person).keys() | set(STANDARD)


def _looks(step: Step) -> bool:
    local = (getattr(step, name, None) for name in ("local_time", "until_local_time"))
    expressions = (getattr(step, name, None) for name in ("when", "keep", "if_"))
    return any(local) or any("contact" in text for text in expressions if text)


def facts_of(card: ContactChanged) -> ContactFacts:
    return ContactFacts(
        name=card.name or "",
        company=card.company or "",
        timezone=card.timezone,
        fields=card.fields,
        labels=card.labels,
        revision=card.revision,
    )


def _contact_id(tenant_id: str, phone_number: str) -> str:
    """As conversation derives it from the first number of a contact; a merge keeps one of these ids."""
    return derived_id("cct", tenant_id, phone_number)
