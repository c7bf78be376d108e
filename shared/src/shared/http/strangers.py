"""Who is asking comes before what they ask: 401 before 400 and 422.

FastAPI reads the body before it calls a dependency, so a stranger's malformed request would be answered with what is
wrong in it. Before such an answer leaves, the route's own check of credentials is made up for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant

from shared.errors import ParleyError

Check = Callable[[Request], Awaitable[object]]


async def refusal_of_strangers(request: Request) -> ParleyError | None:
    """What the route says to this caller's credentials, or None: they are good, or it asks for none.

    A dependency that checks credentials has an attribute `authenticate(request)`, or is a method of an object with one.
    """
    dependant = getattr(request.scope.get("route"), "dependant", None)
    for check in _checks(dependant) if dependant else ():
        try:
            await check(request)
        except ParleyError as error:
            return error
    return None


def _checks(dependant: Dependant) -> Iterator[Check]:
    for each in dependant.dependencies:
        owner: Any = getattr(each.call, "__self__", each.call)
        if check := getattr(owner, "authenticate", None):
            yield check
        yield from _checks(each)
