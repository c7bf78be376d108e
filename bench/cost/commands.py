"""Counts what PyMongo sends to its server, for the call of the collection that causes it."""

from __future__ import annotations

from typing import Any

from pymongo import monitoring

from bench.cost.layers import COMMANDS


class _Listener(monitoring.CommandListener):
    def started(self, event: monitoring.CommandStartedEvent) -> None:
        commands = COMMANDS.get()
        if commands is not None:
            commands.append(event.command_name)

    def succeeded(self, event: Any) -> None:
        """Counted when it was sent."""

    def failed(self, event: Any) -> None:
        """Counted when it was sent."""


_REGISTERED: list[_Listener] = []


def note_commands() -> None:
    """Clients that are made from now on report their commands. There is no way back, so once per process."""
    if not _REGISTERED:
        _REGISTERED.append(_Listener())
        monitoring.register(_REGISTERED[0])
