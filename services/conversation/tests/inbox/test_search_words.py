"""Which queries find which texts: words, beginnings, scripts without spaces, emoji, numbers, quoted phrases."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.domain.search.highlight import SNIPPET, holds, snippet
from conversation.domain.search.query import MOST_PARTS, parse
from conversation.domain.search.query import MOST_TERMS as MOST_OF_A_PART
from conversation.domain.search.terms import MOST_TERMS, contact_terms, message_terms


def found(query: str, text: str) -> bool:
    terms = set(message_terms(text))
    parts = parse(query)
    return bool(parts) and all(set(part.terms) <= terms and (not part.is_exact or holds(text, part)) for part in parts)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cake", "Is my CAKE ready?"),
        ("appoint", "My appointment is at nine"),
        ("cake tuesday", "On Tuesday, please: the cake"),
        ("creme brulee", "Crème Brûlée for two"),
        ("CRÈME", "creme"),
        ("strasse", "Große Straße 5"),
        ("lodz", "Łódź"),
        ("istanbul", "İstanbul"),
        ("ok", "OK!"),
        ("k000123", "order k000123x"),
        ("蛋糕", "我想订一个蛋糕，星期二"),
        ("糕", "我想订一个蛋糕"),
        ("ケーキ", "いちごのケーキください"),
        ("예약", "내일 예약을 하고 싶어요"),
        ("ขนม", "อยากได้ขนมเค้ก"),
        ("🎂", "Thanks 🎂🎉"),
        ("👋", "👋🏽 hi"),
        ("❤", "I ❤️ it"),
        ("🇩🇪", "from 🇩🇪🇫🇷"),
        ("312-555-0123", "Call me at (312) 555 0123"),
        ("+1 312 555 0123", "Call me at 312.555.0123"),
        ("13125550123", "my number is 312-555-0123"),
        ("3125550123", "my number is +1 (312) 555-0123"),
        ("+49 171 1234567", "Meine Nummer: 0171 1234567"),
        ("0171 1234567", "Meine Nummer: +49 171 1234567"),
        ("312-555", "Call 312-555-0123"),
        ("1250", "That is $1,250"),
        ("1,250", "it costs 1250"),
        ("٣١٢", "room 312"),
        ("ada@example.com", "write to Ada@Example.com please"),
        ('"on tuesday"', "The cake, on Tuesday!"),
        ("\u201eon tuesday\u201c", "on tuesday"),
        ('cake "on tuesday"', "A cake on tuesday"),
        ('"蛋糕"', "一个蛋糕"),
        ("l\u2019eau", "de l'eau"),
    ],
)
def test_a_query_finds_the_text(query: str, text: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ake", "cake"),
        ("ca", "cake"),
        ("cake tuesday", "cake on Monday"),
        ('"tuesday on"', "on tuesday"),
        ('"cake tuesday"', "cake on tuesday"),
        ("ガラス", "カラス"),
        ("糕蛋", "蛋糕"),
        ("🎉", "🎂"),
        ("!?", "what!?"),
        ("", "anything"),
        ("555-0123", "Call 312-555-0124"),
    ],
)
def test_a_query_does_not_find_the_text(query: str, text: str) -> None:
    assert not found(query, text)


def test_a_contact_is_found_by_every_value_and_by_the_end_of_its_number() -> None:
    values = ("José Müller", "Brot & Söhne", "jose@example.com", "crm-4711", "Lemon cake")
    terms = set(contact_terms(values, ("+12025550123",)))
    for query in (
        "j",
        "mull",
        "sohne",
        "jose@exam",
        "crm-4711",
        "lemon",
        "0123",
        "(202) 555",
        "+1202",
        "+1 202 5550123",
    ):
        assert all(set(part.terms) <= terms for part in parse(query)), query
    german = contact_terms((), ("+491711234567",))
    for query in ("0171", "171", "+49171", "4567", "0049 171 1234567"):
        assert all(set(part.terms) <= set(german) for part in parse(query)), query


def test_the_snippet_shows_the_first_hit_and_marks_all() -> None:
    text = "x" * 300 + " The Crème brûlée, please: CREME 👩🏽 again"
    shown = snippet(text, parse("creme"))
    assert [shown.text[start:end] for start, end in shown.highlights] == ["Crème", "CREME"]
    assert len(shown.text) <= SNIPPET
    number = snippet("call (312) 555-0123 now", parse("3125550123"))
    assert [number.text[start:end] for start, end in number.highlights] == ["(312) 555-0123"]
    assert snippet("cake", parse("tuesday")).highlights == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=30))
def test_any_text_and_any_query_give_bounded_terms(text: str, query: str) -> None:
    parts = parse(query)
    assert len(parts) <= MOST_PARTS
    assert all(0 < len(part.terms) <= MOST_OF_A_PART for part in parts)
    shown = snippet(text, parts)
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.highlights)
    assert set(message_terms(text)) == set(message_terms(text))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(categories=("L", "N", "Zs", "Po")), max_size=60))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    for part in parse(text):
        if part.kind != "number":
            assert set(part.terms) <= set(message_terms(text)), part


@pytest.mark.parametrize(
    "hostile", ["a" * 10_000, "1 " * 5_000, "1-" * 5_000, "((1" * 3_000, "蛋" * 10_000, '"a' * 5_000, "🎂" * 10_000]
)
def test_a_hostile_text_has_a_bounded_number_of_terms(hostile: str) -> None:
    assert len(message_terms(hostile)) <= MOST_TERMS
    assert len(contact_terms((hostile,) * 100, ())) <= MOST_TERMS
    assert len(parse(hostile)) <= MOST_PARTS
