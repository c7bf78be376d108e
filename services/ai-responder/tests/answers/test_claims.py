"""An assistant without tools cannot have booked anything; what people or systems reported it may repeat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_responder.domain.claims import unfounded_claim

CLAIMS = [
    "I have booked you in for 3pm.",
    "Great! I've just booked a table for four.",
    "I booked it.",
    "We have already cancelled your order.",
    "Hi Bo. Your appointment is confirmed for Tuesday.",
    "Your refund has been processed!",
    "The reservation is now cancelled",
    "You're booked for Friday",
    "You are scheduled at 9.",
    "I've gone ahead and rescheduled your visit",
    "He reservado una mesa para dos.",
    "Su cita está confirmada para el martes.",
    "Tu pedido ha sido cancelado.",
    "Ya hemos cambiado su reserva",
    "I went ahead and moved your appointment to Friday",
    "Your table for two is reserved for 7pm",
    "Your appointment at 3 is now confirmed",
    "Your appointment for Friday is cancelled",
    "Your appointment has been successfully rescheduled",
    "You're now booked",
    "Booked! See you Friday",
    "Confirmed for Friday at 3",
    "We've rebooked you",
    "You have been refunded",
    "A refund was issued",
    "I have sent you a refund",
    "I've unsubscribed you",
    "You've been unsubscribed",
    "I have removed you from the list",
    "You're all set for 3pm!",
    "We've got you down for Tuesday at 3",
    "Su cita ha quedado confirmada",
    "Su reserva para dos personas está confirmada",
    "Reservé su cita",
    "Ya le reservé la mesa",
    "Se ha reservado su mesa",
    "I've closed your account.",
    "We have closed the ticket",
    "Your case has been closed.",
    "Your subscription is now closed",
    "I have closed it for you.",
    "Su cuenta está cerrada.",
    "I cannot change the price, but I have refunded you.",
    "Your order has not shipped, but your refund was issued.",
    "No puedo cambiar el precio, pero he cancelado su pedido.",
]
NO_CLAIMS = [
    "I can ask a colleague to book you in.",
    "Your appointment is not confirmed yet.",
    "Once your order is confirmed, we text you.",
    "We have reserved parking behind the shop.",
    "Changed your mind? Tell us.",
    "Have you booked before?",
    "If your refund was processed you would see it.",
    "We are fully booked on Sunday.",
    "Tables can be reserved online.",
    "Cuando su cita esté confirmada le avisamos.",
    "I have not booked anything.",
    "Our prices have changed this year.",
    "Your order ships when payment is received.",
    "We changed the menu last week",
    "We charged the battery",
    "We reserved the right to refuse",
    "Has your order been shipped?",
    "Is your appointment confirmed?",
    "Reserve su mesa en línea.",
    "Your order can be cancelled online.",
    "Your appointment will be confirmed by a colleague.",
    "You are charged per month.",
    "Reserved parking is behind the shop.",
    "We are closed on Sundays.",
    "We have closed for today.",
    "The road is closed, so come by the north gate.",
    "We closed our second shop.",
    "Our account department is closed at weekends.",
    "We're closed between orders and deliveries.",
    "Estamos cerrados los domingos.",
    "La tienda está cerrada hoy.",
    "Once your account is closed, we delete your data.",
    "Your order can be cancelled, but not refunded.",
]


@pytest.mark.parametrize("text", CLAIMS)
def test_a_deed_that_nobody_reported_is_found(text: str) -> None:
    assert unfounded_claim(text, ["We are a bakery in Chicago."]) is not None


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_what_claims_no_deed_is_left_alone(text: str) -> None:
    assert unfounded_claim(text, []) is None


def test_what_the_business_reported_may_be_repeated() -> None:
    assert unfounded_claim("Your appointment is confirmed for Tuesday.", ["Appointment: confirmed, Tue 9:00"]) is None
    assert unfounded_claim("Su cita está confirmada.", ["Cita: CONFIRMADA"]) is None


def test_every_deed_of_a_sentence_has_to_be_given() -> None:
    """The first one stands in the business's own texts, the second is invented."""
    ours = ["Appointment: confirmed, Tue 9:00"]
    assert unfounded_claim("Your appointment is confirmed and we have refunded your payment.", ours) is not None
    assert (
        unfounded_claim("Your appointment is confirmed and we have refunded your payment.", [*ours, "refunded"]) is None
    )


@given(st.text(max_size=400))
def test_no_text_makes_it_raise(text: str) -> None:
    unfounded_claim(text, [text])
