"""A ticket signs its user in once. A newer ticket voids the previous one, and so does whatever voids all sessions."""

from __future__ import annotations

from datetime import datetime

from accounts.audit import Action, Author, audit_entry
from accounts.people.domain.users import LoginTicket, Session, User, begin_session
from shared.aggregates import Decision
from shared.errors import NotFound, Refused, Unauthenticated


def offer_ticket(state: User | None, tenant_id: str, ticket: LoginTicket, author: Author) -> Decision[User]:
    """Raises `NotFound`, or `Refused("account_closed")`."""
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "No such user.")
    if not state.is_active:
        raise Refused("account_closed", "This account is closed; set its status to active before making a link for it.")
    offered = state.but(ticket=ticket, revision=state.revision + 1)
    action = Action("user.login_ticket_made", state.id, offered.revision)
    return Decision(offered, records=(audit_entry(tenant_id, author, action, []),))


def use_ticket(state: User | None, ticket_id: str, session: Session, now: datetime) -> Decision[User]:
    """Raises `Unauthenticated("login_ticket_used")` for a ticket that was used, replaced or has expired."""
    ticket = state.ticket if state and state.is_active else None
    if state is None or ticket is None or ticket.id != ticket_id or ticket.expires_at <= now:
        raise Unauthenticated(
            "login_ticket_used", "This link was used already or has expired; sign in with e-mail address and password."
        )
    return begin_session(state.but(ticket=None), session, now)
