"""Copper & Comb, the demo's business: an invented hair salon with all that its front desk needs.

Bodies of Parley's API, as an owner would send them. The address and all people are invented.
"""

from __future__ import annotations

from typing import Any

from accounts.billing.schemas import PricesIn, TokenPriceIn
from accounts.demo_people import DemoPeople
from accounts.people.requests import NewUser

Body = dict[str, Any]

NAME, TIMEZONE = "Copper & Comb", "America/Chicago"
PEOPLE = DemoPeople(
    admin=NewUser("owner@copperandcomb.example", "Olivia Marsh", "admin"),
    colleague=NewUser("tom@copperandcomb.example", "Tom Reyes", "agent"),
)

PRICES = PricesIn(
    currency="USD",
    sms_out={"US": "0.0079", "CA": "0.0085", "*": "0.05"},
    sms_in={"US": "0.0040", "CA": "0.0045", "*": "0.01"},
    mms_out={"US": "0.0200", "*": "0.10"},
    mms_in={"US": "0.0100", "*": "0.03"},
    tokens=(
        TokenPriceIn(model="*", kind="prompt", price="0.40"),
        TokenPriceIn(model="*", kind="cached", price="0.10"),
        TokenPriceIn(model="*", kind="completion", price="1.60"),
    ),
    note="Invented, of the usual size. Tokens are priced as a small model's, per million.",
)
"""What its operator charges it."""

