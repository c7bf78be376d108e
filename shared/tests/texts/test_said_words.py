"""Whether a text says a keyword, in many scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.texts.said_words import SaidWords, words_in


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("What is the PRICE?", "price"),
        ("price", "Price!"),
        ("is it gluten-free", "gluten free"),
        ("Une crème brûlée", "creme brulee"),
        ("creme", "crème"),
        ("Wie teuer ist das Gebäck in der Straße?", "STRASSE"),
        ("Сколько стоит ТОРТ?", "торт"),
        ("πόσο κάνει;", "ποσο"),
        ("بِكَم الكَعْك", "الكعك"),
        ("केक की कीमत क्या है", "कीमत"),
        ("请问蛋糕多少钱", "多少钱"),
        ("ケーキの値段は", "値段"),
        ("케이크 가격이 얼마예요", "가격"),
        ("ราคาเค้กเท่าไหร่", "ราคา"),
        ("Ｐｒｉｃｅ please", "price"),
        ("call 312 now", "312"),
    ],
)
def test_said(text: str, keyword: str) -> None:
    assert SaidWords(text).contains(keyword)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("priceless", "price"),
        ("free of gluten", "gluten free"),
        ("", "price"),
        ("price", "?"),
        ("price", ""),
        ("がく", "かく"),
        ("물가 격차", "가격"),
        ("торты", "торт"),
    ],
)
def test_not_said(text: str, keyword: str) -> None:
    assert not SaidWords(text).contains(keyword)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_a_text_says_each_of_its_own_parts(before: str, part: str, after: str) -> None:
    said = SaidWords(f"{before} | {part} | {after}")
    assert said.contains(part) == bool(words_in(part))


@given(st.text(max_size=60), st.text(max_size=20))
def test_case_makes_no_difference(text: str, keyword: str) -> None:
    assert words_in(text.casefold()) == words_in(text)
    assert SaidWords(text).contains(keyword) == SaidWords(text.casefold()).contains(keyword.casefold())
