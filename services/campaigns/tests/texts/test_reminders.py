"""A first text is reminded of what it lacks, and only of that."""

from __future__ import annotations

import pytest

from campaigns.texts.domain.reminders import names_the_sender, reminders_for, says_how_to_stop


@pytest.mark.parametrize(
    "text",
    [
        "Reply STOP to opt out",
        "reply stop to end",
        "Txt with the word stop",
        'Answer "stop" any time',
        "Responde BAJA para no recibir más",
        "Envía baja al 12345",
        "Pour vous désabonner: STOP",
        "STOP au 36111",
        "Antworte STOPP zum Abmelden",
        "abbestellen mit ENDE",
        "Responda SAIR",
        "Click to unsubscribe",
        "opt-out: example.com",
        "回复TD退订",
        "수신거부 080",
        "ОТПИСКА: ответьте СТОП",
    ],
)
def test_texts_that_say_how_to_stop(text: str) -> None:
    assert says_how_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Stop by our shop today",
        "Non-stop flights, end of sale",
        "The sale never stops",
        "STOP BY OUR SHOP TODAY",
        "Il fin settimana",
        "Cancel culture? A new book",
        "Send us a picture of your cake",
    ],
)
def test_texts_that_do_not_say_how_to_stop(text: str) -> None:
    assert not says_how_to_stop(text)


@pytest.mark.parametrize(
    ("text", "tenant", "named"),
    [
        ("Blue Door: sale today", "Blue Door Bakery LLC", True),
        ("bluedoorbakery has a sale", "Blue Door Bakery LLC", True),
        ("Café Ole: hola", "The CAFÉ Olé", True),
        ("Hi Ana, sale today", "Blue Door Bakery LLC", False),
        ("Hi from the company", "The Bakery Company", False),
        ("hello", "***", True),
        ("This is Al", "Al", True),
    ],
)
def test_who_writes(text: str, tenant: str, named: bool) -> None:
    assert names_the_sender(text, tenant) == named


def test_a_reminder_for_each_thing_that_is_lacking() -> None:
    assert [each.code for each in reminders_for("Hi there", "Blue Door")] == ["no_sender", "no_way_to_stop"]
    assert reminders_for("Blue Door here. Reply STOP to stop.", "Blue Door") == ()
