"""Decides whether the sandbox is on: a pretend carrier must never answer where a real one was meant."""

from __future__ import annotations

from shared.settings import PlatformSettings

_REAL = {"TELNYX_API_BASE", "OPENAI_API_KEY", "OPENAI_BASE_URL"}


def with_decided_sandbox(settings: PlatformSettings) -> PlatformSettings:
    """Settings in which `sandbox` is on or off.

    `auto` turns it on if every address is this machine's own and no real service is configured. It turns it off if this
    is clearly a real installation: a public address and a real carrier or model. Otherwise raises SystemExit with a
    question.
    """
    if settings.sandbox != "auto":
        return settings
    against = set(settings.against_sandbox)
    if against and not ("PUBLIC_URL" in against and against & _REAL):
        raise SystemExit(_question(sorted(against)))
    return settings.model_copy(update={"sandbox": "off" if against else "on"})


def _question(against: list[str]) -> str:
    named = " and ".join(against)
    verb = "is" if len(against) == 1 else "are"
    return (
        f"Cannot start: {named} {verb} set, so it is unclear whether you want the sandbox. Set SANDBOX=on for the "
        "pretend carrier, model and phone (they answer visitors from this machine only), or SANDBOX=off for real ones."
    )
