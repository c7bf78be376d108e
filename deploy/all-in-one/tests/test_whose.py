"""Which of the two processes a request belongs to."""

from __future__ import annotations

import pytest

from all_in_one.whose import is_for_ingress

WEBHOOK = b"POST /webhooks/telnyx/con_1 HTTP/1.1\r\n"


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (WEBHOOK, True),
        (b"\r\n" + WEBHOOK, True),
        (b"GET /internal/ingress/unrouted HTTP/1.1\r\n", True),
        (b"POST http://parley.example.com/webhooks/telnyx HTTP/1.1\r\n", True),
        (b"POST /%77ebhooks/telnyx HTTP/1.1\r\n", True),
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET /webhooks HTTP/1.1\r\n", False),
        (b"GET /api/webhooks/telnyx HTTP/1.1\r\n", False),
        (b"GET /internal/ingressive HTTP/1.1\r\n", False),
        (b"GET /api?next=/webhooks/ HTTP/1.1\r\n", False),
        (b"GET /%2Fwebhooks/ HTTP/1.1\r\n", False),
        (b"GET http://x HTTP/1.1\r\n", False),
        (b"OPTIONS * HTTP/1.1\r\n", False),
        (b"\x16\x03\x01" + bytes(100), True),
    ],
)
def test_the_path_says_whose_a_request_is(head: bytes, ours: bool):
    assert is_for_ingress(head) is ours


@pytest.mark.parametrize("whole", [WEBHOOK, b"POST http://x/webhooks/telnyx HTTP/1.1\r\n", b"GET /api/x HTTP/1.1\r\n"])
def test_too_few_bytes_decide_nothing_and_more_bytes_change_no_decision(whole: bytes):
    answers = [is_for_ingress(whole[:n]) for n in range(len(whole) + 1)]
    decided = next(n for n, answer in enumerate(answers) if answer is not None)
    assert set(answers[decided:]) == {is_for_ingress(whole)}


@pytest.mark.parametrize("endless", [b"GET /%", b"GET http://", b"x"])
def test_an_endless_beginning_is_decided_at_last(endless: bytes):
    assert is_for_ingress(endless + b"a" * 2000) is not None