ASSISTANT: Body = {
    "name": "Front desk",
    "prompt": (
        "You answer text messages for Copper & Comb, a hair salon and barber shop in Chicago. Be friendly, concrete "
        "and brief: one to three short sentences. Use only what you were told here. If you do not know something, "
        "say so and offer that a colleague gets back to them. Answer in the language of the customer."
    ),
    "knowledge": "\n".join([
        "Our address is 418 Alder Court, Chicago: the blue door next to the bakery.",
        "We are open Tuesday to Friday from 9 am to 7 pm and Saturday from 9 am to 4 pm. We are closed on Sunday and "
        "Monday.",
        "Nuestra dirección es 418 Alder Court, Chicago: la puerta azul junto a la panadería.",
    ]),
    "pictures": True,
    "business_hours": {
        "open": [
            {"days": ["tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "19:00"},
            {"days": ["sat"], "opens": "09:00", "closes": "16:00"},
        ],
        "holidays": [],
    },
    "outside_hours": {"action": "answer"},
}  # fmt: skip
"""It answers at any hour: a demo is looked at when it is run."""


def _pairs(title: str, *pairs: tuple[str, str]) -> Body:
    return {"title": title, "pairs": [{"question": question, "answer": answer} for question, answer in pairs]}


KNOWLEDGE: list[Body] = [
    _pairs(
        "Prices",
        ("How much is a haircut?", "A haircut is $38 for women, $28 for men and $20 for children under 12. Washing is "
         "included."),
        ("How much is a beard trim?", "A beard trim is $18, or $42 together with a men's haircut."),
        ("How much is hair color, coloring or highlights?", "Color starts at $85 and highlights start at $120. It "
         "depends on the length of your hair, so we begin with a free consultation."),
        ("How much is a blow-dry or styling for a wedding?", "A blow-dry is $35. Bridal styling is $150, with a trial "
         "before the wedding."),
    ),
    _pairs(
        "Appointments",
        ("Can I book an appointment?", "Yes, you can book by text: tell us the service, the day and the time that suit "
         "you."),
        ("Can I just walk in without an appointment?", "Walk-ins are welcome whenever a chair is free. With an "
         "appointment you do not have to wait."),
        ("How do I cancel, change or move my appointment?", "Text us the new day and time, or that you cannot come, at "
         "least 24 hours ahead. A colleague sees to it."),
        ("How long does it take?", "A haircut takes about 45 minutes, color about two hours."),
        ("What if I am running late?", "Text us when you are late. Up to 15 minutes are fine; after that we may have "
         "to shorten the service."),
    ),
    _pairs(
        "Paying",
        ("Do you take cards? How can I pay?", "We take Visa, Mastercard, Amex, Apple Pay, Google Pay and cash."),
        ("Do you sell gift cards or vouchers?", "Yes, gift cards start at $25. You can buy them at the counter."),
        ("Do students or seniors pay less?", "Students and seniors pay 10% less from Tuesday to Thursday."),
    ),
    {
        "title": "Getting here",
        "text": "# Parking\nThere is free parking behind the house, for as long as your visit takes.\n\n"
        "# Bus and train\nThe bus stop Alder Court is across the street.\n\n"
        "# Wheelchairs and strollers\nThe entrance has no steps. There is room for wheelchairs and strollers.\n\n"
        "# Dogs\nDogs are welcome if they like the sound of hairdryers.\n",
    },
    {
        "title": "Products and allergies",
        "text": "# Allergies\nTell us about allergies before your visit. Before a first color we test the skin 48 "
        "hours ahead, free of charge.\n\n"
        "# Vegan products\nAll our shampoos are vegan, and none has perfume in it.\n",
    },
    _pairs(
        "En español",
        ("¿Están abiertos los sábados y domingos? ¿Cuál es el horario?", "Abrimos de martes a viernes de 9 am a 7 pm y "
         "los sábados de 9 am a 4 pm. Cerramos los domingos y lunes."),
        ("¿Cuánto cuesta un corte de pelo?", "Un corte cuesta $38 para mujeres, $28 para hombres y $20 para niños "
         "menores de 12 años."),
        ("¿Puedo reservar una cita?", "Sí, díganos el servicio, el día y la hora que le convienen."),
        ("¿Aceptan tarjetas?", "Sí, aceptamos Visa, Mastercard, Amex, Apple Pay, Google Pay y efectivo."),
    ),
]  # fmt: skip

GUIDES: list[Body] = [
    {
        "name": "Appointments",
        "goal": "appointment_booking",
        "instructions": "Find out the service, the day and the time. You cannot book: a colleague confirms every "
        "appointment here by text, once one is free.",
        "keywords": ["book", "booking", "appointment", "reserve", "schedule"],
        "priority": 60,
        "response_template": "{answer} A colleague confirms every appointment here by text.",
    },
    {
        "name": "Citas",
        "goal": "appointment_booking",
        "instructions": "Pregunte por el servicio, el día y la hora. Usted no puede reservar: una persona confirma "
        "cada cita por mensaje.",
        "keywords": ["cita", "reservar", "reservación"],
        "priority": 60,
        "response_template": "{answer} Una persona confirma la cita por aquí.",
    },
    {
        "name": "Something went wrong",
        "goal": "help_desk",
        "instructions": "Hand over to a person at once, with a word of regret. Promise nothing.",
        "keywords": ["complaint", "refund", "unhappy", "terrible", "ruined", "money back", "queja"],
        "priority": 90,
    },
]

LABELS: list[Body] = [
    {"name": "appointment", "color": "#0f766e"},
    {"name": "color", "color": "#b45309"},
    {"name": "complaint", "color": "#b91c1c"},
    {"name": "new customer", "color": "#1d4ed8"},
]

CANNED_REPLIES: list[Body] = [
    {
        "name": "Opening hours",
        "shortcut": "hours",
        "text": "Hi {first_name|there}, we are open Tuesday to Friday 9 am to 7 pm and Saturday 9 am to 4 pm.",
    },
    {
        "name": "Where we are",
        "shortcut": "where",
        "text": "You find us at 418 Alder Court, behind the blue door. Parking is free behind the house.",
    },
    {
        "name": "Ask for a time",
        "shortcut": "time",
        "text": "Hi {first_name|there}, that time is taken. Which other day or time would suit you?",
    },
    {
        "name": "Sorry",
        "shortcut": "sorry",
        "text": "Hi {first_name|there}, I am sorry to hear that. May I call you today? {agent|Copper & Comb}",
    },
]
