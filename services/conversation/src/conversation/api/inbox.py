"""`GET /api/conversations`: the inbox, filtered and searched."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from conversation.api.schemas import ListedConversationOut
from conversation.domain.assistant.doing import MEANINGS
from conversation.inbox.filters import AiFilter, Filters
from conversation.inbox.listing import MOST_LOOKED_AT, PageRequest
from conversation.queries import Queries
from shared.access.gate import Access, Principal
from shared.http.paging import MAX_LIMIT, Listing

_DOC = f"""Latest activity first. Filters may be combined.

Without `state` and `q`, a conversation that holds nothing but texts of campaigns and workflows is left out until the
customer or one of you writes; `state=all` shows every conversation.

`q` searches every message and the contact: name, company, numbers, e-mail addresses, external ids and fields. Every
word must be found, in any text of the conversation or in the contact; a word is found by its beginning (in texts: three
letters or more), in any case and without accents. Words in "double quotes" must follow one another in one text.
Chinese, Japanese, Korean and Thai need no spaces, emoji are found in every skin tone, phone numbers in any spelling.
`match` says where each hit was found.

Pages stay put: what was there and did not change is neither skipped nor repeated. A conversation that moves to the top
meanwhile does not appear on later pages; a new first page shows it. A page may hold fewer than `limit` conversations
although others follow ({MOST_LOOKED_AT:,} are looked at for one): `next_cursor` is null only at the end.

422 `invalid` if a filter has no such value, `invalid_phone_number` if `number` is none, `no_user` if `mine` is asked
with an API key, `bad_cursor`."""

_AI_DOC = (
    "A mode: `off`, `suggest` or `auto`. Or what the assistant is doing where its mode is not `off`:\n\n"
    + "\n".join(f"- `{state}`: {meaning}" for state, meaning in MEANINGS.items() if state != "off")
)

State = Annotated[
    Literal["open", "closed", "all"] | None, Query(description="`all`: also what only campaigns have written to.")
]
Assignee = Annotated[str | None, Query(max_length=100, description="Id of a user; `none`: unassigned.")]
Unread = Annotated[
    bool | None,
    Query(description="Whether it has texts that nobody has answered and, for a user, that the user has not read."),
]
Mine = Annotated[bool | None, Query(description="Whether it is assigned to the user who asks.")]
Label = Annotated[
    str | None, Query(min_length=1, max_length=50, description="A label: its name, in any case, or its id.")
]
Number = Annotated[str | None, Query(max_length=40, description="Your number, as in `phone_number`.")]
AiState = Annotated[AiFilter | None, Query(description=_AI_DOC)]
NeedsPerson = Annotated[bool | None, Query(description="Whether a person is wanted.")]
Snoozed = Annotated[bool | None, Query(description="Whether it is snoozed.")]
Search = Annotated[
    str | None,
    Query(max_length=200, description="Words of any message or of the contact; the first ten count."),
]


def inbox_routes(router: APIRouter, queries: Queries, gate: Access) -> None:
    @router.get("", response_model=Listing[ListedConversationOut], description=_DOC)
    async def list_conversations(
        state: State = None,
        assignee: Assignee = None,
        unread: Unread = None,
        mine: Mine = None,
        label: Label = None,
        number: Number = None,
        ai_state: AiState = None,
        needs_person: NeedsPerson = None,
        snoozed: Snoozed = None,
        q: Search = None,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        filters = Filters(state, assignee, unread, mine, label, number, ai_state, needs_person, snoozed, q)
        return await queries.conversations(who, filters, PageRequest(limit, cursor))
