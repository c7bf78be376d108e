"""What strangers and clumsy programs send: who asks comes first, and a list is read alike everywhere."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response

from access_rules import is_internal, rule_of
from access_stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("key", [None, "pk_nonsense"])
async def test_a_stranger_is_not_told_what_is_wrong_with_a_request(stage: Stage, key: str | None):
    wrong: list[str] = []
    for route in stage.ruled:
        if rule_of(route).door in ("public", "webhook") or route.startswith("WEBSOCKET"):
            continue
        for answer in await stage.refusals(route, key):
            if answer.status_code != 401:
                wrong.append(f"{route}: {answer.status_code} {answer.text}")
    assert wrong == []


async def test_an_empty_cursor_is_the_first_page_of_every_list(stage: Stage):
    headers = {"authorization": f"Bearer {stage.keys['admin']}"}
    asked = 0
    for route in stage.ruled:
        method, path = route.split()
        operation = stage.document["paths"].get(path, {}).get(method.lower(), {})
        if "cursor" not in {parameter["name"] for parameter in operation.get("parameters", [])}:
            continue
        plain, empty = [
            await stage.http.get(stage.path(route), params=p, headers=headers) for p in ({}, {"cursor": ""})
        ]
        assert (route, empty.status_code, _page(empty)) == (route, plain.status_code, _page(plain))
        asked += 1
    assert asked > 10


def _page(answer: Response) -> str:
    """Without when a key was used last, which a new minute changes between two requests."""
    return re.sub(r'"last_used_at":("[^"]*"|null)', "", answer.text)


async def test_a_method_that_a_path_does_not_have_is_answered_with_all_it_has(stage: Stage):
    allowed: dict[str, set[str]] = {}
    for route in stage.ruled:
        method, path = route.split()
        allowed.setdefault(path, set()).add(method)
    for path, methods in allowed.items():
        if "WEBSOCKET" in methods or is_internal(f"PUT {path}"):
            continue  # an internal path may match a second one that takes any id
        # `/contacts/activities` is also found under `/contacts/{contact_id}`, with the methods of both.
        of_both = {method for other in allowed if takes(other, path) for method in allowed[other]}
        answer = await stage.http.request("PUT", stage.path(f"PUT {path}"))
        assert answer.status_code == 405, path
        assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == of_both, path


def takes(pattern: str, path: str) -> bool:
    """Whether a request to `path` also fits `pattern`. A path fits its own."""
    known, asked = pattern.split("/"), path.split("/")
    return len(known) == len(asked) and all(
        k == a or (k[:1] == "{" and a[:1] != "{") for k, a in zip(known, asked, strict=True)
    )


async def test_a_slash_too_many_leads_nowhere(stage: Stage):
    """A redirect would send the caller, credentials and all, to the host that the request named."""
    for path in ("/api/conversations/", "/healthz/", "/docs/"):
        answer = await stage.http.get(path, headers={"host": "evil.example"})
        assert answer.status_code == 404, path
        assert "evil" not in str(answer.headers), path


async def test_pages_say_what_a_browser_may_load_for_them(stage: Stage):
    for path in ("/", "/docs", "/set-password"):
        policy = (await stage.http.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
