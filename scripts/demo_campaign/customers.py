"""The demo's customer list, as a spreadsheet program in Germany would save it: semicolons, cp1252, damaged numbers."""

from __future__ import annotations

from dataclasses import dataclass

_NAMES = ("Zoë", "Jürgen", "Ana", "Mikkel", "Chloé", "Sam", "Priya", "Noah", "Lucía", "Björn")
_ANSWERS = ("2", "two", "five", "6", "we are 3", "a few")


@dataclass(frozen=True)
class Customer:
    phone_number: str
    name: str
    says: str | None
    """Their answer; None: they never write."""


def customers(n: int) -> list[Customer]:
    """Two of five answer, one writes STOP."""
    people = [
        Customer(f"+1312555{2000 + k:04d}"[:12], _NAMES[k % len(_NAMES)], _ANSWERS[k % 6] if k % 5 < 2 else None)
        for k in range(n)
    ]
    if n > 2:  # the third of them
        people[2] = Customer(people[2].phone_number, people[2].name, "STOP")
    return people


def customer_file(people: list[Customer]) -> bytes:
    """With rows that cannot be texted, each for another reason."""
    rows = ["Kundenliste Gartenfest;;", "Name;Handynummer;Lieblingskuchen"]
    cakes = ("Käsekuchen", "Apfelkuchen", "")
    rows += [f"{one.name};{_spelled(one.phone_number, n)};{cakes[n % 3]}" for n, one in enumerate(people)]
    rows += [
        "Otto;;Mohnkuchen",
        "Eva;+1 312 555;",
        "Kurz;12345;",
        f"Nochmal;{people[0].phone_number};",
        "Excel;1,3126E+10;",
    ]
    return "\r\n".join(rows).encode("cp1252")


def _spelled(number: str, n: int) -> str:
    digits = number[2:]
    return (number, f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", f"1{digits}.0", f"'{number}", f'="{number}"')[n % 5]
