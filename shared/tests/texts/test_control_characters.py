"""What no text message may carry, and what looks alike and may."""

import pytest

from shared.control_characters import control_character_in, refuse_control_characters, without_control_characters
from shared.errors import Invalid
from shared.sms_parts import GSM_BASIC, GSM_EXTENSION


@pytest.mark.parametrize("char", ["\0", "\x07", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud83d"])
def test_a_control_character_is_named_with_its_place(char: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_control_characters(f"So{char}rry")
    assert refused.value.code == "control_character"
    assert f"character 3 of the text is U+{ord(char):04X}" in refused.value.detail
    assert without_control_characters(f"So{char}rry{char}") == "Sorry"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb\r\nc\n",
        "".join(sorted(GSM_BASIC | GSM_EXTENSION)),  # form feed is one of them
        "\u202bשלום\u202c \u200fمرحبا\u200e می\u200cخواهم",  # directions, and a joiner that Persian needs
        "👨\u200d👩\u200d👧 🎉 \ufeff\u00a0\u00ad",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert control_character_in(text) is None
    assert without_control_characters(text) == text
