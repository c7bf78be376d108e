"""What strangers and clumsy programs send: who asks comes first, and a list is read alike everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

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
        assert (route, empty.status_code, empty.text) == (route, plain.status_code, plain.text)
        asked += 1
    assert asked > 10


def matching(path: str, templates: Iterable[str]) -> Iterator[str]:
    """The templates that lead to this path: what is found at `/x/report` is also found under `/x/{id}`."""
    for template in templates:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            yield template


async def test_a_method_that_a_path_does_not_have_is_answered_with_all_it_has(stage: Stage):
    allowed: dict[str, set[str]] = {}
    for route in stage.ruled:
        method, path = route.split()
        allowed.setdefault(path, set()).add(method)
    for path, methods in allowed.items():
        if "WEBSOCKET" in methods or is_internal(f"PUT {path}"):
            continue  # an internal path may match a second one that takes any id
        known = {method for template in matching(path, allowed) for method in allowed[template]} | methods
        answer = await stage.http.request("PUT", stage.path(f"PUT {path}"))
        assert answer.status_code == 405, path
        assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == known, path


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
