"""Telnyx's error codes, sorted by what follows for one message. Titles: developers.telnyx.com/api/errors.

The code decides, not the HTTP status: a 409 may be an opt-out, a 429 a spend limit. What is not listed is judged by
its status alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CodeClass = Literal["opt_out", "recipient", "content", "config", "our_mistake", "busy", "in_flight", "server"]


@dataclass(frozen=True)
class Meaning:
    kind: CodeClass
    reason: str
    """What a person and a program see as the message's reason."""
    wait_seconds: float | None = None
    """For `busy`: how long at least, where the carrier names no time itself."""


_MEANINGS: dict[Meaning, str] = {
    Meaning("opt_out", "opted_out"): "40300",
    Meaning("recipient", "invalid_recipient"): "10002 10016 40001 40012 40301 40310 40319",
    Meaning("content", "content_refused"): "40009 40302 40304 40316 40317 40322 40328",
    Meaning("config", "sender_not_allowed"): "40003 40010 40013 40015 40019 40100 40305 40306 40307 40308 40315 40321"
    " 40325 40329 40330 40150 40151 40152 40153 40154 40155 40156 40157 40158 40159",
    Meaning("config", "destination_not_allowed"): "40309 40331",
    Meaning("config", "carrier_account_problem"): "10009 10010 10038 10039 20002 20003 20006 20012 20013 20014 20015"
    " 20016 20017 20100 40311 40312 40313 40314",
    Meaning("our_mistake", "request_refused"): "10003 10004 10005 10015 10023 10027 10032 10033 40303",
    Meaning("busy", "carrier_busy"): "10011 40318",
    Meaning("busy", "carrier_busy", 15): "40320",
    Meaning("busy", "carrier_spend_limit", 900): "40333",
    Meaning("in_flight", "key_in_flight"): "10036",
}
MEANINGS: dict[str, Meaning] = {code: meaning for meaning, codes in _MEANINGS.items() for code in codes.split()}
