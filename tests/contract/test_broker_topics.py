"""The topic rules the embedded broker applies itself, and the arguments RabbitMQ gets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.broker.embedded.topics import Bindings, matches
from shared.broker.protocol import RETRY_LEVELS_SECONDS, Subscription
from shared.broker.topology import plan, retry_level

words = st.lists(st.sampled_from(["a", "b", "sms"]), max_size=6)
patterns = st.lists(st.sampled_from(["a", "b", "sms", "*", "#"]), max_size=5)


def as_regular_expression(pattern: list[str]) -> str:
    """Every word with a dot behind it, so that zero words are the empty text."""
    parts = {"*": r"[^.]+\.", "#": r"([^.]+\.)*"}
    return "".join(parts.get(word, re.escape(word) + r"\.") for word in pattern)


@given(pattern=patterns, key=words)
def test_matching_is_that_of_the_equivalent_regular_expression(pattern: list[str], key: list[str]) -> None:
    wanted = re.fullmatch(as_regular_expression(pattern), "".join(word + "." for word in key)) is not None
    assert matches(".".join(pattern), ".".join(key)) is wanted


@pytest.mark.parametrize(
    ("pattern", "key", "wanted"),
    [("#", "", True), ("*", "", False), ("", "", True), ("a.#", "a", True), ("#.#", "", True), ("a..b", "a.*", False)],
)
def test_edges_of_matching(pattern: str, key: str, wanted: bool) -> None:
    assert matches(pattern, key) is wanted


def test_a_new_binding_is_seen_by_keys_already_asked_for() -> None:
    bindings = Bindings()
    bindings.bind("one", ["a"])
    assert bindings.names_for("a") == ("one",)
    bindings.bind("two", ["#"])
    assert bindings.names_for("a") == ("one", "two")
    bindings.unbind("one")
    assert bindings.names_for("a") == ("two",)


def test_many_keys_do_not_fill_the_memory() -> None:
    bindings = Bindings()
    bindings.bind("one", ["#"])
    for i in range(25_000):
        bindings.names_for(f"rt.{i}")
    assert len(bindings._answers) <= 10_000


def test_delays_are_rounded_up_to_a_level_and_down_to_the_last() -> None:
    assert [retry_level(s) for s in (0, 0.2, 1, 1.1, 10, 59, 61, 600, 86_400)] == [1, 1, 1, 10, 10, 60, 600, 600, 600]


def test_every_queue_that_dead_letters_does_so_without_losing() -> None:
    """At-least-once dead lettering is silently off without reject-publish, and needs a quorum source."""
    queues = list(plan(Subscription("s.a.v1", ("a",), delivery_limit=7)))
    assert [q.name for q in queues] == ["s.a.v1.dead", "s.a.v1", *(f"s.a.v1.retry.{n}" for n in RETRY_LEVELS_SECONDS)]
    for queue in queues:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert "x-max-length" not in queue.arguments
        if "x-dead-letter-exchange" in queue.arguments:
            assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"
    assert queues[1].arguments["x-delivery-limit"] == 7
    assert all(q.arguments["x-dead-letter-routing-key"] == "s.a.v1" for q in queues[2:])


def test_a_delivery_limit_of_minus_one_is_refused() -> None:
    with pytest.raises(ValueError, match="delivery_limit"):
        list(plan(Subscription("s.a.v1", ("a",), delivery_limit=-1)))
