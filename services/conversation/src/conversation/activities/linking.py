"""What an activity teaches about a contact: a further e-mail address or id of another system.

A visitor of a chat can type anybody's number and address. So nothing is ever joined here: a contact only gains an
identifier that belongs to nobody, of a kind (or system) of which it has none. It never gains a phone number: texts from
that number would then be answered with what the contact said elsewhere. All else waits for a person, who edits or
merges.
"""

from __future__ import annotations

from conversation.activities.domain.activity import Activity
from conversation.people.claims import Claims
from conversation.people.domain.contact import Contact
from conversation.people.domain.identifiers import Identifier, is_email
from conversation.people.requests import ContactRequests
from shared.errors import Invalid, Refused


class Linking:
    def __init__(self, claims: Claims, requests: ContactRequests) -> None:
        self._claims = claims
        self._requests = requests

    async def learn_from(self, activity: Activity) -> None:
        identifiers = activity.identifiers
        if len(identifiers) < 2:
            return
        owners: dict[str, Contact] = {}
        free: list[Identifier] = []
        for identifier in identifiers:
            claim = await self._claims.look(activity.tenant_id, identifier)
            if claim and claim.owner and claim.owner.stands_for is None:
                owners[claim.owner.id] = claim.owner
            else:
                free.append(identifier)
        if len(owners) != 1:
            return
        [contact] = owners.values()
        if new := [one for one in free if may_gain(contact, one)]:
            await self._gain(contact, new)

    async def _gain(self, contact: Contact, new: list[Identifier]) -> None:
        try:
            await self._requests.change(
                contact.tenant_id,
                contact.id,
                lambda present: present,
                lambda present: [*present.held, *(one for one in new if may_gain(present, one))],
            )
        except (Refused, Invalid):
            return  # somebody else has it by now


def may_gain(contact: Contact, identifier: Identifier) -> bool:
    if identifier.kind == "email":
        return not contact.emails and is_email(identifier.value)
    system, _ = identifier.pair
    return identifier.kind == "external" and system not in dict(contact.external_ids)
