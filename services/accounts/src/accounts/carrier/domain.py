"""What the carrier has on file, held against what we need: is this connection fit to send and receive?

Every finding says in plain words what is wrong and how to mend it. Why each one matters: docs/going-live.md.
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
    """As far as the carrier says."""

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
    """`problem` and `remedy` are empty where all is well."""

    subject: str
    problem: str = ""
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class Wanted:
    """What the carrier's settings ought to be."""

    webhook_url: str
    """Of this very connection."""
    shared_webhook_url: str
    """The one without a connection's id: it works too."""
    profile_id: str | None


def which_profile(profiles: Sequence[MessagingProfile], wanted: Wanted) -> tuple[MessagingProfile | None, Finding]:
    """The profile to look at, and what is to be said about the choice."""
    if wanted.profile_id is not None:
        found = next((profile for profile in profiles if profile.id == wanted.profile_id), None)
        if found is None:
            problem = f"this account has no messaging profile {wanted.profile_id}"
            return None, Finding("messaging_profile", problem, f"copy the profile's id from {_WHERE} and enter it")
        return found, Finding("messaging_profile")
    if len(profiles) == 1:
        problem = "the connection names no messaging profile; this account has exactly one, so we looked at that"
        return profiles[0], Finding("messaging_profile", problem, f"set messaging_profile_id to {profiles[0].id}")
    if not profiles:
        remedy = f"make one {_WHERE}, put your numbers on it, and enter its id here as messaging_profile_id"
        return None, Finding("messaging_profile", "this account has no messaging profile", remedy)
    remedy = "set messaging_profile_id to the one of this tenant: " + ", ".join(f"{p.id} ({p.name})" for p in profiles)
    return None, Finding("messaging_profile", f"this account has {len(profiles)} messaging profiles", remedy)


def profile_findings(profile: MessagingProfile, wanted: Wanted) -> list[Finding]:
    return [_enabled(profile), _webhook(profile, wanted), _version(profile), _readable(profile)]


def number_findings(ours: Iterable[str], theirs: Iterable[OwnedNumber], profile_id: str) -> Finding:
    """Are all our numbers of this connection in that account, on that profile?"""
    known = {number.phone_number: number for number in theirs}
    missing = [number for number in ours if number not in known]
    elsewhere = [n for n in ours if n in known and known[n].messaging_profile_id != profile_id]
    if missing:
        remedy = "release them here, or enter the API key of the account they belong to"
        return Finding("numbers", f"not in this carrier account: {', '.join(missing)}", remedy)
    if elsewhere:
        remedy = f"put them on profile {profile_id} at the carrier: texts to them go where their own profile says"
        return Finding("numbers", f"on another messaging profile, or on none: {', '.join(elsewhere)}", remedy)
    return Finding("numbers")


def address_finding(public_base: str) -> Finding:
    """Can the carrier find us at all?"""
    parts = urlsplit(public_base)
    host = parts.hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        remedy = "set PUBLIC_URL to the https address under which the internet reaches this installation"
        return Finding("public_url", f"{public_base} is this machine: no webhook can get here", remedy)
    if parts.scheme != "https":
        problem = f"{public_base} is not encrypted: customers' texts would travel readable"
        return Finding("public_url", problem, "put a TLS proxy in front and set PUBLIC_URL to its https address")
    return Finding("public_url")


def _enabled(profile: MessagingProfile) -> Finding:
    if profile.enabled:
        return Finding("profile_enabled")
    return Finding("profile_enabled", f"profile {profile.id} is disabled: nothing is sent", f"enable it {_WHERE}")


def _webhook(profile: MessagingProfile, wanted: Wanted) -> Finding:
    at = profile.webhook_url.rstrip("/")
    if at in (wanted.webhook_url, wanted.shared_webhook_url):
        return Finding("webhook_url")
    says = f"the profile sends webhooks to {at}" if at else "the profile has no webhook address"
    return Finding("webhook_url", f"{says}: customers' texts never reach us", f"enter {wanted.webhook_url} {_WHERE}")


def _version(profile: MessagingProfile) -> Finding:
    if profile.webhook_api_version == "2":
        return Finding("webhook_api_version")
    problem = f"webhooks come in version {profile.webhook_api_version or 'unknown'}; we read version 2"
    return Finding("webhook_api_version", problem, f"choose API v2 for the profile's webhooks {_WHERE}")


def _readable(profile: MessagingProfile) -> Finding:
    if not profile.hides_texts:
        return Finding("redaction")
    problem = "redaction level 2 takes text and sender out of webhooks: no STOP could be read, no text answered"
    return Finding("redaction", problem, "set the profile's redaction to level 1, or off")
