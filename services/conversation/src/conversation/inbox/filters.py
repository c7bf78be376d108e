"""Filters of the list: what the index of facets answers, and what only a look at each conversation does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from conversation.domain.assistant.doing import AiDoing
from conversation.domain.assistant.mode import shown_mode
from conversation.domain.inbox import facets
from conversation.domain.search.query import Part, parse
from conversation.read_marks.domain.marks import ReadMarks
from shared.database.protocol import Document
from shared.errors import Invalid
from shared.events import AiMode, TenantChanged
from shared.phone import to_e164

AiFilter = AiMode | AiDoing
Keeps = Callable[[Document], bool]


@dataclass(frozen=True)
class Filters:
    """None: any. `assignee` "none": unassigned. `number`: one of ours, in any spelling."""

    state: Literal["open", "closed", "all"] | None = None
    assignee: str | None = None
    unread: bool | None = None
    mine: bool | None = None
    label: str | None = None
    number: str | None = None
    ai_state: AiFilter | None = None
    needs_person: bool | None = None
    snoozed: bool | None = None
    q: str | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks at the list. An API key is no user and has no read marks."""

    tenant_id: str
    tenant: TenantChanged | None
    user_id: str | None = None
    marks: ReadMarks | None = None

    @property
    def mode(self) -> AiMode:
        return self.tenant.ai_mode if self.tenant else "suggest"


@dataclass(frozen=True)
class Selection:
    """`facets` are asked of the index; every record that it gives must also pass `keeps`, and have all `parts`."""

    facets: tuple[str, ...]
    keeps: tuple[Keeps, ...]
    parts: tuple[Part, ...] = ()
    is_nothing: bool = False
    """The query asks for nothing that could be found."""

    def takes(self, record: Document) -> bool:
        return all(keeps(record) for keeps in self.keeps)


def select(filters: Filters, viewer: Viewer) -> Selection:
    """Raises `Invalid`: `no_user` if a key asks for its own conversations, `invalid_phone_number`."""
    query = (filters.q or "").strip()
    parts = parse(query) if query else ()
    words = list(_plain_facets(filters))
    keeps: list[Keeps] = []
    if not query and filters.state != "all":
        words.append(facets.TALK)
    if filters.number is not None:
        words.append(facets.number_facet(_number(filters.number, viewer)))
    _add_unread(filters, viewer, words, keeps)
    _add_mine(filters, viewer, words, keeps)
    _add_ai_state(filters, viewer, words, keeps)
    return Selection(tuple(dict.fromkeys(words)), tuple(keeps), parts, bool(query) and not parts)


def _plain_facets(filters: Filters) -> Iterator[str]:
    if filters.state not in (None, "all"):
        yield facets.facet("state", filters.state)
    if filters.assignee is not None:
        yield facets.facet("assignee", filters.assignee)
    if filters.label is not None:
        yield facets.label_facet(filters.label)
    if filters.needs_person is not None:
        yield facets.yes_or_no("needs", filters.needs_person)
    if filters.snoozed is not None:
        yield facets.yes_or_no("snoozed", filters.snoozed)


def _number(written: str, viewer: Viewer) -> str:
    """A plus that was not escaped arrives as a blank."""
    international = f"+{written[1:]}" if written.startswith(" ") else written
    return to_e164(international, viewer.tenant.default_region if viewer.tenant else "US")


def _add_unread(filters: Filters, viewer: Viewer, words: list[str], keeps: list[Keeps]) -> None:
    """What no person has answered; for a user without what they have read themselves."""
    marks, wanted = viewer.marks, filters.unread
    if wanted is None:
        return
    if wanted or marks is None:
        words.append(facets.yes_or_no("unread", wanted))
    if marks is not None:
        keeps.append(lambda record: (marks.unread_of(record["conversation"]) > 0) == wanted)


def _add_mine(filters: Filters, viewer: Viewer, words: list[str], keeps: list[Keeps]) -> None:
    user_id = viewer.user_id
    if filters.mine is None:
        return
    if user_id is None:
        raise Invalid("no_user", "`mine` asks for the conversations of a user; an API key is none. Use `assignee`.")
    if filters.mine:
        words.append(facets.facet("assignee", user_id))
    else:
        keeps.append(lambda record: record["conversation"]["assignee"] != user_id)


def _add_ai_state(filters: Filters, viewer: Viewer, words: list[str], keeps: list[Keeps]) -> None:
    """A mode, or what the assistant does where its mode is not `off`."""
    tenant = viewer.tenant
    match filters.ai_state:
        case None:
            return
        case "off" | "suggest" | "auto" as mode:
            words.append(facets.mode_facet(viewer.mode, mode))
        case present:
            words.append(facets.doing_facet(present))
            keeps.append(lambda record: tenant is None or shown_mode(record["own_ai_mode"], tenant) != "off")
