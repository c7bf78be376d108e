"""Sends webhooks to this installation only. A pretend carrier must not send requests to other machines.

A number or message may name any address, as at the real carrier; a webhook for another address is not sent.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


class Receiver:
    """`public_url` is where webhooks go. Messages may name that address, or `known_as`, which stands for it."""

    def __init__(self, public_url: str, known_as: str = "") -> None:
        self._here = urlsplit(public_url)
        self._names = {_origin(public_url), _origin(known_as or public_url)}

    def address(self, url: str) -> str | None:
        """Where a webhook for this address goes; None if it is not this installation's."""
        if _origin(url) not in self._names:
            return None
        return urlunsplit(urlsplit(url)._replace(scheme=self._here.scheme, netloc=self._here.netloc))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None
