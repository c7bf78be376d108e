"""A day as the API takes it: `2026-03-01` and nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _iso_day(value: Any) -> Any:
    """Pydantic also reads seconds since 1970: `to=0` would be a day of that year instead of a mistake."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("Give a day as YYYY-MM-DD.")


Day = Annotated[date, BeforeValidator(_iso_day)]
