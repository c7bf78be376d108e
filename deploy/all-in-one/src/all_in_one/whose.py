"""Which process a request belongs to, by its first bytes: carriers' webhooks to acceptance, all else to the rest."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

OURS = (b"/webhooks/", b"/internal/ingress/")
"""The paths of ingress."""
_LONGEST_METHOD = 32
_MOST_TO_DECIDE = 1024
_ORIGIN = re.compile(rb"https?://[^/?# ]*", re.IGNORECASE)
"""A target may be a whole address (RFC 9112, 3.2.2)."""


def is_for_ingress(head: bytes) -> bool | None:
    """None: too few bytes to tell. What is no request at all is for ingress, which answers 400."""
    method, space, target = head.lstrip(b"\r\n").partition(b" ")
    if not space:
        return None if len(method) <= _LONGEST_METHOD else True
    target, whole, _ = target.partition(b" ")
    if target and b"http".startswith(target[:4].lower()):
        origin = _ORIGIN.match(target)
        if origin is None or origin.end() == len(target):
            return None if not whole and len(target) < _MOST_TO_DECIDE else False
        target = target[origin.end() :]
    if b"%" in target:  # uvicorn decodes it before it chooses the route
        if not whole and len(target) < _MOST_TO_DECIDE:
            return None
        target = unquote_to_bytes(target.partition(b"?")[0])
    if target.startswith(OURS):
        return True
    return None if not whole and any(prefix.startswith(target) for prefix in OURS) else False


def is_for_the_rest(head: bytes) -> bool | None:
    ours = is_for_ingress(head)
    return None if ours is None else not ours
