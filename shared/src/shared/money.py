"""Prices are decimal text and multiplied exactly; what comes out is rounded once, half to even, to whole nano-units.

Here because two services promise each other the same figures: what accounts bills is what sender's spend caps count.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from shared.phone import country_of

NANO = 1_000_000_000
ANYWHERE = "*"
"""In prices by country: wherever no other entry fits."""
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
"""Quantities have up to 19 digits, prices up to 19: nothing is rounded before the end."""


def amount(quantity: int, price: str, per: int = 1) -> int:
    """Nano-units of so many, at this price for `per` of them."""
    exact = _EXACT.multiply(Decimal(quantity) * NANO, Decimal(price))
    return int(_EXACT.divide(exact, Decimal(per)).to_integral_value(ROUND_HALF_EVEN))


def with_markup(nano: int, percent: str) -> int:
    """This amount and so many percent more."""
    factor = _EXACT.add(Decimal(100), Decimal(percent))
    return int(_EXACT.divide(_EXACT.multiply(Decimal(nano), factor), Decimal(100)).to_integral_value(ROUND_HALF_EVEN))


def price_to(prices: Mapping[str, str], contact: str | None) -> str | None:
    """The price for a customer's country; a number of no known country (a short code) is priced as anywhere."""
    country = country_of(contact) if contact else ""
    return prices.get(country, prices.get(ANYWHERE))
