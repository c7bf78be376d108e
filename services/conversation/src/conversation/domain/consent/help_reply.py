"""HELP is answered with who we are and how to stop, where the carrier has not done so already."""

from __future__ import annotations

from conversation.domain.consent.state import is_out
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message
from conversation.domain.thread.send import Outgoing, decided_at, send
from shared.ids import derived_id

NAME_LENGTH = 60


def answer_help(edit: Edit, message: Message) -> None:
    if is_out(edit.thread):
        return
    name = edit.scene.tenant.name[:NAME_LENGTH]
    text = f"{name}: reply to this number and we will help. Msg & data rates may apply. Reply STOP to opt out."
    outgoing = Outgoing(derived_id("msg", message.id, "help"), text, "api", causes=(message.id,))
    send(edit, outgoing, decided_at(edit))
