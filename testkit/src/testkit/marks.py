"""Which tests have to run in one worker, by their ids."""

from __future__ import annotations

STORIES = "one Parley on servers"
"""Tests that share the session's installation on servers: a second installation there takes its messages."""
SECANTUS = "the slow stand-in"
KILLED = "killed servers"
_BY_PARAMETER = {"servers": STORIES, "secantus": SECANTUS}
_KILLING = ("_killed", "_kill_", "restart")


def group_of(nodeid: str) -> str | None:
    """The group of this test, or None if it may run anywhere."""
    name, _, parameters = nodeid.partition("::")[2].partition("[")
    for parameter in parameters.rstrip("]").split("-"):
        if parameter in _BY_PARAMETER:
            return _BY_PARAMETER[parameter]
    needs_own_servers = "test_broker_rabbitmq" in nodeid or "with_the_database_and_the_broker" in name
    return KILLED if needs_own_servers and any(word in name for word in _KILLING) else None
