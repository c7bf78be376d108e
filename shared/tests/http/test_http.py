"""What every HTTP answer has in common: problem bodies, a correlation id, a cap on what is read, sober metrics."""

import re

import httpx2
import pytest
import structlog
from fastapi import APIRouter, Body, Request, Response
from prometheus_client import REGISTRY

from shared.errors import STORE_AWAY, StoreUnavailable, TooMany, Unauthenticated, Unavailable
from shared.http.app import MAX_BODY_BYTES, create_app
from shared.http.direct_routes import StraightRoute


@pytest.fixture
async def http():
    app = create_app("test", "", ("/large/",))

    @app.post("/echo")
    async def echo(text: str = Body(embed=True)) -> dict[str, int]:
        return {"length": len(text)}

    @app.post("/fail/{how}")
    async def fail(how: str) -> None:
        errors = {
            "stranger": Unauthenticated("not_signed_in", "sign in"),
            "busy": Unavailable("busy", "later", 7.2),
            "flood": TooMany("flood", "slower", 0.1),
            "store": StoreUnavailable("store_unavailable", STORE_AWAY, operator_detail="no route to db.internal:27017"),
        }
        raise errors.get(how, KeyError(how))

    straight = APIRouter(prefix="/straight", route_class=StraightRoute)

    @straight.post("/{how}", summary="Straight")
    async def arrive(how: str, request: Request) -> Response:
        if how != "well":
            await fail(how)
        return Response(await request.body())

    app.include_router(straight)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/echo", b"{", 400, "malformed"),
        ("POST", "/echo", b'{"text": "\xff"}', 400, "malformed"),
        ("POST", "/echo", b'{"text":' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400, "malformed"),
        ("POST", "/echo", b"", 422, "invalid"),
        ("POST", "/echo", b'{"text": 1}', 422, "invalid"),
        ("GET", "/nowhere", b"", 404, "not_found"),
        ("DELETE", "/echo", b"", 405, "method_not_allowed"),
        ("POST", "/fail/stranger", b"", 401, "not_signed_in"),
        ("POST", "/fail/busy", b"", 503, "busy"),
        ("POST", "/fail/flood", b"", 429, "flood"),
        ("POST", "/fail/mistake", b"", 500, "internal_error"),
        ("DELETE", "/straight/well", b"", 405, "method_not_allowed"),
        ("POST", "/straight/", b"", 404, "not_found"),
        ("POST", "/straight/stranger", b"", 401, "not_signed_in"),
        ("POST", "/straight/busy", b"", 503, "busy"),
        ("POST", "/straight/mistake", b"", 500, "internal_error"),
    ],
)
async def test_every_failure_is_a_problem_with_a_code(http, method, path, body, status, code):
    answer = await http.request(method, path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["detail"]


async def test_an_answer_says_what_to_do_in_its_headers(http):
    assert (await http.delete("/echo")).headers["allow"] == "POST"
    assert (await http.post("/fail/stranger")).headers["www-authenticate"] == "Bearer"
    assert (await http.post("/fail/busy")).headers["retry-after"] == "7"
    assert (await http.post("/fail/flood")).headers["retry-after"] == "1"


@pytest.mark.parametrize("declared", [True, False])
async def test_more_than_a_mebibyte_is_refused_declared_or_not(http, declared):
    whole = b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}'

    async def bit_by_bit():
        for start in range(0, len(whole), 65536):
            yield whole[start : start + 65536]

    content = whole if declared else bit_by_bit()
    answer = await http.post("/echo", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_correlation_id_comes_back_or_is_made(http):
    given = await http.post("/echo", json={"text": "x"}, headers={"x-request-id": "r" * 300})
    assert given.headers["x-request-id"] == "r" * 100
    assert (await http.post("/echo", json={"text": "x"})).headers["x-request-id"].startswith("req_")


async def test_no_word_of_a_stranger_becomes_a_label_of_the_metrics(http):
    for n in range(20):
        await http.request(f"WORD{n}", f"/nowhere/{n}")
    found = next(metric for metric in REGISTRY.collect() if metric.name == "parley_http_seconds")
    words = {value for sample in found.samples for value in sample.labels.values()}
    assert not [word for word in words if "WORD" in word or "nowhere" in word]
    assert "other" in words


async def test_the_documentation_asks_nothing_of_other_addresses(http):
    """Every file the page names is ours, and its policy forbids the rest; no script stands in the page itself."""
    page = await http.get("/docs")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) == 4
    for name in named:
        file = await http.get(f"/{name}")
        assert file.status_code == 200, name
        assert file.content
        assert file.headers["content-security-policy"] == page.headers["content-security-policy"]
    assert "unsafe" not in re.search(r"script-src[^;]*", page.headers["content-security-policy"]).group()
    assert re.findall(r"<script[^>]*>([^<]*)<", page.text) == ["", ""]
    assert (await http.get("/docs/other.js")).status_code == 404
    assert (await http.get("/docs/..%2fmain.py")).status_code == 404


async def test_a_straight_route_is_documented_and_measured_like_any_other(http):
    answer = await http.post("/straight/well", content=b"hello", headers={"x-request-id": "mine"})
    assert (answer.status_code, answer.content, answer.headers["x-request-id"]) == (200, b"hello", "mine")
    assert (await http.get("/openapi.json")).json()["paths"]["/straight/{how}"]["post"]["summary"] == "Straight"
    labels = {"method": "POST", "route": "/straight/{how}", "status": "200"}
    assert REGISTRY.get_sample_value("parley_http_seconds_count", labels)


async def test_what_only_an_operator_may_know_is_logged_and_not_answered(http):
    with structlog.testing.capture_logs() as logged:
        answer = await http.post("/fail/store")
    assert answer.json()["detail"] == STORE_AWAY
    assert "db.internal" not in answer.text
    assert [(line["code"], line["detail"]) for line in logged] == [
        ("store_unavailable", "no route to db.internal:27017")
    ]
