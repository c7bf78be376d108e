"""What looks empty on a phone is empty."""

from __future__ import annotations

import pytest

from shared.blank_text import is_blank


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t ",
        "\u2800",
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\u00a0",
        "\u3164",
        "\ufe0f",
        " \u2800 \u200b\n\ufeff\u00ad ",
    ],
)
def test_invisible_characters_make_no_text(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", [".", "👍", "\u200b.", "❤\ufe0f", "ا", "नमस्ते", "\u2801", "👩\u200d👧"])
def test_anything_that_can_be_seen_is_a_text(text: str) -> None:
    assert not is_blank(text)
