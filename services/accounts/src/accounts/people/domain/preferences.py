"""What users choose for their own dashboard."""

from __future__ import annotations

from typing import Literal

from shared.values import Value

NotifyAbout = Literal["mine", "all", "nothing"]


class DoNotDisturb(Value):
    """From one time of day to another, `HH:MM` on the browser's clock. It may span midnight."""

    starts: str
    ends: str


class Notify(Value):
    about: NotifyAbout = "mine"
    """`mine`: conversations that are assigned to the user, or to nobody."""
    sound: bool = False
    do_not_disturb: DoNotDisturb | None = None


class Preferences(Value):
    language: str | None = None
    """A language tag such as `de` or `es-MX`. None: the browser's."""
    notify: Notify = Notify()
