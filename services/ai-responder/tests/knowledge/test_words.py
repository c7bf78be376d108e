"""Which words count as the same."""

from __future__ import annotations

import pytest

from ai_responder.knowledge.domain.words import Language, asked_stems, content_words, language_of, stems


@pytest.mark.parametrize(
    ("asked", "written", "language"),
    [
        ("Can I cancel?", "Cancellations are free until noon.", "english"),
        ("prices", "Our PRICE list", "english"),
        ("reservacion", "Haga su reservación por teléfono.", "spanish"),
        ("¿Hay reservas?", "La reserva se paga al llegar.", "spanish"),
        ("cafe", "Café solo", "english"),
        ("営業時間", "営業時間は七時から", "english"),
        ("ราคา", "ราคาห้องพัก", "english"),
        ("straße", "STRASSE", "english"),
    ],
)
def test_a_question_shares_a_word_with_the_text_that_answers_it(asked: str, written: str, language: Language) -> None:
    assert set(asked_stems(asked)) & set(stems(written, language))


def test_small_words_ask_for_nothing() -> None:
    assert content_words("Hi, do you have any of the ...?") == []
    assert content_words("¿Qué es lo que tienen ustedes?") == []


def test_the_language_is_known_by_its_small_words() -> None:
    assert language_of("El horario es de lunes a viernes y los sábados por la mañana") == "spanish"
    assert language_of("We are open from Monday to Friday") == "english"
