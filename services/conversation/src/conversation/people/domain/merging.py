"""Two records turn out to be one person: what the survivor takes, and what an unmerge gives back.

The record with the smaller id survives, so that two people who merge the same two contacts at the same time mean the
same. Its values win, and the other's fill gaps. The other's record stays as it was; that is what an unmerge restores.
Consent belongs to each number and is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conversation.domain.contact_fields import MOST as MOST_FIELDS
from conversation.domain.contact_fields import pairs_of
from conversation.people.domain.changes import key_of, with_rows
from conversation.people.domain.contact import Conflict, Contact, FieldRow, Merge, MergeUnderWay
from conversation.people.domain.identifiers import MOST_OF_A_KIND, Identifier
from conversation.timeline.domain.entry import Actor, TimelineEntry, entry_id
from shared.errors import Refused

MOST_MERGES = 20
"""In one contact. Each is kept, so that it can be undone."""
MOST_LABELS = 200
UNDONE_KEPT = 20
CONFLICT_LENGTH = 200
_CARD = ("name", "company", "timezone")


def check_merge(survivor: Contact, other: Contact) -> None:
    """Raises `Refused` for a merge that would make too large a contact."""
    if len(survivor.merges) + 1 > MOST_MERGES:
        raise Refused("too_many_merges", f"a contact takes at most {MOST_MERGES} merges; undo some first")
    together = {key_of(row) for row in (*survivor.rows, *other.rows)}
    for kind in ("phone", "email", "external"):
        if sum(one == kind for one, _ in together) > MOST_OF_A_KIND:
            detail = f"together they would have more than {MOST_OF_A_KIND} identifiers of one kind; remove some first"
            raise Refused("too_many_identifiers", detail)


def absorb(survivor: Contact, other: Contact) -> Contact:
    """The survivor with what the other one has. The merge must be under way."""
    way = survivor.under_way
    if way is None:
        return survivor
    if any(merge.other_id == other.id for merge in survivor.merges):  # another process was faster
        return survivor.but(under_way=None)
    known = {key_of(row) for row in survivor.rows}
    came = tuple(row.but(offset=row.offset + other.shown) for row in other.held if key_of(row) not in known)
    changes, filled, conflicts = _card_of_both(survivor, other)
    rows, taken, left = _fields_of_both(survivor, other)
    facts = tuple(pair for pair in other.facts if pair[0] not in dict(survivor.facts))
    labels = _new_labels(survivor, other)
    merge = Merge(
        merge_id=way.merge_id,
        other_id=other.id,
        ids=other.ids,
        offset=other.shown,
        at=way.at,
        by=way.by,
        identifiers=tuple(Identifier(kind=row.kind, value=row.value) for row in came),
        filled=(*filled, *taken, *(f"facts.{key}" for key, _ in facts), *(f"labels.{label}" for label in labels)),
        conflicts=(*conflicts, *left),
    )
    return with_rows(survivor, (*survivor.rows, *came)).but(
        **changes,
        fields=rows,
        facts=(*survivor.facts, *facts),
        labels=(*survivor.labels, *labels),
        merges=(*survivor.merges, merge),
        under_way=None,
        announces=True,
    )


def merged_away(other: Contact, survivor_id: str, merge_id: str) -> Contact:
    """The other contact's record as it is, which leads to the survivor now."""
    return other.but(stands_for=survivor_id, merged_as=merge_id, spread_at=None, announces=False, was_in=None)


