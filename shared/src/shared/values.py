"""The base of every value that is decided upon, stored or published."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from shared.clock import milliseconds


class Value(BaseModel):
    """A frozen value. Unknown fields are ignored, so that a newer publisher does not break an older reader."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # a failure is logged and kept with a dead letter; a customer's words are not
        ser_json_bytes="base64",
        val_json_bytes="base64",
        use_attribute_docstrings=True,  # what stands below a field is its description in docs/events.md and AsyncAPI
    )

    def but(self, **changes: Any) -> Self:
        """This value with some fields replaced. The fields are checked by name only: callers are our own code."""
        unknown = changes.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {sorted(unknown)}")
        return self.model_copy(update=changes)


Moment = Annotated[AwareDatetime, AfterValidator(milliseconds)]
"""An aware time, kept in UTC with whole milliseconds."""
