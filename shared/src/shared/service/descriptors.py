"""File descriptors: how many this process may open, and how they are shared out.

Every connection is one, and so is every database file. A process that has none left can neither accept a webhook nor
open its own database, and the usual limit of 1,024 is soon reached by people with open dashboards.
"""

from __future__ import annotations

from dataclasses import dataclass

_AS_MANY_AS_USED = 65_536
"""More than the largest limits below ask for; some systems allow a thousand million, which nothing here needs."""
_WHERE_UNKNOWN = 512
_OWN, _OWN_SHARE = 256, 4
"""Databases, broker, log, calls to carrier and models: so many, or a quarter where that is less."""


@dataclass(frozen=True)
class Shares:
    """`connections` may be open at once. At most `streams` of them last; the rest stays free for webhooks and API."""

    connections: int
    streams: int


def shares() -> Shares:
    """Of the limit after raising it."""
    return share_out(raise_limit())


def share_out(descriptors: int) -> Shares:
    connections = descriptors - min(_OWN, descriptors // _OWN_SHARE)
    return Shares(connections, connections * 2 // 3)


def raise_limit() -> int:
    """Raise this process's soft limit to the hard one, and return what is in force. May be repeated."""
    try:
        import resource
    except ImportError:  # not on Windows
        return _WHERE_UNKNOWN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _AS_MANY_AS_USED if hard == resource.RLIM_INFINITY else min(hard, _AS_MANY_AS_USED)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _AS_MANY_AS_USED if soft == resource.RLIM_INFINITY else min(soft, _AS_MANY_AS_USED)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS says "infinite" and means less
        return soft
    return wanted
