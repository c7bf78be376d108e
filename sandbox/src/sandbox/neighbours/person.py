"""The one pretend customer behind a phone, a chat and a mailbox."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Number = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    phone_number: Number
    email: str = Field(pattern=r"^[^\s@<>,\"]+@[^\s@<>,\"]+$", max_length=200)

    @property
    def number_in_a_system(self) -> int:
        """The id that a system counting its contacts gave this one; the same after a restart."""
        return int.from_bytes(hashlib.sha256(self.email.casefold().encode()).digest()[:4])