def give_back(survivor: Contact, other: Contact, way: MergeUnderWay) -> Contact:
    """The survivor without what came from the other and has not changed since. What was added since stays."""
    merge = next(one for one in survivor.merges if one.merge_id == way.merge_id)
    theirs = {key_of(row): row.token for row in other.held}
    gone = {key_of(one) for one in merge.identifiers}
    rows = tuple(row for row in survivor.rows if not (key_of(row) in gone and theirs.get(key_of(row), "") == row.token))
    filled = set(merge.filled)
    cleared = {what: None for what in _CARD if what in filled and getattr(survivor, what) == getattr(other, what)}
    their_fields, their_facts = set(other.fields), set(other.facts)
    return with_rows(survivor, rows).but(
        **cleared,
        fields=tuple(row for row in survivor.fields if not (f"fields.{row[0]}" in filled and row in their_fields)),
        facts=tuple(pair for pair in survivor.facts if not (f"facts.{pair[0]}" in filled and pair in their_facts)),
        labels=tuple(label for label in survivor.labels if f"labels.{label}" not in filled),
        merges=tuple(one for one in survivor.merges if one.merge_id != way.merge_id),
        undone=(*survivor.undone, (way.merge_id, way.other_id))[-UNDONE_KEPT:],
        under_way=way,
        announces=True,
    )


def restored(other: Contact, survivor: Contact, way: MergeUnderWay) -> Contact:
    """The other contact is one of its own again. What it had is asked for once more: an e-mail address that the
    survivor gave up meanwhile may belong to somebody else now."""
    rows = tuple(row.but(claiming=bool(row.token)) for row in other.rows)
    return with_rows(other, rows).but(
        phone_number=other.phone_number,
        stands_for=None,
        merged_as="",
        was_in=survivor.id,
        offset=survivor.shown + way.offset,
        undone=(*other.undone, (way.merge_id, survivor.id))[-UNDONE_KEPT:],
        announces=True,
    )


def _card_of_both(survivor: Contact, other: Contact) -> tuple[dict[str, str], list[str], list[Conflict]]:
    changes: dict[str, str] = {}
    conflicts: list[Conflict] = []
    for what in _CARD:
        ours, theirs = getattr(survivor, what), getattr(other, what)
        if theirs and not ours:
            changes[what] = theirs
        elif theirs and theirs != ours:
            conflicts.append(_conflict(what, ours, theirs))
    return changes, list(changes), conflicts


def _fields_of_both(survivor: Contact, other: Contact) -> tuple[tuple[FieldRow, ...], list[str], list[Conflict]]:
    """A value that there is no room for is a conflict too: it stays with the other's record."""
    ours = dict(pairs_of(survivor.fields))
    room = MOST_FIELDS - len(ours)
    taken: dict[str, FieldRow] = {}
    conflicts: list[Conflict] = []
    for row in other.fields:
        key, value, _ = row
        if value is None or ours.get(key) == value:
            continue
        if key in ours or len(taken) >= room:
            conflicts.append(_conflict(f"fields.{key}", ours.get(key, ""), value))
        else:
            taken[key] = row
    rows: Iterable[FieldRow] = (*(row for row in survivor.fields if row[0] not in taken), *taken.values())
    return tuple(sorted(rows, key=lambda row: row[0])), [f"fields.{key}" for key in taken], conflicts


def _new_labels(survivor: Contact, other: Contact) -> list[str]:
    known = {label.casefold() for label in survivor.labels}
    new = [label for label in other.labels if label.casefold() not in known]
    return new[: max(0, MOST_LABELS - len(known))]


def _conflict(what: str, ours: str, theirs: str) -> Conflict:
    return Conflict(what=what, kept=ours[:CONFLICT_LENGTH], left=theirs[:CONFLICT_LENGTH])


def undoing(merge: Merge, at: datetime, by: Actor) -> MergeUnderWay:
    return MergeUnderWay(merge_id=merge.merge_id, other_id=merge.other_id, at=at, by=by, undo=True, offset=merge.offset)


def entry_of(contact_id: str, tenant_id: str, way: MergeUnderWay) -> TimelineEntry:
    """In the contact's timeline. No conversation is concerned, so it stands under the contact's own id."""
    what = "unmerged" if way.undo else "merged"
    return TimelineEntry(
        id=entry_id(contact_id, way.merge_id, what),
        tenant_id=tenant_id,
        thread_id="",
        contact_id=contact_id,
        conversation_id=contact_id,
        kind="change",
        at=way.at,
        what=what,
        summary=f"contact {way.other_id} was {what}",
        author=way.by.author,
        user_id=way.by.user_id,
        key_id=way.by.key_id,
    )
