"""Which tools an assistant has. Handing over to a person is always among them."""

from __future__ import annotations

from shared.values import Value

MOST_FIELDS, MOST_LABELS = 20, 30


class FieldTool(Value):
    """A field of the contact that the assistant may fill in."""

    name: str
    about: str = ""
    """For the model: what belongs there."""


class ToolSettings(Value):
    close: bool = False
    follow_up: bool = False
    fields: tuple[FieldTool, ...] = ()
    labels: tuple[str, ...] = ()
    """Those it may put on a conversation."""

    @property
    def any(self) -> bool:
        return bool(self.close or self.follow_up or self.fields or self.labels)


NO_TOOLS = ToolSettings()
