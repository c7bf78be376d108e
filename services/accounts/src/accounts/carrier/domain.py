"""Compares the carrier's settings with what Parley needs to send and receive.

Every finding says what is wrong and how to fix it. Why each one matters: docs/going-live.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.events.accounts import Capability, NumberClass

_WHERE = "in the Telnyx portal under Messaging > Programmable Messaging"


@dataclass(frozen=True)
class OwnedNumber:
    phone_number: str
    status: str
    kind: str
    messaging_profile_id: str | None
    capabilities: tuple[Capability, ...] = ("sms", "mms")
    """As the carrier reports them."""

    @property
    def number_class(self) -> NumberClass:
        classes: dict[str, NumberClass] = {"toll_free": "toll_free", "short_code": "short_code"}
        return classes.get(self.kind, "ten_dlc")


@dataclass(frozen=True)
class MessagingProfile:
    id: str
    name: str
    enabled: bool
    webhook_url: str
    webhook_api_version: str
    hides_texts: bool = False


@dataclass(frozen=True)
class Finding:
    """`problem` and `remedy` are empty if nothing is wrong."""

    subject: str
    problem: str = ""
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class RequiredSettings:
    """What the carrier's settings must be."""

    webhook_url: str
    """The address of this connection."""
    shared_webhook_url: str
    """The address without a connection's id, which works too."""
    profile_id: str | None


def choose_profile(
    profiles: Sequence[MessagingProfile], required: RequiredSettings
) -> tuple[MessagingProfile | None, Finding]:
    """The profile to check, and a finding about the choice."""
    if required.profile_id is not None:
        found = next((profile for profile in profiles if profile.id == required.profile_id), None)
        if found is None:
            problem = f"This account has no messaging profile {required.profile_id}."
            return None, Finding(
                "messaging_profile", problem, f"Copy the id of the profile {_WHERE} and enter it here."
            )
        return found, Finding("messaging_profile")
    if len(profiles) == 1:
        problem = "The connection names no messaging profile. This account has exactly one, so that one was checked."
        return profiles[0], Finding("messaging_profile", problem, f"Set messaging_profile_id to {profiles[0].id}.")
    if not profiles:
        remedy = f"Make one {_WHERE}, put your numbers on it, and enter its id here as messaging_profile_id."
        return None, Finding("messaging_profile", "This account has no messaging profile.", remedy)
    names = ", ".join(f"{profile.id} ({profile.name})" for profile in profiles)
    remedy = f"Set messaging_profile_id to the profile of this tenant, one of: {names}."
    return None, Finding("messaging_profile", f"This account has {len(profiles)} messaging profiles.", remedy)


def profile_findings(profile: MessagingProfile, required: RequiredSettings) -> list[Finding]:
    return [_enabled(profile), _webhook(profile, required), _version(profile), _readable(profile)]


def numbers_finding(ours: Iterable[str], theirs: Iterable[OwnedNumber], profile_id: str) -> Finding:
    """Whether all numbers of this connection are in the account and on the profile."""
    known = {number.phone_number: number for number in theirs}
    missing = [number for number in ours if number not in known]
    elsewhere = [n for n in ours if n in known and known[n].messaging_profile_id != profile_id]
    if missing:
        remedy = "Release them here, or enter the API key of the account they belong to."
        return Finding("numbers", f"Not in this carrier account: {', '.join(missing)}.", remedy)
    if elsewhere:
        remedy = (
            f"Move them to profile {profile_id} at the carrier: inbound texts go where the number's profile sends them."
        )
        return Finding("numbers", f"On another messaging profile, or on none: {', '.join(elsewhere)}.", remedy)
    return Finding("numbers")


def address_finding(public_base: str) -> Finding:
    """Whether the carrier can reach this installation."""
    parts = urlsplit(public_base)
    host = parts.hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        remedy = "Set PUBLIC_URL to the https address at which the internet reaches this installation."
        return Finding("public_url", f"{public_base} is this machine, which no webhook can reach.", remedy)
    if parts.scheme != "https":
        problem = f"{public_base} is not encrypted: customers' texts would be readable on the way."
        return Finding("public_url", problem, "Put a TLS proxy in front and set PUBLIC_URL to its https address.")
    return Finding("public_url")


def public_key_finding(unsafe_public_keys: Sequence[str]) -> Finding:
    """That the other keys are right the check cannot know: only a webhook shows it."""
    problem = f"Anybody could forge webhooks with the public key {', '.join(unsafe_public_keys)}, so it is not used."
    return Finding("public_key", problem, "Copy the public key from the Telnyx portal again and PATCH public_keys.")


def _enabled(profile: MessagingProfile) -> Finding:
    if profile.enabled:
        return Finding("profile_enabled")
    return Finding("profile_enabled", f"Profile {profile.id} is disabled, so nothing is sent.", f"Enable it {_WHERE}.")


def _webhook(profile: MessagingProfile, required: RequiredSettings) -> Finding:
    at = profile.webhook_url.rstrip("/")
    if at in (required.webhook_url, required.shared_webhook_url):
        return Finding("webhook_url")
    setting = f"The profile sends webhooks to {at}" if at else "The profile has no webhook address"
    problem = f"{setting}, so customers' texts do not arrive here."
    return Finding("webhook_url", problem, f"Enter {required.webhook_url} {_WHERE}.")


def _version(profile: MessagingProfile) -> Finding:
    if profile.webhook_api_version == "2":
        return Finding("webhook_api_version")
    problem = f"Webhooks arrive in version {profile.webhook_api_version or 'unknown'}; Parley reads version 2."
    return Finding("webhook_api_version", problem, f"Choose API v2 for the profile's webhooks {_WHERE}.")


def _readable(profile: MessagingProfile) -> Finding:
    if not profile.hides_texts:
        return Finding("redaction")
    problem = "Redaction level 2 removes text and sender from webhooks: no STOP could be read and no text answered."
    return Finding("redaction", problem, "Set the profile's redaction to level 1, or off.")
