"""The words the carrier answers by itself, and its default answers. The whole text must be the word."""

from __future__ import annotations

from typing import Literal

Keyword = Literal["STOP", "START", "HELP"]

_WORDS: dict[str, Keyword] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit"), "STOP"),
    **dict.fromkeys(("start", "unstop"), "START"),
    "help": "HELP",
}

AUTOMATIC_REPLIES: dict[Keyword, str] = {
    "STOP": "You have successfully been unsubscribed, you will not receive any more messages from this number."
    " Reply START to re-subscribe.",
    "START": "You have successfully been re-subscribed to this number."
    " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword_in(text: str) -> Keyword | None:
    """Case and white space do not matter ("Stop all" is "stopall"); anything more does ("please stop")."""
    return _WORDS.get("".join(text.split()).casefold())
