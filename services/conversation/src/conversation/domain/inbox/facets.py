"""What a conversation is filtered by, as words of one index: so any combination of filters reads what it shows.

A dot in the middle stands between name and value; no text of a customer is among these words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from conversation.domain.assistant.doing import AiDoing, doing
from conversation.domain.thread.model import Conversation, Thread
from conversation.labels.domain.label_list import label_key
from shared.events import AiMode

UNASSIGNED = "none"
TALK = "talk"
"""More than texts of campaigns and workflows."""
_MODES: tuple[AiMode, ...] = get_args(AiMode)


def facet(name: str, value: str) -> str:
    return f"{name}\u00b7{value}"


def yes_or_no(name: str, value: bool) -> str:
    return facet(name, "yes" if value else "no")


def label_facet(label: str) -> str:
    return facet("label", label_key(label))


def number_facet(phone_number: str) -> str:
    return facet("number", phone_number.removeprefix("+"))


def mode_facet(of_tenant: AiMode, shown: AiMode) -> str:
    """Filed for each mode that the tenant may have, so that the tenant's change files no conversation anew."""
    return facet("mode", f"{of_tenant}_{shown}")


def doing_facet(present: AiDoing) -> str:
    return facet("doing", present)


def facets_of(thread: Thread, conversation: Conversation) -> list[str]:
    found = [
        facet("state", conversation.state),
        facet("assignee", conversation.assignee or UNASSIGNED),
        yes_or_no("unread", conversation.unread > 0),
        yes_or_no("needs", conversation.needs_person is not None),
        yes_or_no("snoozed", conversation.snoozed_until is not None),
        number_facet(thread.number),
        doing_facet(doing(thread, conversation)),
        *(label_facet(label) for label in conversation.labels),
        *(mode_facet(mode, conversation.ai_mode or mode) for mode in _MODES),
    ]
    if conversation.talked is not False:  # None: not known of conversations from before this was noted
        found.append(TALK)
    return sorted(found)


def as_read(facets: Iterable[str]) -> list[str]:
    """Of a conversation that has no unread text and no draft any more."""
    gone = (facet("unread", ""), facet("doing", ""))
    others = [one for one in facets if not one.startswith(gone)]
    return sorted([*others, yes_or_no("unread", value=False), doing_facet("idle")])


def relabelled(facets: Iterable[str], labels: Iterable[str]) -> list[str]:
    """With these labels instead of the present ones."""
    others = [one for one in facets if not one.startswith(facet("label", ""))]
    return sorted([*others, *map(label_facet, labels)])
